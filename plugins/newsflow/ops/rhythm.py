"""When does a publisher bring news? Chances of a day without any, from its past. Pure.

Counts of news vary more than Poisson's, as news come in bursts: they are taken as negative binomial
(Johnson, Kemp & Kotz, "Univariate Discrete Distributions", ch. 5), its size estimated by moments.
"""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.ops.history import Day

STEADY = 50.0  # nobody is taken for steadier than this (size of the negative binomial)


def quiets(past: Sequence[Day]) -> list[float]:
    """Chance of a day without news for each weekday, Monday first, from the days on which we looked.

    The larger of two estimates, since both are too sure where the past is short: how often the
    rhythm did not hold, and what a negative binomial of the weekday's own mean gives for zero.
    """
    looked = [d for d in past if d.polls]
    weekdays = [[d.new_entries for d in looked if d.day.weekday() == weekday] for weekday in range(7)]
    # all but one of the weekdays: a holiday must not make an irregular publisher out of a regular one
    strict = sum(map(_is_strict, weekdays)) >= 6
    odd = sum(map(_odd, weekdays)) if strict else sum(not d.new_entries for d in looked)
    often = (odd + 0.15) / (len(looked) + 0.3)
    size = _size(weekdays)
    return [_quiet(seen, often, size, strict=strict) for seen in weekdays]


def _is_strict(seen: Sequence[int]) -> bool:
    """Whether a weekday brought news always, or never, as far as was seen."""
    return len(seen) >= 3 and (all(seen) or not any(seen))


def _odd(seen: Sequence[int]) -> int:
    """Days on which a weekday's rhythm (always, or never) did not hold."""
    return min(sum(not n for n in seen), sum(bool(n) for n in seen))


def _quiet(seen: Sequence[int], often: float, size: float, *, strict: bool) -> float:
    average = sum(seen) / len(seen) if seen else 0.0
    never = strict and average < 0.5
    return 1 - often if never else max(often, (1 + average / size) ** -size)


def _size(weekdays: Sequence[Sequence[int]]) -> float:
    """Size of the negative binomial (mean²/(variance - mean)): the smaller, the burstier; by moments, pooled."""
    pairs = [(n, sum(seen) / len(seen)) for seen in weekdays for n in seen if any(seen)]
    beyond = sum((n - m) ** 2 * 4 / 3 - m for n, m in pairs)
    return min(max(sum(m * m for _, m in pairs) / beyond, 0.5), STEADY) if beyond > 0 else STEADY


def longest(past: Sequence[Day], quiet: Sequence[float]) -> float:
    """The longest silence of the past, in news that was due by the rhythm and did not come."""
    longest = missed = 0.0
    for day in past:
        missed = 0.0 if day.new_entries else missed + 1 - quiet[day.day.weekday()]
        longest = max(longest, missed)
    return longest
