"""Whether a message is as a case says. A pattern is a mapping from some of its fields to what they must
hold; fields that it does not name may hold anything. A field's pattern is its value, or one of
  absent                    not set, or the type's default
  {one-of: [A, B]}          any of these patterns
  {not: A}                  anything but this
  {matches: REGEX}          text that the regex finds
  {length: 43}              that many bytes, characters or elements
  {at-least: 1, at-most: 9} a number within these bounds
  {any: A}                  at least one element of the list is like A
  {save: name}              anything; kept as a variable. Goes with all above: {save: n, length: 5}
`nothing-else: true` in a mapping: fields that it does not name must be at their defaults.
"""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from .failure import BadCase, Failure
from .values import scalar

_WORDS = {"one-of", "not", "matches", "length", "at-least", "at-most", "any", "save"}


def match(pattern: dict[str, Any], message: Message, variables: dict[str, Any]) -> None:
    """Raises Failure with the first difference; saves into `variables`."""
    pattern = dict(pattern)
    nothing_else = pattern.pop("nothing-else", False)
    fields = message.DESCRIPTOR.fields_by_name
    for name, expected in pattern.items():
        if name not in fields:
            raise BadCase(f"{message.DESCRIPTOR.full_name} has no field {name}")
        _match_field(expected, message, fields[name], variables)
    if nothing_else:
        for field, value in message.ListFields():
            if field.name not in pattern:
                raise Failure(f"{field.name} is {value!r} and should not be set")


def _match_field(
    expected: Any, message: Message, field: FieldDescriptor, variables: dict[str, Any]
) -> None:
    actual = getattr(message, field.name)
    if expected == "absent":
        if field in [present for present, _ in message.ListFields()]:
            raise Failure(f"{field.name} is {_shown(actual)} and should be absent")
        return
    if field.type == FieldDescriptor.TYPE_MESSAGE and isinstance(expected, dict):
        is_list = field.label == FieldDescriptor.LABEL_REPEATED
        if not is_list and not message.HasField(field.name):
            raise Failure(f"{field.name} is absent")
    _match_value(expected, actual, field, variables)


def _match_value(
    expected: Any, actual: Any, field: FieldDescriptor, variables: dict[str, Any]
) -> None:
    if isinstance(expected, dict):
        if set(expected) <= _WORDS and expected:
            _match_words(expected, actual, field, variables)
        elif isinstance(actual, Message):
            match(expected, actual, variables)
        elif actual != scalar(field, expected):
            raise Failure(f"{field.name} is {_shown(actual)}, expected {_shown(expected)}")
    elif isinstance(expected, list):
        if len(expected) != len(actual):
            raise Failure(f"{field.name} has {len(actual)} elements, expected {len(expected)}")
        for one, other in zip(expected, actual, strict=True):
            _match_value(one, other, field, variables)
    elif actual != _plain(expected, field):
        raise Failure(
            f"{field.name} is {_named(actual, field)}, expected {_shown(expected)}")


def _match_words(
    words: dict[str, Any], actual: Any, field: FieldDescriptor, variables: dict[str, Any]
) -> None:
    for word, wanted in words.items():
        if not _is_true(word, wanted, actual, field, variables):
            raise Failure(f"{field.name} is {_named(actual, field)}, expected {word} {wanted!r}")


def _is_true(
    word: str, wanted: Any, actual: Any, field: FieldDescriptor, variables: dict[str, Any]
) -> bool:
    match word:
        case "save":
            variables[wanted] = actual
            return True
        case "one-of":
            return any(_matches(one, actual, field, variables) for one in wanted)
        case "any":
            return any(_matches(wanted, one, field, variables) for one in actual)
        case "not":
            return not _matches(wanted, actual, field, variables)
        case "matches":
            text = actual.decode(errors="replace") if isinstance(actual, bytes) else str(actual)
            return re.search(wanted, text) is not None
        case "length":
            return len(actual) == wanted
        case "at-least":
            return actual >= wanted
        case _:
            return actual <= wanted


def _matches(
    expected: Any, actual: Any, field: FieldDescriptor, variables: dict[str, Any]
) -> bool:
    try:
        _match_value(expected, actual, field, variables)
    except Failure:
        return False
    return True


def _plain(expected: Any, field: FieldDescriptor) -> Any:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        raise BadCase(f"{field.name} is a message: write a mapping")
    return scalar(field, expected)


def _named(actual: Any, field: FieldDescriptor) -> str:
    if field.type == FieldDescriptor.TYPE_ENUM and isinstance(actual, int):
        value = field.enum_type.values_by_number.get(actual)
        return value.name if value else str(actual)
    return _shown(actual)


def _shown(value: Any) -> str:
    is_message = isinstance(value, Message)
    text = "{ " + " ".join(str(value).split()) + " }" if is_message else repr(value)
    return text if len(text) <= 300 else text[:300] + "…"


