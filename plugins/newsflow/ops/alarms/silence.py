"""Alarms about publishers that bring no news, or can't, or more than runs have time for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import prod
from typing import Any

from newsflow.ops import rhythm
from newsflow.ops.alarms.judgement import WARNING, Alarm, Answer, Finding, Present, Undecided
from newsflow.ops.history import Day
from newsflow.ops.words import sentence

SILENT = 3e-4  # chance of so long a silence, from its own rhythm
MISSED = 1.5  # news that must have been due at least and did not come
BEHIND = timedelta(days=2)  # a night may be short of time; two in a row don't catch up by themselves
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
    found = silence(row.name, complete(present.days.get(row.publisher_id, ()), present.now), present.blind, why)
    return replace(found, shared=row.feed_outcome or "") if isinstance(found, Finding) else found


def complete(days: Sequence[Day], now: datetime) -> list[Day]:
    """A publisher's days without today, unless today has had news or most of its usual polls."""
    polls = sorted(d.polls for d in days if d.polls)
    most = 0.8 * (polls[len(polls) // 2] if polls else 1)
    return [d for d in days if d.day < now.date() or d.new_entries or d.polls >= most]


def feed_gone(name: str, url: str, reason: str, proposals: int) -> Finding:
    """A publisher lost its last feed: it can bring no news until a person decides."""
    waits = "Its site names another: accept it under Proposals." if proposals else "No other was found on its site."
    text = f"{name} has no feed left. {url} is gone: {reason or 'its server says so'}. {waits}"
    return FEED_GONE.found(name, text, {"proposals": proposals})


def page_differs(url: str, polls: int, meaning: str, reason: str) -> Finding:
    """A page that is polled for its links to articles is not what it was."""
    text = (
        f"{url} has been read otherwise than ever in {polls} polls in a row. {meaning} {reason[:1].upper()}{reason[1:]}"
    )
    return PAGE_DIFFERS.found(url, f"{text.rstrip('. ')}.", {"polls": polls})


def behind(name: str, pages: int, waited: timedelta, crawl_delay_s: float | None) -> Answer:
    """Pages that run after run has no time for: their publisher is behind, and falls behind further.

    :param waited: age of the oldest of them.
    """
    if waited < BEHIND:
        return Undecided.CLEAR
    asks = f"Its robots.txt asks for {crawl_delay_s:.0f} s between two requests." if crawl_delay_s else ""
    text = f"{pages} pages of {name} wait for a run with time for them, the oldest for {waited.days} days. {asks}"
    return FALLS_BEHIND.found(name, text.strip(), {"pages": pages, "days": waited.days})


def _behind_of(row: Any, present: Present) -> Answer:
    return behind(row.name, row.pages, present.now - row.since, row.crawl_delay_s)


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
FALLS_BEHIND = Alarm(
    "falls_behind",
    "Publishers fall behind",
    WARNING,
    "pages of a publisher wait for two days, since runs have no time left for them",
    _behind_of,
    asked_of="out_of_time",
    subject="name",
)
PAGE_DIFFERS = Alarm(
    "page_differs",
    "Pages that are not what they were",
    WARNING,
    "a page that is polled as a feed shows none, or far fewer, of the links that it always showed",
    lambda row, _: page_differs(row.url, row.failures, row.sentence, row.reason),
    asked_of="changed_pages",
    subject="url",
)
ALARMS = (SILENCE, FEED_GONE, PAGE_DIFFERS, FALLS_BEHIND)
