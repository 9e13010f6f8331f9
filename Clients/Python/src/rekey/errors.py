"""How a call can fail. The class says what is known of its outcome, so that a caller who wants to
know "may I do it again?" need not look further:

RekeyError
├── Refused            the server decided: `reason` says what
│   ├── MethodForbidden   this caller may not call this method
│   └── RateLimited       too many of the kind: `retry_after` says when
├── Unavailable        it was not run: no server could be reached, or none took it
├── DeadlineExceeded   it was not run, or only read: its time was over first
├── OutcomeUnknown     it may have been done: the connection, the time or the server ended first
├── ProtocolError      the other side does not speak this protocol, or not this version
└── AccessError        it was not run, and will not be before somebody has put something right
    ├── ServerUntrusted   the server is not one that ca.pem and its own name vouch for
    ├── CallerRefused     the server does not take calls from this certificate
    └── ProfileError      a file of the profile is missing, wrong, or readable by others
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Status(Enum):
    """gRPC's codes, with gRPC's meaning."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16

    @classmethod
    def _missing_(cls, value: object) -> Status:
        """One that this client does not know is UNKNOWN (P5.4)."""
        return cls.UNKNOWN


class Reason(StrEnum):
    """The words to program against. `Refused.reason` is a plain str, since a newer server may have
    further ones; these compare equal to it."""

    FIELD_INVALID = "FIELD_INVALID"
    BODY_INVALID = "BODY_INVALID"
    PASSWORD_UNACCEPTABLE = "PASSWORD_UNACCEPTABLE"
    CONFIRMATION_DIFFERS = "CONFIRMATION_DIFFERS"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    METHOD_UNKNOWN = "METHOD_UNKNOWN"
    SERVICE_UNKNOWN = "SERVICE_UNKNOWN"
    LINK_INVALID = "LINK_INVALID"
    ACTIVATION_REFUSED = "ACTIVATION_REFUSED"
    RESENDS_SPENT = "RESENDS_SPENT"
    LOGIN_FAILED = "LOGIN_FAILED"
    SESSION_INVALID = "SESSION_INVALID"
    PASSWORD_WRONG = "PASSWORD_WRONG"
    ACCOUNT_EXISTS = "ACCOUNT_EXISTS"
    ACCOUNT_UNKNOWN = "ACCOUNT_UNKNOWN"
    ACCOUNT_CHANGED = "ACCOUNT_CHANGED"
    ACCOUNT_STATE = "ACCOUNT_STATE"
    METHOD_FORBIDDEN = "METHOD_FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_MANY_CALLS = "TOO_MANY_CALLS"
    OVERLOADED = "OVERLOADED"
    STORE_BUSY = "STORE_BUSY"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    STORE_FULL = "STORE_FULL"
    LETTERS_BACKLOG = "LETTERS_BACKLOG"
    DRAINING = "DRAINING"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    CANCELLED = "CANCELLED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    REPLY_TOO_LONG = "REPLY_TOO_LONG"
    INTERNAL_FAULT = "INTERNAL_FAULT"


@dataclass(frozen=True)
class Detail:
    """What is wrong with one field, named as in the .proto: `origin.address`."""

    field: str
    problem: str


class RekeyError(Exception):
    """Any failure of a call. `not_processed` is true when it is certain that nothing was changed,
    counted or spent."""

    not_processed: bool = False


class Refused(RekeyError):
    """The server answered with something else than OK."""

    def __init__(
        self,
        status: Status,
        reason: str,
        message: str,
        details: tuple[Detail, ...] = (),
        retry_after: float = 0.0,
        not_processed: bool = False,
    ) -> None:
        """`retry_after`: seconds until a repeat makes sense; 0 says nothing."""
        super().__init__(status, reason, message)
        self.status = status
        self.reason = reason
        self.message = message
        self.details = details
        self.retry_after = retry_after
        self.not_processed = not_processed

    def __str__(self) -> str:
        fields = "".join(f"; {detail.field}: {detail.problem}" for detail in self.details)
        return f"{self.reason or self.status.name}: {self.message}{fields}"


class MethodForbidden(Refused):
    """The role of this caller, or its own list, does not have this method (P10.5)."""


class RateLimited(Refused):
    """Too many of the kind, of the origin, of this caller or of all (P10.9). It was made again
    where `retry_after` was within the call's own time."""


class Unavailable(RekeyError):
    """The call was not run, and may be made again, here or elsewhere."""

    not_processed = True


class DeadlineExceeded(RekeyError, TimeoutError):
    """The time that the caller gave was over before the call was decided: nothing changed."""

    not_processed = True


class OutcomeUnknown(RekeyError):
    """The call may have been done or not. Where a call takes an idempotency key, it has been
    repeated with it already; to try once more, give the same `idempotency_key` yourself."""


class ProtocolError(RekeyError):
    """The other side broke a rule of the protocol, or speaks no version that this client does."""


class AccessError(RekeyError):
    """The call was not run, and no repeat helps: an operator has to act."""

    not_processed = True


class ServerUntrusted(AccessError):
    """No call was sent: the server's certificate is not signed by the profile's CA, not for the
    host that was connected to, or not valid now."""


class CallerRefused(AccessError):
    """`reason`: CALLER_UNKNOWN, CERTIFICATE_REVOKED or CERTIFICATE_EXPIRED, as the server said, or
    CERTIFICATE_REFUSED where TLS already said no, or every connection ended before a word."""

    reason: str = "CERTIFICATE_REFUSED"


class ProfileError(AccessError, ValueError):
    """Says which file it is about, and what to do."""
