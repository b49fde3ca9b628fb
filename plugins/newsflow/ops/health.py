"""Is a publisher well? A pure judgement over its days, feeds and open alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from newsflow.ops.history import Day


class Level(IntEnum):
    """From worst to best, as the list sorts them."""

    BROKEN = 0
    WARNING = 1
    NEW = 2
    GOOD = 3
    PAUSED = 4

    @property
    def word(self) -> str:
        """As people read it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class State:
    """What the tables say of a publisher at this moment."""

    paused: bool = False
    feeds: int = 0
    paused_feeds: int = 0
    failing: int = 0
    feed_sentence: str = ""
    cool_until: datetime | None = None
    cool_reason: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """A level and why, in a sentence."""

    level: Level
    sentence: str


def judge(state: State, days: Sequence[Day], alarms: Sequence[tuple[str, str]]) -> Health:
    """Judge a publisher.

    :param days: its last days, oldest first.
    :param alarms: (severity, sentence) of its open alarms.
    """
    if state.paused:
        return Health(Level.PAUSED, "Paused by a person.")
    if alarms:
        worst = min(alarms)
        return Health(Level.BROKEN if worst[0] == "critical" else Level.WARNING, worst[1])
    if not state.feeds:
        return Health(Level.PAUSED if state.paused_feeds else Level.BROKEN, _no_feed(state))
    if state.failing == state.feeds:
        return Health(Level.WARNING, f"No feed answers: {state.feed_sentence}".rstrip(": "))
    if state.cool_until:
        return Health(Level.WARNING, f"Cooling down until {state.cool_until:%H:%M} UTC.")
    if state.failing:
        return Health(Level.GOOD, f"{state.failing} of {state.feeds} feeds fail.")
    if not any(d.polls for d in days):
        return Health(Level.NEW, "Not asked yet.")
    return Health(Level.GOOD, "As usual.")


def _no_feed(state: State) -> str:
    return "All feeds are paused." if state.paused_feeds else "It has no active feed."
