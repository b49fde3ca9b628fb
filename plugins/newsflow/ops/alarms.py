"""When is something wrong? Pure rules over days, runs and figures; each gives a finding, clears, or can't tell.

Rules compare a publisher with its own past, by weekday where there is enough of it, with
statistics that a few odd days can't bend. Nothing is decided while we ourselves were blind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise
from math import exp, log, prod
from statistics import median
from typing import Any

from newsflow.ops import rhythm
from newsflow.ops.history import Day
from newsflow.ops.robust_statistics import at_most, mad

WARNING, CRITICAL = "warning", "critical"
CHANCE = 1e-5  # a yield that its own past would give once in 100,000 nights is drift
DROP = 0.15  # and it has to matter: so much of all captures more than usual are lost
POOLED = 4  # nights that are looked at together, for publishers with few pages
FEW = 4  # fewer captures than this say nothing
LENGTH = log(1.8)  # a median body 1.8 times shorter or longer
WILD = 5  # robust standard deviations
SILENT = 3e-4  # chance of so long a silence, from its own rhythm
BLIND = 0.8  # share of polls that fail by the network when it is our own outage
NETWORK = frozenset({"dns_error", "connect_error", "tls_error", "connection_lost", "deadline", "own_outage"})


class Undecided(Enum):
    """What a rule says that finds nothing wrong."""

    CLEAR = "clear"  # it is well: an open alarm is over
    CANT_TELL = "can't tell"  # no evidence: an open alarm stays


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong; `cause` names the runbook, (cause, subject) the alarm."""

    cause: str
    subject: str
    severity: str
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    publisher_id: int | None = None


Answer = Finding | Undecided


def _expected(days: Sequence[Day], on: date) -> float | None:
    """Share of readable captures that the past promises at least, or None for too little past.

    The pooled share of the days near the median, less its own standard error and twice what
    the days vary beyond chance.
    """
    enough = [d for d in days if d.extracted >= FEW] or [d for d in days if d.extracted]
    same = [d for d in enough if d.day.weekday() == on.weekday()]
    chosen = same if sum(d.extracted for d in same) >= 50 and len(same) >= 4 else enough
    if sum(d.extracted for d in chosen) < 20 or len(chosen) < 3:
        return None
    shares = [d.readable / d.extracted for d in chosen]
    near = [d for d, share in zip(chosen, shares, strict=True) if share >= median(shares) - 0.25]
    captures = sum(d.extracted for d in near)
    pooled = (sum(d.readable for d in near) + 0.5) / (captures + 1)
    error = float((pooled * (1 - pooled) / captures) ** 0.5)
    by_chance = pooled * (1 - pooled) / median(d.extracted for d in chosen)
    beyond = float(max(0.0, mad(shares) ** 2 - by_chance) ** 0.5)
    return max(0.0, pooled - error - 2 * beyond)


def drift(name: str, past: Sequence[Day], recent: Sequence[Day], *, lasting: bool = False) -> Answer:
    """Fewer captures become articles than the publisher's own past promises: its template changed.

    :param past: days before the fault, oldest first, without those on which we were blind.
    :param recent: the newest days, the last of them under judgement.
    :param lasting: whether the alarm is open; it is over when enough captures are as good as before.
    """
    if not recent:
        return Undecided.CANT_TELL
    today, nights = recent[-1], list(recent[-POOLED:])
    expected = _expected(past, today.day)
    if expected is None:
        return Undecided.CLEAR
    for window in ([today],) if lasting else ([today], nights):
        extracted, readable = sum(d.extracted for d in window), sum(d.readable for d in window)
        if today.extracted and extracted >= FEW and _lost(extracted, readable, expected):
            return _drifted(name, window, expected)
    return _recovered([today] if today.extracted >= FEW or not lasting else nights, expected)


def _recovered(window: Sequence[Day], expected: float) -> Undecided:
    extracted, readable = sum(d.extracted for d in window), sum(d.readable for d in window)
    back = extracted >= FEW and expected - readable / extracted < DROP
    return Undecided.CLEAR if back else Undecided.CANT_TELL


def _lost(extracted: int, readable: int, expected: float) -> bool:
    return expected - readable / extracted >= DROP and at_most(readable, extracted, expected) < CHANCE


