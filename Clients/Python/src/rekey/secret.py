"""Passwords, links, codes and session tokens: bytes that no log, traceback or debugger shows."""

from __future__ import annotations

from typing import Any


class Secret(bytes):
    """Bytes like any others, but `repr`, `str` and formatting show none of them. What is made from
    one (a slice, a decoded text) is no longer hidden."""

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)


def secret_bytes(value: Any, name: str) -> bytes:
    """The bytes that go on the wire, unchanged (P8.2); text as UTF-8 (P8.3). Its errors show the
    name of what is wrong and never the value."""
    if isinstance(value, bytes):
        # protobuf takes nothing but `bytes` itself.
        return bytes(value)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be str or bytes, not {type(value).__name__}")
    try:
        return value.encode()
    except UnicodeEncodeError:
        # The error holds the text; so would a chained one.
        pass
    raise ValueError(f"{name} holds half a surrogate pair: this is not text")
