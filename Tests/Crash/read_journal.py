#!/usr/bin/python3
"""A second reader of the journal, in another language, for a proof that the format is what it says.

It was written from the comment at the head of Sources/RekeyJournal/Format.swift and from nothing
else, and must stay so: when the two readers differ, the comment, the writer or one of them is wrong.
It reads a journal's directory that no process writes to, and prints a line of JSON for each batch
and one for each record, in the words of `rekeyd journal dump` but without the records' content:

    read_journal.py DIRECTORY [--checkpoint]

Exit 0: sound. 65: not a journal, or damaged; stderr says where.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple

VERSION, BLOCK, BATCH_MAX = 1, 4096, 1 << 20
KINDS = {1: "records", 2: "floor", 3: "seal", 4: "close", 5: "open", 6: "chunk", 7: "footer"}
MANIFEST = Struct("<8sII16s")
FILE_HEADER = Struct("<8sI4x16sQQQQQ")
BATCH_HEADER = Struct("<4sB3x16sQQQIIII")
U32, FOOTER = Struct("<I"), Struct("<QQ")
Line = dict[str, Any]


class Damage(Exception):
    """What is not as the format says, and where."""


class Place(NamedTuple):
    """What the next batch has to follow."""

    sequence: int
    epoch: int
    digest: int


class FileHeader(NamedTuple):
    before: Place
    length: int


class Batch(NamedTuple):
    offset: int
    kind: str
    place: Place
    previous: int
    count: int
    payload: bytes

    @property
    def end(self) -> int:
        return self.offset + -(-(64 + len(self.payload)) // BLOCK) * BLOCK


def _table() -> list[int]:
    """CRC32C, reflected: the polynomial 0x1EDC6F41 from the other end."""
    rows = list(range(256))
    for _ in range(8):
        rows = [(row >> 1) ^ 0x82F63B78 if row & 1 else row >> 1 for row in rows]
    return rows


TABLE = _table()


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def require(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise Damage(f"{where}: {what}")


def is_zero(data: bytes) -> bool:
    return data.count(0) == len(data)


def check_block(block: bytes, where: str, used: int) -> None:
    """What a manifest and a file header share: length, version, zeros, checksum."""
    require(len(block) == BLOCK, where, "shorter than a block")
    require(U32.unpack_from(block, 8)[0] == VERSION, where, "another version")
    require(is_zero(block[used:-4]), where, "not zero where it must be")
    require(U32.unpack_from(block, BLOCK - 4)[0] == crc32c(block[:-4]), where, "checksum")


def read_manifest(path: Path) -> bytes:
    """The store's id."""
    block = path.read_bytes()
    magic, _, tag, store = MANIFEST.unpack_from(block.ljust(BLOCK))
    require(magic == b"RKYMANIF" and tag <= 64, str(path), "not a manifest")
    check_block(block, str(path), MANIFEST.size + tag)
    return bytes(store)


def read_file_header(path: Path, data: bytes, kind: bytes, store: bytes) -> FileHeader:
    magic, _, owner, number, first, epoch, digest, length = FILE_HEADER.unpack_from(
        data[:BLOCK].ljust(BLOCK)
    )
    check_block(data[:BLOCK], str(path), 72)
    named = number == int(path.stem, 16) and is_zero(data[12:16])
    require(magic == kind and owner == store and named, str(path), "file header")
    return FileHeader(Place(first - 1, epoch, digest), length)


def read_batch(data: bytes, offset: int, store: bytes) -> Batch | None:
    """The valid batch that begins here, or nothing."""
    head = data[offset : offset + BATCH_HEADER.size]
    if len(head) < BATCH_HEADER.size or crc32c(head[:60]) != U32.unpack_from(head, 60)[0]:
        return None
    magic, kind, owner, epoch, sequence, previous, length, count, check, own = (
        BATCH_HEADER.unpack(head)
    )
    payload = data[offset + 64 : offset + 64 + length]
    known = magic == b"RKYB" and kind in KINDS and owner == store and is_zero(head[5:8])
    fits = length == len(payload) and length <= BATCH_MAX - 64 and sequence > 0
    if not known or not fits or crc32c(payload) != check:
        return None
    place = Place(sequence, epoch, own | check << 32)
    return Batch(offset, KINDS[kind], place, previous, count, payload)


