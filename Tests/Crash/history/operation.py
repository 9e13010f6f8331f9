"""What was seen of one call: who reads a history, records one or plants one, speaks in these."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OK = "OK"
_numbers = itertools.count(1)


@dataclass(eq=False, slots=True)
class Operation:
    """It took effect, if it did, at one instant from `start` to `end` (seconds, monotonic)."""

    kind: str
    given: Mapping[str, Any]
    start: float
    end: float
    # OK, the reason of a refusal, or None: nobody knows, and it may never have happened.
    answer: str | None
    # What the reply said.
    told: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    number: int = field(default_factory=_numbers.__next__)

    def __str__(self) -> str:
        def short(values: Mapping[str, Any]) -> str:
            return " ".join(f"{name}={_short(value)}" for name, value in values.items())

        return (
            f"{self.start:10.4f} to {self.end:10.4f}  {self.who:<4} {self.kind}"
            f" {short(self.given)} -> {self.answer or 'unknown'} {short(self.told)}"
        )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"…{text[-12:]}"
