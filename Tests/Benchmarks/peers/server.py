"""A server of a comparison's own: started in a folder, watched until it is ready, ended; and the
small things that every comparison needs around it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

# Under valgrind a start takes many times what it takes else.
START_SECONDS_MAX = 60


def fail(message: str) -> NoReturn:
    """Ends the run; what was started is ended on the way out."""
    raise SystemExit(f"{Path(sys.argv[0]).name}: {message}")


def output(arguments: list[str], **options: object) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(
        arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options
    )
    if done.returncode != 0:
        fail(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def install(missing: list[str]) -> None:
    """Debian's packages, if there are any to install; the services they bring are not started."""
    if not missing:
        return
    if os.geteuid() != 0:
        fail(f"install these first: apt-get install {' '.join(missing)}")
    print(f"Installing {', '.join(missing)}", file=sys.stderr)
    quiet = dict(os.environ, RUNLEVEL="1", DEBIAN_FRONTEND="noninteractive")
    output(["apt-get", "update"], env=quiet)
    output(["apt-get", "install", "-y", "--no-install-recommends", *missing], env=quiet)


def compiled(source: str, folder: Path, *libraries: str) -> Path:
    """The program that a C file beside the comparisons makes."""
    program = folder / Path(source).stem
    output(
        ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
        + ["-o", str(program), str(Path(__file__).parent.parent / source)]
        + [f"-l{library}" for library in libraries]
    )
    return program


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    """Whether somebody takes connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Load:
    """What a load generator says of its run."""

    calls: int
    per_second: float
    p50_ms: float
    p99_ms: float
    refused: int = 0


class Server(ABC):
    """A server of our own."""

    name: str
    version: str
    process: subprocess.Popen[bytes]

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name.lower()
        self.folder.mkdir()

    @abstractmethod
    def launch(self) -> None:
        """Sets the server up and returns when it takes calls."""

    def start(self, arguments: list[str], **options: object) -> None:
        """Starts the server; its output goes to a log in its folder."""
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options
            )

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        """Looks until the server that was started is ready."""
        limit = time.monotonic() + START_SECONDS_MAX
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > limit:
                fail(f"{self.name} does not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self, sign: int = signal.SIGTERM) -> None:
        """Ends the server, in any case."""
        if not hasattr(self, "process"):
            return
        self.process.send_signal(sign)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self) -> float:
        """User and system time of the server, of its children, and of those it has reaped."""
        pid = self.process.pid
        while True:
            own = _stat_fields(pid)[11:15]
            try:
                children = [_stat_fields(child)[11:13] for child in _children_of(pid)]
            except (FileNotFoundError, ProcessLookupError):
                continue
            # A child that was reaped in between could count twice or not at all: look again.
            if _stat_fields(pid)[13:15] == own[2:]:
                ticks = sum(int(field) for fields in [own, *children] for field in fields)
                return ticks / os.sysconf("SC_CLK_TCK")


def _children_of(pid: int) -> list[int]:
    """The processes that it started and has not reaped."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold spaces: [11:15] are utime,
    stime, cutime and cstime."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
