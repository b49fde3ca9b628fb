"""The nightly run as plain Python: the steps in order, over the tables, without Airflow.

`dags/news_ingest.py` calls these functions from tasks, `newsflow run` calls them in
process; both do the same work and can take over from each other.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import connection as Connection

from newsflow import sharding
from newsflow.clock import Clock, utcnow
from newsflow.errors import NewsflowError
from newsflow.model import StageReport
from newsflow.names import COMMAND
from newsflow.outcomes import Stage
from newsflow.request import Request, RequestError, RunRequest, only
from newsflow.run_check import FunnelStage, Left, Verdict, judge, judge_polls
from newsflow.settings import Settings
from newsflow.store import publisher_days, queries, run_shards, runs
from newsflow.store.db import transaction
from newsflow.store.migrate import ready_session
from newsflow.text.counted import counted

if TYPE_CHECKING:
    from newsflow.poll.claims import PollShard

log = logging.getLogger(__name__)

MOST_NAMED = 5  # unknown names that one message tells
NIGHT = ("poll", "fetch", "extract", "deduplicate", "load")  # the stages that a night consists of


@dataclass(frozen=True, slots=True)
class Shard:
    """A share of a run's work: one mapped task of fetch and of extract; the one's pages are not the other's.

    :param pages: that it is to extract, once they are fetched.
    """

    shard: int
    pages: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Funnel:
    """A run in numbers: polls by outcome, pages by stage and outcome, and the verdict."""

    run_id: int
    polls: Mapping[str, int]
    stages: tuple[FunnelStage, ...]
    verdict: Verdict
    extra: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the asset event and `--json` carry it."""
        return {
            "run_id": self.run_id,
            "verdict": self.verdict.sentence,
            "polls": dict(self.polls),
            "stages": {
                s.stage: {"taken": s.taken, "passed": s.passed, "outcomes": dict(s.outcomes)} for s in self.stages
            },
            **self.extra,
        }


def open_run(
    settings: Settings,
    dag_id: str,
    dag_run_id: str,
    request: Request = RunRequest(),
    *,
    alone: bool = False,
    scheduler: runs.Scheduler = runs.nobody_knows,
    clock: Clock = utcnow,
) -> int:
    """Open a run of a scheduler, or find it again when its first task is retried; returns its number.

    :param alone: as `runs.start` has it, as is `scheduler`.
    :raises RequestError: where it names a publisher or a feed that nobody has.
    """
    with ready_session(settings.dsn) as conn:
        _refuse_unknown(conn, request)
        return runs.start(conn, dag_id, dag_run_id, clock(), request.as_params(), alone=alone, scheduler=scheduler)


def own_run(
    settings: Settings, dag_id: str, dag_run_id: str, request: Request = RunRequest(), *, clock: Clock = utcnow
) -> AbstractContextManager[int]:
    """Open a run that this process does whole, and hold its lock; gives its number.

    :raises LockedError: where another process does it.
    :raises RequestError: where it names a publisher or a feed that nobody has.
    """
    with ready_session(settings.dsn) as conn:
        _refuse_unknown(conn, request)
    return runs.own_run(settings.dsn, dag_id, dag_run_id, request.as_params(), clock)


def _refuse_unknown(conn: Connection, request: Request) -> None:
    if not isinstance(request, RunRequest):
        return
    unknown = queries.runs.unknown(conn, publishers=request.publishers, feeds=request.feeds)
    conn.rollback()
    if unknown:
        names = ", ".join(row.name for row in unknown[:MOST_NAMED])
        raise RequestError(f"nobody has added {names}: `newsflow feeds list` shows the publishers and feeds")


class RunNotBegunError(NewsflowError):
    """No run of this name stands in the ledger."""


def find_run(settings: Settings, dag_id: str, dag_run_id: str) -> int:
    """The number of a run.

    :raises RunNotBegunError: where its first step never began.
    """
    with ready_session(settings.dsn) as conn:
        found = queries.runs.find(conn, dag_id=dag_id, dag_run_id=dag_run_id)
    if found is None:
        raise RunNotBegunError(f"run {dag_run_id} of {dag_id} has not begun: its first step failed")
    return found


def poll(settings: Settings, run_id: int, request: RunRequest = RunRequest(), *, clock: Clock = utcnow) -> list[Shard]:
    """Ask the feeds, then take the due pages into the run; returns its shards (at least one)."""
    for shard in claim(settings, run_id, request, clock=clock):
        ask(settings, run_id, shard.shard, clock=clock)
    await_polls(settings, run_id, request, clock=clock)
    close_polls(settings, clock=clock)
    return plan(settings, run_id, request, clock=clock)


