"""The step between extract and load: which articles are copies of one another."""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.clock import Clock, utcnow
from newsflow.dedupe.barred import end_barred
from newsflow.dedupe.cluster import Clusterer
from newsflow.dedupe.crew import Crew
from newsflow.dedupe.furniture import Furniture, teach
from newsflow.model import Stage, StageReport
from newsflow.settings import Settings
from newsflow.slices import slices
from newsflow.store import queries, runs
from newsflow.store.db import transaction


def deduplicate(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> StageReport:
    """Give each extracted page of the run its story, or end it as another address of a known page."""
    started = clock()
    with runs.work(settings, run_id, Stage.DEDUPLICATE, 0, clock) as step:
        with transaction(step.conn):
            waiting = _waiting(step)
            stale = Furniture(step.conn).stale(teach(step.conn, run_id, started))
        with Crew(settings, step.conn, len(waiting) + len(stale)) as crew:
            clusterer = Clusterer(step.conn, started, crew)
            for pages in slices(stale, settings.dedupe_batch):
                with transaction(step.conn):
                    clusterer.recluster(pages)
            batches = list(slices(waiting, settings.dedupe_batch))
            crew.plan([waiting[page] for page in pages] for pages in batches)
            for pages in batches:
                with transaction(step.conn):
                    _batch(step, clusterer, pages)
                    step.save()
        return step.report(started)


def _waiting(step: runs.Work) -> dict[int, int]:
    """The run's pages with their extractions, without those that were taken out for good: these end here."""
    found = dict(queries.rows(step.conn, "dedupe.waiting_pages", run_id=step.run_id))
    barred = end_barred(step.conn, step.run_id, list(found), step.clock())
    if barred:
        step.count("retracted", len(barred))
    return {page: extraction for page, extraction in found.items() if page not in barred}


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
