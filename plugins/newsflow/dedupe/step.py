"""The step between extract and load: which articles are copies of one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsflow.clock import Clock, utcnow
from newsflow.dedupe.cluster import Clusterer
from newsflow.model import Stage, StageReport
from newsflow.settings import Settings
from newsflow.store import queries, runs
from newsflow.store.db import transaction

BATCH = 500  # pages in one transaction


def deduplicate(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> StageReport:
    """Give each extracted page of the run its story, or end it as another address of a known page."""
    started = clock()
    with runs.work(settings, run_id, Stage.DEDUPLICATE, 0, clock) as step:
        with transaction(step.conn):
            waiting = [row.page_id for row in queries.rows(step.conn, "dedupe.waiting_pages", run_id=run_id)]
        clusterer = Clusterer(step.conn, clock())
        for pages in batches(waiting, BATCH):
            with transaction(step.conn):
                _batch(step, clusterer, pages)
                step.save()
        return step.report(started)


def batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Slices of at most `size` ids, in order."""
    return (ids[i : i + size] for i in range(0, len(ids), size))


def _batch(step: runs.Work, clusterer: Clusterer, pages: Sequence[int]) -> None:
    now = step.clock()
    done = clusterer.cluster(pages)
    moved = [page_id for page_id in pages if page_id not in done.twins]
    queries.run(step.conn, "dedupe.move_pages", run_id=step.run_id, pages=moved, now=now)
    if done.twins:
        queries.run(
            step.conn,
            "dedupe.end_twins",
            run_id=step.run_id,
            pages=list(done.twins),
            twins=list(done.twins.values()),
            now=now,
        )
    step.count("ok", len(moved))
    step.count("same_page", len(done.twins))
