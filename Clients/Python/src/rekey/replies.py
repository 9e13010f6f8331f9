"""What calls give back: immutable values in the types a Python program wants. Times are aware
datetimes in UTC, spans are timedeltas, secrets hide themselves. Each is made from its message here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from rekey.methods import Repeat
from rekey.secret import Secret
from rekey.v1 import operator_pb2 as operator
from rekey.v1 import recovery_pb2 as recovery
from rekey.v1 import reflection_pb2 as reflection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


def _time(milliseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return _LATEST


def _span(milliseconds: int) -> timedelta:
    try:
        return timedelta(milliseconds=milliseconds)
    except OverflowError:
        return timedelta.max


class _Number(Enum):
    """0 also stands for a number that a newer server may send (P2.6)."""

    @classmethod
    def _missing_(cls, value: object) -> _Number:
        return cls(0)


class Language(_Number):
    """In which letters are written."""

    UNSPECIFIED = 0
    FRENCH = 1
    ENGLISH = 2


class AccountState(_Number):
    UNSPECIFIED = 0
    PENDING = 1
    ACTIVE = 2
    BLOCKED = 3
    PASSWORD_OFF = 4
    SUSPENDED = 5
    LOCKED = 6
    DISABLED = 7


class LetterKind(_Number):
    UNSPECIFIED = 0
    RECOVERY_LINK = 1
    RECOVERY_CODE = 2
    ACTIVATION_LINK = 3
    ACTIVATION_CODE = 4
    RECOVERED_MAIL = 5
    RECOVERED_SMS = 6
    CONTACT_CHANGED_MAIL = 7
    CONTACT_CHANGED_SMS = 8
    FAILED_LOGINS_MAIL = 9
    FAILED_LOGINS_SMS = 10
    PASSWORD_OFF_MAIL = 11
    PASSWORD_OFF_SMS = 12
    ACCOUNT_DELETED_MAIL = 13
    ACCOUNT_DELETED_SMS = 14


class ServingStatus(_Number):
    """NOT_SERVING: it stops, or cannot write; calls belong elsewhere."""

    UNSPECIFIED = 0
    SERVING = 1
    NOT_SERVING = 2


class Role(_Number):
    """Who may call a method."""

    UNSPECIFIED = 0
    SERVICE = 1
    OPERATOR = 2
    AUDITOR = 3
    MONITOR = 4


@dataclass(frozen=True)
class ResetRequested:
    """The same for every identifier, known or not."""

    # For how long the link opens, if one was sent.
    link_life: timedelta

    @classmethod
    def of(cls, reply: recovery.RequestResetReply) -> ResetRequested:
        return cls(_span(reply.link_life_ms))


@dataclass(frozen=True)
class PasswordRules:
    """Counted after NFC: Unicode code points, and bytes of UTF-8."""

    code_points_min: int
    bytes_max: int


@dataclass(frozen=True)
class ValidLink:
    valid_until: datetime
    password: PasswordRules
    # Where the letters went: "c•••@•••.fr", "•••56".
    masked_mail: str
    masked_mobile: str
    code_valid_until: datetime
    resends_left: int
    # The link activates a new account; otherwise it resets a password.
    activation: bool

    @classmethod
    def of(cls, reply: recovery.ValidateLinkReply) -> ValidLink:
        return cls(
            _time(reply.valid_until_ms),
            PasswordRules(reply.password.code_points_min, reply.password.bytes_max),
            reply.masked_mail,
            reply.masked_mobile,
            _time(reply.code_valid_until_ms),
            reply.resends_left,
            reply.activation,
        )


@dataclass(frozen=True)
class CodeSent:
    code_valid_until: datetime
    resends_left: int

    @classmethod
    def of(cls, reply: recovery.ResendCodeReply) -> CodeSent:
        return cls(_time(reply.code_valid_until_ms), reply.resends_left)


@dataclass(frozen=True)
class Session:
    token: Secret
    # When it ends, however much it is used, and after how long without use.
    valid_until: datetime
    idle: timedelta

    @classmethod
    def of(cls, reply: recovery.LoginReply) -> Session:
        return cls(Secret(reply.session), _time(reply.valid_until_ms), _span(reply.idle_ms))


@dataclass(frozen=True)
class SessionOwner:
    account_id: str
    identifier: str
    name: str
    valid_until: datetime
    # When the session ends unless it is used before.
    idle_until: datetime

    @classmethod
    def of(cls, reply: recovery.CheckSessionReply) -> SessionOwner:
        return cls(
            reply.account_id,
            reply.identifier,
            reply.name,
            _time(reply.valid_until_ms),
            _time(reply.idle_until_ms),
        )


@dataclass(frozen=True)
class Account:
    # 32 hexadecimal digits; lists go by it.
    id: str
    identifier: str
    name: str
    mail: str
    # E.164: "+33612345678".
    mobile: str
    language: Language
    state: AccountState
    # The mobile number took part in a finished activation.
    mobile_confirmed: bool
    # Grows with every change; `update_account` names the one it read.
    version: int
    created_at: datetime
    live_sessions: int
    open_resets: int
    # Failed logins in a row.
    login_failures: int
    # A contact was changed: nobody recovers the account until then; None when that is not so.
    contact_hold_until: datetime | None

    @classmethod
    def of(cls, account: operator.Account) -> Account:
        return cls(
            account.id,
            account.identifier,
            account.name,
            account.mail,
            account.mobile,
            Language(account.language),
            AccountState(account.state),
            account.mobile_confirmed,
            account.version,
            _time(account.created_at_ms),
            account.live_sessions,
            account.open_resets,
            account.login_failures,
            _time(account.contact_hold_until_ms) if account.contact_hold_until_ms else None,
        )


@dataclass(frozen=True)
class AccountPage:
    accounts: tuple[Account, ...]
    # What to ask for next; empty when this was the last page.
    next_after: str

    @classmethod
    def of(cls, reply: operator.ListAccountsReply) -> AccountPage:
        return cls(tuple(map(Account.of, reply.accounts)), reply.next_after)


@dataclass(frozen=True)
class Letter:
    """One that waits to be accepted by a courier."""

    # 32 hexadecimal digits, the same in the Message-ID.
    id: str
    account_id: str
    kind: LetterKind
    queued_at: datetime
    # Attempts that failed.
    attempts: int
    next_attempt_at: datetime

    @classmethod
    def of(cls, letter: operator.Letter) -> Letter:
        return cls(
            letter.id,
            letter.account_id,
            LetterKind(letter.kind),
            _time(letter.queued_at_ms),
            letter.attempts,
            _time(letter.next_attempt_at_ms),
        )


@dataclass(frozen=True)
class LetterPage:
    letters: tuple[Letter, ...]
    next_after: str

    @classmethod
    def of(cls, reply: operator.ListLettersReply) -> LetterPage:
        return cls(tuple(map(Letter.of, reply.letters)), reply.next_after)


@dataclass(frozen=True)
class ServerStatus:
    started_at: datetime
    # Service time, which never runs back.
    now: datetime
    accounts: int
    letters_waiting: int
    # The newest batch of the log that is on disk.
    durable_sequence: int
    # What a start would have to replay.
    log_bytes_since_checkpoint: int
    connections: int
    # Only Logout, DisableAccount and RevokeSessions are written.
    disk_full: bool
    # How far the wall clock is ahead of service time, when that is more than is believed.
    clock_ahead: timedelta
    # When the server's certificate ends; None without TLS.
    certificate_valid_until: datetime | None
    # Since the start: connections that were closed before their caller was known.
    handshakes_failed: int

    @classmethod
    def of(cls, reply: operator.ServerStatusReply) -> ServerStatus:
        return cls(
            _time(reply.started_at_ms),
            _time(reply.now_ms),
            reply.accounts,
            reply.letters_waiting,
            reply.durable_sequence,
            reply.log_bytes_since_checkpoint,
            reply.connections,
            reply.disk_full,
            _span(reply.clock_ahead_ms),
            _time(reply.certificate_valid_until_ms) if reply.certificate_valid_until_ms else None,
            reply.handshakes_failed,
        )


@dataclass(frozen=True)
class MethodDescription:
    # As on the wire: "rekey.v1.Rekey/Login".
    name: str
    roles: tuple[Role, ...]
    repeat: Repeat


@dataclass(frozen=True)
class Description:
    """What the server offers."""

    # A google.protobuf.FileDescriptorSet with all that its files import.
    descriptor_set: bytes
    methods: tuple[MethodDescription, ...]
    # The numbers that this server keeps to, as reflection.proto names them.
    limits: dict[str, int]

    @classmethod
    def of(cls, reply: reflection.DescribeReply) -> Description:
        return cls(
            reply.descriptor_set,
            tuple(
                MethodDescription(each.name, tuple(map(Role, each.roles)), Repeat(each.repeat))
                for each in reply.methods
            ),
            {
                field.name: getattr(reply.limits, field.name)
                for field in reply.limits.DESCRIPTOR.fields
            },
        )
