"""A small client of the Rekey protocol for the proofs, on the official Python protobuf runtime.

What a proof uses: Connection, and the three outcomes of a call: Reply, Refusal, Unknown. The
messages are made by protoc from Proto/rekey/v1 at each import, so that no generated copy
ages here. Threads may share a connection, with many calls in flight (the server takes 100).
"""

from __future__ import annotations

import importlib
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

PROTO = Path(__file__).resolve().parents[2] / "Proto"
SERVICES = ("rekey.v1.Rekey", "rekey.v1.Operator", "rekey.v1.Reflection")
# A connection ends, or each call on it is answered, long before this: more is a server that hangs.
ANSWER_SECONDS_MAX = 60.0
# P4.6: no call has more. A proof asks what is done, not how fast.
TIMEOUT_MS_MAX = 30_000


def _compile() -> Any:
    """The module of frames; the services land in protobuf's default pool."""
    with tempfile.TemporaryDirectory(prefix="rekey-wire-") as folder:
        names = ("frame", "operator", "options", "recovery", "reflection", "services")
        files = [f"rekey/v1/{name}.proto" for name in names]
        subprocess.run(
            ["protoc", f"--proto_path={PROTO}", f"--python_out={folder}", *files], check=True
        )
        sys.path.insert(0, folder)
        try:
            importlib.import_module("rekey.v1.services_pb2")
            return importlib.import_module("rekey.v1.frame_pb2")
        finally:
            sys.path.remove(folder)


frames = _compile()


@dataclass(frozen=True)
class Method:
    """One method of a service: its name on the wire and the classes of its two messages."""

    name: str
    request: type[Message]
    reply: type[Message]


def _methods() -> dict[str, Method]:
    pool = descriptor_pool.Default()
    factory = message_factory.MessageFactory(pool)
    return {
        method.name: Method(
            f"{service}/{method.name}",
            factory.GetPrototype(method.input_type),
            factory.GetPrototype(method.output_type),
        )
        for service in SERVICES
        for method in pool.FindServiceByName(service).methods
    }


# By their short names, "Login": no two methods of the services share one.
METHODS = _methods()


@dataclass(frozen=True)
class Reply:
    """Status OK."""

    message: Any


# PROTOCOL.md, P6.2: a call refused with one of these was not run.
NOT_RUN = frozenset(
    "DRAINING TOO_MANY_CALLS OVERLOADED STORE_BUSY STORE_UNAVAILABLE STORE_FULL LETTERS_BACKLOG "
    "DEADLINE_EXCEEDED CANCELLED".split()
)


@dataclass(frozen=True)
class Refusal:
    """Any other status but UNKNOWN: the server decided, or says that it did not."""

    status: int
    reason: str
    text: str = field(compare=False, default="")
    retry_after_ms: int = field(compare=False, default=0)

    @property
    def was_not_run(self) -> bool:
        return self.reason in NOT_RUN


@dataclass(frozen=True)
class Unknown:
    """It may have been done: its connection ended first, or the server said it does not know."""

    why: str


Outcome = Reply | Refusal | Unknown


class NotSent(ConnectionError):
    """The connection had ended before the call: the server never saw any of it."""


def encode(frame: Message) -> bytes:
    """A frame as it travels: its length, then itself (P2.1)."""
    body = frame.SerializeToString()
    return struct.pack(">I", len(body)) + body


def receive(peer: socket.socket) -> Any | None:
    """The next frame; None when the peer has closed."""
    head = _exactly(peer, 4)
    body = head and _exactly(peer, struct.unpack(">I", head)[0])
    return frames.Frame.FromString(body) if body else None


def _exactly(peer: socket.socket, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        chunk = peer.recv(count - len(data))
        if not chunk:
            return None
        data += chunk
    return bytes(data)


def _outcome(method: Method, response: Any) -> Outcome:
    if response.status == frames.STATUS_CODE_OK:
        return Reply(method.reply.FromString(response.body))
    known = response.status in frames.StatusCode.values()
    if response.status == frames.STATUS_CODE_UNKNOWN or not known:  # P5.4
        return Unknown(response.reason)
    return Refusal(response.status, response.reason, response.message, response.retry_after_ms)


class Connection:
    """One TCP connection: says Hello, sends calls, and gives each response to who waits for it."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        """Raises OSError when nobody listens."""
        self._peer = socket.create_connection((host, port), timeout=ANSWER_SECONDS_MAX)
        self._peer.settimeout(None)
        self._peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Guards the four fields below and the order of ids on the wire (P4.1).
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Method, Future[Outcome]]] = {}
        self._last_id = 0
        self._ended = ""
        self.go_away: Any | None = None
        hello = frames.Hello(version_min=1, version_max=1)
        try:
            self._peer.sendall(encode(frames.Frame(hello=hello)))
        except OSError:
            self._peer.close()
            raise
        self._reader = threading.Thread(target=self._read, name="rekey-wire", daemon=True)
        self._reader.start()

    def start(
        self, method: str, *, key: bytes = b"", timeout_ms: int = TIMEOUT_MS_MAX, **fields: Any
    ) -> Future[Outcome]:
        """Sends a call; `fields` are those of its request message. Raises NotSent."""
        kind = METHODS[method]
        request = frames.Request(
            method=kind.name,
            body=kind.request(**fields).SerializeToString(),
            timeout_ms=timeout_ms,
            idempotency_key=key,
        )
        answer: Future[Outcome] = Future()
        with self._lock:
            if self._ended:
                raise NotSent(self._ended)
            self._last_id += 1
            request.call_id = self._last_id
            self._waiting[request.call_id] = (kind, answer)
            try:
                self._peer.sendall(encode(frames.Frame(request=request)))
            except OSError:
                pass  # The reader sees the end too, and settles whatever waits.
        return answer

    def call(
        self, method: str, *, key: bytes = b"", timeout_ms: int = TIMEOUT_MS_MAX, **fields: Any
    ) -> Outcome:
        """Sends a call and waits for its outcome. Raises NotSent, and TimeoutError at a hang."""
        answer = self.start(method, key=key, timeout_ms=timeout_ms, **fields)
        return answer.result(ANSWER_SECONDS_MAX)

    def close(self) -> None:
        try:
            self._peer.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It has ended already.
        self._reader.join()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        why = "the server closed the connection"
        try:
            while (frame := receive(self._peer)) is not None:
                self._take(frame)
        except OSError as error:
            why = str(error)
        except Exception as error:  # What cannot be decoded is a bug to show, not to hang on.
            why = f"cannot be read: {error!r}"
        with self._lock:
            self._ended = why
            left, self._waiting = list(self._waiting.values()), {}
            self._peer.close()
        for _, answer in left:
            answer.set_result(Unknown(why))

    def _take(self, frame: Any) -> None:
        kind = frame.WhichOneof("kind")
        if kind == "response":
            with self._lock:
                method, answer = self._waiting.pop(frame.response.call_id)
            answer.set_result(_outcome(method, frame.response))
        elif kind == "go_away":
            self.go_away = frame.go_away
        elif kind == "ping":
            with self._lock:
                self._peer.sendall(encode(frames.Frame(pong=frames.Pong(token=frame.ping.token))))
