"""Values of a case: ${variables}, bytes put together from parts, and messages filled from mappings.

Bytes are written as a string of hex digits, or as a list of parts, each one of
  "0a 03"                          hex
  {text: "abc"}                    UTF-8 of a text
  {zeros: 100}                     that many zero bytes
  {repeat: PARTS, times: 33}       the same again and again
  {field: 2, holds: PARTS}         a length-delimited protobuf field, its length counted
  {client-hello: 60}               the first so many bytes of a ClientHello of TLS, or all
"""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from .failure import BadCase
from .protocol import BY_FULL_NAME, METHODS
from .transport import client_hello

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")
_BYTES = FieldDescriptor.TYPE_BYTES
_STRING = FieldDescriptor.TYPE_STRING
_MESSAGE = FieldDescriptor.TYPE_MESSAGE
_ENUM = FieldDescriptor.TYPE_ENUM


def substitute(value: Any, variables: dict[str, Any]) -> Any:
    """`value` with every ${name} replaced; a string that is one variable becomes its very value."""
    if isinstance(value, str):
        whole = _VARIABLE.fullmatch(value)
        if whole:
            return _look_up(whole[1], variables)
        return _VARIABLE.sub(lambda found: _as_text(_look_up(found[1], variables)), value)
    if isinstance(value, list):
        return [substitute(item, variables) for item in value]
    if isinstance(value, dict):
        return {substitute(k, variables): substitute(v, variables) for k, v in value.items()}
    return value


def _look_up(name: str, variables: dict[str, Any]) -> Any:
    if name not in variables:
        raise BadCase(f"no variable ${{{name}}}; there are {', '.join(sorted(variables))}")
    return variables[name]


def _as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def assemble(parts: Any) -> bytes:
    """Bytes from their parts; see the top of this file."""
    if isinstance(parts, bytes):
        return parts
    if isinstance(parts, str):
        return bytes.fromhex(parts)
    if isinstance(parts, list):
        return b"".join(assemble(part) for part in parts)
    match parts:
        case {"text": str(text), **others} if not others:
            return text.encode()
        case {"zeros": int(count), **others} if not others:
            return bytes(count)
        case {"repeat": what, "times": int(times), **others} if not others:
            return assemble(what) * times
        case {"field": int(number), "holds": what, **others} if not others:
            inside = assemble(what)
            return varint(number << 3 | 2) + varint(len(inside)) + inside
        case {"client-hello": "all", **others} if not others:
            return client_hello()
        case {"client-hello": int(count), **others} if not others:
            return client_hello()[:count]
    raise BadCase(f"no bytes: {parts!r}")


def fill(message: Message, fields: dict[str, Any]) -> Message:
    """Sets fields from a mapping with the names of the .proto."""
    for name, value in fields.items():
        field = message.DESCRIPTOR.fields_by_name.get(name)
        if field is None:
            raise BadCase(f"{message.DESCRIPTOR.full_name} has no field {name}")
        _set(message, field, value)
    return message


def _set(message: Message, field: FieldDescriptor, value: Any) -> None:
    if field.label == FieldDescriptor.LABEL_REPEATED:
        getattr(message, field.name).extend(scalar(field, item) for item in value)
    elif field.type == _MESSAGE:
        getattr(message, field.name).SetInParent()
        if field.message_type.full_name == "rekey.v1.Request":
            value = _with_encoded_body(value)
        fill(getattr(message, field.name), value)
    else:
        setattr(message, field.name, scalar(field, value))


def _with_encoded_body(request: dict[str, Any]) -> dict[str, Any]:
    """A Request whose body is a mapping gets the bytes of its method's message."""
    request = dict(request)
    name = request.get("method", "")
    if name in METHODS:
        request["method"] = METHODS[name].name
    body = request.get("body")
    if isinstance(body, dict) and set(body) & {"parts"} != {"parts"}:
        message = BY_FULL_NAME[request["method"]].request()
        request["body"] = fill(message, body).SerializeToString()
    return request


def scalar(field: FieldDescriptor, value: Any) -> Any:
    """One value as the field's type has it: bytes from a text or {parts: …}, enums by name."""
    if isinstance(value, dict):
        match value:
            case {"parts": parts, **others} if not others:
                value = assemble(parts)
            case {"repeat": str(text), "times": int(times), **others} if not others:
                value = text * times
            case _:
                raise BadCase(f"no value for {field.name}: {value!r}")
    if field.type == _BYTES:
        return value.encode() if isinstance(value, str) else bytes(value)
    if field.type == _STRING:
        return value.decode() if isinstance(value, bytes) else str(value)
    if field.type == _ENUM and isinstance(value, str):
        return enum_number(field, value)
    return int(value) if isinstance(value, str) else value


def enum_number(field: FieldDescriptor, name: str) -> int:
    """By the name in the .proto or without the prefix that all names of the enum share."""
    for value in field.enum_type.values:
        if value.name == name or value.name == f"{_prefix(field)}{name}":
            return value.number
    raise BadCase(f"{field.enum_type.full_name} has no value {name}")


def _prefix(field: FieldDescriptor) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", field.enum_type.name).upper() + "_"
