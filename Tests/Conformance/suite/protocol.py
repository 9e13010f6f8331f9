"""The protocol as the suite knows it: the messages that all proofs make from Proto/rekey/v1 for each run,
and the tables and numbered rules of Proto/PROTOCOL.md, read from the text itself.
"""

from __future__ import annotations

import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from .failure import Failure

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests" / "Crash"))

from rekey_wire import METHODS, PROTO, SERVICES, Method, frames  # noqa: E402

__all__ = ["METHODS", "SERVICES", "Method", "frames"]

LAST_CALL_ID_OPEN = 2**64 - 1

# By their names on the wire.
BY_FULL_NAME = {method.name: method for method in METHODS.values()}


@dataclass(frozen=True)
class Reason:
    """A row of the table in section 5."""

    status: int
    not_processed: bool


def _text() -> str:
    return (PROTO / "PROTOCOL.md").read_text()


def _reasons(text: str) -> dict[str, Reason]:
    rows = re.findall(r"^\| ([A-Z_]+) \| ([A-Z_]+) \| *(yes)? *\|", text, re.MULTILINE)
    statuses = frames.StatusCode
    return {
        reason: Reason(statuses.Value(f"STATUS_CODE_{status}"), bool(marked))
        for reason, status, marked in rows
    }


def _go_away_reasons(text: str) -> frozenset[str]:
    table = text.partition("| reason of a GoAway |")[2].partition("\n\n")[0]
    words = (word for row in table.splitlines() for word in row.split("|")[1:2])
    return frozenset(re.findall(r"[A-Z_]{4,}", " ".join(words)))


RULES = re.findall(r"^- \*\*(P\d+\.\d+)\*\*", _text(), re.MULTILINE)
REASONS = _reasons(_text())
GO_AWAY_REASONS = _go_away_reasons(_text())


def encode(frame: Message) -> bytes:
    """A frame as it travels: its length, then itself (P2.1)."""
    return with_length(frame.SerializeToString())


def with_length(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def show(frame: Any) -> str:
    """A frame in one line, for traces."""
    kind = frame.WhichOneof("kind") or "no kind"
    text = str(getattr(frame, kind)) if frame.WhichOneof("kind") else ""
    line = " ".join(text.split())
    return f"{kind} {{ {line[:400]}{'…' if len(line) > 400 else ''} }}"


def without_call_id(body: bytes) -> bytes:
    """The bytes of the Response in a frame, whose own bytes these are, but for its call's number: what
    tells two answers apart."""
    key, length, start = body[0], *_varint(body, 1)
    response = body[start:]
    if key != _RESPONSE_KEY or length != len(response) or response[0] != _CALL_ID_KEY:
        raise Failure(f"a Response whose first field is not its call_id: {body.hex(' ')}")
    _, after = _varint(response, 1)
    return response[after:]


_RESPONSE_KEY, _CALL_ID_KEY = 3 << 3 | 2, 1 << 3


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number there, and where it ends."""
    value, shift = 0, 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
