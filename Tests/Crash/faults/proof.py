"""What every proof of this folder does alike: its arguments, its temporary folders, its three ends.

`main(description, body)` runs `body(options)`, prints the line of counts that it returns, and ends
the process: 0 held, 1 broken, 77 skipped. SIGTERM and SIGINT unwind, so that nothing stays behind.
"""

import argparse
import random
import signal
import sys
import tempfile
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Of what broke: a server's log may be long, and the end says why it ended.
LINES_MAX = 12
SHARED_MEMORY = Path("/dev/shm")


class Skipped(Exception):
    """This machine does not allow the proof; the text says why."""


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    binaries: Path
    long: bool
    seed: int

    def dice(self, purpose: object) -> random.Random:
        """Randomness for one purpose, the same for the same seed."""
        return random.Random(f"{self.seed}/{purpose}")


def main(description: str, body: Callable[[Options], str]) -> None:
    """Runs the proof and ends the process."""
    options = parse(description)
    # SIGINT too: a shell's background job starts with it ignored.
    signal.signal(signal.SIGTERM, unwind)
    signal.signal(signal.SIGINT, unwind)
    if SHARED_MEMORY.is_dir():
        # No proof needs a real disk under its folders: those that test one bring their own.
        tempfile.tempdir = str(SHARED_MEMORY)
    name = Path(sys.argv[0]).name
    try:
        print(body(options))
    except Skipped as why:
        print(f"skipped: {why}")
        sys.exit(77)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if type(error).__name__ not in ("Broken", "NotStarted"):
            raise
        said = str(error).splitlines()
        print(f"{name}: broken: " + "\n".join(said[-LINES_MAX:]))
        long = " --long" if options.long else ""
        print(f"{name}: repeat with {sys.argv[0]} --bin {options.binaries}{long} "
              f"--seed {options.seed}")
        sys.exit(1)


def parse(description: str) -> Options:
    """The arguments that all proofs take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bin", type=Path, required=True, help="folder with rekeyd")
    parser.add_argument("--long", action="store_true", help="far more of it")
    parser.add_argument("--seed", type=int, help="what to repeat; drawn if not given")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**9)
    return Options(arguments.bin.resolve(), arguments.long, seed)


def unwind(number: int, frame: types.FrameType | None) -> None:
    """Ends the program by way of every `with` and `finally`."""
    raise KeyboardInterrupt


def progress(text: str) -> None:
    """For whoever watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
