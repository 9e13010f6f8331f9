"""Bytes and messages: the length before a frame, and the scan that judges a message before protobuf
reads it. Imports nothing of the client; touches no socket.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

M = TypeVar("M", bound=Message)

LENGTH_BYTES = 4
FIELD_NUMBER_MAX = 2**29 - 1
UNKNOWN_FIELDS_MAX = 32
REPEATED_ELEMENTS_MAX = 1_024
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_VARINT_BYTES_MAX = 10

_WIRE_TYPES = {
    FieldDescriptor.TYPE_DOUBLE: _FIXED64,
    FieldDescriptor.TYPE_FIXED64: _FIXED64,
    FieldDescriptor.TYPE_SFIXED64: _FIXED64,
    FieldDescriptor.TYPE_FLOAT: _FIXED32,
    FieldDescriptor.TYPE_FIXED32: _FIXED32,
    FieldDescriptor.TYPE_SFIXED32: _FIXED32,
    FieldDescriptor.TYPE_STRING: _BYTES,
    FieldDescriptor.TYPE_BYTES: _BYTES,
    FieldDescriptor.TYPE_MESSAGE: _BYTES,
}


class Malformed(Exception):
    """The bytes break P2.5; says how, and shows none of them."""


def frame_bytes(frame: Message) -> bytes:
    """A frame as it travels (P2.1)."""
    body = frame.SerializeToString()
    return struct.pack(">I", len(body)) + body


def parse(kind: type[M], data: bytes) -> M:
    """The message in `data`. Raises Malformed. protobuf alone would take a field of the wrong type
    for an unknown one, merge what stands twice, and take any number of unknown fields."""
    _scan(_fields(kind.DESCRIPTOR), data)
    try:
        return kind.FromString(data)
    except DecodeError:
        raise Malformed("protobuf cannot read it") from None


@dataclass(frozen=True)
class _Field:
    wire_type: int
    is_repeated: bool
    is_text: bool
    message: Descriptor | None
    # Two fields with the same group of the same message may not both be set.
    group: str


@cache
def _fields(descriptor: Descriptor) -> dict[int, _Field]:
    return {field.number: _field(field) for field in descriptor.fields}


def _field(field: FieldDescriptor) -> _Field:
    # protobuf 7 has no `label`, and before 6.31 there is no `is_repeated`.
    if hasattr(field, "is_repeated"):
        repeated = bool(field.is_repeated)
    else:
        repeated = getattr(field, "label") == FieldDescriptor.LABEL_REPEATED
    return _Field(
        _WIRE_TYPES.get(field.type, _VARINT),
        repeated,
        field.type == FieldDescriptor.TYPE_STRING,
        field.message_type,
        field.containing_oneof.name if field.containing_oneof else field.name,
    )


def _scan(fields: dict[int, _Field], data: bytes) -> None:
    at = 0
    unknown = 0
    repeated = 0
    messages: set[str] = set()
    while at < len(data):
        tag, at = _varint(data, at)
        wire_type = tag & 7
        if not 1 <= tag >> 3 <= FIELD_NUMBER_MAX:
            raise Malformed("a field number is out of range")
        start, at = _skip(data, at, wire_type)
        field = fields.get(tag >> 3)
        if field is None:
            unknown += 1
            if unknown > UNKNOWN_FIELDS_MAX:
                raise Malformed("too many unknown fields")
            continue
        if field.is_repeated:
            repeated += _elements(field, wire_type, data[start:at])
            if repeated > REPEATED_ELEMENTS_MAX:
                raise Malformed("too many elements of repeated fields")
        elif wire_type != field.wire_type:
            raise Malformed("a field has the wrong wire type")
        if field.message is not None:
            if not field.is_repeated:
                if field.group in messages:
                    raise Malformed("a singular message stands twice")
                messages.add(field.group)
            _scan(_fields(field.message), data[start:at])
        elif field.is_text:
            _judge_text(data[start:at])


def _elements(field: _Field, wire_type: int, value: bytes) -> int:
    """How many elements of a repeated field this is; numbers may come packed."""
    if wire_type == field.wire_type:
        return 1
    if wire_type != _BYTES or field.wire_type != _VARINT:
        raise Malformed("a field has the wrong wire type")
    at = 0
    count = 0
    while at < len(value):
        _, at = _varint(value, at)
        count += 1
    return count


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(_VARINT_BYTES_MAX):
        if at + index >= len(data):
            break
        byte = data[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, at + index + 1
    raise Malformed("a number does not end")


def _skip(data: bytes, at: int, wire_type: int) -> tuple[int, int]:
    """Where a field's value begins, without the length before it, and where it ends."""
    if wire_type == _VARINT:
        start, end = at, _varint(data, at)[1]
    elif wire_type == _BYTES:
        length, start = _varint(data, at)
        end = start + length
    elif wire_type in (_FIXED64, _FIXED32):
        start, end = at, at + (8 if wire_type == _FIXED64 else 4)
    else:
        raise Malformed("a group, or a wire type that there is not")
    if end > len(data):
        raise Malformed("a field is longer than what holds it")
    return start, end


def _judge_text(value: bytes) -> None:
    if b"\0" in value:
        raise Malformed("a string holds a NUL")
    try:
        value.decode()
    except UnicodeDecodeError:
        # The error holds the bytes; so would a chained one.
        pass
    else:
        return
    raise Malformed("a string is not UTF-8")