def _drifted(name: str, window: Sequence[Day], expected: float) -> Finding:
    extracted, readable = sum(d.extracted for d in window), sum(d.readable for d in window)
    codes: dict[str, int] = {}
    for day in window:
        for code, pages in day.failures.items():
            codes[code] = codes.get(code, 0) + int(pages)
    why = max(codes, key=lambda c: codes[c], default="")
    sentence = f"{name}: only {readable} of {extracted} captures became articles, usually {expected:.0%} or more"
    facts = {"readable": readable, "extracted": extracted, "usual": round(expected, 3), "commonest": why}
    return Finding(
        "yield_drift", name, WARNING, f"{sentence}; mostly {why.replace('_', ' ')}." if why else f"{sentence}.", facts
    )


def length(name: str, past: Sequence[Day], today: Day) -> Answer:
    """Bodies are much shorter or longer than ever: a silent template change (teasers, or boilerplate).

    The median of n bodies varies like 1/√n, so a day weighs by √n; a short past is widened as
    Student's t would widen it.
    """
    known = [(log(d.words), d.readable**0.5) for d in past if d.words and d.readable >= 3]
    if len(known) < 7:
        return Undecided.CLEAR
    if not today.words or today.readable < 3:
        return Undecided.CANT_TELL
    middle = median(words for words, _ in known)
    shift = log(today.words) - middle
    spread = mad([(words - middle) * weight for words, weight in known]) * (1 + 6 / len(known))
    if abs(shift) <= max(LENGTH, WILD * spread / today.readable**0.5):
        return Undecided.CLEAR
    usual = exp(middle)
    word = "shorter" if shift < 0 else "longer"
    sentence = f"{name}: bodies are much {word} than usual, {today.words:.0f} words instead of {usual:.0f}."
    return Finding("length_drift", name, WARNING, sentence, {"words": round(today.words), "usual": round(usual)})


def silence(name: str, days: Sequence[Day], blind: Collection[date], why: str = "") -> Answer:
    """No news for longer than the publisher's own rhythm explains.

    :param days: oldest first, the last one complete; days without polls, or when we were blind, say nothing.
    :param blind: days of our own outages.
    :param why: what its feeds answer, where they fail.
    """
    looked = [d for d in days if d.polls and d.day not in blind]
    last = max((i for i, d in enumerate(looked) if d.new_entries), default=None)
    if last is None or last + 1 < 14:
        return Undecided.CLEAR
    days_since, quiet = looked[last + 1 :], rhythm.quiets(looked[: last + 1])
    if not days_since:
        return Undecided.CLEAR
    chance = prod(quiet[d.day.weekday()] for d in days_since)
    missed = sum(1 - quiet[d.day.weekday()] for d in days_since)
    if chance >= SILENT or missed < 1.5 or missed <= rhythm.longest(looked[: last + 1], quiet) + 1:
        return Undecided.CANT_TELL
    since = looked[last].day
    sentence = f"{name} is silent since {since:%a %d %b}: {missed:.0f} times news was due and none came"
    facts = {"since": since.isoformat(), "missed": round(missed, 1), "chance": round(chance, 5)}
    return Finding("silent", name, WARNING, f"{sentence}; {why}" if why else f"{sentence}.", facts)


def own_outage(polls: Mapping[str, int], publishers: int) -> Answer:
    """Nearly all feeds fail by the network at once: it is us, and no publisher is blamed.

    :param polls: polls of the newest run, by outcome.
    :param publishers: how many publishers have active feeds.
    """
    asked = sum(polls.values())
    failed = sum(number for code, number in polls.items() if code in NETWORK)
    if not asked:
        return Undecided.CANT_TELL
    if publishers < 3 or asked < 3 or failed / asked < BLIND:
        return Undecided.CLEAR
    kinds = ", ".join(f"{c.replace('_', ' ')} {n}" for c, n in polls.items() if c in NETWORK)
    sentence = f"Our own network failed: {failed} of {asked} polls got no answer ({kinds}). No publisher is blamed."
    return Finding("own_outage", "", CRITICAL, sentence, {"failed": failed, "asked": asked})


