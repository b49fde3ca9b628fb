"""A backfill as plain Python: its own two steps, then the nightly run's."""

from __future__ import annotations

from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.backfill import page_sources, step
from newsflow.backfill.request import BackfillRequest
from newsflow.clock import Clock, utcnow
from newsflow.model import StageReport
from newsflow.names import COMMAND_PREFIX, NEWS_BACKFILL
from newsflow.outcomes import Stage
from newsflow.pipeline import Funnel, Shard
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.migrate import ready_session
from newsflow.store.stage_work import work
from newsflow.text.counted import counted

# Seconds of one fetch task: less than the 24 h that Airflow gives the tasks of news_backfill.
FETCH_BUDGET_S = 20 * 3600.0

Totals = queries.backfill.TotalsRow  # progress over a run's WARC files: bytes and records


def unfinished(settings: Settings, request: BackfillRequest) -> str | None:
    """Name of the command's newest run of the same request that did not come to its end."""
    with ready_session(settings.dsn) as conn:
        found = queries.backfill.unfinished(
            conn,
            dag_id=NEWS_BACKFILL,
            prefix=f"{COMMAND_PREFIX}%",
            params=request.as_params(),
        )
    return str(found) if found else None


def plan(settings: Settings, run_id: int, request: BackfillRequest, *, clock: Clock = utcnow) -> list[Shard]:
    """List the files and register the pages to fetch; returns the shards that read files (at least one).

    It is a step of its own: where it fails, `check` finds it without an end, though nothing else is missing.
    """
    with work(settings, run_id, Stage.BACKFILL, 0, clock):
        page_sources.discover(settings, run_id, request, clock=clock)
        shards = step.plan_files(settings, run_id, request, clock=clock)
    return [_shard(settings, run_id, n) for n in range(shards)] or [Shard(0, 0, "no files")]


def _shard(settings: Settings, run_id: int, number: int) -> Shard:
    found = totals(settings, run_id, number)
    return Shard(number, found.files, f"{counted(found.files, 'file')}, {found.bytes / 1e6:.0f} MB")


def read(
    settings: Settings, run_id: int, shard: int, request: BackfillRequest, *, clock: Clock = utcnow
) -> StageReport:
    """Read a shard's WARC files into captures."""
    return pipeline.log_report(step.read(settings, run_id, shard, request, clock=clock))


def shards(settings: Settings, run_id: int) -> list[Shard]:
    """The shards of fetch and extract (at least one)."""
    with ready_session(settings.dsn) as conn:
        found = queries.runs.shards(conn, run_id=run_id)
    return [Shard(r.shard, r.to_extract, counted(r.to_extract, "page")) for r in found] or [Shard(0, 0, "no pages")]


def totals(settings: Settings, run_id: int, shard: int | None = None) -> Totals:
    """Progress of the run's files, or of a shard's."""
    with ready_session(settings.dsn) as conn:
        return totals_of(conn, run_id, shard)


def totals_of(conn: Connection, run_id: int, shard: int | None = None) -> Totals:
    """As `totals`, over a connection that is there."""
    return queries.backfill.totals(conn, run_id=run_id, shard=shard)


def check(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> Funnel:
    """The gate of a backfill: the funnel balances and each file was read; an archive's share of articles is free.

    :raises RunFailedError: with the verdict as message.
    """
    free = settings.model_copy(update={"check_min_loaded": 0.0})
    failed = totals(settings, run_id).failed
    also = [f"{counted(failed, 'file')} could not be read to the end (newsflow backfill status)"] if failed else []
    return pipeline.check(free, run_id, also=also, clock=clock)


def fetch(settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow) -> StageReport:
    """Fetch a shard's pages. Nobody waits for a backfill, so that slow sites are asked to the end of its day."""
    patient = {"fetch_budget_s": FETCH_BUDGET_S, "fetch_tail_s": FETCH_BUDGET_S}
    return pipeline.fetch(settings.model_copy(update=patient), run_id, shard, clock=clock)


def run_all(
    settings: Settings, dag_run_id: str, request: BackfillRequest, *, dag_id: str = NEWS_BACKFILL, clock: Clock = utcnow
) -> Funnel:
    """The whole backfill in this process; the same name goes on with a run that was killed.

    :raises RunFailedError: where the check fails.
    """
    with pipeline.own_run(settings, dag_id, dag_run_id, request, clock=clock) as run_id:
        return run_steps(settings, run_id, request, clock=clock)


def run_steps(settings: Settings, run_id: int, request: BackfillRequest, *, clock: Clock = utcnow) -> Funnel:
    """The steps of a backfill that is open.

    :raises RunFailedError: where the check fails.
    """
    settings = pipeline.alone(settings)
    for shard in plan(settings, run_id, request, clock=clock):
        read(settings, run_id, shard.shard, request, clock=clock)
    waiting = shards(settings, run_id)
    for shard in waiting:
        fetch(settings, run_id, shard.shard, clock=clock)
    for shard in waiting:
        pipeline.extract(settings, run_id, shard.shard, clock=clock)
    pipeline.deduplicate(settings, run_id, clock=clock)
    pipeline.load(settings, run_id, clock=clock)
    return check(settings, run_id, clock=clock)
