"""The watch: count the days, judge them, keep the alarms, tell people. Safe to run at any moment."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock, utcnow
from newsflow.names import COMMAND_PREFIX, NEWS_POLL, NIGHTLY
from newsflow.ops import alarms, history, messages
from newsflow.ops.alarms import Answer, Finding, JudgedRun, Undecided
from newsflow.ops.history import Day
from newsflow.ops.pages import sentence
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import advisory_lock, session, transaction

log = logging.getLogger(__name__)

WINDOW = timedelta(days=70)


@dataclass
class Judgement:
    """What the rules said: findings, and the alarms that they could not decide on."""

    findings: list[Finding] = field(default_factory=list)
    undecided: set[tuple[str, str]] = field(default_factory=set)

    def add(self, cause: str, subject: str, answer: Answer, publisher_id: int | None = None) -> None:
        """Keep an answer under its alarm's key."""
        if isinstance(answer, Finding):
            self.findings.append(Finding(cause, subject, answer.severity, answer.sentence, answer.facts, publisher_id))
        elif answer is Undecided.CANT_TELL:
            self.undecided.add((cause, subject))


@dataclass(frozen=True, slots=True)
class Report:
    """What a watch did."""

    opened: int
    resolved: int
    lasting: int
    told: int
    failures: tuple[str, ...]


def watch(settings: Settings, *, known: Sequence[Finding] = (), clock: Clock = utcnow) -> Report:
    """Judge the present, keep the alarms and send what nobody was told of.

    :param known: what the caller has found wrong by other means, such as a missed deadline.
    """
    now = clock()
    with session(settings.dsn, application="newsflow watch") as conn, advisory_lock(conn, "newsflow.watch"):
        count(conn, now)
        with transaction(conn):
            result = judge(conn, settings, now)
            result.findings += known
            opened, resolved, lasting = _keep(conn, result, now)
        told, failures = _tell(conn, settings, now)
    log.info("alarms: %d opened, %d resolved, %d last; %d messages", opened, resolved, lasting, told)
    return Report(opened, resolved, lasting, told, tuple(failures))


def count(conn: Connection, now: datetime) -> None:
    """Bring `ingest.publisher_day` up to now; yesterday is counted again, for runs over midnight."""
    with transaction(conn):
        last: date | None = queries.ops.last_counted(conn)
        since = min(last, now.date()) - timedelta(days=1) if last else (now - WINDOW).date()
        begin = datetime.combine(since, time(), timezone.utc)
        queries.ops.count_days(conn, since=begin, until=now + timedelta(days=1))


def judge(conn: Connection, settings: Settings, now: datetime) -> Judgement:
    """Put all rules to the tables."""
    result = Judgement()
    days = history.read(queries.ops.days(conn, since=(now - WINDOW).date(), publishers=None))
    known = queries.ops.active_publishers(conn)
    opened = {(a.cause, a.subject): a.opened_at for a in queries.ops.lasting_alarms(conn)}
    outage = _runs(conn, result, now, len(known), opened.get(("run_late", "")))
    judge_publishers(result, known, days, opened, now, outage=outage)
    _feeds(conn, result)
    _stories(conn, result)
    _consumers(conn, result, settings, now)
    _disk(conn, result, settings, now)
    return result


def _runs(conn: Connection, result: Judgement, now: datetime, publishers: int, late_since: datetime | None) -> bool:
    found = queries.ops.runs(conn, since=now - WINDOW, dags=[*NIGHTLY, NEWS_POLL], limit=200)
    asked = next((r for r in found if r.stages.get("poll")), None)
    outage = alarms.own_outage(asked.stages["poll"] if asked else {}, publishers)
    result.add("own_outage", "", outage)
    nightly = [
        JudgedRun(r.dag_run_id, r.state, r.started_at, r.ended_at, r.verdict or "")
        for r in found
        if r.dag_id in NIGHTLY
    ][:30]
    result.add("run_failed", "", alarms.failed_run(nightly, outage=isinstance(outage, Finding)))
    result.add(
        "run_late", "", alarms.late_run([r for r in nightly if not r.name.startswith(COMMAND_PREFIX)], now, late_since)
    )
    return isinstance(outage, Finding)


