"""The jobs of maintenance, each on its own: one that fails does not keep the others from running."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock, utcnow
from newsflow.errors import NewsflowError
from newsflow.load.search_index import catch_up
from newsflow.maintain.retraction import retract
from newsflow.publishers import moves
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import ready_session

PARTITIONED = ("ingest.poll", "ingest.fetch_log", "ingest.sketch_hash", "news_internal.revision")
BATCH = 5_000
_HOUR, _DAY = timedelta(0), timedelta(hours=20)  # a day's job may begin a little early

Result = dict[str, Any]
Job = Callable[[Settings, Connection, datetime], Result]


class MaintenanceError(NewsflowError):
    """Some jobs failed; the others are done."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a job did, or `error`, why it could not; seconds of wall time."""

    job: str
    result: Mapping[str, Any]
    seconds: float
    error: str = ""


def months_ahead(now: datetime, ahead: int) -> list[date]:
    """First days of this month and the next `ahead` ones.

    >>> months_ahead(datetime(2026, 11, 22), 2)
    [datetime.date(2026, 11, 1), datetime.date(2026, 12, 1), datetime.date(2027, 1, 1)]
    """
    first = now.year * 12 + now.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(first, first + ahead + 1)]


def partitions(settings: Settings, conn: Connection, now: datetime) -> Result:
    """Make the partitions of this month and the next ones."""
    made = []
    for parent in PARTITIONED:
        for month in months_ahead(now, settings.partitions_ahead):
            with transaction(conn):
                made.append(queries.maintain.add_partition(conn, parent=parent, month=month))
    return {"made": [name for name in made if name]}


def _before(now: datetime, days: int) -> datetime | None:
    return now - timedelta(days=days) if days else None


def _batches(conn: Connection, trim: Callable[[], int]) -> int:
    """Repeat a bounded query, a transaction each, until it finds nothing more; the number of rows that it found."""
    done = 0
    while True:
        with transaction(conn):
            found = trim()
        if not found:
            return done
        done += found


def _expire_logs(settings: Settings, conn: Connection, now: datetime) -> Iterator[tuple[str, Any]]:
    limits = {
        "ingest.poll": (queries.maintain.trim_polls, settings.retain_polls_days),
        "ingest.fetch_log": (queries.maintain.trim_fetch_log, settings.retain_fetch_log_days),
        "ingest.sketch_hash": (queries.maintain.trim_sketches, settings.retain_sketches_days),
        "news_internal.revision": (queries.maintain.trim_revisions, settings.retain_revisions_days),
    }
    for parent, (trim, days) in limits.items():
        before = _before(now, days)
        if before:
            with transaction(conn):
                dropped = queries.maintain.drop_partitions(conn, parent=parent, before=before)
                trimmed = trim(conn, before=before)
            yield parent, {"dropped": dropped, "rows": trimmed}


def _expire_rows(settings: Settings, conn: Connection, now: datetime) -> Iterator[tuple[str, Any]]:
    limits: Mapping[str, tuple[Callable[..., int], int]] = {
        "body_copies": (queries.maintain.drop_body_copies, settings.retain_body_copies_days),
        "extractions": (queries.maintain.trim_extractions, settings.retain_extractions_days),
        "bodies": (partial(queries.maintain.trim_bodies, now=now), settings.retain_bodies_days),
        "runs": (queries.maintain.trim_runs, settings.retain_runs_days),
        "changes": (queries.maintain.trim_changes, settings.retain_changes_days),
    }
    for name, (trim, days) in limits.items():
        before = _before(now, days)
        if before:
            yield name, _batches(conn, partial(trim, conn, before=before, batch=BATCH))


def _expire_articles(settings: Settings, conn: Connection, now: datetime) -> int:
    before, done = _before(now, settings.retain_articles_days), 0
    while before:
        with transaction(conn):
            old = queries.maintain.old_articles(conn, before=before, batch=500)
        if not old:
            break
        why = f"older than {settings.retain_articles_days} days"
        retract(conn, old, why, now, kind="purged")
        done += len(old)
    return done


def _expire_captures(settings: Settings, conn: Connection, now: datetime) -> int:
    before = _before(now, settings.retain_captures_days)
    if not before:
        return 0
    from newsflow.store.archive import Archive
    from newsflow.store.archive_retention import prune

    return sum(1 for _ in prune(conn, Archive(settings.archive_url), before, now))


def retention(settings: Settings, conn: Connection, now: datetime) -> Result:
    """Delete what is older than its setting; nothing that is not set."""
    result: Result = dict(_expire_logs(settings, conn, now))
    result.update(_expire_rows(settings, conn, now))
    result["articles"] = _expire_articles(settings, conn, now)
    with transaction(conn):
        result["entries_wiped"] = queries.retract.wipe_entries(conn)
    result["capture_files"] = _expire_captures(settings, conn, now)
    with transaction(conn):
        queries.maintain.trim_figures(conn, before=now - timedelta(days=settings.retain_figures_days))
    return result