def claim(
    settings: Settings, run_id: int, request: RunRequest = RunRequest(), *, clock: Clock = utcnow
) -> list[PollShard]:
    """Take the feeds that are due in hand; returns their shards (at least one)."""
    from newsflow.poll.claims import claim as step

    shards = step(
        settings,
        run_id,
        publishers=only(request.publishers),
        feeds=only(request.feeds),
        force=request.force,
        clock=clock,
    )
    log.info("took %d feeds in hand, in %d shards", sum(s.feeds for s in shards), len(shards))
    return shards


def ask(settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow) -> StageReport:
    """Ask a shard's feeds."""
    from newsflow.poll.step import ask as step

    return log_report(step(settings, run_id, shard, clock=clock))


def await_polls(settings: Settings, run_id: int, request: RunRequest = RunRequest(), *, clock: Clock = utcnow) -> None:
    """Wait for the feeds that another run asks just now, so that their pages come into this run."""
    from newsflow.poll.claims import await_others as step

    step(settings, run_id, publishers=only(request.publishers), feeds=only(request.feeds), clock=clock)


def close_polls(settings: Settings, *, clock: Clock = utcnow) -> None:
    """What polling leaves to do once all shards have ended."""
    from newsflow.poll.closing import close as step

    step(settings, clock=clock)


