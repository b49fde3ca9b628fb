"""Has a publisher's number of news a day gone to another level? A likelihood ratio over counts. Pure.

The moving-window generalised likelihood ratio of Höhle & Paul, "Count data regression charts for the monitoring of
surveillance time series" (Computational Statistics & Data Analysis 52, 2008; `algo.glrnb` of R's surveillance): counts
are negative binomial about a mean for each weekday; of all windows that end today, the one that another level explains
best is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from math import log
from statistics import median

from newsflow.ops.history import Day

WINDOWS = (
    range(3, 15),
    range(17, 29, 3),
)  # days that a new level may have lasted for; the short ones are judged sooner
LONGEST = WINDOWS[0][-1]  # of the short ones
BASE = 42  # days before the windows, with which they are compared
FEWEST = 35  # of which so many must have been seen
SETTLING = timedelta(days=7)  # a feed that was added brings its backlog, then what others brought before
SILENCE_DUE = 1.5  # news that were due since the last one
A_SILENCE = 4.0  # news that must have been due in days without any, so that they are a silence and no part of a level
FEW_NEWS = 2.0  # publishers with fewer news a day don't tell the tide
TIDED = 10  # publishers that it takes to tell the tide
EBB, FLOOD = 0.3, 3.0
LEANING = 0.5  # days of the mean of all that a weekday's mean leans on
USUAL_SIZE, STEADIEST = 10.0, 50.0  # of the negative binomial: where few news tell, and at most
PRIOR = 42 * 4.0**2  # what the usual size weighs: as much as six weeks of four news a day

Tide = Mapping[date, float]
"""What a day brought of the usual at most publishers: holidays and great events are nobody's own level."""


