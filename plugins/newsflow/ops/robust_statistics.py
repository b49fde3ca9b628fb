"""Statistics that a single odd day can't bend: medians, median deviations, exact tails. Pure.

Median and MAD: Rousseeuw & Croux, "Alternatives to the Median Absolute Deviation" (1993);
1.4826 makes the MAD of normal data its standard deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from statistics import median

SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Usual:
    """What a figure usually is: median, and the range that a normal day stays in."""

    middle: float
    low: float
    high: float
    days: int

    def holds(self, value: float) -> bool:
        """Whether a value is within the range."""
        return self.low <= value <= self.high


def mad(values: Sequence[float]) -> float:
    """Median absolute deviation, in units of a standard deviation; 0 for an empty sequence."""
    if not values:
        return 0.0
    middle = median(values)
    return SIGMA * median(abs(v - middle) for v in values)


def usual(values: Sequence[float], *, width: float = 3.0) -> Usual | None:
    """The usual range of a count, or None for fewer than three values.

    Counts vary like √n at best (Poisson), which a few days that happen to agree don't show.

    :param width: half of the range, in standard deviations: the robust one, or √median where that is more.
    """
    if len(values) < 3:
        return None
    middle = median(values)
    half = width * max(mad(values), max(middle, 1.0) ** 0.5)
    return Usual(middle, max(0.0, middle - half), middle + half, len(values))


def _log_pmf(k: int, n: int, p: float) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p)


def at_most(k: int, n: int, p: float) -> float:
    """Chance of at most `k` successes in `n` tries with probability `p` (exact binomial tail)."""
    p = min(max(p, 1e-6), 1 - 1e-6)
    return min(1.0, sum(exp(_log_pmf(i, n, p)) for i in range(k + 1)))
