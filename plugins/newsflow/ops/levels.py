"""Has a publisher's number of news a night gone to another level? Rank tests within weekdays. Pure.

The last nights are compared with the eight weeks before, each with those of its weekday: Mann & Whitney, "On a test of
whether one of two random variables is stochastically larger" (Annals of Mathematical Statistics 18, 1947), put together
over weekdays as in van Elteren, "On the combination of independent two-sample tests of Wilcoxon" (Bulletin of the
International Statistical Institute 37, 1960). A night of bursts is one rank, whatever it brings. Ranks don't tell how
far apart two levels are: for that, the same comparison is made of square roots, which make counts about equally
varied at all levels (Bartlett, "The square root transformation in analysis of variance", 1936).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from math import sqrt
from statistics import median

from newsflow.ops.history import Day

WINDOWS = (
    (5, 7, 10, 14),
    (21, 28),
)  # nights that a new level may have lasted for; those of a group have the same nights before them
BASE = 56  # nights before the windows, with which they are compared
FEWEST = 35  # of which so many must have been seen
SETTLING = timedelta(days=7)  # a feed that was added brings its backlog, then what others brought before
A_SILENCE = 4.0  # news that must have been due in nights without any, so that they are a silence and no part of a level
FEW_NEWS = 2.0  # publishers with fewer news a night don't tell the tide
TIDED = 10  # publishers that it takes to tell the tide
EBB, FLOOD = 0.3, 3.0
POISSON = 0.25  # variance of the square root of a Poisson count
LEANING = 7  # nights that the variance leans on it for

Tide = Mapping[date, float]
"""What a night brought of the usual at most publishers: holidays and great events are nobody's own level."""
Counts = tuple[list[float], ...]
"""News of nights by weekday, Monday first, with the tide taken out."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What some nights have against those before.

    :param ratio: the new level, in terms of the old one, without the odd nights.
    :param ranks: how many standard deviations the nights stand above those before (below: negative), by their ranks.
    :param roots: the same by their square roots, as Student's t.
    """

    since: date
    days: int
    seen: int
    expected: float
    ratio: float
    ranks: float
    roots: float


def seen_days(days: Sequence[Day], blind: Collection[date], fed_since: date | None) -> list[Day]:
    """Days that say something of the level: asked, answered, with the feeds of today, not after one unseen.

    :param days: oldest first.
    :param blind: days of our own outages.
    :param fed_since: when the newest of its feeds was added.
    """
    begin = fed_since + SETTLING if fed_since else date.min
    asked = [d for d in days if d.polls_ok and d.day not in blind]
    known = {d.day for d in asked}
    # what had waited while we did not look comes on the day after
    return [d for d in asked if d.day >= begin and (d is asked[0] or d.day - timedelta(days=1) in known)]


def _by_weekday(days: Sequence[Day], tide: Tide) -> Counts:
    counts: Counts = ([], [], [], [], [], [], [])
    for d in days:
        counts[d.day.weekday()].append(d.new_entries / tide.get(d.day, 1.0))
    return counts


def _means(counts: Counts) -> list[float]:
    """News a night for each weekday, without the night with the most and the one with the least of four or more."""
    kept = [sorted(own)[1:-1] if len(own) >= 4 else own for own in counts]
    return [sum(own) / len(own) if own else 0.0 for own in kept]


def tides(all_days: Mapping[int, Sequence[Day]]) -> dict[date, float]:
    """What each night brought of the usual at most publishers.

    :param all_days: seen days by publisher.
    """
    found: dict[date, list[float]] = {}
    for days in all_days.values():
        means = _means(_by_weekday(days, {}))
        if len(days) < FEWEST or sum(means) < 7 * FEW_NEWS:
            continue
        for d in days:
            if means[d.day.weekday()] >= FEW_NEWS:
                found.setdefault(d.day, []).append(d.new_entries / means[d.day.weekday()])
    return {day: min(max(median(own), EBB), FLOOD) for day, own in found.items() if len(own) >= TIDED}


def usual_days(days: Sequence[Day], tide: Tide) -> list[Day]:
    """The last days whose level is the usual one; empty for too few of them."""
    base = _without_silences(days[-BASE:], tide)
    return base if len(base) >= FEWEST else []


