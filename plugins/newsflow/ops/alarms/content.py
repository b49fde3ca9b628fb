"""Alarms about what a publisher's captures become. Pure.

A publisher is compared with its own past, by weekday where there is enough of it, with statistics that a few odd days
can't bend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import exp, log
from statistics import median
from typing import Any

from newsflow.ops.alarms.judgement import WARNING, Alarm, Answer, Finding, Present, Undecided
from newsflow.ops.history import Day
from newsflow.ops.robust_statistics import at_most, mad

CHANCE = 1e-5  # a yield that its own past would give once in 100,000 nights is drift
DROP = 0.15  # and it has to matter: so much of all captures more than usual are lost
POOLED = 7  # nights that are looked at together, for publishers with few pages
BLOCK = 8  # pages that a share is of, at least
FEW = 4  # fewer pages than this say nothing
NEAR = 0.25  # days whose share lies further below the median are odd, and not part of what is usual
LENGTH = log(1.8)  # a median body 1.8 times shorter or longer
WILD = 5  # robust standard deviations
FEW_BODIES = 3  # the median of fewer bodies says nothing
SHORT_PAST = 7  # days with bodies that a usual length needs


def drift(name: str, past: Sequence[Day], recent: Sequence[Day], *, lasting: bool = False) -> Answer:
    """Fewer pages become articles than the publisher's own past promises: its template changed, or it refuses us.

    :param past: days before the fault, oldest first, without those on which we were blind.
    :param recent: the newest days, the last of them under judgement.
    :param lasting: whether the alarm is open; it is over when enough captures are as good as before.
    """
    if not recent:
        return Undecided.CANT_TELL
    today, nights = [recent[-1]], recent[-POOLED:]
    expected = _expected(past, recent[-1].day)
    if expected is None:
        return Undecided.CLEAR
    # an open alarm is judged by its last day alone: the nights before it are those of the fault
    windows = [today] if lasting else [today, recent[-4:], nights]
    lost = next((window for window in windows if _pages(today) and _is_lost(window, expected)), None)
    if lost is not None:
        return _drifted(name, lost, expected)
    # so few pages in a day that only the nights together can show that it is over
    sparse = lasting and _pages(today) < FEW
    return _recovered(nights if sparse else today, expected)


def _expected(days: Sequence[Day], on: date) -> float | None:
    """Share of readable pages that the past promises at least, or None for too little past.

    The pooled share of the days near the median, less its own standard error and twice what
    the days vary beyond chance. Days with few pages are taken together.
    """
    chosen = _comparable(days, on)
    if not _is_enough(chosen, pages=20, days=3):
        return None
    blocks = _blocks(chosen)
    shares = [_readable(block) / _pages(block) for block in blocks]
    near = [d for block, share in zip(blocks, shares, strict=True) if share >= median(shares) - NEAR for d in block]
    pooled = (_readable(near) + 0.5) / (_pages(near) + 1)
    variance = pooled * (1 - pooled)
    error = float((variance / _pages(near)) ** 0.5)
    by_chance = variance / median(_pages(block) for block in blocks)
    beyond = float(max(0.0, mad(shares) ** 2 - by_chance) ** 0.5)
    return max(0.0, pooled - error - 2 * beyond)


def _blocks(days: Sequence[Day]) -> list[list[Day]]:
    """Days one by one, or as many together as it takes for a share of them to tell anything."""
    found: list[list[Day]] = [[]]
    for day in days:
        if _pages(found[-1]) >= BLOCK:
            found.append([])
        found[-1].append(day)
    return found


def _comparable(days: Sequence[Day], on: date) -> list[Day]:
    """The days of the same weekday where there is enough of them, else all."""
    tried = [d for d in days if d.tried]
    same = [d for d in tried if d.day.weekday() == on.weekday()]
    return same if _is_enough(same, pages=50, days=4) else tried


def _is_enough(chosen: Sequence[Day], *, pages: int, days: int) -> bool:
    return _pages(chosen) >= pages and len(chosen) >= days


def _pages(window: Sequence[Day]) -> int:
    return sum(d.tried for d in window)


def _readable(window: Sequence[Day]) -> int:
    return sum(d.readable for d in window)


def _is_lost(window: Sequence[Day], expected: float) -> bool:
    """Whether so much less was readable that it matters, and that it is no chance."""
    tried, readable = _pages(window), _readable(window)
    if tried < FEW or expected - readable / tried < DROP:
        return False
    return at_most(readable, tried, expected) < CHANCE


def _recovered(window: Sequence[Day], expected: float) -> Undecided:
    tried, readable = _pages(window), _readable(window)
    back = tried >= FEW and expected - readable / tried < DROP
    return Undecided.CLEAR if back else Undecided.CANT_TELL


def _drifted(name: str, window: Sequence[Day], expected: float) -> Finding:
    tried, readable = _pages(window), _readable(window)
    sentence = f"{name}: only {readable} of {tried} pages became articles, usually {expected:.0%} or more"
    why = _commonest(window)
    facts = {"readable": readable, "tried": tried, "usual": round(expected, 3), "commonest": why}
    told = f"{sentence}; mostly {why.replace('_', ' ')}." if why else f"{sentence}."
    return replace(YIELD_DRIFT.found(name, told, facts), shared=why)


def _commonest(window: Sequence[Day]) -> str:
    """The outcome with which most pages failed; empty where none did."""
    codes: Counter[str] = Counter()
    for day in window:
        codes.update({code: int(pages) for code, pages in day.failures.items()})
    return max(codes, key=lambda code: codes[code], default="")


def length(name: str, past: Sequence[Day], recent: Sequence[Day]) -> Answer:
    """Bodies are much shorter or longer than ever: a silent template change (teasers, or boilerplate).

    The median of n bodies varies like 1/√n, so a day weighs by √n; a short past is widened as
    Student's t would widen it. A day with too few bodies is judged with the days before it.

    :param recent: the newest days, the last of them under judgement.
    """
    known = [day for day in past if day.words and day.readable]
    if len(known) < SHORT_PAST:
        return Undecided.CLEAR
    if not recent or not recent[-1].words:
        return Undecided.CANT_TELL
    windows = [_bodies(recent[-nights:]) for nights in range(1, POOLED + 1)]
    telling = [window for window in windows if window[1] >= FEW_BODIES]
    usual, spread = _usual_length(known)
    odd = _odd(telling, usual, spread)
    if odd is not None and abs(log(recent[-1].words) - usual) > LENGTH / 2:
        return _other_length(name, exp(odd), exp(usual))
    return Undecided.CLEAR if telling else Undecided.CANT_TELL


def _usual_length(known: Sequence[Day]) -> tuple[float, float]:
    """Median of log words, and by how much one body varies about it."""
    usual = median(log(day.words) for day in known if day.words)
    deviations = [(log(day.words) - usual) * day.readable**0.5 for day in known if day.words]
    return usual, mad(deviations) * (1 + 6 / len(known))


def _odd(windows: Sequence[tuple[float, int]], usual: float, spread: float) -> float | None:
    """Log words of the first window that is far from usual and beyond chance."""
    far = (words for words, bodies in windows if abs(words - usual) > max(LENGTH, WILD * spread / bodies**0.5))
    return next(far, None)


def _bodies(nights: Sequence[Day]) -> tuple[float, int]:
    """(log of the usual length, number of bodies) of some nights together."""
    found = [(log(d.words), d.readable) for d in nights if d.words and d.readable]
    bodies = sum(number for _, number in found)
    return sum(words * number for words, number in found) / max(bodies, 1), bodies


def _other_length(name: str, words: float, usual: float) -> Finding:
    word = "shorter" if words < usual else "longer"
    sentence = f"{name}: bodies are much {word} than usual, {words:.0f} words instead of {usual:.0f}."
    return LENGTH_DRIFT.found(name, sentence, {"words": round(words), "usual": round(usual)})


def _yield_of(row: Any, present: Present) -> Answer:
    past, recent = _split(YIELD_DRIFT, row, present)
    return drift(row.name, past, recent, lasting=_since(YIELD_DRIFT, row, present) is not None)


def _length_of(row: Any, present: Present) -> Answer:
    past, recent = _split(LENGTH_DRIFT, row, present)
    return length(row.name, past, recent) if recent else Undecided.CANT_TELL


def _split(alarm: Alarm, row: Any, present: Present) -> tuple[list[Day], list[Day]]:
    """Days before the fault and since, so that a fault never becomes its own past.

    The days since are none where today can't be judged: it has no figures yet, or we are cut off now.
    """
    today = present.now.date()
    since = _since(alarm, row, present)
    begin = since or today - timedelta(days=POOLED - 1)
    seen = [d for d in present.days.get(row.publisher_id, ()) if d.day not in present.blind]
    past = [d for d in seen if d.day < min(since or today, today)]
    can_tell = not present.is_cut_off and any(d.day == today for d in seen[-1:])
    return past, [d for d in seen if d.day >= begin] if can_tell else []


def _since(alarm: Alarm, row: Any, present: Present) -> date | None:
    opened = present.opened.get((alarm.cause, row.name))
    return opened.date() if opened else None


YIELD_DRIFT = Alarm(
    "yield_drift",
    "Pages no longer become articles",
    WARNING,
    "fewer pages become articles than the publisher's own past promises",
    _yield_of,
    asked_of="active_publishers",
    subject="name",
)
LENGTH_DRIFT = Alarm(
    "length_drift",
    "Article bodies changed their length",
    WARNING,
    "bodies are 1.8 times shorter or longer than the publisher's own past",
    _length_of,
    asked_of="active_publishers",
    subject="name",
)
ALARMS = (YIELD_DRIFT, LENGTH_DRIFT)
