"""The watch: count the days, judge them, keep the alarms, tell people. Safe to run at any moment."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock, utcnow
from newsflow.names import NIGHTLY
from newsflow.ops import history, levels, messages
from newsflow.ops.alarms import ALARMS, judgement
from newsflow.ops.alarms.judgement import DiskUse, JudgedRun, Judgement, OpenGap, Present
from newsflow.ops.alarms.runs import blind_days, own_outage
from newsflow.ops.disk_usage import archive_disk
from newsflow.settings import Settings
from newsflow.store import publisher_days, queries, runs
from newsflow.store.db import transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import ready_session

log = logging.getLogger(__name__)

NIGHTS = 30  # newest nightly runs that are judged
ALIKE = 5  # publishers that fail in the same way are one incident
SAME_NIGHTS = timedelta(days=3)  # where they began to within these
WELL = 0.8  # share of them that is well again when it is over


@dataclass(frozen=True, slots=True)
class Report:
    """What a watch did."""

    opened: int
    resolved: int
    lasting: int
    told: int
    failures: tuple[str, ...]


def watch(
    settings: Settings,
    *,
    scheduler: runs.Scheduler = runs.nobody_knows,
    clock: Clock = utcnow,
) -> Report:
    """Close dead runs, judge the present, keep the alarms and send what nobody was told of."""
    now = clock()
    with ready_session(settings.dsn, application="newsflow watch") as conn, lock(conn, "newsflow.watch"):
        runs.mend_times(conn, now)
        runs.close_dead(conn, now, scheduler)
        publisher_days.count(conn, now)
        with transaction(conn):
            result = judge(conn, settings, now)
            opened, resolved, lasting = _keep(conn, result, now)
            _keep_incidents(conn, now)
            queries.ops.note_judged(conn, now=now)
        told, failures = _tell(conn, settings, now)
    log.info("alarms: %d opened, %d resolved, %d last; %d messages", opened, resolved, lasting, told)
    return Report(opened, resolved, lasting, told, tuple(failures))


def judge(conn: Connection, settings: Settings, now: datetime) -> Judgement:
    """Put the rules of all alarms to the tables."""
    rows = {name: _rows(conn, name) for name in sorted({alarm.asked_of for alarm in ALARMS if alarm.asked_of})}
    return judgement.judge(ALARMS, rows, _present(conn, settings, now))


def _rows(conn: Connection, name: str) -> Sequence[Any]:
    found: Sequence[Any] = getattr(queries.ops, name)(conn)
    return found


def _present(conn: Connection, settings: Settings, now: datetime) -> Present:
    counted = queries.ops.days(conn, since=(now - publisher_days.WINDOW).date(), publishers=None)
    days = history.read(row for row in counted if row.day <= now.date())  # a wrong clock counts days to come
    nightly = queries.ops.runs(conn, since=now - publisher_days.WINDOW, dags=[*NIGHTLY], limit=NIGHTS)
    gap = queries.ops.own_outage(conn)
    return Present(
        now=now,
        disk_days=settings.alarm_disk_days,
        lag=timedelta(hours=settings.alarm_lag_h),
        opened={(a.cause, a.subject): min(a.opened_at, now) for a in queries.ops.lasting_alarms(conn)},
        runs=[_judged(run) for run in nightly if not run.is_partial],
        outage=own_outage(OpenGap(gap.from_at, gap.detail) if gap else None),
        days=days,
        blind=(blind := blind_days(days)),
        tide=levels.tides({n: levels.seen_days(own, blind, None) for n, own in days.items()}),
        disk=_disk(conn, settings, now),
    )


def _judged(run: queries.ops.RunsRow) -> JudgedRun:
    return JudgedRun(run.dag_run_id, run.state, run.started_at, run.ended_at, run.verdict or "")


def _disk(conn: Connection, settings: Settings, now: datetime) -> DiskUse | None:
    usage = archive_disk(settings)
    if usage is None:
        return None
    grown = queries.ops.archive_growth(conn, now=now, since=now - timedelta(days=14))
    return DiskUse(usage.free, usage.total, grown.bytes / grown.days if grown.bytes else 0.0)


def _keep(conn: Connection, result: Judgement, now: datetime) -> tuple[int, int, int]:
    """Open, prolong and end alarms; gives how many were opened, ended, and last."""
    lasting = {(a.cause, a.subject) for a in queries.ops.lasting_alarms(conn)}
    found = {(f.cause, f.subject): f for f in result.findings}
    for f in found.values():
        queries.ops.raise_alarm(
            conn,
            cause=f.cause,
            subject=f.subject,
            shared=f.shared,
            publisher_id=f.publisher_id,
            severity=f.severity,
            sentence=f.sentence,
            facts=dict(f.facts),
            now=now,
        )
    over = lasting - found.keys() - result.undecided
    for cause, subject in sorted(over):
        queries.ops.resolve_alarm(conn, cause=cause, subject=subject, now=now)
    return len(found.keys() - lasting), len(over), len(lasting | found.keys()) - len(over)


def _keep_incidents(conn: Connection, now: datetime) -> None:
    """Take together what fails in the same way since the same nights; let what was snoozed come back."""
    queries.ops.open_incidents(conn, since=now - SAME_NIGHTS, alike=ALIKE)
    queries.ops.join_incidents(conn)
    queries.ops.end_incidents(conn, now=now, well=WELL)
    queries.ops.wake_alarms(conn, now=now)


def _tell(conn: Connection, settings: Settings, now: datetime) -> tuple[int, list[str]]:
    from airflow.configuration import conf

    from newsflow.ops.notify import channels, send

    untold = queries.ops.untold_alarms(conn, now=now)
    conn.rollback()
    address = settings.ui_url or conf.get("api", "base_url", fallback="") or "http://localhost:8080"
    composed = messages.compose(untold, address, channels(settings))
    _mark(conn, sorted(a.alarm_id for a in untold if a.resolved_at is not None and not a.told), now)
    taken: list[messages.Message] = []

    def note(message: messages.Message) -> None:
        _mark(conn, message.alarm_ids, now)
        taken.append(message)

    failures = send(settings, composed, note)
    return len(taken), failures


def _mark(conn: Connection, alarms: Sequence[int], now: datetime) -> None:
    with transaction(conn):
        queries.ops.mark_told(conn, ids=list(alarms), now=now)
