"""The ledger of runs: which pages a run took on, what each stage said, and if it balances."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from newsflow import sharding
from newsflow.clock import Clock
from newsflow.errors import NewsflowError
from newsflow.isolation.cores import tasks_at_once
from newsflow.model import StageReport
from newsflow.outcomes import Outcome, Stage
from newsflow.run_check import FunnelStage
from newsflow.settings import Settings
from newsflow.store import bad_rows, queries
from newsflow.store.db import connect, session, transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import check_schema

log = logging.getLogger(__name__)

TAKEOVER_S = 5.0  # the server may need a moment to notice that the process before is gone
CLOCK = "The clock of a machine was wrong: times in the future were stored. What they put off is due again."
BROKEN_OFF = "Not good: broken off before its check; the next run took over."


@dataclass
class Work:
    """A step at work: its connection and the counts that people watch.

    `tokens` has a random word for each of its starts, this one's last. It fences off a predecessor that has lost its
    connection, and so its lock, but not its life: what it still writes has other names (Kleppmann, How to do
    distributed locking, 2016). So has what a database wrote that was since restored from a backup.
    """

    conn: Connection
    run_id: int
    stage: Stage
    shard: int
    clock: Clock
    tokens: Sequence[str] = ("",)
    counts: dict[str, int] = field(default_factory=dict)
    label: str = ""

    @property
    def token(self) -> str:
        """This start's word, for the names of what it writes."""
        return self.tokens[-1]

    def count(self, outcome: str, pages: int = 1) -> None:
        """Add pages to an outcome's count."""
        if not pages:
            return
        self.counts[str(outcome)] = self.counts.get(str(outcome), 0) + pages

    def save(self, *, ended_at: datetime | None = None) -> None:
        """Write the counts in the caller's transaction, or in one of their own."""
        queries.runs.progress(
            self.conn,
            run_id=self.run_id,
            stage=str(self.stage),
            shard=self.shard,
            counts=self.counts,
            label=self.label,
            ended_at=ended_at,
        )

    def refuse(self, page: int, why: str) -> None:
        """End a page that the database refuses, as `bad_row`, in the caller's transaction."""
        end = partial(queries.runs.end_refused, self.conn, page=page, outcome=str(Outcome.BAD_ROW), detail=why)
        unended = bad_rows.accepted(self.conn, lambda: end(now=self.clock()))
        note = partial(queries.runs.note_refused, self.conn, run_id=self.run_id, page=page, stage=str(self.stage))
        unnoted = bad_rows.accepted(self.conn, lambda: note(outcome=str(Outcome.BAD_ROW)))
        log.warning("page %d: the database refuses it in %s: %s", page, self.stage, unnoted or unended or why)
        self.count(Outcome.BAD_ROW)

    def savepoint(self) -> AbstractContextManager[None]:
        """A part of a transaction; where it raises, it is undone, and so is what it counted."""
        return self._undoing(bad_rows.savepoint(self.conn))

    def transaction(self) -> AbstractContextManager[None]:
        """The same for a whole transaction."""
        return self._undoing(transaction(self.conn))

    @contextmanager
    def _undoing(self, part: AbstractContextManager[object]) -> Iterator[None]:
        before, label = dict(self.counts), self.label
        try:
            with part:
                yield
        except BaseException:
            self.counts, self.label = before, label
            raise

    def report(self, started: datetime) -> StageReport:
        """What the step did, small enough for XCom."""
        seconds = (self.clock() - started).total_seconds()
        return StageReport(self.stage, sum(self.counts.values()), dict(self.counts), self.label, round(seconds, 3))


