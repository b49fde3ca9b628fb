"""Alarms about publishers that bring far more, or far fewer, news than they did. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import exp, log
from typing import Any

from newsflow.ops import levels
from newsflow.ops.alarms.judgement import WARNING, Alarm, Answer, Present, Undecided
from newsflow.ops.alarms.silence import complete
from newsflow.ops.history import Day
from newsflow.ops.levels import Shift, Tide

MORE, LESS = 1.8, 0.68  # levels that matter, in terms of the one before
WIDTHS = 3.0  # and standard deviations of the weeks before
RISEN, FALLEN = 15.0, 12.0  # log likelihood ratios that chance doesn't give; a rise has longer tails
STEADY_RISE, STEADY_FALL = 1.3, 0.75  # ratio of the days that change least, in the short windows
LONG_FALL = 9  # days that a fall must have lasted for, so that it is no long weekend
AGAIN_LOW, AGAIN_HIGH = 0.8, 1.4  # an open alarm is over when the level is within these again
TELLING = 8.0  # news that the days must promise which show that
NEW_USUAL = timedelta(days=28)  # a level that lasts as long is the usual one
REACH = timedelta(days=levels.LONGEST)  # so long before the alarm the change may have begun


def rise(name: str, days: Sequence[Day], tide: Tide) -> Answer:
    """A publisher brings far more news than before, day after day.

    :param days: those of `levels.seen_days`; the last one is complete.
    """
    found = [s for s in levels.shifts(days, tide) if _has_risen(s)]
    if not found:
        return Undecided.CLEAR
    best = max(found, key=lambda s: s.evidence)
    return SURGE.found(name, f"{name} brings {best.ratio:.1f} times its usual {_since(best)}.", _facts(best))


def _has_risen(s: Shift) -> bool:
    matters = s.ratio >= exp(max(log(MORE), WIDTHS * s.spread))
    return matters and s.evidence >= RISEN and s.steadiest >= STEADY_RISE


def fall(name: str, days: Sequence[Day], tide: Tide) -> Answer:
    """A publisher brings far fewer news than before, day after day; one that brings none is silent, and no more."""
    found = [s for s in levels.shifts(days, tide) if _has_fallen(s)]
    if not found:
        return Undecided.CLEAR
    best = max(found, key=lambda s: s.evidence)
    return STEP_DOWN.found(name, f"{name} brings {best.ratio:.0%} of its usual {_since(best)}.", _facts(best))


def _has_fallen(s: Shift) -> bool:
    matters = s.ratio <= exp(-max(-log(LESS), WIDTHS * s.spread))
    lasts_long = s.days > levels.LONGEST or (s.days >= LONG_FALL and s.steadiest <= STEADY_FALL)
    return matters and s.evidence >= FALLEN and lasts_long


def _since(s: Shift) -> str:
    return f"since {s.since:%a %d %b}: {s.seen} in {s.days} days instead of {s.expected:.0f}"


def _facts(s: Shift) -> dict[str, Any]:
    return {"since": s.since.isoformat(), "days": s.days, "seen": s.seen, "usual": round(s.expected, 1)}


def lasts(days: Sequence[Day], tide: Tide, opened: datetime, now: datetime) -> Undecided:
    """Whether an open alarm is over: the level is as before, or it has become the usual one."""
    if now - opened >= NEW_USUAL:
        return Undecided.CLEAR
    usual = levels.level([d for d in days if d.day < (opened - REACH).date()], tide)
    if usual is None:
        return Undecided.CANT_TELL
    for length in range(3, levels.LONGEST + 1):
        shift = levels.shift(usual, days[-length:], tide)
        if shift.expected >= TELLING:
            return Undecided.CLEAR if AGAIN_LOW <= shift.ratio <= AGAIN_HIGH else Undecided.CANT_TELL
    return Undecided.CANT_TELL


def _ask(cause: str, rule: Callable[[str, Sequence[Day], Tide], Answer], row: Any, present: Present) -> Answer:
    if present.is_cut_off:
        return Undecided.CANT_TELL
    own = complete(present.days.get(row.publisher_id, ()), present.now)
    days = levels.seen_days(own, present.blind, row.fed_since)
    opened = present.opened.get((cause, row.name))
    if opened is not None:
        return lasts(days, present.tide, opened, present.now)
    return rule(row.name, days, present.tide)


SURGE = Alarm(
    "surge",
    "Publishers bring far more than usual",
    WARNING,
    "a publisher brings almost twice its usual or more, day after day",
    lambda row, present: _ask("surge", rise, row, present),
    asked_of="active_publishers",
    subject="name",
)
STEP_DOWN = Alarm(
    "step_down",
    "Publishers bring far less than usual",
    WARNING,
    "a publisher brings two thirds of its usual or less, for nine days or longer",
    lambda row, present: _ask("step_down", fall, row, present),
    asked_of="active_publishers",
    subject="name",
)
ALARMS = (SURGE, STEP_DOWN)
