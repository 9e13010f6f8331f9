"""What must hold for every frame that a server sends, whatever the case is about (sections 2 to 5 and 7
of PROTOCOL.md). A connection shows it each frame sent and received.
"""

from __future__ import annotations

import re
from typing import Any

from .failure import Failure
from .protocol import GO_AWAY_REASONS, LAST_CALL_ID_OPEN, REASONS, frames

FRAME_BYTES_MAX = 1024 * 1024
# These must say when a repeat makes sense.
_SAY_WHEN = frozenset({"RATE_LIMITED", "OVERLOADED"})
_WORD = re.compile(r"[A-Z][A-Z_]+\Z")
# R82: no stack, no path of a source or a data file, no version.
_LEAK = re.compile(r"\.swift|0x[0-9a-f]{6}|/(tmp|home|work|usr|var)/|Swift\.|\b\d+\.\d+\.\d+\b")


class Invariants:
    """Of one connection."""

    def __init__(self) -> None:
        self.response_bytes_max = FRAME_BYTES_MAX
        self._open_calls: set[int] = set()
        self.last_call_id = 0
        self._frames = 0

    def sent(self, frame: Any) -> None:
        kind = frame.WhichOneof("kind")
        if kind == "request":
            self._open_calls.add(frame.request.call_id)
            self.last_call_id = max(self.last_call_id, frame.request.call_id)
        elif kind == "hello" and frame.hello.response_frame_bytes_max >= 1024:
            self.response_bytes_max = frame.hello.response_frame_bytes_max

    def received(self, frame: Any, size: int) -> None:
        """Raises Failure with the rule that the frame breaks."""
        kind = frame.WhichOneof("kind")
        self._frames += 1
        if (self._frames == 1) != (kind == "hello"):
            raise Failure(f"P3.1, P3.5: frame {self._frames} of the server is {kind}")
        if kind not in ("hello", "response", "ping", "pong", "go_away"):
            raise Failure(f"P2.4: a server sends no {kind}")
        if size > self.response_bytes_max:
            raise Failure(f"P3.4: a frame of {size} bytes, {self.response_bytes_max} were agreed")
        if kind == "response":
            self._response(frame.response)
        elif kind == "go_away":
            self._go_away(frame.go_away)

    def _response(self, response: Any) -> None:
        if response.call_id not in self._open_calls:
            raise Failure(f"P4.2: call {response.call_id} was answered, but nobody waits for it")
        self._open_calls.remove(response.call_id)
        if response.status == frames.STATUS_CODE_OK:
            _demand(not response.reason and not response.message, "P5.1: OK with a reason")
            _demand(not response.details and not response.not_processed, "P5.1: OK with a refusal")
        else:
            _refusal(response)

    def _go_away(self, go_away: Any) -> None:
        _demand(go_away.reason in GO_AWAY_REASONS, f"7: GoAway for {go_away.reason!r}")
        _demand(
            go_away.last_call_id <= self.last_call_id
            or go_away.last_call_id == LAST_CALL_ID_OPEN,
            f"P7.4: last_call_id {go_away.last_call_id} is above every call that was sent",
        )
        _sentence(go_away.message)


def _refusal(response: Any) -> None:
    _demand(not response.body, "P5.1: a refusal with a body")
    _demand(bool(_WORD.match(response.reason)), f"P5.1: {response.reason!r} is no stable word")
    row = REASONS.get(response.reason)
    if row is None:
        raise Failure(f"5: the table has no reason {response.reason}")
    _demand(
        response.status == row.status,
        f"5: {response.reason} with status {response.status}, the table says {row.status}",
    )
    _demand(
        response.not_processed == row.not_processed,
        f"P5.5: {response.reason} with not_processed {response.not_processed}",
    )
    is_argument = response.status == frames.STATUS_CODE_INVALID_ARGUMENT
    _demand(is_argument or not response.details, "P5.2: details without INVALID_ARGUMENT")
    _demand(
        response.reason != "FIELD_INVALID" or len(response.details) > 0,
        "5: FIELD_INVALID that names no field",
    )
    _retry_after(response)
    _sentence(response.message)
    for detail in response.details:
        _demand(bool(detail.field) and bool(detail.problem), "P5.2: an empty detail")
        _sentence(detail.problem)


def _retry_after(response: Any) -> None:
    """R91: who is over a limit of many hears when to come again; of one account's limits nobody hears."""
    when = response.retry_after_ms
    if response.reason in _SAY_WHEN:
        _demand(when > 0, f"P5.3, P10.9: {response.reason} that does not say when")
    if response.reason == "LOGIN_FAILED":
        _demand(when == 0, f"P10.9: LOGIN_FAILED that says when: {when} ms")


def _sentence(text: str) -> None:
    _demand(bool(text), "P5.1: no sentence for people")
    _demand(text.isprintable(), f"P5.1: {text!r} cannot be printed")
    _demand(not _LEAK.search(text), f"R82: {text!r} tells too much")


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Failure(otherwise)
