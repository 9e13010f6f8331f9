from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

ACCOUNT_STATE_ACTIVE: AccountState
ACCOUNT_STATE_BLOCKED: AccountState
ACCOUNT_STATE_DISABLED: AccountState
ACCOUNT_STATE_LOCKED: AccountState
ACCOUNT_STATE_PASSWORD_OFF: AccountState
ACCOUNT_STATE_PENDING: AccountState
ACCOUNT_STATE_SUSPENDED: AccountState
ACCOUNT_STATE_UNSPECIFIED: AccountState
DESCRIPTOR: _descriptor.FileDescriptor
LANGUAGE_ENGLISH: Language
LANGUAGE_FRENCH: Language
LANGUAGE_UNSPECIFIED: Language
LETTER_KIND_ACCOUNT_DELETED_MAIL: LetterKind
LETTER_KIND_ACCOUNT_DELETED_SMS: LetterKind
LETTER_KIND_ACTIVATION_CODE: LetterKind
LETTER_KIND_ACTIVATION_LINK: LetterKind
LETTER_KIND_CONTACT_CHANGED_MAIL: LetterKind
LETTER_KIND_CONTACT_CHANGED_SMS: LetterKind
LETTER_KIND_FAILED_LOGINS_MAIL: LetterKind
LETTER_KIND_FAILED_LOGINS_SMS: LetterKind
LETTER_KIND_PASSWORD_OFF_MAIL: LetterKind
LETTER_KIND_PASSWORD_OFF_SMS: LetterKind
LETTER_KIND_RECOVERED_MAIL: LetterKind
LETTER_KIND_RECOVERED_SMS: LetterKind
LETTER_KIND_RECOVERY_CODE: LetterKind
LETTER_KIND_RECOVERY_LINK: LetterKind
LETTER_KIND_UNSPECIFIED: LetterKind

class Account(_message.Message):
    __slots__ = ["contact_hold_until_ms", "created_at_ms", "id", "identifier", "language", "live_sessions", "login_failures", "mail", "mobile", "mobile_confirmed", "name", "open_resets", "state", "version"]
    CONTACT_HOLD_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    LIVE_SESSIONS_FIELD_NUMBER: _ClassVar[int]
    LOGIN_FAILURES_FIELD_NUMBER: _ClassVar[int]
    MAIL_FIELD_NUMBER: _ClassVar[int]
    MOBILE_CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    MOBILE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPEN_RESETS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    contact_hold_until_ms: int
    created_at_ms: int
    id: str
    identifier: str
    language: Language
    live_sessions: int
    login_failures: int
    mail: str
    mobile: str
    mobile_confirmed: bool
    name: str
    open_resets: int
    state: AccountState
    version: int
    def __init__(self, id: _Optional[str] = ..., identifier: _Optional[str] = ..., name: _Optional[str] = ..., mail: _Optional[str] = ..., mobile: _Optional[str] = ..., language: _Optional[_Union[Language, str]] = ..., state: _Optional[_Union[AccountState, str]] = ..., mobile_confirmed: bool = ..., version: _Optional[int] = ..., created_at_ms: _Optional[int] = ..., live_sessions: _Optional[int] = ..., open_resets: _Optional[int] = ..., login_failures: _Optional[int] = ..., contact_hold_until_ms: _Optional[int] = ...) -> None: ...

class AccountRequest(_message.Message):
    __slots__ = ["identifier"]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    identifier: str
    def __init__(self, identifier: _Optional[str] = ...) -> None: ...

class CreateAccountRequest(_message.Message):
    __slots__ = ["identifier", "language", "mail", "mobile", "name"]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MAIL_FIELD_NUMBER: _ClassVar[int]
    MOBILE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    identifier: str
    language: Language
    mail: str
    mobile: str
    name: str
    def __init__(self, identifier: _Optional[str] = ..., name: _Optional[str] = ..., mail: _Optional[str] = ..., mobile: _Optional[str] = ..., language: _Optional[_Union[Language, str]] = ...) -> None: ...

