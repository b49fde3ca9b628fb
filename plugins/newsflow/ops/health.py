"""Is a publisher well? A pure judgement over its feeds and its worst alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


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
    paused_by: str = "a person"
    feeds: int = 0
    paused_feeds: int = 0
    lost_feeds: int = 0  # gone, and not because a person removed them
    failing: int = 0
    feed_sentence: str = ""
    cool_until: datetime | None = None
    asked: bool = False  # whether any of its feeds was ever polled
    alarm: tuple[str, str] | None = None  # (severity, sentence) of its worst open alarm


@dataclass(frozen=True, slots=True)
class Health:
    """A level and why, in a sentence."""

    level: Level
    sentence: str


def judge(state: State) -> Health:
    """Judge a publisher by the worst thing that is true of it."""
    if state.paused:
        return Health(Level.PAUSED, f"Paused by {state.paused_by}.")
    if state.alarm:
        severity, sentence = state.alarm
        return Health(Level.BROKEN if severity == "critical" else Level.WARNING, sentence)
    if not state.feeds:
        return _without_feeds(state)
    if state.failing == state.feeds:
        return Health(Level.WARNING, f"No feed answers: {state.feed_sentence}".rstrip(": "))
    if state.cool_until:
        return Health(Level.WARNING, f"Cooling down until {state.cool_until:%H:%M} UTC.")
    if state.failing:
        return Health(Level.WARNING, f"{state.failing} of {state.feeds} feeds fail: {state.feed_sentence}".rstrip(": "))
    if not state.asked:
        return Health(Level.NEW, "Not asked yet.")
    return Health(Level.GOOD, "As usual.")


def _without_feeds(state: State) -> Health:
    if state.paused_feeds:
        return Health(Level.PAUSED, "All feeds are paused.")
    if state.lost_feeds:
        return Health(Level.BROKEN, "It has no active feed.")
    return Health(Level.PAUSED, "It has no feed: nobody added one, or a person removed them.")
