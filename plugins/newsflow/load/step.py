"""Publish a run's clustered pages to the analysts: what is new or changed, and nothing else.

Rows go from `ingest.extraction` to `news_internal.article` inside the server; only page
numbers pass through here. A run becomes visible in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from newsflow.clock import Clock, utcnow
from newsflow.load import search_index
from newsflow.model import StageReport
from newsflow.outcomes import Stage, where
from newsflow.settings import Settings
from newsflow.store import bad_rows, queries
from newsflow.store.db import transaction
from newsflow.store.locks import LockedError
from newsflow.store.stage_work import Work, work

log = logging.getLogger(__name__)

_WRITTEN = where(lambda it: it.writes_article)


def load(settings: Settings, run_id: int, *, clock: Clock = utcnow) -> StageReport:
    """Load the run's `clustered` pages, and the story changes of loaded ones.

    Each chunk of `settings.load_chunk` pages is one transaction: articles, older revisions,
    ledger, funnel, and last stories and the change log. Run again, it goes on where it was killed.

    :raises psycopg2.Error: where the database itself is in trouble; a refused row is an outcome.
    """
    started = clock()
    with work(settings, run_id, Stage.LOAD, 0, clock) as step:
        with transaction(step.conn):
            queries.load.make_plan(step.conn)
        for pages in _chunks(step, settings.load_chunk):
            bad_rows.halved(pages, partial(_publish, step), partial(_refuse, step), step.transaction)
        if settings.load_search:
            _fill_search(settings, step, clock)
        return step.report(started)


def _fill_search(settings: Settings, step: Work, clock: Clock) -> None:
    """Index what was loaded; a session that has been at the index for minutes takes ours along, or maintenance does."""
    written = sum(step.counts.get(name, 0) for name in _WRITTEN)
    try:
        with search_index.helpers(settings.dsn, written) as beside:
            search_index.catch_up(step.conn, clock, beside)
    except LockedError as error:
        log.warning("search is filled later: %s", error)


def _chunks(step: Work, size: int) -> Iterator[list[int]]:
    with transaction(step.conn):
        pages = queries.load.list_pages(step.conn, run_id=step.run_id)
        moved = queries.load.list_stories(step.conn)
    waiting = sorted({*pages, *moved})
    for start in range(0, len(waiting), size):
        yield waiting[start : start + size]


def _refuse(step: Work, page: int, why: str) -> None:
    """A page whose ledger, story or change can't be written; articles that are refused end in `_put`."""
    with transaction(step.conn):
        step.refuse(page, why)
        step.save()


def _publish(step: Work, pages: Sequence[int]) -> None:
    """One chunk, in the caller's transaction; the change log's lock comes last and is short."""
    conn, now = step.conn, step.clock()
    queries.load.prepare(conn)
    queries.load.lock_pages(conn, pages=pages)
    queries.load.decide(conn, pages=pages)
    queries.load.analyze_plan(conn)
    stories = queries.load.list_stories_of(conn, pages=pages)
    _put(step, queries.load.list_plan(conn, verdicts=[*map(str, _WRITTEN)]), now)
    queries.load.move_stories(conn, pages=pages)
    queries.load.empty_pending(conn, pages=pages)
    queries.load.close_pages(conn, now=now)
    queries.load.close_run_pages(conn, run_id=step.run_id)
    _count(step)
    queries.changes.lock(conn)
    queries.changes.renew_stories(conn, stories=stories)
    queries.load.log_changes(conn, run_id=step.run_id, now=now)


def _count(step: Work) -> None:
    moved = 0
    for found in queries.load.count_verdicts(step.conn):
        moved += found.moved
        if found.verdict != "none":
            step.count(found.verdict, found.pages)
    step.label = f"{moved} moved to another story" if moved else step.label
    step.save()


def _put(step: Work, pages: Sequence[int], now: datetime) -> None:
    """Write articles; one that the database refuses is a `bad_row`."""

    def put(some: Sequence[int]) -> None:
        queries.load.keep_revisions(step.conn, first=some[0], last=some[-1], now=now)
        queries.load.put_articles(step.conn, first=some[0], last=some[-1], now=now, run_id=step.run_id)

    def refuse(page: int, why: str) -> None:
        queries.load.mark_bad(step.conn, page=page, detail=why)

    bad_rows.write(step.conn, pages, put, refuse)