def _begun(conn: Connection, run_id: int, stage: Stage, shard: int, clock: Clock) -> Work:
    """A step with the counts of its earlier attempts, so that a retry of a finished one says what was done."""
    begun = queries.runs.begin_stage(conn, run_id=run_id, stage=str(stage), shard=shard, now=clock())
    step = Work(conn, run_id, stage, shard, clock, begun.tokens, label=begun.label)
    if stage is Stage.BACKFILL:  # it counts records, which have no rows; its counts are stored with its progress
        step.counts = dict(begun.counts)
    elif begun.attempts > 1:
        step.counts = {
            row.outcome: row.pages for row in queries.runs.done(conn, run_id=run_id, stage=stage, shard=shard)
        }
    return step


def _cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


@contextmanager
def work(settings: Settings, run_id: int, stage: Stage, shard: int, clock: Clock) -> Iterator[Work]:
    """Open a step: its connection, its lock against a half-dead predecessor, its row in `run_stage`."""
    conn = connect(settings.dsn, application=f"newsflow {stage} {run_id}/{shard}")
    try:
        check_schema(conn)
        with lock(conn, "newsflow.step", run_id, stage, shard):
            with transaction(conn):
                queries.runs.reopen(conn, run_id=run_id)
                step = _begun(conn, run_id, stage, shard, clock)
            before = _cpu_s()
            yield step
            with transaction(conn):
                step.save(ended_at=clock())
                used = _cpu_s() - before
                queries.runs.note_cpu(conn, run_id=run_id, stage=str(stage), shard=shard, seconds=used)
    finally:
        conn.close()


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


def plan(
    conn: Connection,
    run_id: int,
    settings: Settings,
    now: datetime,
    *,
    publishers: list[str] | None = None,
    limit: int | None = None,
) -> list[queries.runs.ShardsRow]:
    """Take due pages and stragglers into the run; returns its shards.

    For fetch, an origin belongs to exactly one shard, so that politeness needs no lock between tasks. Extract asks
    nobody: the pages of each origin are dealt out to all shards, so that what costs much and what fails is, too.
    """
    with transaction(conn):
        sizes = {row.origin_id: row.pages for row in queries.runs.due_origins(conn, now=now, publishers=publishers)}
        due = min(sum(sizes.values()), limit or sys.maxsize)
        places = _places(conn, run_id, sizes, _shards(settings, due))
        to_extract = _shards(settings, due + queries.runs.count_captured(conn))
        queries.runs.plan_fetch(
            conn,
            run_id=run_id,
            now=now,
            publishers=publishers,
            limit=limit,
            origins=list(places),
            shards=list(places.values()),
            extract_shards=to_extract,
        )
        queries.runs.plan_waiting(conn, run_id=run_id, shards=to_extract)
        return queries.runs.shards(conn, run_id=run_id)


def _shards(settings: Settings, pages: int) -> int:
    return sharding.count(pages, settings.shard_pages, tasks_at_once(settings.shards))


def _places(conn: Connection, run_id: int, sizes: Mapping[int, int], shards: int) -> dict[int, int]:
    """The shard of each origin; those that an earlier attempt has placed stay where they are."""
    placed = {row.origin_id: (row.shard, row.pages) for row in queries.runs.placed_origins(conn, run_id=run_id)}
    return sharding.spread(sizes, shards, placed)


def place_origins(conn: Connection, run_id: int, settings: Settings) -> None:
    """Cut the pages that a run is to fetch into shards anew, by origin; none of them may be at work."""
    with transaction(conn):
        sizes = {row.origin_id: row.pages for row in queries.runs.placed_origins(conn, run_id=run_id)}
        places = sharding.spread(sizes, _shards(settings, sum(sizes.values())))
        queries.runs.place(conn, run_id=run_id, origins=list(places), shards=list(places.values()))


def funnel(conn: Connection, run_id: int) -> list[FunnelStage]:
    """Stage by stage, what went in and which outcome took it out."""
    stages: dict[str, dict[str | None, int]] = {}
    for found in queries.runs.funnel(conn, run_id=run_id):
        stages.setdefault(found.stage, {})[found.outcome] = found.pages
    return [
        FunnelStage(name, sum(by.values()), {k: v for k, v in by.items() if k}, by.get(None, 0))
        for name, by in stages.items()
    ]
