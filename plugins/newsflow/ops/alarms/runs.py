"""Alarms about the nightly run, and about our own network. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from newsflow.names import COMMAND_PREFIX
from newsflow.ops.alarms.judgement import CRITICAL, Alarm, Answer, JudgedRun, OpenGap, Present, Undecided
from newsflow.ops.history import Day
from newsflow.outcomes import Reach, where

BLIND = 0.8  # share of polls without an answer on a day that says nothing of any publisher
FEW_POLLS = 3  # fewer say nothing of us
UNSEEN = where(lambda it: it.reach in (Reach.UNREACHED, Reach.UNANSWERED))  # a poll that saw nothing of its feed
FEW_RUNS = 3  # a rhythm of fewer is none
HOUR = timedelta(hours=1)
STUCK = timedelta(hours=6)  # the limit of a run at work, where too few have ended before


def failed_run(runs: Sequence[JudgedRun], *, outage: bool) -> Answer:
    """The newest ended run was not good (our own outage has an alarm of its own).

    :param runs: newest first.
    """
    last = next((r for r in runs if r.state != "running"), None)
    if last is None:
        return Undecided.CANT_TELL
    if last.state == "success" or outage:
        return Undecided.CLEAR
    verdict = last.verdict or "It broke off before its check."
    return RUN_FAILED.found("", f"{_run_of(last)} failed. {verdict}", {"run": last.name})


def late_run(runs: Sequence[JudgedRun], now: datetime, opened: datetime | None = None) -> Answer:
    """No run began when one was due, or one takes far longer than usual; it is over when a run has ended.

    :param runs: newest first; the usual pause and duration are medians of these.
    :param opened: when the alarm was raised, where it lasts.
    """
    answer = _late_by_its_past(runs, now)
    if answer is Undecided.CLEAR and opened and not any(r.ended_at and r.ended_at > opened for r in runs):
        return Undecided.CANT_TELL
    return answer


def _late_by_its_past(runs: Sequence[JudgedRun], now: datetime) -> Answer:
    if not runs:
        return Undecided.CLEAR
    waited = now - runs[0].started_at
    if runs[0].state == "running":
        sentence = f"{_run_of(runs[0])} is still at work after {waited / HOUR:.1f} hours."
        late = waited > _longest_work(runs)
    elif len(runs) < FEW_RUNS:
        return Undecided.CLEAR
    else:
        usual = _median([a.started_at - b.started_at for a, b in pairwise(runs)])
        began = f"{runs[0].started_at:%a %d %b %H:%M}"
        sentence = f"No run since {began} UTC; one was due {(waited - usual) / HOUR:.1f} hours ago."
        late = waited > usual + max(0.25 * usual, HOUR)
    return RUN_LATE.found("", sentence, {"hours": round(waited / HOUR, 1)}) if late else Undecided.CLEAR


def _longest_work(runs: Sequence[JudgedRun]) -> timedelta:
    """How long a run may be at work: three times the usual, and an hour at least."""
    took = [r.ended_at - r.started_at for r in runs if r.ended_at]
    return max(3 * _median(took), HOUR) if len(took) >= FEW_RUNS - 1 else STUCK


def _median(spans: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(span.total_seconds() for span in spans))


def _run_of(run: JudgedRun) -> str:
    return f"The run of {run.started_at:%a %d %b %H:%M} UTC"


def own_outage(gap: OpenGap | None) -> Answer:
    """An outage of our own lasts: it is us, and no publisher is blamed.

    :param gap: that of all feeds; poll opens and ends it by `newsflow.web.outage`, which alone judges outages.
    """
    if gap is None:
        return Undecided.CLEAR
    return OWN_OUTAGE.found("", gap.detail, {"since": gap.from_at.isoformat()})


def blind_days(days: Mapping[int, Sequence[Day]]) -> frozenset[date]:
    """Days on which most polls of all publishers failed by the network."""
    polls: Counter[date] = Counter()
    failed: Counter[date] = Counter()
    for day in (day for own in days.values() for day in own):
        polls[day.day] += day.polls
        failed[day.day] += sum(number for code, number in day.poll_failures.items() if code in UNSEEN)
    return frozenset(day for day, number in polls.items() if number >= FEW_POLLS and failed[day] >= BLIND * number)


def _late_of(_row: Any, present: Present) -> Answer:
    # a run by hand keeps no rhythm, so a scheduled one is due in spite of it
    scheduled = [r for r in present.runs if not r.name.startswith(COMMAND_PREFIX)]
    return late_run(scheduled, present.now, present.opened.get((RUN_LATE.cause, "")))


RUN_FAILED = Alarm(
    "run_failed",
    "The nightly run failed",
    CRITICAL,
    "the newest ended run was not good",
    lambda _, present: failed_run(present.runs, outage=present.is_cut_off),
)
RUN_LATE = Alarm(
    "run_late",
    "The nightly run is late",
    CRITICAL,
    "no run began when one was due, or one takes three times the usual time",
    _late_of,
)
OWN_OUTAGE = Alarm(
    "own_outage",
    "Our own network failed",
    CRITICAL,
    "five or more origins fail by the network at once, and nobody answers",
    lambda _, present: present.outage,
)
ALARMS = (RUN_FAILED, RUN_LATE, OWN_OUTAGE)
