"""Alarms about publishers that bring far more, or far fewer, news than they did. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from newsflow.ops import levels
from newsflow.ops.alarms.judgement import WARNING, Alarm, Answer, Present, Undecided
from newsflow.ops.alarms.silence import complete
from newsflow.ops.history import Day
from newsflow.ops.levels import Shift, Tide

# Chosen on months of tests/worlds/news_month.py (seeds 11 to 22, with faults in 11 to 16): each direction may tell of a
# quarter of a false alarm a month among 200 publishers. Such a bound can't be taken from 200 publishers, 30 nights and
# six windows, since windows and nights overlap, and seasons are no chance: it is what the months without a fault show.
MORE, LESS = 2.2, 0.66  # levels that matter, in terms of the one before
RISEN, FALLEN = 3.0, 3.7  # standard deviations of the ranks
RISEN_ROOTS, FALLEN_ROOTS = 4.5, 4.0  # and of the square roots
PROMISED = 60.0  # news that must have been due, so that half of them is no chance; see docs/operations.md
LONGEST_RISE = 21  # nights: what has risen is found by then, or is a season
LONG_FALL = 14  # nights that a fall must have lasted for, so that it is no long weekend
AGAIN_LOW, AGAIN_HIGH = 0.8, 1.4  # an open alarm is over when the level is within these again
TELLING = 20.0  # news that the nights must promise which show that
AGAIN = range(5, 15)  # and how many they are
NEW_USUAL = timedelta(days=28)  # a level that lasts as long is the usual one
REACH = timedelta(days=levels.WINDOWS[-1][-1])  # so long before the alarm the change may have begun


def rise(name: str, shifts: Sequence[Shift]) -> Answer:
    """A publisher brings far more news than before, night after night.

    :param shifts: those of `levels.shifts`.
    """
    found = [s for s in shifts if _has_risen(s)]
    if not found:
        return Undecided.CLEAR
    best = max(found, key=lambda s: s.roots)
    return SURGE.found(name, f"{name} brings {best.ratio:.1f} times its usual {_since(best)}.", _facts(best))


def _has_risen(s: Shift) -> bool:
    return s.days <= LONGEST_RISE and s.ratio >= MORE and s.ranks >= RISEN and s.roots >= RISEN_ROOTS


def fall(name: str, shifts: Sequence[Shift]) -> Answer:
    """A publisher brings far fewer news than before, night after night; one that brings none is silent, and no more."""
    found = [s for s in shifts if _has_fallen(s)]
    if not found:
        return Undecided.CLEAR
    best = min(found, key=lambda s: s.roots)
    return STEP_DOWN.found(name, f"{name} brings {best.ratio:.0%} of its usual {_since(best)}.", _facts(best))


def _has_fallen(s: Shift) -> bool:
    can_be_told = s.days >= LONG_FALL and s.expected >= PROMISED
    return can_be_told and s.ratio <= LESS and s.ranks <= -FALLEN and s.roots <= -FALLEN_ROOTS


def _since(s: Shift) -> str:
    return f"since {s.since:%a %d %b}: {s.seen} in {s.days} days instead of {s.expected:.0f}"


def _facts(s: Shift) -> dict[str, Any]:
    return {"since": s.since.isoformat(), "days": s.days, "seen": s.seen, "usual": round(s.expected, 1)}


def lasts(days: Sequence[Day], tide: Tide, opened: datetime, now: datetime) -> Undecided:
    """Whether an open alarm is over: the level is as before, or it has become the usual one.

    :param days: those of `levels.seen_days`; the last one is complete.
    """
    if now - opened >= NEW_USUAL:
        return Undecided.CLEAR
    usual = levels.usual_days([d for d in days if d.day < (opened - REACH).date()], tide)
    tried = (levels.shift(usual, days[-length:], tide) for length in AGAIN if usual)
    telling = next((s for s in tried if s.expected >= TELLING), None)
    if telling is None:
        return Undecided.CANT_TELL
    return Undecided.CLEAR if AGAIN_LOW <= telling.seen / telling.expected <= AGAIN_HIGH else Undecided.CANT_TELL


def _ask(alarm: Alarm, rule: Callable[[str, Sequence[Shift]], Answer], row: Any, present: Present) -> Answer:
    if present.is_cut_off:
        return Undecided.CANT_TELL
    opened = present.opened.get((alarm.cause, row.name))
    if opened is not None:
        return lasts(_seen(row, present), present.tide, opened, present.now)
    if row.publisher_id not in present.shifts:  # both alarms ask for them
        present.shifts[row.publisher_id] = levels.shifts(_seen(row, present), present.tide)
    return rule(row.name, present.shifts[row.publisher_id])


def _seen(row: Any, present: Present) -> list[Day]:
    own = complete(present.days.get(row.publisher_id, ()), present.now)
    return levels.seen_days(own, present.blind, row.fed_since)


SURGE: Alarm = Alarm(
    "surge",
    "Publishers bring far more than usual",
    WARNING,
    "a publisher brings more than twice its usual, night after night",
    lambda row, present: _ask(SURGE, rise, row, present),
    asked_of="active_publishers",
    subject="name",
)
STEP_DOWN: Alarm = Alarm(
    "step_down",
    "Publishers bring far less than usual",
    WARNING,
    "a publisher brings two thirds of its usual or less, for two weeks or longer",
    lambda row, present: _ask(STEP_DOWN, fall, row, present),
    asked_of="active_publishers",
    subject="name",
)
ALARMS = (SURGE, STEP_DOWN)
