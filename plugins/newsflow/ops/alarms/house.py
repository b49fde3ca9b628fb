"""Alarms about what we keep, and about the house: the disk, the clock, stories, those who read the changes. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from newsflow.ops.alarms.judgement import CRITICAL, WARNING, Alarm, Answer, Finding, Present, Undecided
from newsflow.text.counted import counted

TIGHT_BYTES, TIGHT_SHARE = 2e9, 0.03  # less free is critical, whatever the pace
TIGHT_DAYS = 3
CLOCK_LASTS = timedelta(days=1)
ENDLESS = float("inf")
GB = 1e9


def disk(free: float, total: float, bytes_a_day: float, *, warn_days: float) -> Answer:
    """The disk of the archive fills: by days left at the present pace, or by what is free.

    :param free: bytes, as are `total` and `bytes_a_day`.
    """
    left = free / bytes_a_day if bytes_a_day > 0 else ENDLESS
    tight = free < TIGHT_BYTES or free / total < TIGHT_SHARE
    if left >= warn_days and not tight:
        return Undecided.CLEAR
    grows = left < ENDLESS
    pace = f", enough for {left:.0f} days at {bytes_a_day / GB:.2f} GB a day" if grows else ""
    return DISK.found(
        "",
        f"The archive's disk fills: {free / GB:.1f} GB free ({free / total:.0%}){pace}.",
        {"free": int(free), "days_left": round(left, 1) if grows else None},
        severity=CRITICAL if tight or left < TIGHT_DAYS else WARNING,
    )


def large_story(story_id: int, members: int, detail: str) -> Finding:
    """A story has so many members that something other than syndication may tie them together."""
    sentence = f"Story {story_id} has {members} articles: is it a template rather than a wire copy? {detail}".strip()
    return STORY_TOO_LARGE.found(str(story_id), sentence, {"members": members})


def lost_captures(captures: int, ended: int) -> Finding:
    """Captures could not be read from the archive when they were to be extracted.

    :param ended: pages that are not fetched again, since they came from others' files or were lost again and again.
    """
    again = f", {counted(ended, 'page')} can't be fetched again" if ended else "; their pages are fetched again"
    sentence = f"Lost or damaged in the archive: {counted(captures, 'capture')} of the last two days{again}."
    return CAPTURE_LOST.found("archive", sentence, {"captures": captures, "ended": ended})


def lag(name: str, behind: int, oldest: timedelta, limit: timedelta) -> Answer:
    """A consumer of `news.changes` has not read for long."""
    if not behind or oldest <= limit:
        return Undecided.CLEAR
    sentence = f"Consumer {name} is {behind} changes behind, the oldest {oldest.total_seconds() / 3600:.0f} hours old."
    return CONSUMER_LAG.found(name, sentence, {"behind": behind})


def _disk_of(_row: Any, present: Present) -> Answer:
    if present.disk is None:
        return Undecided.CLEAR
    return disk(present.disk.free, present.disk.total, present.disk.bytes_a_day, warn_days=present.disk_days)


def _lag_of(row: Any, present: Present) -> Answer:
    oldest = present.now - row.oldest if row.oldest else timedelta()
    return lag(row.name, row.behind, oldest, present.lag)


def _clock_of(_row: Any, present: Present) -> Answer:
    """Whoever finds wrong times raises it (`runs.mend_times`); it lasts a day, for what those nights wrote stays."""
    opened = present.opened.get((CLOCK.cause, ""))
    return Undecided.CANT_TELL if opened and present.now - opened < CLOCK_LASTS else Undecided.CLEAR


CLOCK = Alarm(
    "clock",
    "A machine's clock was wrong",
    CRITICAL,
    "times were stored that lie further ahead than anything waits",
    _clock_of,
)
DISK = Alarm(
    "disk",
    "The archive's disk fills",
    WARNING,
    "the archive's disk is full within two weeks",
    _disk_of,
)
STORY_TOO_LARGE = Alarm(
    "story_too_large",
    "A story is too large",
    WARNING,
    "deduplicate finds a story too large",
    lambda row, _: large_story(row.story_id, row.members, row.detail),
    asked_of="large_stories",
    subject="story_id",
)
CAPTURE_LOST = Alarm(
    "capture_lost",
    "The archive has lost captures",
    CRITICAL,
    "a capture can't be read from the archive when it is to be extracted",
    lambda row, _: lost_captures(row.captures, row.ended),
    asked_of="lost_captures",
    subject="place",
)
CONSUMER_LAG = Alarm(
    "consumer_lag",
    "A consumer is behind",
    WARNING,
    "a consumer of changes is a day behind",
    _lag_of,
    asked_of="consumers",
    subject="name",
)
ALARMS = (DISK, CLOCK, CAPTURE_LOST, STORY_TOO_LARGE, CONSUMER_LAG)
