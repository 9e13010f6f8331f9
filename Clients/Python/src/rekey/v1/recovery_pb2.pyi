from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
SERVING_STATUS_NOT_SERVING: ServingStatus
SERVING_STATUS_SERVING: ServingStatus
SERVING_STATUS_UNSPECIFIED: ServingStatus

class ActivateReply(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ActivateRequest(_message.Message):
    __slots__ = ["code", "confirmation", "link", "origin", "password"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMATION_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    code: bytes
    confirmation: bytes
    link: bytes
    origin: Origin
    password: bytes
    def __init__(self, link: _Optional[bytes] = ..., code: _Optional[bytes] = ..., password: _Optional[bytes] = ..., confirmation: _Optional[bytes] = ..., origin: _Optional[_Union[Origin, _Mapping]] = ...) -> None: ...

class CancelContactChangeReply(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class CancelContactChangeRequest(_message.Message):
    __slots__ = ["link", "origin"]
    LINK_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    link: bytes
    origin: Origin
    def __init__(self, link: _Optional[bytes] = ..., origin: _Optional[_Union[Origin, _Mapping]] = ...) -> None: ...

class ChangePasswordReply(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ChangePasswordRequest(_message.Message):
    __slots__ = ["confirmation", "current_password", "new_password", "origin", "session"]
    CONFIRMATION_FIELD_NUMBER: _ClassVar[int]
    CURRENT_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    NEW_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    confirmation: bytes
    current_password: bytes
    new_password: bytes
    origin: Origin
    session: bytes
    def __init__(self, session: _Optional[bytes] = ..., current_password: _Optional[bytes] = ..., new_password: _Optional[bytes] = ..., confirmation: _Optional[bytes] = ..., origin: _Optional[_Union[Origin, _Mapping]] = ...) -> None: ...

class CheckSessionReply(_message.Message):
    __slots__ = ["account_id", "identifier", "idle_until_ms", "name", "valid_until_ms"]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    IDLE_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    account_id: str
    identifier: str
    idle_until_ms: int
    name: str
    valid_until_ms: int
    def __init__(self, account_id: _Optional[str] = ..., identifier: _Optional[str] = ..., name: _Optional[str] = ..., valid_until_ms: _Optional[int] = ..., idle_until_ms: _Optional[int] = ...) -> None: ...

class CheckSessionRequest(_message.Message):
    __slots__ = ["session"]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: bytes
    def __init__(self, session: _Optional[bytes] = ...) -> None: ...

class HealthReply(_message.Message):
    __slots__ = ["status"]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    status: ServingStatus
    def __init__(self, status: _Optional[_Union[ServingStatus, str]] = ...) -> None: ...

class HealthRequest(_message.Message):
    __slots__ = ["service"]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    service: str
    def __init__(self, service: _Optional[str] = ...) -> None: ...

class LoginReply(_message.Message):
    __slots__ = ["idle_ms", "session", "valid_until_ms"]
    IDLE_MS_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    idle_ms: int
    session: bytes
    valid_until_ms: int
    def __init__(self, session: _Optional[bytes] = ..., valid_until_ms: _Optional[int] = ..., idle_ms: _Optional[int] = ...) -> None: ...

class LoginRequest(_message.Message):
    __slots__ = ["earlier_session", "identifier", "origin", "password"]
    EARLIER_SESSION_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    earlier_session: bytes
    identifier: str
    origin: Origin
    password: bytes
    def __init__(self, identifier: _Optional[str] = ..., password: _Optional[bytes] = ..., origin: _Optional[_Union[Origin, _Mapping]] = ..., earlier_session: _Optional[bytes] = ...) -> None: ...

class LogoutReply(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class LogoutRequest(_message.Message):
    __slots__ = ["session"]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: bytes
    def __init__(self, session: _Optional[bytes] = ...) -> None: ...

class Origin(_message.Message):
    __slots__ = ["address", "agent"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    address: str
    agent: str
    def __init__(self, address: _Optional[str] = ..., agent: _Optional[str] = ...) -> None: ...

class PasswordRules(_message.Message):
    __slots__ = ["bytes_max", "code_points_min"]
    BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    CODE_POINTS_MIN_FIELD_NUMBER: _ClassVar[int]
    bytes_max: int
    code_points_min: int
    def __init__(self, code_points_min: _Optional[int] = ..., bytes_max: _Optional[int] = ...) -> None: ...

class RequestResetReply(_message.Message):
    __slots__ = ["link_life_ms"]
    LINK_LIFE_MS_FIELD_NUMBER: _ClassVar[int]
    link_life_ms: int
    def __init__(self, link_life_ms: _Optional[int] = ...) -> None: ...

class RequestResetRequest(_message.Message):
    __slots__ = ["identifier", "origin"]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    identifier: str
    origin: Origin
    def __init__(self, identifier: _Optional[str] = ..., origin: _Optional[_Union[Origin, _Mapping]] = ...) -> None: ...

class ResendCodeReply(_message.Message):
    __slots__ = ["code_valid_until_ms", "resends_left"]
    CODE_VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    RESENDS_LEFT_FIELD_NUMBER: _ClassVar[int]
    code_valid_until_ms: int
    resends_left: int
    def __init__(self, code_valid_until_ms: _Optional[int] = ..., resends_left: _Optional[int] = ...) -> None: ...

class ResendCodeRequest(_message.Message):
    __slots__ = ["link", "origin"]
    LINK_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    link: bytes
    origin: Origin
    def __init__(self, link: _Optional[bytes] = ..., origin: _Optional[_Union[Origin, _Mapping]] = ...) -> None: ...

class ValidateLinkReply(_message.Message):
    __slots__ = ["activation", "code_valid_until_ms", "masked_mail", "masked_mobile", "password", "resends_left", "valid_until_ms"]
    ACTIVATION_FIELD_NUMBER: _ClassVar[int]
    CODE_VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    MASKED_MAIL_FIELD_NUMBER: _ClassVar[int]
    MASKED_MOBILE_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    RESENDS_LEFT_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    activation: bool
    code_valid_until_ms: int
    masked_mail: str
    masked_mobile: str
    password: PasswordRules
    resends_left: int
    valid_until_ms: int
    def __init__(self, valid_until_ms: _Optional[int] = ..., password: _Optional[_Union[PasswordRules, _Mapping]] = ..., masked_mail: _Optional[str] = ..., masked_mobile: _Optional[str] = ..., code_valid_until_ms: _Optional[int] = ..., resends_left: _Optional[int] = ..., activation: bool = ...) -> None: ...

class ValidateLinkRequest(_message.Message):
    __slots__ = ["link", "origin"]
    LINK_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    link: bytes
    origin: Origin
    def __init__(self, link: _Optional[bytes] = ..., origin: _Optional[_Union[Origin, _Mapping]] = ...) -> None: ...

class ServingStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
