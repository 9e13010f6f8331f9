"""A server for tests of TLS, on real sockets of this machine: what it shows, whom it takes and what
it says are the test's. Each connection has a thread; leaving the `with` waits for all of them.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from rekey.v1 import frame_pb2 as pb
from tests.frames import hello, ok

_WITHIN = 20.0
SERVING = b"\x08\x01"


def server_context(identity: Path, callers: Path | None) -> ssl.SSLContext:
    """Shows `identity`, and takes whom the CA `callers` has signed; None: whoever comes. An end
    without TLS's own close_notify is an error, which Python would hide."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    context.load_cert_chain(identity)
    if callers is not None:
        context.load_verify_locations(callers)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Peer:
    """The server's end of one connection, after the handshake if there is one."""

    def __init__(self, accepted: socket.socket) -> None:
        self._socket = accepted

    @property
    def caller(self) -> str:
        """The name in the client's certificate."""
        assert isinstance(self._socket, ssl.SSLSocket)
        found = self._socket.getpeercert()
        assert found is not None
        names = found["subjectAltName"]
        assert isinstance(names, tuple)
        return str(names[0][1])

    @property
    def version(self) -> str | None:
        assert isinstance(self._socket, ssl.SSLSocket)
        return self._socket.version()

    def send(self, *data: bytes) -> None:
        self._socket.sendall(b"".join(data))

    def read(self) -> bytes:
        """All that comes up to the end."""
        data = b""
        while more := self._socket.recv(65_536):
            data += more
        return data

    def frame(self) -> pb.Frame | None:
        """The next one; None at the end, which must be TLS's own."""
        length = self._exactly(4)
        if not length:
            return None
        return pb.Frame.FromString(self._exactly(int.from_bytes(length, "big")))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                break
            data += more
        return data


class TlsServer:
    def __init__(self, context: ssl.SSLContext | None, part: Callable[[Peer], None]) -> None:
        """`part` is played on each connection, then it is closed. No context: no TLS."""
        self._context = context
        self._part = part
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        # Handshakes that failed, and parts that did.
        self.faults: list[Exception] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Closing alone would not wake a thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_WITHIN)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=[accepted])
            self._threads.append(thread)
            thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        accepted.settimeout(_WITHIN)
        try:
            with accepted:
                if self._context is None:
                    self._part(Peer(accepted))
                    return
                with self._context.wrap_socket(
                    accepted, server_side=True, suppress_ragged_eofs=False
                ) as secure:
                    self._part(Peer(secure))
        except Exception as error:  # whatever it is, the test judges it
            self.faults.append(error)


def answering(peer: Peer, requests: list[pb.Request] | None = None) -> list[str]:
    """Does as a rekeyd that serves, until the client leaves; the kinds of frames that came."""
    kinds = []
    peer.send(hello())
    while frame := peer.frame():
        kinds.append(str(frame.WhichOneof("kind")))
        if kinds[-1] == "request":
            if requests is not None:
                requests.append(frame.request)
            peer.send(ok(frame.request.call_id, SERVING))
    return kinds