def end_polls(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> int:
    """End a run that asks the feeds and takes on no pages, as `news_poll` does between the nights; returns its polls.

    :raises RunFailedError: where a shard did not end. Its feeds are due again, as the run holds them no longer.
    """
    with ready_session(settings.dsn) as conn, transaction(conn):
        asked = sum(r.polls for r in queries.runs.polls(conn, run_id=run_id))
        held = queries.runs.feeds_left(conn, run_id=run_id, now=clock()).held
        verdict = judge_polls(asked, _unfinished(conn, run_id, (Stage.POLL,)), held)
    _finish(settings, run_id, verdict, clock())
    if not verdict.ok:
        raise RunFailedError(verdict.sentence)
    return asked


def _finish(settings: Settings, run_id: int, verdict: Verdict, now: datetime) -> None:
    """Note how a run ended, and count the publishers' days, so that the pages tell of it at once."""
    state = "success" if verdict.ok else "failed"
    with ready_session(settings.dsn) as conn:
        with transaction(conn):
            queries.runs.finish(conn, run_id=run_id, state=state, verdict=verdict.sentence, now=now)
        publisher_days.count(conn, now)


def tell(settings: Settings, run_id: int) -> int | None:
    """Note that consumers are told of the changes up to now; None where they were told of all of them.

    :return: number of the newest change in `news.changes`.
    """
    with ready_session(settings.dsn) as conn, transaction(conn):
        return queries.runs.note_told(conn, run_id=run_id)


def plan(settings: Settings, run_id: int, request: RunRequest = RunRequest(), *, clock: Clock = utcnow) -> list[Shard]:
    """Take due pages, and what a broken run left, into this run."""
    with ready_session(settings.dsn) as conn:
        found = run_shards.plan(
            conn, run_id, settings, clock(), publishers=only(request.publishers), limit=request.limit
        )
    shards = [Shard(r.shard, r.to_extract, _shard_label(r)) for r in found] or [Shard(0)]
    log.info("took %d pages into run %d, in %d shards", sum(s.pages for s in shards), run_id, len(shards))
    return shards


def _shard_label(found: queries.runs.ShardsRow) -> str:
    if not found.origins:
        return "nothing to fetch"
    return sharding.label(found.first_origin, found.origins, counted(found.to_fetch, "page"))


def fetch(settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow) -> StageReport:
    """Fetch a shard's pages into captures."""
    from newsflow.fetch.step import fetch as step

    return log_report(step(settings, run_id, shard, clock=clock))


def extract(settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow) -> StageReport:
    """Extract a shard's captures."""
    from newsflow.extract.step import extract as step

    return log_failures(settings, run_id, log_report(step(settings, run_id, shard, clock=clock)), shard)


def deduplicate(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> StageReport:
    """Find the stories of the run's extractions."""
    from newsflow.dedupe.step import deduplicate as step

    return log_failures(settings, run_id, log_report(step(settings, run_id, clock=clock)))


def load(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> StageReport:
    """Bring the run's articles to the analysts."""
    from newsflow.load.step import load as step

    return log_failures(settings, run_id, log_report(step(settings, run_id, clock=clock)))


def log_report(report: StageReport) -> StageReport:
    """One line for the task log: counts and rate."""
    rate = report.taken / report.seconds if report.seconds else 0.0
    counts = ", ".join(f"{code} {pages}" for code, pages in sorted(report.counts.items(), key=lambda c: -c[1]))
    log.info("%s: %d in %.1f s (%.1f/s): %s", report.stage, report.taken, report.seconds, rate, counts or "nothing")
    return report


def log_failures(settings: Settings, run_id: int, report: StageReport, shard: int | None = None) -> StageReport:
    """The first failures of a stage by kind, ten at most: pages and publishers by name, URLs may hold secrets."""
    with ready_session(settings.dsn) as conn:
        for row in queries.runs.first_failures(conn, run_id=run_id, stage=str(report.stage), shard=shard):
            log.info("%s (%d): page %d of %s: %s", row.outcome, row.pages, row.page_id, row.publisher, row.sentence)
    return report


def funnel(
    settings: Settings, run_id: int, *, steps: Sequence[str] = (), also: Sequence[str] = (), clock: Clock = utcnow
) -> Funnel:
    """Count and judge a run, finished or not.

    :param steps: names of stages that must have begun, and ended, for the run to be good.
    :param also: what else was wrong, in words.
    """
    with ready_session(settings.dsn) as conn:
        stages = tuple(runs.funnel(conn, run_id))
        polls = {r.outcome: int(r.polls) for r in queries.runs.polls(conn, run_id=run_id)}
        entered = {r.entered: int(r.pages) for r in queries.runs.entered(conn, run_id=run_id)}
        unfinished = _unfinished(conn, run_id, steps)
        totals = queries.runs.totals(conn)
        watermark = int(queries.runs.watermark(conn))
        left = _left(conn, run_id, clock()) if Stage.POLL in steps else None
    verdict = judge(
        stages,
        entered=entered,
        polls=polls,
        unfinished_steps=unfinished,
        min_loaded=settings.check_min_loaded,
        left=left,
        also=also,
    )
    return Funnel(run_id, polls, stages, verdict, {"articles": int(totals.articles), "change_id": watermark})


def _unfinished(conn: Connection, run_id: int, steps: Sequence[str]) -> list[str]:
    """The steps of a run that have no end, and those stages that never began."""
    begun = queries.runs.stages(conn, run_id=run_id)
    open_steps = [f"{r.stage}/{r.shard}" for r in begun if not r.ended_at]
    return open_steps + [name for name in steps if name not in {r.stage for r in begun}]


def _left(conn: Connection, run_id: int, now: datetime) -> Left:
    feeds = queries.runs.feeds_left(conn, run_id=run_id, now=now)
    pages = queries.runs.pages_left(conn, run_id=run_id)
    return Left(now, feeds.active, feeds.due, feeds.last_asked_at, pages, feeds.held)


class RunFailedError(NewsflowError):
    """The run did not pass its check; the message says why."""


def check(
    settings: Settings, run_id: int, *, steps: Sequence[str] = (), also: Sequence[str] = (), clock: Clock = utcnow
) -> Funnel:
    """The gate of a run: judge it, note the verdict, and fail loudly where it is not good.

    :param steps: as in `funnel`, as is `also`.
    :raises RunFailedError: with the verdict as message.
    """
    with ready_session(settings.dsn) as conn, transaction(conn):
        queries.runs.reopen(conn, run_id=run_id)
    result = funnel(settings, run_id, steps=steps, also=also, clock=clock)
    _finish(settings, run_id, result.verdict, clock())
    log.info("%s", result.verdict.sentence)
    if not result.verdict.ok:
        raise RunFailedError(result.verdict.sentence)
    return result


def alone(settings: Settings) -> Settings:
    """Settings for a run in one process: one shard, so that its slow sites are waited for at the same time."""
    return settings.model_copy(update={"shards": 1})


def run_all(
    settings: Settings,
    dag_run_id: str,
    request: RunRequest = RunRequest(),
    *,
    dag_id: str = COMMAND,
    clock: Clock = utcnow,
) -> Funnel:
    """The whole run in this process.

    :raises RunFailedError: where the check fails.
    """
    with own_run(settings, dag_id, dag_run_id, request, clock=clock) as run_id:
        return run_steps(settings, run_id, request, clock=clock)


def run_steps(settings: Settings, run_id: int, request: RunRequest = RunRequest(), *, clock: Clock = utcnow) -> Funnel:
    """The steps of a run that is open.

    :raises RunFailedError: where the check fails.
    """
    settings = alone(settings)
    shards = poll(settings, run_id, request, clock=clock)
    for shard in shards:
        fetch(settings, run_id, shard.shard, clock=clock)
    for shard in shards:
        extract(settings, run_id, shard.shard, clock=clock)
    deduplicate(settings, run_id, clock=clock)
    load(settings, run_id, clock=clock)
    return check(settings, run_id, steps=NIGHT, clock=clock)
