"""One case in one variant: its variables, its connections, its people, and the trace of what happened."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from .command_line import CommandLine
from .connection import Connection, Cut
from .failure import BadCase
from .protocol import frames
from .server import ForeignServer, Server

MAIN = "main"


@dataclass
class Started:
    """A call that was sent and whose answer nobody has taken yet."""

    connection: Connection
    call_id: int
    method: str


@dataclass
class Run:
    """`cut` is how bytes go out; where there is a `command_line`, calls go through it."""

    server: Server | ForeignServer
    cut: Cut
    command_line: CommandLine | None
    variables: dict[str, Any] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)
    started: dict[str, list[Started]] = field(default_factory=dict)
    # Files of letters that a step has taken.
    letters_taken: set[str] = field(default_factory=set)
    # Memory and processor time of the server when they were measured.
    measured: tuple[float, float] = (0, 0)
    _connections: dict[str, Connection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.variables["unique"] = secrets.token_hex(6)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_connections()

    def connect(self, name: str) -> Connection:
        """Opens a connection and reads the server's Hello; says none."""
        if name in self._connections:
            self._connections[name].close()
        connection = Connection(name, self.server.address, self.cut, self.trace)
        self._connections[name] = connection
        return connection

    def connection(self, name: str) -> Connection:
        """One that is open; Hello is said on it where no step has opened it before."""
        if name not in self._connections:
            say_hello(self.connect(name))
        return self._connections[name]

    def forget_connections(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def owned(self) -> Server:
        if not isinstance(self.server, Server):
            raise BadCase("this step needs a server of the suite's own")
        return self.server

    def draw_person(self, name: str) -> None:
        """Somebody whom no other run knows."""
        token = secrets.token_hex(6)
        self.variables |= {
            f"{name}.identifier": f"c-{token}",
            f"{name}.IDENTIFIER": f"C-{token.upper()}",
            f"{name}.name": "Camille Essai",
            f"{name}.mail": f"{name}.{token}@exemple.fr",
            f"{name}.mobile": f"+336{secrets.randbelow(10**8):08}",
            f"{name}.password": f"first password {token}",
            f"{name}.id": "",
        }


def say_hello(connection: Connection, **fields: Any) -> None:
    hello = frames.Hello(**{"version_min": 1, "version_max": 1, **fields})
    connection.send_frame(frames.Frame(hello=hello))
