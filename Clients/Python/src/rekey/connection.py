"""The protocol on one connection, without a socket, a clock or a thread: bytes come in, events go
out; calls go in, bytes come out. Whoever drives it (rekey.aio.link does) hands over what it reads
and the time, sends what `take_output` gives, and comes back at `wake_at`.

| phase | calls | ends with |
|---|---|---|
| GREETING | wait for the server's Hello | GoAway, silence of 5 s |
| OPEN | are taken | an error, the end of the stream, a dead peer |
| LEAVING | no further ones; those in flight are answered | the last answer, and as above |
| ENDED | none | – |

LEAVING begins with any GoAway, in either direction. The numbers P… are those of PROTOCOL.md.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum, auto

from rekey.v1 import frame_pb2 as frames
from rekey.wire import LENGTH_BYTES, Malformed, frame_bytes, parse

VERSION = 1
RESPONSE_FRAME_BYTES_MAX = 1_048_576
# What a server of version 1 keeps to, where its Hello does not say (P2.3, P4.5).
REQUEST_FRAME_BYTES_MAX = 65_536
CALLS_MAX = 100
FEATURES_MAX = 32
HELLO_WITHIN = 5.0
FRAME_WITHIN = 10.0
PING_AFTER = 30.0
PONG_WITHIN = 15.0
# Ended with this reason: TLS said no to this side's certificate (P10.3); no GoAway has it.
CERTIFICATE_REFUSED = "CERTIFICATE_REFUSED"
# The ends that come again to whoever comes again with the same certificate (P10.4).
CALLER_REFUSED = frozenset(
    {"CALLER_UNKNOWN", "CERTIFICATE_REVOKED", "CERTIFICATE_EXPIRED", CERTIFICATE_REFUSED}
)


@dataclass(frozen=True)
class Opened:
    """The server said Hello; calls are taken."""


@dataclass(frozen=True)
class Leaving:
    """The server said GoAway: no further calls are taken. `reason` is one of PROTOCOL.md, 7."""

    reason: str


@dataclass(frozen=True)
class Answered:
    """The one Response of a call (P4.2). Its body may hold a session token."""

    call_id: int
    response: frames.Response

    def __repr__(self) -> str:
        return f"Answered(call_id={self.call_id}, status={self.response.status})"


@dataclass(frozen=True)
class NotProcessed:
    """The server never ran the call: its id is above the last one of a GoAway (P6.2)."""

    call_id: int
    why: str


@dataclass(frozen=True)
class Lost:
    """No answer will come: the call may have been done or not."""

    call_id: int
    why: str
    protocol_broken: bool = False


@dataclass(frozen=True)
class Ended:
    """Nothing more is read. Send what is left, half-close, and leave the server a second (P7.3).
    `reason` is that of the GoAway which ended it, in either direction, or CERTIFICATE_REFUSED;
    empty at a bare end."""

    reason: str
    why: str
    protocol_broken: bool = False


Outcome = Answered | NotProcessed | Lost
Event = Opened | Leaving | Outcome | Ended


class RequestTooLong(ValueError):
    """The server reads no request as long as this one (P2.3)."""


class _Broken(Exception):
    """The server broke a rule; `reason` is what the GoAway says."""

    def __init__(self, why: str, reason: str = "FRAME_INVALID") -> None:
        super().__init__(why)
        self.reason = reason


class _Phase(Enum):
    GREETING = auto()
    OPEN = auto()
    LEAVING = auto()
    ENDED = auto()


class Connection:
    """Times are seconds of any monotonic clock, the same for all calls."""

    def __init__(self, now: float) -> None:
        self._phase = _Phase.GREETING
        self._unread = bytearray()
        self._output = bytearray()
        self._events: list[Event] = []
        self._last_id = 0
        # Calls without a Response: those whose answer is wanted, and those that were cancelled,
        # which still count against calls_max (P4.5).
        self._wanted: set[int] = set()
        self._cancelled: set[int] = set()
        self._calls_max = 0
        self._request_bytes_max = 0
        # The GoAway that the server sent last, if any.
        self._reason = ""
        self._why = ""
        self._hello_by = now + HELLO_WITHIN
        self._frame_by: float | None = None
        # Silence counts from here: the last byte, or the first of the calls that wait (P7.6).
        self._heard_at = now
        self._pong_by: float | None = None
        hello = frames.Hello(
            version_min=VERSION,
            version_max=VERSION,
            response_frame_bytes_max=RESPONSE_FRAME_BYTES_MAX,
        )
        self._send(frames.Frame(hello=hello))

    # What stands.

    @property
    def takes_calls(self) -> bool:
        """Open, and no GoAway was said."""
        return self._phase is _Phase.OPEN

    @property
    def has_room(self) -> bool:
        """A call would be within the server's calls_max (P4.5), and the server is not suspected to
        be dead (P7.6)."""
        waiting = len(self._wanted) + len(self._cancelled)
        return self.takes_calls and waiting < self._calls_max and self._pong_by is None

    @property
    def is_ended(self) -> bool:
        return self._phase is _Phase.ENDED

    @property
    def wake_at(self) -> float | None:
        """When `wake` has something to do, unless something else happens first."""
        times = [self._frame_by, self._pong_by or self._ping_at]
        if self._phase is _Phase.GREETING:
            times.append(self._hello_by)
        return min((time for time in times if time is not None), default=None)

    @property
    def _ping_at(self) -> float | None:
        waits = not self.is_ended and (self._wanted or self._cancelled)
        return self._heard_at + PING_AFTER if waits else None

    def take_output(self) -> bytes:
        """What is to be sent now; it is yours and forgotten here."""
        output = bytes(self._output)
        self._output.clear()
        return output

    # Calls in.

    def start(
        self,
        now: float,
        method: str,
        body: bytes,
        *,
        timeout_ms: int = 0,
        idempotency_key: bytes = b"",
        trace_context: str = "",
    ) -> int:
        """Makes a call and returns its id, above every one before it (P4.1). Only while
        `has_room`. Raises RequestTooLong."""
        assert self.has_room, "only while there is room"
        request = frames.Request(
            call_id=self._last_id + 1,
            method=method,
            body=body,
            timeout_ms=timeout_ms,
            idempotency_key=idempotency_key,
            trace_context=trace_context,
        )
        data = frame_bytes(frames.Frame(request=request))
        if len(data) - LENGTH_BYTES > self._request_bytes_max:
            raise RequestTooLong(
                f"the request takes {len(data) - LENGTH_BYTES} bytes, and the server reads "
                f"{self._request_bytes_max}"
            )
        if not self._wanted and not self._cancelled:
            self._heard_at = now
        self._last_id += 1
        self._wanted.add(self._last_id)
        self._output += data
        return self._last_id

    def cancel(self, call_id: int) -> list[Event]:
        """The answer is no longer wanted: no event follows for this call (P4.7)."""
        if call_id in self._wanted:
            self._wanted.remove(call_id)
            self._cancelled.add(call_id)
            self._send(frames.Frame(cancel=frames.Cancel(call_id=call_id)))
            self._end_if_done()
        return self._take_events()

    def doubt(self, now: float, silence: float) -> None:
        """A call was given up after so long. If nothing was heard in all that time, the server is
        asked whether it is there before any further call goes to it, sooner than P7.6 would."""
        if self.takes_calls and self._pong_by is None and now - self._heard_at >= silence:
            self._ping(now)

    def close(self) -> list[Event]:
        """No further calls; those in flight are answered first (P7.5)."""
        if self._phase in (_Phase.GREETING, _Phase.OPEN):
            self._phase = _Phase.LEAVING
            self._reason, self._why = "CLOSED", "this client is done"
            self._say_go_away(self._reason, self._why)
            self._end_if_done()
        return self._take_events()

    # The server's side in.

    def receive(self, now: float, data: bytes) -> list[Event]:
        """What was read; cut in any way (P2.8)."""
        if self.is_ended:
            return []
        self._heard_at = now
        self._pong_by = None
        self._unread += data
        try:
            while not self.is_ended and self._receive_frame(now):
                pass
        except _Broken as broken:
            self._break(broken.reason, str(broken))
        return self._take_events()

    def receive_end(self, why: str, reason: str = "") -> list[Event]:
        """The stream ended; a GoAway that came before it knows better why."""
        if not self.is_ended:
            self._end(self._reason or reason, self._why or why)
        return self._take_events()

    def wake(self, now: float) -> list[Event]:
        """Does what is due at `wake_at`."""
        if self._phase is _Phase.GREETING and now >= self._hello_by:
            self._break("HELLO_MISSING", f"no Hello came within {HELLO_WITHIN:.0f} s")
        elif self._frame_by is not None and now >= self._frame_by:
            self._break("FRAME_SLOW", f"a frame took more than {FRAME_WITHIN:.0f} s")
        elif self._pong_by is not None:
            if now >= self._pong_by:
                why = f"the server was silent for {PING_AFTER + PONG_WITHIN:.0f} s"
                self._say_go_away("PEER_SILENT", why)
                self._end("PEER_SILENT", why)
        elif self._ping_at is not None and now >= self._ping_at:
            self._ping(now)
        return self._take_events()

    # Frames.

    def _receive_frame(self, now: float) -> bool:
        """Reads one frame, if all of it is here."""
        if not self._unread:
            self._frame_by = None
            return False
        if self._frame_by is None:
            self._frame_by = now + FRAME_WITHIN
        if len(self._unread) < LENGTH_BYTES:
            return False
        (length,) = struct.unpack_from(">I", self._unread)
        if not 0 < length <= RESPONSE_FRAME_BYTES_MAX:
            # Judged before room is made for what it announces (P2.2).
            raise _Broken(f"a frame of {length} bytes")
        end = LENGTH_BYTES + length
        if len(self._unread) < end:
            return False
        try:
            frame = parse(frames.Frame, bytes(memoryview(self._unread)[LENGTH_BYTES:end]))
        except Malformed as malformed:
            raise _Broken(f"a frame that does not parse: {malformed}") from None
        del self._unread[:end]
        self._frame_by = None
        self._receive_kind(frame)
        return True

    def _receive_kind(self, frame: frames.Frame) -> None:
        kind = frame.WhichOneof("kind")
        if kind == "hello":
            self._receive_hello(frame.hello)
        elif kind == "go_away":
            self._receive_go_away(frame.go_away)
        elif self._phase is _Phase.GREETING:
            raise _Broken("a frame before Hello", "HELLO_MISSING")
        elif kind == "response":
            self._receive_response(frame.response)
        elif kind == "ping":
            self._send(frames.Frame(pong=frames.Pong(token=frame.ping.token)))
        elif kind != "pong":
            raise _Broken("a frame that a server does not send")

    def _receive_hello(self, hello: frames.Hello) -> None:
        if self._phase is not _Phase.GREETING:
            raise _Broken("a second Hello", "HELLO_REPEATED")
        if not 1 <= hello.version_min <= hello.version_max:
            raise _Broken("a Hello without a range of versions")
        if len(hello.features) > FEATURES_MAX:
            raise _Broken("a Hello with too many features")
        if not hello.version_min <= VERSION <= hello.version_max:
            raise _Broken(
                f"the server speaks the versions {hello.version_min} to {hello.version_max}, this "
                f"client version {VERSION}",
                "VERSION_UNSUPPORTED",
            )
        self._calls_max = hello.calls_max or CALLS_MAX
        self._request_bytes_max = hello.request_frame_bytes_max or REQUEST_FRAME_BYTES_MAX
        self._phase = _Phase.OPEN
        self._events.append(Opened())

    def _receive_response(self, response: frames.Response) -> None:
        if response.call_id in self._wanted:
            self._wanted.remove(response.call_id)
            self._events.append(Answered(response.call_id, response))
            self._end_if_done()
        elif response.call_id in self._cancelled:
            self._cancelled.remove(response.call_id)
        else:
            raise _Broken("a Response to a call that waits for none")

    def _receive_go_away(self, go_away: frames.GoAway) -> None:
        self._reason = go_away.reason
        self._why = f"the server ended the connection: {go_away.reason}, {go_away.message}"
        if self._phase is _Phase.GREETING:
            # It may come first; the connection would end in any case, and this says why.
            self._end(self._reason, self._why)
            return
        self._phase = _Phase.LEAVING
        self._events.append(Leaving(go_away.reason))
        for call_id in sorted(self._wanted):
            if call_id > go_away.last_call_id:
                self._wanted.remove(call_id)
                self._events.append(NotProcessed(call_id, self._why))
        self._cancelled = {each for each in self._cancelled if each <= go_away.last_call_id}
        # A last_call_id of 2**64 - 1 announces another GoAway (P7.4): nothing is above it, so all
        # calls stay in flight, and whoever has none need not wait for the second.
        self._end_if_done()

    def _ping(self, now: float) -> None:
        self._pong_by = now + PONG_WITHIN
        self._send(frames.Frame(ping=frames.Ping(token=self._last_id)))

    # Endings.

    def _break(self, reason: str, why: str) -> None:
        self._say_go_away(reason, why)
        self._end(reason, f"the server broke the protocol: {why}; is it a rekeyd?", True)

    def _end_if_done(self) -> None:
        if self._phase is _Phase.LEAVING and not self._wanted:
            self._end(self._reason, self._why)

    def _end(self, reason: str, why: str, protocol_broken: bool = False) -> None:
        self._phase = _Phase.ENDED
        self._frame_by = self._pong_by = None
        lost, self._wanted = sorted(self._wanted), set()
        self._cancelled.clear()
        # Replies hold session tokens.
        self._unread.clear()
        self._events += [Lost(call_id, why, protocol_broken) for call_id in lost]
        self._events.append(Ended(reason, why, protocol_broken))

    def _say_go_away(self, reason: str, why: str) -> None:
        self._send(frames.Frame(go_away=frames.GoAway(reason=reason, message=why)))

    def _send(self, frame: frames.Frame) -> None:
        self._output += frame_bytes(frame)

    def _take_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events
