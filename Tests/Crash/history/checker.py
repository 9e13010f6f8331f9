"""Decides whether the calls on one subject, many of them at once, can be explained by some order of
atomic steps that respects real time: linearizability, by a search with memory.

It goes through starts and ends in the order of time and keeps every *explanation* that is left: a
state, and which of the running calls have taken effect already. A call must take effect before its
end; so at each end the explanations are continued by running calls, in every order, until this one
has. A call whose outcome nobody knows may also never take effect; it cannot after its end, which is
when the process that ran it was gone. (Wing and Gong 1993; Lowe, "Testing for linearizability",
2017.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from model import READS, State, after
from operation import Operation

# A history that can be explained needs a few thousand; one that cannot may need all there are.
EXPLANATIONS_MAX = 200_000

# What has taken effect among the running calls, by number.
Explanation = tuple[State, frozenset[int]]


class TooManyExplanations(Exception):
    """Neither explained nor refuted: the search was given up."""


@dataclass
class Unexplained:
    """The first call that no order explains, and what could have been true before its end."""

    operation: Operation
    before: list[State]


def check(initial: State, history: Iterable[Operation]) -> Unexplained | None:
    moments = [
        moment for one in history
        for moment in ((one.start, 0, one.number, one), (one.end, 1, one.number, one))
    ]  # fmt: skip
    explanations: set[Explanation] = {(initial, frozenset())}
    running: dict[int, Operation] = {}
    for _, is_end, number, operation in sorted(moments, key=lambda moment: moment[:3]):
        if not is_end:
            running[number] = operation
            continue
        left = _continued(explanations, running, operation)
        if not left:
            return Unexplained(operation, sorted({state for state, _ in explanations}, key=str))
        explanations = left
        del running[number]
    return None


def _continued(
    explanations: set[Explanation], running: dict[int, Operation], ending: Operation
) -> set[Explanation]:
    """Each explanation, and each way to continue it, in which `ending` may end."""
    left: set[Explanation] = set()
    seen = set(explanations)
    open_ones = list(explanations)
    while open_ones:
        state, done = open_ones.pop()
        if ending.number in done:
            left.add((state, done - {ending.number}))
            continue
        if ending.answer is None:
            left.add((state, done))
        new = set(_continuations(state, done, running)) - seen
        seen |= new
        open_ones += new
        if len(seen) > EXPLANATIONS_MAX:
            raise TooManyExplanations(str(ending))
    return left


def _continuations(
    state: State, done: frozenset[int], running: dict[int, Operation]
) -> Iterator[Explanation]:
    left = [operation for number, operation in running.items() if number not in done]
    for read in left:
        # A read that fits here changes nothing: to take it first loses no explanation.
        if read.kind in READS and state in after(state, read):
            yield state, done | {read.number}
            return
    for operation in left:
        for result in after(state, operation):
            yield result, done | {operation.number}
