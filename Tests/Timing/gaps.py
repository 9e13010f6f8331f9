"""From times to a verdict: by how much one class takes longer than another, how sure that is, and which
gap such a measurement would have found.

The n-th times of two classes come from calls that were made within some calls of each other, and the
gap is the median of their differences: what slows the machine for a while slows both. Its interval is
the percentile bootstrap's. (On a busy machine the difference of the two medians has an interval five
times as wide.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from statistics import NormalDist

import numpy as np

# Of each interval; a verdict is looked for a few times, so that all of them together hold 95 of 100.
CONFIDENCE = 0.99
RESAMPLES = 2000
# With which a measurement shows a gap that it claims to find.
POWER = 0.9
# Resamples at once.
CHUNK = 50


class Verdict(Enum):
    """What the interval of a gap says of it."""

    EQUAL = "equal"
    OPEN = "not sure"
    DIFFERENT = "DIFFERENT"


@dataclass(frozen=True)
class Gap:
    """How much longer one class takes than another, in µs."""

    samples: int
    # The median of the other one.
    before: float
    gap: float
    low: float
    high: float
    # What is tolerated.
    limit: float
    welch_t: float
    # Of the gap's estimate.
    deviation: float

    @property
    def verdict(self) -> Verdict:
        """All of the interval inside the limits, all of it outside, or neither."""
        if -self.limit < self.low and self.high < self.limit:
            return Verdict.EQUAL
        if self.low > self.limit or self.high < -self.limit:
            return Verdict.DIFFERENT
        return Verdict.OPEN

    @property
    def found(self) -> float:
        """The gap, in µs, that this many samples show to be beyond the limit, 9 times of 10."""
        reach = max(self.high - self.gap, self.gap - self.low)
        return self.limit + reach + NormalDist().inv_cdf(POWER) * self.deviation

    def false_alarm(self, samples_max: int) -> float:
        """How likely so many samples do not call two classes equal that have no gap at all."""
        shrunk = math.sqrt(self.samples / max(self.samples, samples_max))
        reach = max(self.high - self.gap, self.gap - self.low) * shrunk
        if reach >= self.limit:
            return 1.0
        return 2 * NormalDist(0, self.deviation * shrunk).cdf(reach - self.limit)


def welch_t(first: np.ndarray, second: np.ndarray) -> float:
    """Welch's t of two samples."""
    spread = first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second)
    return float((second.mean() - first.mean()) / math.sqrt(spread)) if spread > 0 else 0.0


def measure_gap(
    first: np.ndarray, second: np.ndarray, share: float, microseconds: float, seed: int
) -> Gap:
    """The gap of the second class to the first. The limit is a share of the first's time, or more."""
    differences = second - first
    dice = np.random.default_rng(seed)
    gaps = np.concatenate([
        np.median(differences[dice.integers(0, len(first), (CHUNK, len(first)))], axis=1)
        for _ in range(RESAMPLES // CHUNK)
    ])  # fmt: skip
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(gaps, [tail, 1 - tail])
    before = float(np.median(first))
    return Gap(
        samples=len(first), before=before, gap=float(np.median(differences)), low=float(low),
        high=float(high), limit=max(share * before, microseconds),
        welch_t=welch_t(first, second), deviation=float(gaps.std()))