def read_records(batch: Batch, where: str) -> Iterator[bytes]:
    """A chunk counts as the one record of its batch."""
    at = 0
    if batch.kind == "chunk":
        yield batch.payload
    if batch.kind != "records":
        return
    for _ in range(batch.count):
        require(at + 4 <= len(batch.payload), where, "a record's length is cut")
        length = U32.unpack_from(batch.payload, at)[0]
        record = batch.payload[at + 4 : at + 4 + length]
        require(len(record) == length, where, "a record is cut")
        yield record
        at += 4 + length
    require(at == len(batch.payload), where, "bytes behind the last record")


def follow(batch: Batch, before: Place, where: str) -> None:
    sequence, epoch, _ = batch.place
    require(sequence == before.sequence + 1, where, "sequence")
    require(batch.previous == before.digest, where, "digest of the batch before")
    holds = epoch > before.epoch if batch.kind == "open" else epoch == before.epoch
    require(holds, where, "epoch")


def read_batches(data: bytes, before: Place, store: bytes, name: str) -> Iterator[Batch]:
    """Up to the first place where none is that is valid."""
    offset = BLOCK
    while (batch := read_batch(data, offset, store)) is not None:
        follow(batch, before, f"{name}, offset {offset}")
        yield batch
        before, offset = batch.place, batch.end


def batch_lines(file: str, batch: Batch) -> Iterator[Line]:
    sequence, epoch, digest = batch.place
    yield {
        "file": file, "offset": batch.offset, "sequence": sequence, "kind": batch.kind,
        "epoch": epoch, "previous": f"{batch.previous:016x}", "digest": f"{digest:016x}",
        "bytes": len(batch.payload), "records": batch.count,
    }  # fmt: skip
    for number, record in enumerate(read_records(batch, f"{file}, offset {batch.offset}"), 1):
        yield {
            "sequence": sequence, "record": number,
            "bytes": len(record), "checksum": f"{crc32c(record):08x}",
        }  # fmt: skip


def read_log(root: Path, store: bytes) -> Iterator[Line]:
    """Every segment in order, each batch held against the one before."""
    paths = sorted(root.glob("log/*.log"))
    place: Place | None = None
    for index, path in enumerate(paths):
        name, data, batch = f"log/{path.name}", path.read_bytes(), None
        header = read_file_header(path, data, b"RKYSEGMT", store)
        require(header.length == len(data), name, "length")
        require(int(path.stem, 16) == int(paths[0].stem, 16) + index, name, "a gap before it")
        require(place in (None, header.before), name, "does not continue the segment before")
        for batch in read_batches(data, header.before, store, name):
            yield from batch_lines(name, batch)
        place, end = (batch.place, batch.end) if batch else (header.before, BLOCK)
        sealed = batch is not None and batch.kind == "seal"
        require(sealed or path == paths[-1], name, "not sealed, and not the last")
        require(is_zero(data[end:]), f"{name}, offset {end}", "neither a valid batch nor zero")


def read_checkpoint(root: Path, path: Path, store: bytes) -> Iterator[Line]:
    name, data, size, batch = f"checkpoint/{path.name}", path.read_bytes(), 0, None
    header = read_file_header(path, data, b"RKYCHECK", store)
    before = (header.before.sequence, header.before.digest, header.length)
    require(before == (0, 0, 0), name, "file header")
    for batch in read_batches(data, header.before, store, name):
        yield from batch_lines(name, batch)
        if batch.kind == "footer":
            totals = FOOTER.unpack(batch.payload)
            require(totals == (batch.place.sequence - 1, size), name, "the footer's numbers")
        size += len(batch.payload)
    require(batch is not None and batch.kind == "footer", name, "no footer")
    require(batch is not None and batch.end == len(data), name, "bytes behind the footer")


def read_journal(root: Path, checkpoints: bool) -> Iterator[Line]:
    store = read_manifest(root / "manifest")
    if checkpoints:
        for path in sorted(root.glob("checkpoint/*.checkpoint")):
            yield from read_checkpoint(root, path, store)
    else:
        yield from read_log(root, store)


def main(arguments: list[str]) -> int:
    checkpoints = arguments[1:] == ["--checkpoint"]
    if not arguments or (arguments[1:] and not checkpoints):
        print(__doc__, file=sys.stderr)
        return 64
    try:
        for line in read_journal(Path(arguments[0]), checkpoints):
            print(json.dumps(line))
    except (Damage, OSError, ValueError) as error:
        print(f"read_journal: {error}", file=sys.stderr)
        return 65
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
