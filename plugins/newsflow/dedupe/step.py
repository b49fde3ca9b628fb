"""The step between extract and load: which articles are copies of one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsflow.clock import Clock, utcnow
from newsflow.dedupe.barred import end_barred
from newsflow.dedupe.cluster import Clusterer
from newsflow.dedupe.furniture import Furniture, teach
from newsflow.dedupe.sketch import Sketch
from newsflow.dedupe.worker import Ahead, batches
from newsflow.model import Stage, StageReport
from newsflow.settings import Settings
from newsflow.store import queries, runs
from newsflow.store.db import transaction


def deduplicate(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> StageReport:
    """Give each extracted page of the run its story, or end it as another address of a known page."""
    started = clock()
    with runs.work(settings, run_id, Stage.DEDUPLICATE, 0, clock) as step:
        with transaction(step.conn):
            waiting = _waiting(step)
            stale = Furniture(step.conn).stale(teach(step.conn, run_id, started))
        clusterer = Clusterer(step.conn, started)
        for pages in batches(stale, settings.dedupe_batch):
            with transaction(step.conn):
                clusterer.recluster(pages)
        with Ahead(settings, waiting) as ahead:
            for pages in batches(waiting, settings.dedupe_batch):
                sketches = ahead.next()
                with transaction(step.conn):
                    _batch(step, clusterer, pages, sketches)
                    step.save()
        return step.report(started)


def _waiting(step: runs.Work) -> list[int]:
    """The run's pages, without those that were taken out for good: these end here."""
    pages = [row.page_id for row in queries.rows(step.conn, "dedupe.waiting_pages", run_id=step.run_id)]
    barred = end_barred(step.conn, step.run_id, pages, step.clock())
    if barred:
        step.count("retracted", len(barred))
    return [page for page in pages if page not in barred]


def _batch(step: runs.Work, clusterer: Clusterer, pages: Sequence[int], sketches: Mapping[int, Sketch]) -> None:
    now = step.clock()
    done = clusterer.cluster(pages, sketches)
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
