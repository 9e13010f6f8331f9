"""Spans of time as cases write them: 12h, 5min, 30s, 1ms, -24h, or several with + and - between: 12h - 1s."""

from __future__ import annotations

import re

from .failure import BadCase

_MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def milliseconds(text: str) -> int:
    total, sign = 0, 1
    for token in text.split():
        found = re.fullmatch(r"(-?\d+)(ms|s|min|h)", token)
        if found:
            total += sign * int(found[1]) * _MILLISECONDS[found[2]]
        elif token in ("+", "-"):
            sign = 1 if token == "+" else -1
        else:
            raise BadCase(f"no span: {text}")
    return total


def seconds(text: str) -> float:
    return milliseconds(text) / 1000
