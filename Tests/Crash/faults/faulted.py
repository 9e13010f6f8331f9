"""A server to be hurt: an installation whose data directory may lie on a disk of its own, whose
program may be run under strace, and that may end by itself.

The proofs of this folder come in, but for kill-nine, which needs no more than an installation.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
from pathlib import Path

from installation import STOP_SECONDS_MAX, Installation, NotStarted
from ledger import Broken

DISK_FAILED = 74
# By pid, as a child of the caller's: strace stays out of the way and ends with the server.
STRACE = ("strace", "-D", "-f", "--seccomp-bpf", "-y", "-qq")


class Faulted(Installation):
    """Like Installation; `code` is the exit code of the last run."""

    def __init__(self, binaries: Path, *settings: str) -> None:
        super().__init__(binaries, *settings)
        self._real = self._rekeyd
        self._data: Path | None = None
        self._trace: Trace | None = None
        self.code: int | None = None

    @property
    def data(self) -> Path:
        return self._data or super().data

    def move_data(self, to: Path) -> None:
        """The store lies there from now on, durably."""
        shutil.copytree(super().data, to)
        subprocess.run(["sync", "--file-system", to], check=True)
        self._data = to
        self._settings += ("--data-directory", str(to))

    def trace(self, *arguments: str) -> None:
        """The next run is under strace with these arguments."""
        self._trace = Trace(self.home / "trace")
        self.run_by(*STRACE, "-o", str(self._trace.pipe), *arguments)

    def run_by(self, *command: str) -> None:
        """The next runs are started by this command; by nothing, as they are, when it is empty."""
        self._rekeyd = self._real
        if command:
            self._rekeyd = self.home / "rekeyd"
            line = shlex.join([*command, str(self._real)])
            self._rekeyd.write_text(f'#!/bin/sh\nexec {line} "$@"\n')
            self._rekeyd.chmod(0o700)

    def start(self, *settings: str) -> None:
        """`settings`: further flags, of this run alone."""
        if self._trace:
            self._trace.begin()
        always, self._settings = self._settings, self._settings + settings
        try:
            super().start()
        finally:
            self._settings = always

    def wait_for_end(self) -> int:
        """The exit code of a server that has every reason to end by itself."""
        try:
            self._server.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            raise Broken("the server goes on after its disk failed") from None
        self.kill9()
        return self.code

    def take_trace(self) -> str:
        """What strace wrote about the last run, which has ended. The next is not under strace."""
        trace, self._trace = self._trace, None
        self.run_by()
        return trace.end()

    def starts_in_vain(self, *settings: str) -> str:
        """Tries a start; the one line that it ended with, or nothing when it serves."""
        size = self.log.stat().st_size if self.log.exists() else 0
        try:
            self.start(*settings)
            return ""
        except NotStarted:
            lines = self.log.read_text(errors="replace")[size:].splitlines()
        # The log may also fail right after it was opened, on the thread that writes.
        if not lines or not re.match(r"rekeyd: |\S+ critical the log failed ", lines[-1]):
            raise Broken(f"a start failed without a line that says why: {lines[-3:]}")
        return lines[-1]

    def _end(self, with_signal: signal.Signals) -> int:
        running = self._server is not None
        code = super()._end(with_signal)
        if running:
            self.code = code
        return code


class Trace:
    """What strace writes, read as it comes: the end of the pipe is the end of strace."""

    def __init__(self, pipe: Path) -> None:
        self.pipe = pipe
        self.text = ""
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)

    def begin(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def end(self) -> str:
        self.reader.join(STOP_SECONDS_MAX)
        return self.text

    def _read(self) -> None:
        self.text = self.pipe.read_text(errors="replace")


def can_inject() -> bool:
    """Whether strace is here and may fake the result of a call."""
    if shutil.which("strace") is None:
        return False
    result = subprocess.run(
        [*STRACE, "-e", "trace=getppid", "-e", "inject=getppid:retval=7", "sh", "-c", "echo $PPID"],
        capture_output=True, text=True)
    return "7" in result.stdout.split()
