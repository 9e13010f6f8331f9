"""The server that is measured: started again and again from one and the same store, on the processors
where its times spread least, and asked one call at a time by probe.c.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from installation import Installation
from rekey_wire import METHODS, Connection, Outcome, encode, frames

HERE = Path(__file__).resolve().parent
# The call ids of a run: as many bytes each, from the first to the last.
FIRST_CALL_ID = 1 << 21
# As many hashes as two threads and their queue take.
IN_FLIGHT_MAX = 32
LETTERS_SECONDS_MAX = 120.0
POLL_SECONDS = 0.01

Fields = dict[str, Any]


class Broken(Exception):
    """The server did something that it must not do."""


def build_probe(folder: Path) -> Path:
    """The measuring client, compiled into `folder`."""
    program = folder / "probe"
    flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["gcc", *flags, "-o", program, HERE / "probe.c"], check=True)
    return program


def processors(hashes: bool) -> tuple[set[int], set[int]]:
    """For the server and for the client. Of two the server needs both: its event loop and the thread
    that writes would take turns on one, which doubles the time of a call and its spread. Beside a
    hash that is nothing, and hashes that wander between two spread two to four times as wide: then
    all of it is on one."""
    here = sorted(os.sched_getaffinity(0))
    last = {here[-1]}
    if hashes:
        return last, last
    return set(here[:-1] if len(here) > 2 else here), last


@contextmanager
def on(processors: set[int]) -> Iterator[None]:
    """What is started meanwhile runs on these."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Server(Installation):
    """An installation whose store can be put back to what it was."""

    def __init__(
        self, binaries: Path, *settings: str, environment: dict[str, str], place: str,
        hashes: bool,
    ) -> None:
        """`place`: where its folder is made. `hashes`: whether a call that is measured hashes."""
        super().__init__(binaries, *settings)
        self._processors, self._clients = processors(hashes)
        self._environment = environment
        self._place = place

    def __enter__(self) -> Server:
        before, tempfile.tempdir = tempfile.tempdir, self._place
        try:
            super().__enter__()
        finally:
            tempfile.tempdir = before
        return self

    def start(self) -> None:
        """As any other, with what a build for tests is told by its environment."""
        os.environ.update(self._environment)
        try:
            super().start()
        finally:
            for name in self._environment:
                del os.environ[name]

    def start_from(self, base: Path) -> None:
        """Serves a copy of an installation's keys and data."""
        self.kill9()
        for name in ("data", "letters"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(base / "data", self.folder / "data")
        shutil.copy(base / "keys", self.folder / "keys")
        (self.folder / "letters").mkdir(mode=0o700)
        # None of what was just written is to be written while calls are measured.
        subprocess.run(["sync", "--file-system", self.folder], check=True)
        with on(self._processors):
            self.start()
        self.put_first()

    def break_courier(self) -> None:
        """From here on every letter fails: the folders that the server holds open are gone."""
        shutil.rmtree(self.folder / "letters")

    def put_first(self) -> None:
        """Before whatever else this machine does, where we may: its hashing threads, too."""
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            # It may have ended meanwhile.
            with suppress(PermissionError, ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, int(thread.name), -20)

    def take_letters(self, connection: Connection) -> None:
        """Waits until the courier has all that was queued."""
        end = time.monotonic() + LETTERS_SECONDS_MAX
        while connection.call("ServerStatus").message.letters_waiting > 0:
            if time.monotonic() > end:
                raise TimeoutError("letters are not sent")
            time.sleep(POLL_SECONDS)

    def probe(self, program: Path, method: str, calls: Iterable[Fields]) -> np.ndarray:
        """How long each call took, in µs."""
        kind = METHODS[method]
        sent = b"".join(
            encode(frames.Frame(request=frames.Request(
                call_id=call_id, method=kind.name,
                body=kind.request(**fields).SerializeToString())))
            for call_id, fields in enumerate(calls, FIRST_CALL_ID)
        )  # fmt: skip
        with on(self._clients):
            done = subprocess.run([program, str(self.port)], input=sent, capture_output=True)
        if done.returncode != 0:
            raise Broken(f"{method}: {done.stderr.decode().strip()}")
        return np.frombuffer(done.stdout, np.uint64) / 1e3


def call_all(connection: Connection, method: str, calls: Iterable[Fields]) -> list[Outcome]:
    """Many calls, some at once; their outcomes in order."""
    waiting, outcomes = [], []
    for fields in calls:
        waiting.append(connection.start(method, timeout_ms=30_000, **fields))
        if len(waiting) == IN_FLIGHT_MAX:
            outcomes.append(waiting.pop(0).result())
    return outcomes + [answer.result() for answer in waiting]
