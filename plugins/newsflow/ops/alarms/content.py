"""Alarms about what a publisher's captures become. Pure.

A publisher is compared with its own past, by weekday where there is enough of it, with statistics that a few odd days
can't bend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from math import exp, log
from statistics import median
from typing import Any

from newsflow.ops.alarms.judgement import WARNING, Alarm, Answer, Finding, Present, Undecided
from newsflow.ops.history import Day
from newsflow.ops.robust_statistics import at_most, mad

CHANCE = 1e-5  # a yield that its own past would give once in 100,000 nights is drift
DROP = 0.15  # and it has to matter: so much of all captures more than usual are lost
POOLED = 4  # nights that are looked at together, for publishers with few pages
FEW = 4  # fewer captures than this say nothing
NEAR = 0.25  # days whose share lies further below the median are odd, and not part of what is usual
LENGTH = log(1.8)  # a median body 1.8 times shorter or longer
WILD = 5  # robust standard deviations
FEW_BODIES = 3  # the median of fewer bodies says nothing
SHORT_PAST = 7  # days with bodies that a usual length needs


def drift(name: str, past: Sequence[Day], recent: Sequence[Day], *, lasting: bool = False) -> Answer:
    """Fewer captures become articles than the publisher's own past promises: its template changed.

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
    windows = [today] if lasting else [today, nights]
    lost = next((window for window in windows if _captures(today) and _is_lost(window, expected)), None)
    if lost is not None:
        return _drifted(name, lost, expected)
    # so few captures in a day that only the nights together can show that it is over
    sparse = lasting and _captures(today) < FEW
    return _recovered(nights if sparse else today, expected)


def _expected(days: Sequence[Day], on: date) -> float | None:
    """Share of readable captures that the past promises at least, or None for too little past.

    The pooled share of the days near the median, less its own standard error and twice what
    the days vary beyond chance.
    """
    chosen = _comparable(days, on)
    if not _is_enough(chosen, captures=20, days=3):
        return None
    shares = [d.readable / d.extracted for d in chosen]
    near = [d for d, share in zip(chosen, shares, strict=True) if share >= median(shares) - NEAR]
    pooled = (_readable(near) + 0.5) / (_captures(near) + 1)
    variance = pooled * (1 - pooled)
    error = float((variance / _captures(near)) ** 0.5)
    by_chance = variance / median(d.extracted for d in chosen)
    beyond = float(max(0.0, mad(shares) ** 2 - by_chance) ** 0.5)
    return max(0.0, pooled - error - 2 * beyond)


def _comparable(days: Sequence[Day], on: date) -> list[Day]:
    """The days of the same weekday where there is enough of them, else all; those with few captures only in need."""
    extracted = [d for d in days if d.extracted]
    telling = [d for d in extracted if d.extracted >= FEW] or extracted
    same = [d for d in telling if d.day.weekday() == on.weekday()]
    return same if _is_enough(same, captures=50, days=4) else telling


def _is_enough(chosen: Sequence[Day], *, captures: int, days: int) -> bool:
    return _captures(chosen) >= captures and len(chosen) >= days


def _captures(window: Sequence[Day]) -> int:
    return sum(d.extracted for d in window)


def _readable(window: Sequence[Day]) -> int:
    return sum(d.readable for d in window)


def _is_lost(window: Sequence[Day], expected: float) -> bool:
    """Whether so much less was readable that it matters, and that it is no chance."""
    extracted, readable = _captures(window), _readable(window)
    if extracted < FEW or expected - readable / extracted < DROP:
        return False
    return at_most(readable, extracted, expected) < CHANCE


def _recovered(window: Sequence[Day], expected: float) -> Undecided:
    extracted, readable = _captures(window), _readable(window)
    back = extracted >= FEW and expected - readable / extracted < DROP
    return Undecided.CLEAR if back else Undecided.CANT_TELL


def _drifted(name: str, window: Sequence[Day], expected: float) -> Finding:
    extracted, readable = _captures(window), _readable(window)
    sentence = f"{name}: only {readable} of {extracted} captures became articles, usually {expected:.0%} or more"
    why = _commonest(window)
    facts = {"readable": readable, "extracted": extracted, "usual": round(expected, 3), "commonest": why}
    return YIELD_DRIFT.found(name, f"{sentence}; mostly {why.replace('_', ' ')}." if why else f"{sentence}.", facts)


def _commonest(window: Sequence[Day]) -> str:
    """The outcome with which most pages failed; empty where none did."""
    codes: Counter[str] = Counter()
    for day in window:
        codes.update({code: int(pages) for code, pages in day.failures.items()})
    return max(codes, key=lambda code: codes[code], default="")


def length(name: str, past: Sequence[Day], today: Day) -> Answer:
    """Bodies are much shorter or longer than ever: a silent template change (teasers, or boilerplate).

    The median of n bodies varies like 1/√n, so a day weighs by √n; a short past is widened as
    Student's t would widen it.
    """
    known = [(log(d.words), d.readable**0.5) for d in past if d.words and d.readable >= FEW_BODIES]
    if len(known) < SHORT_PAST:
        return Undecided.CLEAR
    if not today.words or today.readable < FEW_BODIES:
        return Undecided.CANT_TELL
    middle = median(words for words, _ in known)
    spread = mad([(words - middle) * weight for words, weight in known]) * (1 + 6 / len(known))
    if abs(log(today.words) - middle) <= max(LENGTH, WILD * spread / today.readable**0.5):
        return Undecided.CLEAR
    return _other_length(name, today.words, exp(middle))


def _other_length(name: str, words: float, usual: float) -> Finding:
    word = "shorter" if words < usual else "longer"
    sentence = f"{name}: bodies are much {word} than usual, {words:.0f} words instead of {usual:.0f}."
    return LENGTH_DRIFT.found(name, sentence, {"words": round(words), "usual": round(usual)})


def _yield_of(row: Any, present: Present) -> Answer:
    past, recent = _split(YIELD_DRIFT, row, present)
    return drift(row.name, past, recent, lasting=_since(YIELD_DRIFT, row, present) is not None)


def _length_of(row: Any, present: Present) -> Answer:
    past, recent = _split(LENGTH_DRIFT, row, present)
    return length(row.name, past, recent[-1]) if recent else Undecided.CANT_TELL


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
    "Captures no longer become articles",
    WARNING,
    "fewer captures become articles than the publisher's own past promises",
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
