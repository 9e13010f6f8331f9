from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
REPEAT_FREELY: Repeat
REPEAT_NEVER: Repeat
REPEAT_UNSPECIFIED: Repeat
REPEAT_WITH_KEY: Repeat
ROLE_AUDITOR: Role
ROLE_MONITOR: Role
ROLE_OPERATOR: Role
ROLE_SERVICE: Role
ROLE_UNSPECIFIED: Role

class DescribeReply(_message.Message):
    __slots__ = ["descriptor_set", "limits", "methods"]
    DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    descriptor_set: bytes
    limits: Limits
    methods: _containers.RepeatedCompositeFieldContainer[MethodDescription]
    def __init__(self, descriptor_set: _Optional[bytes] = ..., methods: _Optional[_Iterable[_Union[MethodDescription, _Mapping]]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ...) -> None: ...

class DescribeRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Limits(_message.Message):
    __slots__ = ["calls_max", "deadline_default_ms", "deadline_max_ms", "drain_ms", "frame_within_ms", "hello_within_ms", "idempotency_key_bytes_max", "idempotency_keys_max", "idempotency_ms", "idle_ms", "ping_after_ms", "pong_within_ms", "request_frame_bytes_max", "response_frame_bytes_max"]
    CALLS_MAX_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_DEFAULT_MS_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MAX_MS_FIELD_NUMBER: _ClassVar[int]
    DRAIN_MS_FIELD_NUMBER: _ClassVar[int]
    FRAME_WITHIN_MS_FIELD_NUMBER: _ClassVar[int]
    HELLO_WITHIN_MS_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEYS_MAX_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_MS_FIELD_NUMBER: _ClassVar[int]
    IDLE_MS_FIELD_NUMBER: _ClassVar[int]
    PING_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    PONG_WITHIN_MS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FRAME_BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FRAME_BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    calls_max: int
    deadline_default_ms: int
    deadline_max_ms: int
    drain_ms: int
    frame_within_ms: int
    hello_within_ms: int
    idempotency_key_bytes_max: int
    idempotency_keys_max: int
    idempotency_ms: int
    idle_ms: int
    ping_after_ms: int
    pong_within_ms: int
    request_frame_bytes_max: int
    response_frame_bytes_max: int
    def __init__(self, request_frame_bytes_max: _Optional[int] = ..., response_frame_bytes_max: _Optional[int] = ..., calls_max: _Optional[int] = ..., deadline_default_ms: _Optional[int] = ..., deadline_max_ms: _Optional[int] = ..., hello_within_ms: _Optional[int] = ..., frame_within_ms: _Optional[int] = ..., idle_ms: _Optional[int] = ..., ping_after_ms: _Optional[int] = ..., pong_within_ms: _Optional[int] = ..., drain_ms: _Optional[int] = ..., idempotency_key_bytes_max: _Optional[int] = ..., idempotency_keys_max: _Optional[int] = ..., idempotency_ms: _Optional[int] = ...) -> None: ...

class MethodDescription(_message.Message):
    __slots__ = ["name", "repeat", "roles"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REPEAT_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    name: str
    repeat: Repeat
    roles: _containers.RepeatedScalarFieldContainer[Role]
    def __init__(self, name: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[Role, str]]] = ..., repeat: _Optional[_Union[Repeat, str]] = ...) -> None: ...

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Repeat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
