"""A store on the verge of much, and names for its files. The proof strace-faults comes in."""

import re
import shutil
from pathlib import Path

from faulted import Faulted
from ledger import Broken, Ledger

HOLDERS = 2
# Format.swift and JournalOptions.swift.
BLOCK_BYTES, BATCH_BYTES_MAX, SEGMENT_BYTES = 4096, 1 << 20, 16 << 20
RESERVE_BYTES = SEGMENT_BYTES // 16
# Batches that still fit before the segment is sealed: more than a segment takes calls to prepare,
# so that the n-th write of the thread that commits is also told from that one's by its number.
BATCHES_LEFT = 18
# Sequences that a run may get to.
SEQUENCES = 400
# The two segments of a run and the file that becomes the second, together.
THE_LOG = "log/2.log, log/3.log"


class Places:
    """The files of a data directory, by names that are the same in every run."""

    def __init__(self, template: Path, first_sequence: int) -> None:
        self.known = {str(path.relative_to(template)) for path in template.rglob("*")}
        self.first_sequence = first_sequence

    def name(self, path: str) -> str:
        """path: relative to the data directory."""
        if path.startswith("checkpoint/") and path not in self.known:
            return "a new checkpoint"
        return re.sub(r"0{10,}", "", path) or "."

    def paths(self, name: str) -> list[str]:
        """Every path that may have this name."""
        if name == "a new checkpoint":
            sequences = range(self.first_sequence, self.first_sequence + SEQUENCES)
            ends = (".checkpoint", ".tmp")
            return [f"checkpoint/{number:016x}{end}" for number in sequences for end in ends]
        if name == THE_LOG:
            return ["log/next.tmp", *self.paths("log/2.log"), *self.paths("log/3.log")]
        if re.fullmatch(r"log/\w\.log", name):
            return [f"log/{int(name[4:-4], 16):016x}.log"]
        return [name] if name != "." else [""]


class Template:
    """A store on the verge of a new segment and of a checkpoint that makes an old one needless,
    with what its clients were promised. Others start from copies of it."""

    def __init__(self, seed: int, server: Faulted) -> None:
        """server: holds it, and is stopped when this returns."""
        self.server = server
        self.ledger = Ledger(str(seed), HOLDERS)
        # Two checkpoints, so that a third lets the first segment go.
        self.fill(7, segment=2, end=2 << 20)
        self.fill(65536, segment=2, end=SEGMENT_BYTES - BATCH_BYTES_MAX - RESERVE_BYTES
                  - BLOCK_BYTES * (BATCHES_LEFT + 2))
        if len(self.checkpoints()) != 2:
            raise Broken(f"there are {len(self.checkpoints())} checkpoints where two were due")

    def fill(self, checkpoint_mebibytes: int, segment: int, end: int) -> None:
        """Calls until the log has grown to this place, with checkpoints at this distance."""
        self.server.start("--data-checkpoint-mib", str(checkpoint_mebibytes))
        path = self.server.data / f"log/{segment:016x}.log"
        while not path.exists():
            self.ledger.rename(self.server.port, 200)
        while (left := (end - content_bytes(path)) // BLOCK_BYTES) > 1:
            # A floor may come at the end of each turn, and a close at the end of all.
            self.ledger.rename(self.server.port, max(1, left - 4))
        if self.server.stop() != 0:
            raise Broken("a stop, by SIGTERM, was not in order")

    def checkpoints(self) -> list[Path]:
        """Their files."""
        return list((self.server.data / "checkpoint").glob("*.checkpoint"))

    @property
    def first_sequence(self) -> int:
        """The least that a run may give a checkpoint."""
        return max(int(path.stem, 16) for path in self.checkpoints())

    def lay(self, server: Faulted) -> Ledger:
        """Makes the server's store one like this; the promises about it."""
        shutil.rmtree(server.data)
        shutil.copytree(self.server.data, server.data)
        shutil.copy(self.server.folder / "keys", server.folder / "keys")
        return self.ledger.copy()


def content_bytes(path: Path) -> int:
    """Without the zeros at the end."""
    return len(path.read_bytes().rstrip(b"\0"))
