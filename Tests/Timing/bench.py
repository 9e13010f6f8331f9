"""A measurement: one case, asked about again and again until there is a verdict."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from peers.report import show
from rekey_wire import Connection

from cases import Case
from gaps import Gap, Verdict, measure_gap
from population import Population
from records import sizes
from server import Server

# Between two looks at the intervals samples grow so much: few looks, so that chance gets few chances.
GROWTH = 1.7


@dataclass(frozen=True)
class Effort:
    """How much is measured, and what is tolerated."""

    samples_min: int
    samples_max: int
    share: float
    microseconds: float


@dataclass
class Measured:
    """One case: the gap of each class to the first, and what each wrote."""

    case: Case
    courier: bool
    effort: Effort
    gaps: dict[str, Gap] = field(default_factory=dict)
    written: dict[str, set[int]] = field(default_factory=dict)

    @property
    def writes_alike(self) -> bool:
        """R04, R30, R51: all classes write records of one size, and one each."""
        return not self.case.writes or len(set().union(*self.written.values())) == 1

    def is_done(self, samples: int) -> bool:
        """With so many samples a class there is no more to be learnt."""
        if samples >= self.effort.samples_max or not self.writes_alike:
            return samples > 0
        return samples >= self.effort.samples_min and all(
            gap.verdict is not Verdict.OPEN for gap in self.gaps.values())

    @property
    def is_equal(self) -> bool:
        return self.writes_alike and all(
            gap.verdict is Verdict.EQUAL for gap in self.gaps.values())

    @property
    def is_caught(self) -> bool:
        """The other way round: some class is beyond its limit for sure."""
        return not self.writes_alike or any(
            gap.verdict is Verdict.DIFFERENT for gap in self.gaps.values())


class Bench:
    """What all measurements share."""

    def __init__(self, population: Population, probe: Path, seed: int) -> None:
        self.population = population
        self.probe = probe
        self.seed = seed

    def measure(
        self, server: Server, case: Case, effort: Effort, courier: bool, until_caught: bool = False
    ) -> Measured:
        """Calls until each gap is known to be within its limit or beyond it, or there are enough. A class
        of which that is known is asked about no more, so that the others come round sooner.

        - `until_caught`: what is beyond it ends this at once; for leaks.
        """
        measured = Measured(case, courier, effort)
        times: dict[str, list[np.ndarray]] = {name: [] for name in case.classes}
        left = case
        dice = random.Random(f"{self.seed}/{case.name}/{courier}")
        next_look, samples = effort.samples_min, 0
        while not measured.is_done(samples):
            order, took = self.play(server, left, dice, courier)
            for name in left.classes:
                times[name].append(took[order == name])
            if case.writes:
                for name, written in sizes(server.data, list(order)).items():
                    measured.written.setdefault(name, set()).update(written)
            samples += len(order) // len(left.classes)
            show(f"{case.name}: {samples:,} calls a class")
            if until_caught or samples >= next_look or not measured.writes_alike:
                measured.gaps |= self.gaps({name: times[name] for name in left.classes}, effort)
                if not until_caught:
                    left = case.only(
                        name for name, gap in measured.gaps.items()
                        if gap.verdict is Verdict.OPEN)
                next_look = min(int(samples * GROWTH), effort.samples_max)
            if until_caught and measured.is_caught:
                break
        return measured

    def play(
        self, server: Server, case: Case, dice: random.Random, courier: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """One start: the class of each call in its order, and how long it took."""
        count = case.members(self.population)
        server.start_from(self.population.base)
        with Connection(server.port) as connection:
            case.prepare(self.population, server, connection, count)
            server.take_letters(connection)
        if not courier:
            server.break_courier()
        asked = {name: ask(self.population, count) for name, ask in case.classes.items()}
        calls = []
        for number in range(count):
            turn = [(name, fields[number]) for name, fields in asked.items()]
            dice.shuffle(turn)
            calls += turn
        took = server.probe(self.probe, case.method, [fields for _, fields in calls])
        server.kill9()
        return np.array([name for name, _ in calls]), took

    def gaps(self, times: dict[str, list[np.ndarray]], effort: Effort) -> dict[str, Gap]:
        """Of each class to the first."""
        (_, first), *others = [(name, np.concatenate(parts)) for name, parts in times.items()]
        return {
            name: measure_gap(first, second, effort.share, effort.microseconds, self.seed)
            for name, second in others
        }
