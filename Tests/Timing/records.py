"""What a server wrote: the sizes of the records of the calls that were measured, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import read_journal

# The first byte of a record of the log: what one call did.
TRANSACTION = 1


def transactions(data: Path) -> Iterator[int]:
    """The bytes of each transaction in the log of a server that was killed."""
    store = read_journal.read_manifest(data / "manifest")
    for path in sorted(data.glob("log/*.log")):
        log = path.read_bytes()
        header = read_journal.read_file_header(path, log, b"RKYSEGMT", store)
        for batch in read_journal.read_batches(log, header.before, store, path.name):
            for record in read_journal.read_records(batch, path.name):
                if record[0] == TRANSACTION:
                    yield len(record)


def sizes(data: Path, order: list[str]) -> dict[str, set[int]]:
    """By class: what the last calls wrote, of which `order` tells the classes."""
    written = list(transactions(data))[-len(order):]
    if len(written) < len(order):
        return {name: set() for name in order}
    by_class: dict[str, set[int]] = {name: set() for name in order}
    for name, size in zip(order, written):
        by_class[name].add(size)
    return by_class
