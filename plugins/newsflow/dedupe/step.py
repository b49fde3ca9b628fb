"""The step between extract and load: which articles are copies of one another."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from newsflow.batched import batched
from newsflow.clock import Clock, utcnow
from newsflow.dedupe.cluster import Clusterer
from newsflow.dedupe.comparer_pool import ComparerPool
from newsflow.dedupe.imported_site_lines import ImportedSiteLines, teach
from newsflow.dedupe.tombstones import end_retracted
from newsflow.model import StageReport
from newsflow.outcomes import Outcome, Stage
from newsflow.settings import Settings
from newsflow.store import bad_rows, queries
from newsflow.store.db import transaction
from newsflow.store.stage_work import Work, work

log = logging.getLogger(__name__)


def deduplicate(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> StageReport:
    """Give each extracted page of the run its story, or end it as another address of a known page."""
    started = clock()
    with work(settings, run_id, Stage.DEDUPLICATE, 0, clock) as step:
        with transaction(step.conn):
            waiting = _waiting(step)
            stale = ImportedSiteLines(step.conn).stale(teach(step.conn, run_id, started))
        with ComparerPool(settings, step.conn, len(waiting) + len(stale)) as pool:
            clusterer = Clusterer(step.conn, started, pool)
            for pages in batched(stale, settings.dedupe_batch):
                with transaction(step.conn):
                    bad_rows.write(step.conn, pages, clusterer.recluster, _left_as_it_was)
            batches = list(batched(waiting, settings.dedupe_batch))
            pool.plan([waiting[page] for page in pages] for pages in batches)
            for pages in batches:
                with transaction(step.conn):
                    bad_rows.halved(pages, partial(_batch, step, clusterer), step.refuse, step.savepoint)
                    step.save()
        return step.report(started)


def _left_as_it_was(page: int, why: str) -> None:
    log.warning("page %d stays in its story as it was: the database refuses the new one: %s", page, why)


def _waiting(step: Work) -> dict[int, int]:
    """The run's pages with their extractions, without those that were taken out for good: these end here."""
    found = {row.page_id: row.extraction_id for row in queries.dedupe.waiting_pages(step.conn, run_id=step.run_id)}
    retracted = end_retracted(step.conn, step.run_id, list(found), step.clock())
    if retracted:
        step.count(Outcome.RETRACTED, len(retracted))
    return {page: extraction for page, extraction in found.items() if page not in retracted}


def _batch(step: Work, clusterer: Clusterer, pages: Sequence[int]) -> None:
    now = step.clock()
    done = clusterer.cluster(pages)
    moved = [page_id for page_id in pages if page_id not in done.canonical_of]
    queries.dedupe.move_pages(step.conn, run_id=step.run_id, pages=moved, now=now)
    if done.canonical_of:
        queries.dedupe.end_same_pages(
            step.conn,
            run_id=step.run_id,
            pages=list(done.canonical_of),
            canonical_of=list(done.canonical_of.values()),
            now=now,
        )
    step.count(Outcome.OK, len(moved))
    step.count(Outcome.SAME_PAGE, len(done.canonical_of))