class DeleteAccountReply(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Letter(_message.Message):
    __slots__ = ["account_id", "attempts", "id", "kind", "next_attempt_at_ms", "queued_at_ms"]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_AT_MS_FIELD_NUMBER: _ClassVar[int]
    QUEUED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    account_id: str
    attempts: int
    id: str
    kind: LetterKind
    next_attempt_at_ms: int
    queued_at_ms: int
    def __init__(self, id: _Optional[str] = ..., account_id: _Optional[str] = ..., kind: _Optional[_Union[LetterKind, str]] = ..., queued_at_ms: _Optional[int] = ..., attempts: _Optional[int] = ..., next_attempt_at_ms: _Optional[int] = ...) -> None: ...

class ListAccountsReply(_message.Message):
    __slots__ = ["accounts", "next_after"]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_FIELD_NUMBER: _ClassVar[int]
    accounts: _containers.RepeatedCompositeFieldContainer[Account]
    next_after: str
    def __init__(self, accounts: _Optional[_Iterable[_Union[Account, _Mapping]]] = ..., next_after: _Optional[str] = ...) -> None: ...

class ListAccountsRequest(_message.Message):
    __slots__ = ["after", "limit"]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    after: str
    limit: int
    def __init__(self, after: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class ListLettersReply(_message.Message):
    __slots__ = ["letters", "next_after"]
    LETTERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_FIELD_NUMBER: _ClassVar[int]
    letters: _containers.RepeatedCompositeFieldContainer[Letter]
    next_after: str
    def __init__(self, letters: _Optional[_Iterable[_Union[Letter, _Mapping]]] = ..., next_after: _Optional[str] = ...) -> None: ...

class ListLettersRequest(_message.Message):
    __slots__ = ["after", "limit"]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    after: str
    limit: int
    def __init__(self, after: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class RevokeSessionsReply(_message.Message):
    __slots__ = ["revoked"]
    REVOKED_FIELD_NUMBER: _ClassVar[int]
    revoked: int
    def __init__(self, revoked: _Optional[int] = ...) -> None: ...

class ServerStatusReply(_message.Message):
    __slots__ = ["accounts", "certificate_valid_until_ms", "clock_ahead_ms", "connections", "disk_full", "durable_sequence", "handshakes_failed", "letters_waiting", "log_bytes_since_checkpoint", "now_ms", "started_at_ms"]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    CLOCK_AHEAD_MS_FIELD_NUMBER: _ClassVar[int]
    CONNECTIONS_FIELD_NUMBER: _ClassVar[int]
    DISK_FULL_FIELD_NUMBER: _ClassVar[int]
    DURABLE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HANDSHAKES_FAILED_FIELD_NUMBER: _ClassVar[int]
    LETTERS_WAITING_FIELD_NUMBER: _ClassVar[int]
    LOG_BYTES_SINCE_CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    accounts: int
    certificate_valid_until_ms: int
    clock_ahead_ms: int
    connections: int
    disk_full: bool
    durable_sequence: int
    handshakes_failed: int
    letters_waiting: int
    log_bytes_since_checkpoint: int
    now_ms: int
    started_at_ms: int
    def __init__(self, started_at_ms: _Optional[int] = ..., now_ms: _Optional[int] = ..., accounts: _Optional[int] = ..., letters_waiting: _Optional[int] = ..., durable_sequence: _Optional[int] = ..., log_bytes_since_checkpoint: _Optional[int] = ..., connections: _Optional[int] = ..., disk_full: bool = ..., clock_ahead_ms: _Optional[int] = ..., certificate_valid_until_ms: _Optional[int] = ..., handshakes_failed: _Optional[int] = ...) -> None: ...

class ServerStatusRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class UpdateAccountRequest(_message.Message):
    __slots__ = ["expected_version", "field_mask", "identifier", "language", "mail", "mobile", "name"]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    FIELD_MASK_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MAIL_FIELD_NUMBER: _ClassVar[int]
    MOBILE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    expected_version: int
    field_mask: _containers.RepeatedScalarFieldContainer[str]
    identifier: str
    language: Language
    mail: str
    mobile: str
    name: str
    def __init__(self, identifier: _Optional[str] = ..., expected_version: _Optional[int] = ..., field_mask: _Optional[_Iterable[str]] = ..., name: _Optional[str] = ..., mail: _Optional[str] = ..., mobile: _Optional[str] = ..., language: _Optional[_Union[Language, str]] = ...) -> None: ...

class Language(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class AccountState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class LetterKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
