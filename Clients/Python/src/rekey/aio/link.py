"""One connection on an event loop: moves bytes and time between a transport and a
`rekey.connection.Connection`, and each answer to the task that waits for it. Decides nothing.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from rekey.connection import (
    CERTIFICATE_REFUSED,
    Answered,
    Connection,
    Ended,
    Event,
    Leaving,
    Lost,
    Opened,
    Outcome,
)

# The server knows when a call's time is over and says so; this is for its answer to arrive.
GRACE = 1.0
# For the server to close its side, once this side is done (P7.3).
CLOSE_WITHIN = 1.0


class Link(asyncio.Protocol):
    """Made by the loop's `create_connection`, which also sets TCP_NODELAY (P10.10)."""

    def __init__(self, notice: Callable[[Link, Event], None]) -> None:
        """`notice` hears every event, after it was acted on."""
        self._loop = asyncio.get_running_loop()
        self._notice = notice
        self._connection = Connection(self._loop.time())
        self._transport: asyncio.Transport | None = None
        self.is_tls = False
        # Over TLS this side waits for the server's first word, and no call is later for it: a
        # server that refuses this client's certificate says so (P10.3), and bytes that it did not
        # read would turn that into a reset.
        self._may_speak = False
        self._answers: dict[int, asyncio.Future[Outcome]] = {}
        self._alarm: asyncio.TimerHandle | None = None
        # Done when the server has said Hello; its result is why not, if it did not.
        self.opened: asyncio.Future[Ended | None] = self._loop.create_future()
        self.closed: asyncio.Future[None] = self._loop.create_future()

    @property
    def has_room(self) -> bool:
        return self._connection.has_room

    @property
    def takes_calls(self) -> bool:
        return self._connection.takes_calls

    async def call(
        self, method: str, body: bytes, *, timeout_ms: int, key: bytes, trace_context: str
    ) -> Outcome:
        """Only while `has_room`. Gives up, and says so to the server, a second after the time that
        the server was given; cancelling the task does so at once."""
        call_id = self._connection.start(
            self._loop.time(),
            method,
            body,
            timeout_ms=timeout_ms,
            idempotency_key=key,
            trace_context=trace_context,
        )
        answer: asyncio.Future[Outcome] = self._loop.create_future()
        self._answers[call_id] = answer
        self._act([])
        try:
            async with asyncio.timeout(timeout_ms / 1000 + GRACE):
                return await answer
        except TimeoutError:
            self._connection.doubt(self._loop.time(), timeout_ms / 1000)
            return Lost(call_id, f"no answer came within {timeout_ms / 1000 + GRACE:g} s")
        finally:
            if self._answers.pop(call_id, None) is not None:
                self._act(self._connection.cancel(call_id))

    def close(self) -> None:
        """Takes no further calls, and ends when those in flight are answered."""
        self._act(self._connection.close())

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.is_tls = transport.get_extra_info("ssl_object") is not None
        self._may_speak = not self.is_tls
        self._act([])

    def data_received(self, data: bytes) -> None:
        self._may_speak = True
        self._act(self._connection.receive(self._loop.time(), data))

    def eof_received(self) -> bool:
        self._end("the server closed the connection")
        return False

    def connection_lost(self, error: Exception | None) -> None:
        if isinstance(error, ssl.SSLError) and not self.opened.done():
            # Under TLS 1.3 the server's word on this side's certificate comes after the handshake.
            why = f"the server does not accept this client's certificate: {error.reason}"
            self._act(self._connection.receive_end(why, CERTIFICATE_REFUSED))
        else:
            self._end(f"the connection was lost: {error}" if error else "the connection was closed")
        self._set_alarm(None)
        if not self.closed.done():
            self.closed.set_result(None)

    def _end(self, why: str) -> None:
        if self.is_tls and not self.opened.done():
            why += " before its Hello, as one does that does not accept this client's certificate"
        self._act(self._connection.receive_end(why))

    # What the connection wants done.

    def _act(self, events: list[Event]) -> None:
        output = self._connection.take_output() if self._may_speak else b""
        if output and self._transport is not None and not self._transport.is_closing():
            self._transport.write(output)
        for event in events:
            self._act_on(event)
        if not self._connection.is_ended:
            self._set_alarm(self._connection.wake_at)

    def _act_on(self, event: Event) -> None:
        match event:
            case Opened():
                self.opened.set_result(None)
            case Leaving():
                pass
            case Ended():
                if not self.opened.done():
                    self.opened.set_result(event)
                self._half_close()
            case outcome:
                answer = self._answers.pop(outcome.call_id, None)
                if answer is not None and not answer.done():
                    answer.set_result(outcome)
        self._notice(self, event)

    def _half_close(self) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.can_write_eof():
            transport.write_eof()
        else:
            # TLS: its close_notify; what the server still says is read and dropped. Nobody waits
            # for it: where answers were due, a GoAway came first (P10.8).
            transport.close()
        self._alarm_at(self._loop.time() + CLOSE_WITHIN, transport.abort)

    def _set_alarm(self, at: float | None) -> None:
        if at is None:
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None
        elif self._alarm is None or self._alarm.when() != at:
            self._alarm_at(at, self._wake)

    def _alarm_at(self, at: float, action: Callable[[], None]) -> None:
        self._set_alarm(None)
        self._alarm = self._loop.call_at(at, action)

    def _wake(self) -> None:
        self._alarm = None
        # A loop may call a little early, within its clock's resolution.
        due = self._connection.wake_at
        self._act(self._connection.wake(max(self._loop.time(), due or 0.0)))
