"""What lies on a stolen disk: every record of every file of a data directory, torn ends and quarantined
copies too, read block by block. Thief.py comes in. Reads a folder and knows no server and no key.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

import rekey_wire
from read_journal import BLOCK, Batch, read_batch, read_manifest, read_records

TRANSACTION, ROW = 1, 4


def _compile() -> Any:
    """records_pb2, beside the messages that rekey_wire has made already."""
    with tempfile.TemporaryDirectory(prefix="rekey-records-") as folder:
        subprocess.run(
            ["protoc", f"--proto_path={rekey_wire.PROTO}", f"--python_out={folder}",
             "rekey/v1/records.proto"], check=True)
        sys.path.insert(0, folder)
        try:
            return importlib.import_module("rekey.v1.records_pb2")
        finally:
            sys.path.remove(folder)


records = _compile()


@dataclass(frozen=True)
class Item:
    """A reset, a change of contacts or a session, and whose it is."""

    subject: bytes
    id: bytes


@dataclass
class Loot:
    """Everything that the records say."""

    tag: bytes = b""
    store: bytes = b""
    resets: set[Item] = field(default_factory=set)
    changes: set[Item] = field(default_factory=set)
    sessions: set[Item] = field(default_factory=set)
    # The record of a password, by subject.
    passwords: dict[bytes, set[tuple[bytes, bytes, int, int, int]]] = field(default_factory=dict)
    identifiers: dict[bytes, str] = field(default_factory=dict)
    subjects: set[bytes] = field(default_factory=set)
    fingerprints: set[bytes] = field(default_factory=set)
    # The records themselves, each once.
    raw: set[bytes] = field(default_factory=set)
    # How many batches were found in files of which kind.
    batches: dict[str, int] = field(default_factory=dict)


def read(folder: Path) -> Loot:
    """All that is in a copy of a data directory."""
    loot = Loot()
    block = (folder / "manifest").read_bytes()
    loot.store = read_manifest(folder / "manifest")
    loot.tag = block[32:32 + int.from_bytes(block[12:16], "little")]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        kind = path.relative_to(folder).parts[0]
        for batch in _batches(path.read_bytes(), loot.store):
            loot.batches[kind] = loot.batches.get(kind, 0) + 1
            for record in read_records(batch, str(path)):
                _add(loot, record, batch.kind == "chunk")
    return loot


def _batches(data: bytes, store: bytes) -> Iterator[Batch]:
    """At any block: a thief does not mind what is missing before it."""
    for offset in range(0, len(data), BLOCK):
        if data[offset:offset + 4] == b"RKYB" and (batch := read_batch(data, offset, store)):
            yield batch


def _add(loot: Loot, record: bytes, is_chunk: bool) -> None:
    if record in loot.raw:
        return
    loot.raw.add(record)
    if is_chunk:
        _chunk(loot, records.CheckpointChunk.FromString(record))
    elif record[0] == TRANSACTION:
        transaction = records.Transaction.FromString(record[1:])
        _walk(loot, transaction.subject, transaction)
        if transaction.HasField("outcome"):
            loot.fingerprints.add(transaction.outcome.fingerprint)
    elif record[0] == ROW:
        _entry(loot, records.SubjectEntry.FromString(record[1:]))


def _chunk(loot: Loot, chunk: Any) -> None:
    for entry in chunk.subjects:
        _entry(loot, entry)
    for outcome in chunk.outcomes:
        loot.fingerprints.add(outcome.fingerprint)


def _entry(loot: Loot, entry: Any) -> None:
    _walk(loot, entry.id, records.SubjectRow.FromString(entry.row))


def _walk(loot: Loot, subject: bytes, message: Message) -> None:
    """Takes what is known about a subject out of any message."""
    if subject:
        loot.subjects.add(subject)
    kind = message.DESCRIPTOR.name
    if kind == "ResetRow":
        loot.resets.add(Item(subject, message.id))
    elif kind == "ContactChangeRow":
        loot.changes.add(Item(subject, message.id))
    elif kind == "SessionRow":
        loot.sessions.add(Item(subject, message.id))
    elif kind == "LoggedIn":
        loot.sessions.add(Item(subject, message.session))
    elif kind == "PasswordRow":
        loot.passwords.setdefault(subject, set()).add(
            (message.salt, message.tag, message.pepper, message.memory_kib, message.passes))
    elif kind == "ProfileRow":
        loot.identifiers[subject] = message.identifier
    for description, value in message.ListFields():
        if description.type == FieldDescriptor.TYPE_MESSAGE:
            repeated = description.label == FieldDescriptor.LABEL_REPEATED
            for part in value if repeated else [value]:
                _walk(loot, subject, part)