def blind_days(days: Mapping[int, Sequence[Day]]) -> frozenset[date]:
    """Days on which most polls of all publishers failed by the network."""
    polls: dict[date, int] = {}
    failed: dict[date, int] = {}
    for publisher in days.values():
        for d in publisher:
            polls[d.day] = polls.get(d.day, 0) + d.polls
            failed[d.day] = failed.get(d.day, 0) + sum(n for c, n in d.poll_failures.items() if c in NETWORK)
    return frozenset(day for day, number in polls.items() if number >= 3 and failed[day] >= BLIND * number)


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run of the nightly Dag, as the ledger has it."""

    name: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    verdict: str


def failed_run(runs: Sequence[JudgedRun], *, outage: bool) -> Answer:
    """The newest ended run was not good (our own outage has an alarm of its own).

    :param runs: newest first.
    """
    last = next((r for r in runs if r.state != "running"), None)
    if last is None:
        return Undecided.CANT_TELL
    if last.state == "success" or outage:
        return Undecided.CLEAR
    sentence = (
        f"The run of {last.started_at:%a %d %b %H:%M} UTC failed. {last.verdict or 'It broke off before its check.'}"
    )
    return Finding("run_failed", "", CRITICAL, sentence, {"run": last.name})


def missed_deadline(dag_run_id: str, due: datetime) -> Finding:
    """Airflow's deadline of a run passed before it ended, whether or not its first step began."""
    sentence = f"The run {dag_run_id} was to be done by {due:%a %d %b %H:%M} UTC and is not."
    return Finding("run_late", "", CRITICAL, sentence, {"run": dag_run_id})


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
    if len(runs) < 3:
        return Undecided.CLEAR
    pauses = [(a.started_at - b.started_at).total_seconds() for a, b in pairwise(runs)]
    took = [(r.ended_at - r.started_at).total_seconds() for r in runs if r.ended_at]
    waited, usual = (now - runs[0].started_at).total_seconds(), median(pauses)
    if runs[0].state == "running":
        limit = max(3 * median(took), 3600.0) if took else 6 * 3600.0
        if waited <= limit:
            return Undecided.CLEAR
        sentence = (
            f"The run of {runs[0].started_at:%a %d %b %H:%M} UTC is still at work after {waited / 3600:.1f} hours."
        )
        return Finding("run_late", "", CRITICAL, sentence, {"hours": round(waited / 3600, 1)})
    if waited <= usual + max(0.25 * usual, 3600.0):
        return Undecided.CLEAR
    sentence = (
        f"No run since {runs[0].started_at:%a %d %b %H:%M} UTC; one was due {(waited - usual) / 3600:.1f} hours ago."
    )
    return Finding("run_late", "", CRITICAL, sentence, {"hours": round(waited / 3600, 1)})


def disk(free: float, total: float, bytes_a_day: float, *, warn_days: float) -> Answer:
    """The disk of the archive fills: by days left at the present pace, or by what is free.

    :param free: bytes, as are `total` and `bytes_a_day`.
    """
    left = free / bytes_a_day if bytes_a_day > 0 else float("inf")
    tight = free < 2e9 or free / total < 0.03
    if left >= warn_days and not tight:
        return Undecided.CLEAR
    pace = f", enough for {left:.0f} days at {bytes_a_day / 1e9:.2f} GB a day" if left != float("inf") else ""
    sentence = f"The archive's disk fills: {free / 1e9:.1f} GB free ({free / total:.0%}){pace}."
    severity = CRITICAL if tight or left < 3 else WARNING
    facts = {"free": int(free), "days_left": None if left == float("inf") else round(left, 1)}
    return Finding("disk", "", severity, sentence, facts)


def feed_gone(name: str, url: str, reason: str, proposals: int) -> Finding:
    """A publisher lost its last feed: it can bring no news until a person decides."""
    waits = "Its site names another: accept it under Proposals." if proposals else "No other was found on its site."
    sentence = f"{name} has no feed left. {url} is gone: {reason or 'its server says so'}. {waits}"
    return Finding("feed_gone", name, WARNING, sentence, {"proposals": proposals})


def large_story(story_id: int, members: int, detail: str) -> Finding:
    """A story has so many members that something other than syndication may tie them together."""
    sentence = f"Story {story_id} has {members} articles: is it a template rather than a wire copy? {detail}".strip()
    return Finding("story_too_large", str(story_id), WARNING, sentence, {"members": members})


def lag(name: str, behind: int, oldest: timedelta, limit: timedelta) -> Answer:
    """A consumer of `news.changes` has not read for long."""
    if not behind or oldest <= limit:
        return Undecided.CLEAR
    sentence = f"Consumer {name} is {behind} changes behind, the oldest {oldest.total_seconds() / 3600:.0f} hours old."
    return Finding("consumer_lag", name, WARNING, sentence, {"behind": behind})