def reap(settings: Settings, conn: Connection, now: datetime) -> Result:
    """End readers' sessions that are overdue; returns them as data, with the reason."""
    with transaction(conn):
        ended = queries.maintain.reap(
            conn,
            longest=timedelta(minutes=settings.reap_query_minutes),
            idlest=timedelta(minutes=settings.reap_idle_minutes),
        )
    return {"ended": [{"pid": e.pid, "role": e.role, "why": e.why} for e in ended]}


def search(settings: Settings, conn: Connection, now: datetime) -> Result:
    """Index what a broken load left unindexed."""
    return {"indexed": catch_up(conn, utcnow)}


def statistics(settings: Settings, conn: Connection, now: datetime) -> Result:
    """Renew the planner's statistics of the large tables."""
    with transaction(conn):
        queries.maintain.analyze_article(conn)
    return {}


def figures(settings: Settings, conn: Connection, now: datetime) -> Result:
    """Measure sizes, dead rows, lags and free space for the operations pages."""
    with transaction(conn):
        queries.maintain.measure(conn, now=now)
        for place in {str(settings.home.expanduser()), settings.archive_url}:
            _measure_disk(conn, place, now)
    return {}


def _measure_disk(conn: Connection, place: str, now: datetime) -> None:
    try:
        usage = shutil.disk_usage(place)
    except OSError:
        return  # not there yet, or an object store
    share = usage.free / usage.total
    for name, value, unit in (("disk_free", usage.free, "bytes"), ("disk_free_share", share, "share")):
        queries.maintain.note_figure(conn, now=now, name=name, subject=place, value=value, unit=unit)


def publishers(settings: Settings, conn: Connection, now: datetime) -> Result:
    """Carry on renamings and mergers that broke off, and what came in late for them."""
    return {"followed": moves.resume(conn, clock=lambda: now)}


# job: how old its last good end must be for it to be due
JOBS: dict[str, tuple[Job, timedelta]] = {
    "reap": (reap, _HOUR),
    "search": (search, _HOUR),
    "figures": (figures, _HOUR),
    "partitions": (partitions, _DAY),
    "retention": (retention, _DAY),
    "statistics": (statistics, _DAY),
    "publishers": (publishers, _DAY),
}

DELETES = {"retention"}
_PAUSE = timedelta(days=7)

# These wait for nobody: the reaper must end the very sessions that hold others up.
BESIDE_OTHERS = {"reap"}


def run(
    settings: Settings, names: Sequence[str] = (), *, force: bool = False, clock: Clock = utcnow
) -> list[JobReport]:
    """Run the jobs that are due (or those that are named), one after the other.

    :raises MaintenanceError: at the end, where a job failed.
    :raises LockedError: where another maintenance did not end while we waited; the reaper has done its work then.
    :raises KeyError: for an unknown job.
    """
    chosen = [(name, *JOBS[name]) for name in names or JOBS]
    with ready_session(settings.dsn, application="newsflow maintain") as conn:
        run_due = partial(_run_due, settings, conn, asked=bool(names) or force, clock=clock)
        reports = run_due([one for one in chosen if one[0] in BESIDE_OTHERS])
        with lock(conn, "newsflow.maintain"):
            reports += run_due([one for one in chosen if one[0] not in BESIDE_OTHERS])
    failed = [f"{r.job}: {r.error}" for r in reports if r.error]
    if failed:
        raise MaintenanceError("; ".join(failed))
    return reports


def _run_due(
    settings: Settings, conn: Connection, jobs: Sequence[tuple[str, Job, timedelta]], *, asked: bool, clock: Clock
) -> list[JobReport]:
    """Run those of the jobs that are due; all of them, and as they are, where a person asked for them."""
    due = [
        (name, job if asked else _patient(conn, name, job, clock()))
        for name, job, every in jobs
        if asked or _due(conn, name, every, clock())
    ]
    return [_run_one(settings, conn, name, job, clock) for name, job in due]


def _due(conn: Connection, name: str, every: timedelta, now: datetime) -> bool:
    with transaction(conn):
        ended = queries.maintain.last_end(conn, job=name)
    return ended is None or now - ended >= every


def _patient(conn: Connection, name: str, job: Job, now: datetime) -> Job:
    """What deletes by age waits a day after a pause: a clock that ran ahead looks the same."""
    with transaction(conn):
        ended = queries.maintain.last_end(conn, job=name)
    paused = ended is not None and now - ended > _PAUSE
    return _wait if name in DELETES and paused else job


def _wait(settings: Settings, conn: Connection, now: datetime) -> Result:
    return {"waits": "a day, for the clock may be wrong: the last time is long ago"}


def _run_one(settings: Settings, conn: Connection, name: str, job: Job, clock: Clock) -> JobReport:
    started = clock()
    result: Result = {}
    error = ""
    with transaction(conn):
        queries.maintain.begin(conn, job=name, now=started)
    try:
        result = job(settings, conn, started)
    except (psycopg2.Error, OSError) as trouble:
        conn.rollback()
        error = (str(trouble).strip() or type(trouble).__name__).splitlines()[0][:500]
    else:
        with transaction(conn):
            queries.maintain.end(conn, job=name, now=clock(), result=result)
    return JobReport(name, result, (clock() - started).total_seconds(), error)
