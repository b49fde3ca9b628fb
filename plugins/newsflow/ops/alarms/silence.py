"""Alarms about publishers that bring no news, or can't. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from math import prod
from typing import Any

from newsflow.ops import rhythm
from newsflow.ops.alarms.judgement import WARNING, Alarm, Answer, Finding, Present, Undecided
from newsflow.ops.history import Day
from newsflow.ops.words import sentence

SILENT = 3e-4  # chance of so long a silence, from its own rhythm
MISSED = 1.5  # news that must have been due at least and did not come
PAST = 14  # days up to the last news that a rhythm needs


def silence(name: str, days: Sequence[Day], blind: Collection[date], why: str = "") -> Answer:
    """No news for longer than the publisher's own rhythm explains.

    :param days: oldest first, the last one complete; days without polls, or when we were blind, say nothing.
    :param blind: days of our own outages.
    :param why: what its feeds answer, where they fail.
    """
    past, since = _until_news([d for d in days if d.polls and d.day not in blind])
    if len(past) < PAST or not since:
        return Undecided.CLEAR
    quiet = rhythm.quiets(past)
    chance = prod(quiet[d.day.weekday()] for d in since)
    missed = sum(1 - quiet[d.day.weekday()] for d in since)
    # longer than ever by more than one piece of news, too: a rhythm that is a guess explains less than what was seen
    if chance >= SILENT or missed < MISSED or missed <= rhythm.longest(past, quiet) + 1:
        return Undecided.CANT_TELL
    text = f"{name} is silent since {past[-1].day:%a %d %b}: {missed:.0f} times news was due and none came"
    facts = {"since": past[-1].day.isoformat(), "missed": round(missed, 1), "chance": round(chance, 5)}
    return SILENCE.found(name, f"{text}; {why}" if why else f"{text}.", facts)


def _until_news(days: Sequence[Day]) -> tuple[Sequence[Day], Sequence[Day]]:
    """The days up to the last one with news, and those since."""
    known = max((i + 1 for i, d in enumerate(days) if d.new_entries), default=0)
    return days[:known], days[known:]


def _silence_of(row: Any, present: Present) -> Answer:
    if present.is_cut_off:
        return Undecided.CANT_TELL
    why = sentence(row.feed_outcome) if row.feed_outcome else ""
    return silence(row.name, _complete(present.days.get(row.publisher_id, ()), present.now), present.blind, why)


def _complete(days: Sequence[Day], now: datetime) -> list[Day]:
    """The days without today, unless today has had news or most of its usual polls."""
    polls = sorted(d.polls for d in days if d.polls)
    most = 0.8 * (polls[len(polls) // 2] if polls else 1)
    return [d for d in days if d.day < now.date() or d.new_entries or d.polls >= most]


def feed_gone(name: str, url: str, reason: str, proposals: int) -> Finding:
    """A publisher lost its last feed: it can bring no news until a person decides."""
    waits = "Its site names another: accept it under Proposals." if proposals else "No other was found on its site."
    text = f"{name} has no feed left. {url} is gone: {reason or 'its server says so'}. {waits}"
    return FEED_GONE.found(name, text, {"proposals": proposals})


SILENCE = Alarm(
    "silent",
    "Publishers are silent",
    WARNING,
    "no news for longer than the publisher's own rhythm explains",
    _silence_of,
    asked_of="active_publishers",
    subject="name",
)
FEED_GONE = Alarm(
    "feed_gone",
    "Publishers without a feed",
    WARNING,
    "a publisher has no feed left",
    lambda row, _: feed_gone(row.name, row.url, row.reason, row.proposals),
    asked_of="feedless",
    subject="name",
)
ALARMS = (SILENCE, FEED_GONE)