@dataclass(frozen=True, slots=True)
class Level:
    """How many news a publisher brings: means by weekday, Monday first, and how they vary.

    :param size: of the negative binomial.
    :param spread: how much the weeks differ from one another beyond chance (standard deviation of the log).
    """

    means: tuple[float, ...]
    size: float
    spread: float
    days: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of level.

    :param ratio: the new level, in terms of the old one.
    :param evidence: log likelihood ratio, less what an unsure old level costs.
    :param steadiest: ratio of the days that change least: a flood of a day or a long weekend leaves it near 1.
    """

    since: date
    days: int
    seen: int
    expected: float
    ratio: float
    evidence: float
    steadiest: float
    spread: float


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


def _means(days: Sequence[Day], tide: Tide) -> list[float]:
    """News a day for each weekday, Monday first; each leans a little on the mean of all."""
    by = [[(d.new_entries, tide.get(d.day, 1.0)) for d in days if d.day.weekday() == weekday] for weekday in range(7)]
    known = [_trimmed(own) for own in by]
    seen, looked = sum(n for n, _ in known), sum(part for _, part in known)
    overall = seen / looked if looked else 0.0
    return [max((n + LEANING * overall) / (part + LEANING), 1e-3) for n, part in known]


def _trimmed(own: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """(news, days) without the day with the most and the one with the least, where there are four or more."""
    kept = sorted(own, key=lambda pair: pair[0] / pair[1])[1:-1] if len(own) >= 4 else own
    return sum(n for n, _ in kept), sum(part for _, part in kept)


def tides(all_days: Mapping[int, Sequence[Day]]) -> dict[date, float]:
    """What each day brought of the usual at most publishers.

    :param all_days: seen days by publisher.
    """
    found: dict[date, list[float]] = {}
    for days in all_days.values():
        means = _means(days, {})
        if len(days) < FEWEST or sum(means) < 7 * FEW_NEWS:
            continue
        for d in days:
            if means[d.day.weekday()] >= FEW_NEWS:
                found.setdefault(d.day, []).append(d.new_entries / means[d.day.weekday()])
    return {day: min(max(median(own), EBB), FLOOD) for day, own in found.items() if len(own) >= TIDED}


def level(days: Sequence[Day], tide: Tide) -> Level | None:
    """The level of seen days, without their long silences; None for too few of them."""
    base = _without_silences(days[-BASE:], tide)
    if len(base) < FEWEST:
        return None
    means = _means(base, tide)
    pairs = [(d.new_entries, means[d.day.weekday()] * tide.get(d.day, 1.0)) for d in base]
    size = _size(pairs)
    return Level(tuple(means), size, _spread(pairs, size), len(base))


def _without_silences(days: Sequence[Day], tide: Tide) -> list[Day]:
    means = _means(days, tide)
    kept: list[Day] = []
    quiet: list[Day] = []
    for day in days:
        quiet.append(day)
        if day.new_entries:
            kept += quiet if sum(means[d.day.weekday()] for d in quiet[:-1]) < A_SILENCE else [day]
            quiet = []
    return kept


def _size(pairs: Sequence[tuple[int, float]]) -> float:
    """Size of the negative binomial by moments, as in `rhythm`, leaning on the usual one.

    The means were made of the same days, hence the 1.2.
    """
    beyond = sum((n - mean) ** 2 * 1.2 - mean for n, mean in pairs)
    inverse = (beyond + PRIOR / USUAL_SIZE) / (sum(mean * mean for _, mean in pairs) + PRIOR)
    return min(1 / inverse, STEADIEST) if inverse > 0 else STEADIEST


def _spread(pairs: Sequence[tuple[int, float]], size: float) -> float:
    weeks = [pairs[begin : begin + 7] for begin in range(len(pairs) % 7, len(pairs) - 6, 7)]
    expected = [sum(mean for _, mean in week) for week in weeks]
    logs = [log((sum(n for n, _ in week) + 0.5) / (due + 0.5)) for week, due in zip(weeks, expected, strict=True)]
    chance = sum(1 / (due + 0.5) + 1 / (7 * size) for due in expected) / len(expected)
    middle = sum(logs) / len(logs)
    return float(max(sum((x - middle) ** 2 for x in logs) / (len(logs) - 1) - chance, 0.0) ** 0.5)


def shifts(days: Sequence[Day], tide: Tide) -> list[Shift]:
    """Of each window the level that it has against the usual one before; none while news are due that did not come.

    :param days: seen days, oldest first; the last one is complete.
    """
    found = []
    for windows in WINDOWS:
        if (usual := level(days[: -windows[-1]], tide)) and not _is_silent(usual, days):
            found += [shift(usual, days[-length:], tide) for length in windows]
    return found


def shift(usual: Level, recent: Sequence[Day], tide: Tide) -> Shift:
    """What some days have against a level."""
    pairs = [(d.new_entries, usual.means[d.day.weekday()] * tide.get(d.day, 1.0)) for d in recent]
    seen, expected = sum(n for n, _ in pairs), sum(mean for _, mean in pairs)
    ratio = (seen + 0.5) / (expected + 0.5)
    gained = sum(_gain(n, mean, ratio, usual.size) for n, mean in pairs)
    evidence = gained / (1 + len(recent) / usual.days)
    least = _steadiest(pairs, up=ratio > 1)
    return Shift(recent[0].day, len(recent), seen, expected, ratio, evidence, least, usual.spread)


def _gain(n: int, mean: float, ratio: float, size: float) -> float:
    """Log likelihood of a count at the new level less that at the old one."""
    new = ratio * mean
    return n * log(ratio * (mean + size) / (new + size)) - size * log((new + size) / (mean + size))


def _steadiest(pairs: Sequence[tuple[int, float]], *, up: bool) -> float:
    """Ratio of the two days that rose least, or of the four that fell least: holidays take three days at most."""
    ordered = sorted(pairs, key=lambda pair: (pair[0] + 0.5) / (pair[1] + 0.5), reverse=not up)
    least = ordered[: 2 if up else 4]
    return (sum(n for n, _ in least) + 0.5) / (sum(mean for _, mean in least) + 0.5)


def _is_silent(usual: Level, days: Sequence[Day]) -> bool:
    """Whether news were due since the last one: then the alarm is that it is silent, if any."""
    since = takewhile(lambda day: not day.new_entries, reversed(days))
    return sum(usual.means[day.day.weekday()] for day in since) >= SILENCE_DUE
