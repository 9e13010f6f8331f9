"""The protocol as the suite knows it: its messages, made by protoc from Proto/rekey/v1 for each run, and
the tables and numbered rules of Proto/PROTOCOL.md, read from the text itself.
"""

from __future__ import annotations

import importlib
import re
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

ROOT = Path(__file__).resolve().parents[3]
PROTO = ROOT / "Proto"
SERVICES = ("rekey.v1.Rekey", "rekey.v1.Operator", "rekey.v1.Reflection")
LAST_CALL_ID_OPEN = 2**64 - 1


def _compile() -> Any:
    """The module of frames; the services land in protobuf's default pool."""
    with tempfile.TemporaryDirectory(prefix="rekey-conformance-") as folder:
        files = ["rekey/v1/" + name for name in _without_stored_records()]
        subprocess.run(
            ["protoc", f"--proto_path={PROTO}", f"--python_out={folder}", *files], check=True
        )
        sys.path.insert(0, folder)
        try:
            importlib.import_module("rekey.v1.services_pb2")
            return importlib.import_module("rekey.v1.frame_pb2")
        finally:
            sys.path.remove(folder)


def _without_stored_records() -> list[str]:
    names = sorted(file.name for file in (PROTO / "rekey/v1").glob("*.proto"))
    return [name for name in names if name != "records.proto"]


frames = _compile()


@dataclass(frozen=True)
class Method:
    """One method: its name on the wire and the classes of its two messages."""

    name: str
    request: type[Message]
    reply: type[Message]


def _methods() -> dict[str, Method]:
    pool = descriptor_pool.Default()
    factory = message_factory.MessageFactory(pool)
    return {
        method.name: Method(
            f"{service}/{method.name}",
            factory.GetPrototype(method.input_type),
            factory.GetPrototype(method.output_type),
        )
        for service in SERVICES
        for method in pool.FindServiceByName(service).methods
    }


# By their short names, "Login": no two methods of the services share one.
METHODS = _methods()
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