def _without_silences(days: Sequence[Day], tide: Tide) -> list[Day]:
    means = _means(_by_weekday(days, tide))
    kept: list[Day] = []
    quiet: list[Day] = []
    for day in days:
        quiet.append(day)
        if day.new_entries:
            kept += quiet if sum(means[d.day.weekday()] for d in quiet[:-1]) < A_SILENCE else [day]
            quiet = []
    return kept


def shifts(days: Sequence[Day], tide: Tide) -> list[Shift]:
    """What the last nights have against those before, for each window.

    :param days: seen days, oldest first; the last one is complete.
    """
    found = []
    for windows in WINDOWS:
        base = usual_days(days[: -windows[-1]], tide)
        if base and not _is_silent(base, days, tide):
            found += [shift(base, days[-length:], tide) for length in windows]
    return found


def shift(base: Sequence[Day], recent: Sequence[Day], tide: Tide) -> Shift:
    """What some nights have against those before."""
    before, after = _by_weekday(base, tide), _by_weekday(recent, tide)
    means = _means(before)
    due = [(own, means[weekday]) for weekday in range(7) for own in after[weekday]]
    ranks, roots = _ranks(before, after), _roots(before, after)
    expected = sum(means[d.day.weekday()] * tide.get(d.day, 1.0) for d in recent)
    return Shift(
        recent[0].day, len(recent), sum(d.new_entries for d in recent), expected, _ratio(due), ranks, roots
    )  # fmt: skip


def _ratio(due: Sequence[tuple[float, float]]) -> float:
    """News in terms of those that were due, without one night of seven at each end.

    :param due: of each night the news, and those that its weekday promises.
    """
    odd = max(1, len(due) // 7)
    kept = sorted(due, key=lambda pair: (pair[0] + 0.5) / (pair[1] + 0.5))[odd:-odd]
    return (sum(own for own, _ in kept) + 0.5) / (sum(mean for _, mean in kept) + 0.5)


def _ranks(before: Counts, after: Counts) -> float:
    """Van Elteren's statistic, standardised, with its variance corrected for ties."""
    above = variance = 0.0
    for old, new in zip(before, after, strict=True):
        if old and new:
            every = len(old) + len(new)
            above += _above(sorted(old), new) / (every + 1)
            variance += len(old) * len(new) * _rank_variance([*old, *new]) / (every + 1) ** 2
    return above / sqrt(variance) if variance else 0.0


def _above(old: Sequence[float], new: Sequence[float]) -> float:
    """Pairs of nights whose new one has more, ties by half, beyond the half that chance gives (Mann & Whitney's U)."""
    return sum((bisect_left(old, n) + bisect_right(old, n)) / 2 for n in new) - len(old) * len(new) / 2


def _rank_variance(every: Sequence[float]) -> float:
    number = len(every)
    ties = sum(same**3 - same for same in Counter(every).values())
    return (number + 1) / 12 * (1 - ties / (number**3 - number))


def _roots(before: Counts, after: Counts) -> float:
    """Student's t of the square roots, each against the mean of its weekday."""
    means = [sum(map(sqrt, old)) / len(old) if old else 0.0 for old in before]
    pairs = [(old, new, mean) for old, new, mean in zip(before, after, means, strict=True) if old and new]
    free = sum(len(old) - 1 for old, _, _ in pairs)
    varied = sum((sqrt(n) - mean) ** 2 for old, _, mean in pairs for n in old)
    variance = (varied + LEANING * POISSON) / (free + LEANING)
    above = sum(sqrt(n) - mean for _, new, mean in pairs for n in new)
    nights = sum(len(new) + len(new) ** 2 / len(old) for old, new, _ in pairs)
    return above / sqrt(variance * nights) if nights else 0.0


def _is_silent(base: Sequence[Day], days: Sequence[Day], tide: Tide) -> bool:
    """Whether news were due since the last one: then the alarm is that it is silent, if any."""
    means = _means(_by_weekday(base, tide))
    since = takewhile(lambda day: not day.new_entries, reversed(days))
    return sum(means[day.day.weekday()] for day in since) >= A_SILENCE