def judge_publishers(
    result: Judgement,
    known: Sequence[queries.ops.ActivePublishersRow],
    days: Mapping[int, Sequence[Day]],
    opened: Mapping[tuple[str, str], datetime],
    now: datetime,
    *,
    outage: bool,
) -> None:
    """Put the rules about publishers to their days.

    :param known: rows of `ops.active_publishers`.
    :param opened: since when alarms last, by (cause, subject).
    :param outage: whether we ourselves are cut off now, so that nothing is decided.
    """
    blind = alarms.blind_days(days)
    for row in known:
        own = days.get(row.publisher_id, [])
        seen = [d for d in own if d.day not in blind]
        for cause in ("yield_drift", "length_drift"):
            since = opened.get((cause, row.name))
            answer = _content(cause, row.name, seen, since.date() if since else None, now) if not outage else None
            result.add(cause, row.name, answer or Undecided.CANT_TELL, row.publisher_id)
        why = sentence(row.feed_outcome) if row.feed_outcome else ""
        quiet = alarms.silence(row.name, _complete(own, now), blind, why)
        result.add("silent", row.name, Undecided.CANT_TELL if outage else quiet, row.publisher_id)


def _content(cause: str, name: str, seen: Sequence[Day], opened: date | None, now: datetime) -> Answer:
    """Judge today against the days before the fault, so that a fault never becomes its own past."""
    today = now.date()
    past = [d for d in seen if d.day < min(opened or today, today)]
    recent = [d for d in seen if d.day >= (opened or today - timedelta(days=alarms.POOLED - 1))]
    if not recent or recent[-1].day != today:
        return Undecided.CANT_TELL
    if cause == "yield_drift":
        return alarms.drift(name, past, recent, lasting=opened is not None)
    return alarms.length(name, past, recent[-1])


def _complete(days: Sequence[Day], now: datetime) -> list[Day]:
    """The days without today, unless today has had news or most of its usual polls."""
    polls = sorted(d.polls for d in days if d.polls)
    usual = polls[len(polls) // 2] if polls else 1
    return [d for d in days if d.day < now.date() or d.new_entries or d.polls >= 0.8 * usual]


def _feeds(conn: Connection, result: Judgement) -> None:
    for row in queries.ops.feedless(conn):
        found = alarms.feed_gone(row.name, row.url, row.reason, row.proposals)
        result.add("feed_gone", row.name, found, row.publisher_id)


def _stories(conn: Connection, result: Judgement) -> None:
    for row in queries.ops.large_stories(conn):
        found = alarms.large_story(row.story_id, row.members, row.detail)
        result.add("story_too_large", found.subject, found)


def _consumers(conn: Connection, result: Judgement, settings: Settings, now: datetime) -> None:
    limit = timedelta(hours=settings.alarm_lag_h)
    for row in queries.ops.consumers(conn):
        oldest = now - row.oldest if row.oldest else timedelta()
        result.add("consumer_lag", row.name, alarms.lag(row.name, row.behind, oldest, limit))


def _disk(conn: Connection, result: Judgement, settings: Settings, now: datetime) -> None:
    if "://" in settings.archive_url:
        return
    folder = Path(settings.archive_url).expanduser().absolute()
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    grown = queries.ops.archive_growth(conn, now=now, since=now - timedelta(days=14))
    pace = grown.bytes / grown.days if grown.bytes else 0.0
    result.add("disk", "", alarms.disk(usage.free, usage.total, pace, warn_days=settings.alarm_disk_days))


def _keep(conn: Connection, result: Judgement, now: datetime) -> tuple[int, int, int]:
    """Open, prolong and end alarms; gives how many were opened, ended, and last."""
    lasting = {(a.cause, a.subject) for a in queries.ops.lasting_alarms(conn)}
    found = {(f.cause, f.subject): f for f in result.findings}
    for f in found.values():
        queries.ops.raise_alarm(
            conn,
            cause=f.cause,
            subject=f.subject,
            publisher_id=f.publisher_id,
            severity=f.severity,
            sentence=f.sentence,
            facts=json.dumps(dict(f.facts)),
            now=now,
        )
    over = lasting - found.keys() - result.undecided
    for cause, subject in sorted(over):
        queries.ops.resolve_alarm(conn, cause=cause, subject=subject, now=now)
    return len(found.keys() - lasting), len(over), len(lasting | found.keys()) - len(over)


def _tell(conn: Connection, settings: Settings, now: datetime) -> tuple[int, list[str]]:
    from airflow.configuration import conf

    from newsflow.ops.notify import send

    untold = queries.ops.untold_alarms(conn)
    conn.rollback()
    composed = messages.compose(
        untold, settings.ui_url or conf.get("api", "base_url", fallback="") or "http://localhost:8080"
    )
    needless = {a.alarm_id for a in untold if a.resolved_at is not None and not a.told}
    taken, failures = send(settings, composed)
    with transaction(conn):
        ids = [i for m in taken for i in m.alarm_ids] + sorted(needless)
        queries.ops.mark_told(conn, ids=ids, now=now)
    return len(taken), failures
