"""When a call is made again, and how long that waits. Pure: the outcome and the dice come in."""

from __future__ import annotations

from random import Random

from rekey.connection import Answered, Lost, NotProcessed, Outcome
from rekey.errors import (
    DeadlineExceeded,
    Detail,
    MethodForbidden,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Reason,
    Refused,
    RekeyError,
    Status,
    Unavailable,
)
from rekey.methods import Repeat

BACKOFF_FIRST = 0.1
BACKOFF_MAX = 5.0
_REFUSALS: dict[str, type[Refused]] = {
    Reason.METHOD_FORBIDDEN: MethodForbidden,
    Reason.RATE_LIMITED: RateLimited,
}


def backoff(failures: int, random: Random) -> float:
    """Seconds to wait after so many failures in a row, one or more: a random part of 100 ms, then
    of twice as long each time, up to 5 s (P6.7)."""
    # Beyond 2**6 × 100 ms it is the maximum anyway.
    whole = min(BACKOFF_MAX, BACKOFF_FIRST * 2.0 ** min(failures - 1, 6))
    return whole * random.random()


def is_unknown(outcome: Outcome) -> bool:
    """Whether the call may have been done: no answer came, or one that says nothing (P5.4)."""
    if isinstance(outcome, Answered):
        return (
            Status(outcome.response.status) is Status.UNKNOWN
            and not outcome.response.not_processed
        )
    return isinstance(outcome, Lost)


def may_repeat(repeat: Repeat, outcome: Outcome) -> bool:
    """Whether making the call again cannot do it twice (P6.1 to P6.3)."""
    if isinstance(outcome, NotProcessed):
        return True
    if isinstance(outcome, Answered) and outcome.response.not_processed:
        return True
    return is_unknown(outcome) and repeat in (Repeat.FREELY, Repeat.WITH_KEY)


def pause(outcome: Outcome, attempts: int, random: Random) -> float:
    """Seconds to wait before the next attempt, after so many; never less than the server asks."""
    asked = outcome.response.retry_after_ms / 1000 if isinstance(outcome, Answered) else 0.0
    return max(asked, backoff(attempts, random))


def error(repeat: Repeat, outcome: Outcome, unknown: Outcome | None) -> RekeyError:
    """What the caller is told when the call is not made again. `unknown`: an attempt, this one or
    one before it, that may have been done. Not for an OK."""
    if unknown is None or not (is_unknown(outcome) or may_repeat(repeat, outcome)):
        # This attempt decides: an answer to a repeat with the same key is that of the first.
        return _error(outcome)
    if repeat is Repeat.FREELY:
        return DeadlineExceeded(_why(unknown))
    broken = isinstance(unknown, Lost) and unknown.protocol_broken
    return (ProtocolError if broken else OutcomeUnknown)(_why(unknown))


def _error(outcome: Outcome) -> RekeyError:
    if not isinstance(outcome, Answered):
        return Unavailable(outcome.why)
    response = outcome.response
    if Status(response.status) is Status.DEADLINE_EXCEEDED:
        return DeadlineExceeded(response.message)
    return _REFUSALS.get(response.reason, Refused)(
        Status(response.status),
        response.reason,
        response.message,
        tuple(Detail(detail.field, detail.problem) for detail in response.details),
        response.retry_after_ms / 1000,
        response.not_processed,
    )


def _why(outcome: Outcome) -> str:
    if isinstance(outcome, Answered):
        return f"{outcome.response.reason}: {outcome.response.message}"
    return outcome.why
