"""The ledger of runs: which pages a run took on, what each stage said, and if it balances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.model import StageReport
from newsflow.outcomes import Stage
from newsflow.run_check import FunnelStage
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import connect, transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import check_schema


@dataclass
class Work:
    """A step at work: its connection and the counts that people watch.

    `attempt` counts its starts. It fences off a predecessor that has lost its connection, and so its
    lock, but not its life: what it still writes has other names (Kleppmann, How to do distributed locking, 2016).
    """

    conn: Connection
    run_id: int
    stage: Stage
    shard: int
    clock: Clock
    attempt: int = 1
    counts: dict[str, int] = field(default_factory=dict)
    label: str = ""

    def count(self, outcome: str, pages: int = 1) -> None:
        """Add pages to an outcome's count."""
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

    def report(self, started: datetime) -> StageReport:
        """What the step did, small enough for XCom."""
        seconds = (self.clock() - started).total_seconds()
        return StageReport(self.stage, sum(self.counts.values()), dict(self.counts), self.label, round(seconds, 3))


@contextmanager
def work(settings: Settings, run_id: int, stage: Stage, shard: int, clock: Clock) -> Iterator[Work]:
    """Open a step: its connection, its lock against a half-dead predecessor, its row in `run_stage`."""
    conn = connect(settings.dsn, application=f"newsflow {stage} {run_id}/{shard}")
    try:
        with lock(conn, "newsflow.step", run_id, stage, shard):
            with transaction(conn):
                attempt = queries.runs.begin_stage(conn, run_id=run_id, stage=str(stage), shard=shard, now=clock())
            step = Work(conn, run_id, stage, shard, clock, attempt)
            yield step
            with transaction(conn):
                step.save(ended_at=clock())
    finally:
        conn.close()


def start(
    conn: Connection, dag_id: str, dag_run_id: str, now: datetime, params: Mapping[str, Any], *, alone: bool = False
) -> int:
    """Open a run (or find it again after a retry); returns its `run_id`.

    :param alone: this Dag has one active run at most, so that earlier ones still marked running
        are dead: they are closed, and what they held is free to be taken over.
    :raises MigrationError: where the database has not the schema of this release.
    """
    check_schema(conn)
    with transaction(conn):
        if alone:
            queries.runs.close_dead(conn, dag_id=dag_id, dag_run_id=dag_run_id, now=now)
        found = queries.runs.start(conn, dag_id=dag_id, dag_run_id=dag_run_id, now=now, params=dict(params))
    return int(found)


def plan(
    conn: Connection,
    run_id: int,
    settings: Settings,
    now: datetime,
    *,
    publishers: list[str] | None = None,
    limit: int | None = None,
) -> list[queries.runs.ShardsRow]:
    """Take due pages and stragglers into the run; returns rows (shard, pages, origins, first_origin).

    An origin belongs to exactly one shard, so that politeness needs no lock between tasks.
    """
    with transaction(conn):
        due = queries.runs.count_due(conn, now=now, publishers=publishers)
        shards = max(1, min(settings.shards, -(-min(due, limit or due) // settings.shard_pages)))
        queries.runs.plan_fetch(conn, run_id=run_id, now=now, publishers=publishers, limit=limit, shards=shards)
        queries.runs.plan_waiting(conn, run_id=run_id, now=now, shards=shards)
        return queries.runs.shards(conn, run_id=run_id)


def funnel(conn: Connection, run_id: int) -> list[FunnelStage]:
    """Stage by stage, what went in and which outcome took it out."""
    stages: dict[str, dict[str | None, int]] = {}
    for found in queries.runs.funnel(conn, run_id=run_id):
        stages.setdefault(found.stage, {})[found.outcome] = found.pages
    return [
        FunnelStage(name, sum(by.values()), {k: v for k, v in by.items() if k}, by.get(None, 0))
        for name, by in stages.items()
    ]
