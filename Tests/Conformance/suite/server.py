"""The server under test: a rekeyd of the suite's own, made in a temporary folder, or one that runs
elsewhere and of which only the address is known, and who may call it.
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

from .failure import BadCase, Failure
from .installation import Installation
from .letters import Letters
from .roles import Role
from .transport import Address

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 30.0
_POLL_SECONDS = 0.005
# The cases of a run come together, from one machine and as few callers; those that are about a limit set
# it for themselves.
_MANY = str(10**9)
_LIMITLESS = {
    f"policy-{what}-{whose}": _MANY
    for what in ("letters", "forged-links", "failed-logins")
    for whose in ("per-origin", "per-caller", "in-all")
}
# What a server writes when it was told to read its files again, whether it could use them or not.
_RELOADED = re.compile(r"were read again|not read again: what is named stays")


class Server:
    """A rekeyd of the suite's own. The `with` makes it, starts it, and leaves nothing behind."""

    def __init__(
        self, binaries: Path, installation: Installation, settings: dict[str, str], *,
        is_tls: bool, has_clock: bool = False, files_max: int = 0,
    ) -> None:
        """`settings`: by the names of its flags, without dashes in front. `files_max`: how many
        files it may have open; 0 leaves that to the machine."""
        self.rekeyd = binaries / "rekeyd"
        self.is_tls = is_tls
        self._installation = installation
        plaintext = {} if is_tls else {"listen-plaintext-on-loopback": "true"}
        self._settings = {**_LIMITLESS, **plaintext, **settings}
        self._has_clock = has_clock
        self._limits = ["prlimit", f"--nofile={files_max}"] if files_max else []
        self._clock_ms = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.address: Address = ("127.0.0.1", 0)

    def __enter__(self) -> Server:
        self._home = Path(tempfile.mkdtemp(prefix="rekey-conformance-"))
        try:
            self._installation.copy(self.folder)
            self.letters = Letters(self.folder / "letters")
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
    def folder(self) -> Path:
        """As `rekeyd init` made it."""
        return self._home / "rekey"

    def profile(self, role: Role) -> Path:
        return self.folder / self._installation.caller(role)

    @property
    def log(self) -> str:
        """What every run of it wrote."""
        return (self._home / "log").read_text(errors="replace")

    def start(self, settings: dict[str, str] | None = None) -> None:
        """Returns when it takes connections. `settings`: in the place of those before, or beside."""
        self._settings |= settings or {}
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
        config = str(self.folder / "rekeyd.json")
        return [
            *self._limits, str(self.rekeyd), "serve", "--config", config, "--listen-port", "0",
            *flags,
        ]  # fmt: skip

    def refuses_to_start(self, settings: dict[str, str]) -> tuple[int, str]:
        """Its exit code with these settings and what it said; it must not run, or that would be the
        reason."""
        if self._process:
            raise BadCase("the server runs already")
        command = self._command({**self._settings, **settings})
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=START_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired:
            raise Failure(f"rekeyd starts with {settings}") from None
        return done.returncode, done.stderr

    def reload(self) -> None:
        """SIGHUP: it reads certificates, callers and revocations again. Returns when it has."""
        before = len(_RELOADED.findall(self.log))
        self._running.send_signal(signal.SIGHUP)
        end = time.monotonic() + START_SECONDS_MAX
        while len(_RELOADED.findall(self.log)) == before:
            if self.has_ended or time.monotonic() > end:
                raise Failure(f"the server did not read its files again:\n{self.log}")
            time.sleep(_POLL_SECONDS)

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
        return self._status_mib("VmRSS")

    def peak_mib(self) -> float:
        """The most that it held since `forget_peak`."""
        return self._status_mib("VmHWM")

    def forget_peak(self) -> None:
        # proc(5): 5 sets the peak to what is held now.
        Path(f"/proc/{self._running.pid}/clear_refs").write_text("5")

    def _status_mib(self, what: str) -> float:
        status = Path(f"/proc/{self._running.pid}/status").read_text()
        found = re.search(rf"{what}:\s+(\d+) kB", status)
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

    def __init__(self, address: Address, profiles: dict[Role, Path]) -> None:
        """`profiles`: of callers; without any, it is spoken to without TLS."""
        self.address = address
        self._profiles = profiles

    @property
    def is_tls(self) -> bool:
        return bool(self._profiles)

    def profile(self, role: Role) -> Path:
        if role not in self._profiles:
            raise BadCase(f"no --profile has the role {role.value}")
        return self._profiles[role]
