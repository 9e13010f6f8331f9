"""The server under test: a rekeyd of the suite's own, made in a temporary folder, or one that runs
elsewhere and of which only the address is known.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from .connection import Address
from .failure import BadCase, Failure
from .letters import Letters

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 30.0
_POLL_SECONDS = 0.005


class Server:
    """A rekeyd of the suite's own. The `with` makes it, starts it, and leaves nothing behind."""

    def __init__(
        self, binaries: Path, settings: dict[str, str], has_clock: bool, files_max: int = 0
    ) -> None:
        """`settings`: by the names of its flags, without dashes in front. `files_max`: how many
        files it may have open; 0 leaves that to the machine."""
        self._rekeyd = binaries / "rekeyd"
        self._settings = {"listen-plaintext-on-loopback": "true", **settings}
        self._has_clock = has_clock
        self._limits = ["prlimit", f"--nofile={files_max}"] if files_max else []
        self._clock_ms = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.address: Address = ("127.0.0.1", 0)

    def __enter__(self) -> Server:
        self._home = Path(tempfile.mkdtemp(prefix="rekey-conformance-"))
        try:
            made = subprocess.run(
                [self._rekeyd, "init", self._folder], capture_output=True, text=True)
            if made.returncode != 0:
                raise Failure(f"rekeyd init: {made.stderr}")
            self.letters = Letters(self._folder / "letters")
            self._write_clock()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self.kill()
        shutil.rmtree(self._home)

    @property
    def _folder(self) -> Path:
        return self._home / "rekey"

    @property
    def log(self) -> str:
        """What every run of it wrote."""
        return (self._home / "log").read_text(errors="replace")

    def start(self) -> None:
        """Returns when it takes connections."""
        port_file = self._home / "port"
        port_file.unlink(missing_ok=True)
        command = self._command({**self._settings, "listen-port-file": str(port_file)})
        environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
        if self._has_clock:
            environment["REKEY_TEST_CLOCK"] = str(self._clock_file)
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        end = time.monotonic() + START_SECONDS_MAX
        # The file appears whole, by a rename.
        while not port_file.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                raise Failure(f"rekeyd did not start:\n{self.log}")
            time.sleep(_POLL_SECONDS)
        self.address = ("127.0.0.1", int(port_file.read_text()))

    def _command(self, settings: dict[str, str]) -> list[str]:
        flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
        config = str(self._folder / "rekeyd.json")
        return [
            *self._limits, str(self._rekeyd), "serve", "--config", config, "--listen-port", "0",
            *flags,
        ]  # fmt: skip

    def refuses_to_start(self, settings: dict[str, str]) -> int:
        """Its exit code with these settings; it must not run, or that would be the reason."""
        if self._process:
            raise BadCase("the server runs already")
        command = self._command({**self._settings, **settings})
        try:
            return subprocess.run(
                command, capture_output=True, timeout=START_SECONDS_MAX, check=False).returncode
        except subprocess.TimeoutExpired:
            raise Failure(f"rekeyd starts with {settings}") from None

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def ask_to_stop(self) -> None:
        """SIGTERM, and no waiting."""
        self._running.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Until it has ended; its exit code."""
        process, self._process = self._running, None
        try:
            return process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failure(f"rekeyd did not stop within {STOP_SECONDS_MAX:g} s") from None

    def kill(self) -> None:
        """kill -9."""
        self._running.kill()
        self.wait()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise BadCase("the server does not run")
        return self._process

    def memory_mib(self) -> float:
        """What it holds in memory now."""
        status = Path(f"/proc/{self._running.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        if not found:
            raise Failure("the server is gone")
        return int(found[1]) / 1024

    def processor_seconds(self) -> float:
        """What it has computed so far, in all threads."""
        fields = Path(f"/proc/{self._running.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def advance_clock(self, milliseconds: int) -> None:
        self._clock_ms += milliseconds
        self._write_clock()

    @property
    def _clock_file(self) -> Path:
        return self._home / "clock"

    def _write_clock(self) -> None:
        """In place and at once: the server keeps the file open and may look at any moment."""
        descriptor = os.open(self._clock_file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, struct.pack("<q", self._clock_ms), 0)
        finally:
            os.close(descriptor)


class ForeignServer:
    """One that runs elsewhere: no letters, no process, no clock."""

    log = ""
    has_ended = False

    def __init__(self, address: Address) -> None:
        self.address = address
