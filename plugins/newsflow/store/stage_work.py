"""A stage's step at work on a shard of a run: its lock, its counts, and what the ledger says of it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.model import StageReport
from newsflow.outcomes import Outcome, Stage
from newsflow.settings import Settings
from newsflow.store import bad_rows, queries
from newsflow.store.db import connect, transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import check_schema

log = logging.getLogger(__name__)


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
