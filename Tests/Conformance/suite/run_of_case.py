"""One case in one variant: its variables, its connections, its people, and the trace of what happened."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .certificates import Certified
from .command_line import CommandLine
from .connection import Connection
from .failure import BadCase
from .protocol import frames
from .roles import Role, able, may
from .server import ForeignServer, Server
from .transport import Cut, Tcp, Tls, Transport, context

MAIN = "main"
# Who calls without TLS.
_LOCAL = "local"
# Who shows no certificate.
NOBODY = "nobody"


@dataclass
class Started:
    """A call that was sent and whose answer nobody has taken yet."""

    connection: Connection
    call_id: int
    method: str


@dataclass
class Run:
    """`cut` is how bytes go out; where there is a `command_line`, calls go through it; `role` is who
    speaks where no step says it."""

    server: Server | ForeignServer
    cut: Cut
    command_line: CommandLine | None
    role: Role
    # For what this case makes: certificates and profiles.
    folder: Path
    variables: dict[str, Any] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)
    started: dict[str, list[Started]] = field(default_factory=dict)
    # Files of letters that a step has taken.
    letters_taken: set[str] = field(default_factory=set)
    # Memory and processor time of the server when they were measured.
    measured: tuple[float, float] = (0, 0)
    # What steps have made, by their names.
    certificates: dict[str, Certified] = field(default_factory=dict)
    # TCP connections with no TLS of the suite's own, and when they were opened.
    plain: dict[str, tuple[Tcp, float]] = field(default_factory=dict)
    # The program, for steps that use it as people do.
    rekey: Path | None = None
    # What a call has where no step says it.
    timeout_ms: int = 0
    # By their names and who speaks on them.
    _connections: dict[tuple[str, str], Connection] = field(default_factory=dict)
    # Who speaks on a connection, where a step has said it.
    _callers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.variables["unique"] = secrets.token_hex(6)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_connections()
        for peer, _opened in self.plain.values():
            peer.close()

    # Who calls

    def caller(self, name: str, said: str | None, method: str = "") -> str:
        """Whom to speak as on a connection: whom the step says, or one before it; else whoever may call
        the method."""
        if not self.server.is_tls:
            return _LOCAL
        if said:
            self._callers[name] = said
        if name in self._callers:
            return self._callers[name]
        fitting = self.role if may(self.role, method) else able([method])[0]
        return fitting.value

    def profile(self, caller: str) -> Path:
        """A caller's profile: of a role, of a certificate that a step has made, or one in the
        installation's folder."""
        if caller in [role.value for role in Role]:
            return self.server.profile(Role(caller))
        if caller in self.certificates:
            return self.folder / caller
        return self.owned().folder / caller

    def identity(self, caller: str) -> Path | None:
        """The file with its key and certificate; none of somebody who shows none."""
        return None if caller == NOBODY else self.profile(caller) / "identity.pem"

    def authority(self) -> Path:
        return self.server.profile(self.role) / "ca.pem"

    # Connections

    def connect(self, name: str, caller: str, resumes: str = "") -> Connection:
        """Opens a connection and reads the server's Hello; says none. `resumes`: the one whose TLS
        session it goes on with."""
        key = (name, caller)
        if key in self._connections:
            self._connections[key].close()

        def dial() -> Transport:
            if not self.server.is_tls:
                return Tcp(self.server.address)
            if not resumes:
                tls = context(self.authority(), self.identity(caller))
                return Tls(self.server.address, tls)
            return self._resume(resumes)

        shown = name if caller in (_LOCAL, self.role.value) else f"{name}/{caller}"
        connection = Connection(shown, dial, self.cut, self.trace)
        self._connections[key] = connection
        return connection

    def _resume(self, name: str) -> Tls:
        earlier = next(
            one.transport for (other, _), one in self._connections.items() if other == name)
        if not isinstance(earlier, Tls) or earlier.session is None:
            raise BadCase(f"{name} has no TLS session that can be resumed")
        resumed = Tls(self.server.address, earlier.context, earlier.session)
        if not resumed.was_resumed:
            self.trace.append("the server did not resume the session")
        return resumed

    def connection(self, name: str, caller: str | None = None, method: str = "") -> Connection:
        """One that is open; Hello is said on it where no step has opened it before."""
        key = (name, self.caller(name, caller, method))
        if key not in self._connections:
            say_hello(self.connect(*key))
        return self._connections[key]

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
