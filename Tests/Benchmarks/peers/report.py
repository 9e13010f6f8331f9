"""What a comparison shows: its progress, the medians of its rounds, a table."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Container, Hashable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

Cell = TypeVar("Cell", bound=Any)


def show(line: str) -> None:
    """Progress, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r{line:<79.79}", end="\r" if not line else "", file=sys.stderr, flush=True)


def medians(
    cells: Iterable[Cell], by: Callable[[Cell], Hashable], of: Iterable[str], sums: Iterable[str]
) -> list[Cell]:
    """One cell for each group: the medians of the fields `of`, the sums of the fields `sums`."""
    groups: dict[Hashable, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(by(cell), []).append(cell)
    return [
        replace(
            group[0],
            **{name: statistics.median(getattr(cell, name) for cell in group) for name in of},
            **{name: sum(getattr(cell, name) for cell in group) for name in sums},
        )
        for group in groups.values()
    ]


def table(rows: list[list[str]], names: Container[int]) -> str:
    """For people and for Markdown: the head first; the columns `names` hold no numbers."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = [
        "-" * width if column in names else "-" * (width - 1) + ":"
        for column, width in enumerate(widths)
    ]
    return "\n".join(_line(row, widths, names) for row in [rows[0], rule, *rows[1:]])


def _line(row: list[str], widths: list[int], names: Container[int]) -> str:
    """Names to the left, numbers to the right."""
    cells = [
        f"{cell:<{width}}" if column in names else f"{cell:>{width}}"
        for column, (cell, width) in enumerate(zip(row, widths))
    ]
    return f"| {' | '.join(cells)} |"
