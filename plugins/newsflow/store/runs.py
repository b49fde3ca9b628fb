"""The ledger of runs: how a run begins and ends, and what became of its pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.errors import NewsflowError
from newsflow.run_check import FunnelStage
from newsflow.store import queries
from newsflow.store.db import session, transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import check_schema

log = logging.getLogger(__name__)

TAKEOVER_S = 5.0  # the server may need a moment to notice that the process before is gone
CLOCK = "The clock of a machine was wrong: times in the future were stored. What they put off is due again."
BROKEN_OFF = "Not good: broken off before its check; the next run took over."


Scheduler = Callable[[str, str], bool | None]
"""Whether a scheduler still works on a Dag run (its Dag, its name); None where it can't tell."""


def nobody_knows(dag_id: str, dag_run_id: str) -> bool | None:
    """The `Scheduler` of those who have none to ask."""
    return None


def start(
    conn: Connection,
    dag_id: str,
    dag_run_id: str,
    now: datetime,
    params: Mapping[str, Any],
    *,
    alone: bool = False,
    in_process: bool = False,
    scheduler: Scheduler = nobody_knows,
) -> int:
    """Close the dead runs, whose pages are free then, and open a run (or find it again after a retry).

    :param alone: this Dag has one active run at most, so that earlier ones that nobody works on are dead.
    :param in_process: this process does the whole run, and holds its lock already.
    :return: its `run_id`.
    :raises MigrationError: where the database has not the schema of this release.
    """
    check_schema(conn)
    close_dead(conn, now, lambda *run: False if alone and run[0] == dag_id else scheduler(*run), but=dag_run_id)
    mend_times(conn, now)
    with transaction(conn):
        run_id = queries.runs.start(
            conn, dag_id=dag_id, dag_run_id=dag_run_id, now=now, params=dict(params), in_process=in_process
        )
        queries.runs.reopen(conn, run_id=run_id)
    return run_id


def mend_times(conn: Connection, now: datetime) -> None:
    """Make due what waits for a time that only a wrong clock can have written, and raise the alarm `clock`."""
    with transaction(conn):
        if times := queries.runs.mend_times(conn, now=now, sentence=CLOCK):
            log.warning("%s (%d rows)", CLOCK, times)


def close_dead(conn: Connection, now: datetime, scheduler: Scheduler, *, but: str = "") -> None:
    """Close the runs that nobody works on and nobody will: what they held is free for others.

    A run in a process is dead once its lock is free. A scheduler's run is dead where the scheduler says so; where it
    can't tell, after an hour without a sign of life (`ingest.is_alive`). Closed by mistake, a run opens again with
    its next step.

    :param but: name of a run that is about to begin.
    """
    with transaction(conn):
        for run in queries.runs.unattended(conn):
            lives = None if run.in_process else scheduler(run.dag_id, run.dag_run_id)
            if lives:
                queries.runs.note_alive(conn, run_id=run.run_id)
            elif run.dag_run_id != but and (lives is False or run.in_process or run.is_quiet):
                queries.runs.break_off(conn, run_id=run.run_id, verdict=BROKEN_OFF, now=now)


@contextmanager
def own_run(
    dsn: str, dag_id: str, dag_run_id: str, params: Mapping[str, Any], clock: Clock, *, application: str = "newsflow"
) -> Iterator[int]:
    """A run that this process does whole; however it ends, the ledger knows at once, or the next run finds out.

    :raises LockedError: where another process does it.
    :raises MigrationError: where the database has not the schema of this release.
    """
    with session(dsn, application=application) as conn:
        check_schema(conn)  # an older one may lack the locks themselves
        # locked before anybody sees it: a run in a process is dead as soon as its lock is free
        with lock(conn, "newsflow.run", dag_id, dag_run_id, wait_s=TAKEOVER_S):
            yield from _owned(conn, dag_id, dag_run_id, params, clock)


def _owned(conn: Connection, dag_id: str, dag_run_id: str, params: Mapping[str, Any], clock: Clock) -> Iterator[int]:
    run_id = start(conn, dag_id, dag_run_id, clock(), params, in_process=True)
    try:
        yield run_id
    except BaseException as error:
        with suppress(psycopg2.Error), transaction(conn):
            queries.runs.stop(conn, run_id=run_id, verdict=_broken_by(error), now=clock())
        raise


def _broken_by(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Not good: stopped by a person; the next run goes on."
    told = error.strerror if isinstance(error, OSError) else str(error) if isinstance(error, NewsflowError) else ""
    return f"Not good: broken off ({(told or type(error).__name__).splitlines()[0][:200]}); the next run goes on."


def funnel(conn: Connection, run_id: int) -> list[FunnelStage]:
    """Stage by stage, what went in and which outcome took it out."""
    stages: dict[str, dict[str | None, int]] = {}
    for found in queries.runs.funnel(conn, run_id=run_id):
        stages.setdefault(found.stage, {})[found.outcome] = found.pages
    return [
        FunnelStage(name, sum(by.values()), {k: v for k, v in by.items() if k}, by.get(None, 0))
        for name, by in stages.items()
    ]
