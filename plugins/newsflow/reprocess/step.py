"""The steps of a reprocess: compare (the dry run), apply, undo. Each can be killed and run again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.batched import batched
from newsflow.clock import Clock, utcnow
from newsflow.errors import NewsflowError
from newsflow.extract import row
from newsflow.extract.pool import ExtractionJob, Extractors
from newsflow.extract.site_store import Sites
from newsflow.extract.step import jobs
from newsflow.extract.version import extractor
from newsflow.isolation.cores import cores
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from newsflow.reprocess import report
from newsflow.reprocess.compare import Difference, difference
from newsflow.reprocess.request import ReprocessRequest
from newsflow.settings import Settings
from newsflow.store import bad_rows, changes, queries
from newsflow.store.archive import Archive
from newsflow.store.db import transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import ready_session

log = logging.getLogger(__name__)

BATCH = 256  # pages in one transaction

KEPT = frozenset({"changed", "gained"})  # verdicts whose extraction is kept, to be applied


class WrongStateError(NewsflowError):
    """A reprocess is not where the asked step begins."""


def compare(settings: Settings, run_id: int, selection: ReprocessRequest, *, clock: Clock = utcnow) -> int:
    """Extract the chosen captures again and note what would change; nothing that analysts see is touched.

    :return: the number of the reprocess, to review and apply.
    """
    with ready_session(settings.dsn) as conn:
        number = _open(conn, run_id, selection, clock)
        with lock(conn, "newsflow.reprocess", number):
            if _state(conn, number) == "comparing":
                _compare(conn, settings, run_id, number, clock)
                with transaction(conn):
                    summary = report.summary(conn, number)
                    _move(conn, number, "compared", clock, report=summary)
    return number


def _open(conn: Connection, run_id: int, selection: ReprocessRequest, clock: Clock) -> int:
    with transaction(conn):
        number = queries.reprocess.start(
            conn,
            run_id=run_id,
            selection=selection.as_params(),
            extractor=extractor(),
            now=clock(),
        )
        if number is None:
            return queries.reprocess.of_run(conn, run_id=run_id)
        queries.reprocess.choose(conn, reprocess_id=number, **selection.as_query())
        queries.reprocess.note_pages(conn, reprocess_id=number)
    return number


def _compare(conn: Connection, settings: Settings, run_id: int, number: int, clock: Clock) -> None:
    workers = settings.extract_workers or cores()
    sites = Sites(conn, run_id)
    with Extractors(workers, settings.extract_timeout_s, settings.extract_memory_mb) as pool:
        for batch in batched(pool.pairs(_waiting(conn, settings, number, sites)), BATCH):
            with transaction(conn):
                note = partial(_note, conn, run_id, number, sites=sites, clock=clock)
                bad_rows.write(conn, batch, note, partial(_note_refused, conn, number))


def _waiting(
    conn: Connection, settings: Settings, number: int, sites: Sites
) -> Iterator[tuple[queries.reprocess.TakeRow, ExtractionJob]]:
    """The pages to compare with their jobs, read as the workers need them, from each archive that has captures."""
    for pages in batched(queries.reprocess.waiting(conn, reprocess_id=number), BATCH):
        batch = queries.reprocess.take(conn, reprocess_id=number, pages=pages)
        sites.load(page.publisher_id for page in batch)
        conn.rollback()
        for place, some in groupby(batch, lambda page: page.location):
            there = list(some)
            yield from zip(there, jobs(there, Archive(place or settings.archive_url), settings, sites), strict=True)


def _note(
    conn: Connection,
    run_id: int,
    number: int,
    batch: Sequence[tuple[queries.reprocess.TakeRow, Extraction]],
    sites: Sites,
    clock: Clock,
) -> None:
    ids = [page.before_extraction_id for page, _ in batch if page.before_extraction_id]
    before = {found.extraction_id: found for found in queries.reprocess.before(conn, ids=ids)}
    judged = [
        (
            page,
            extraction,
            difference(before.get(page.before_extraction_id or 0), extraction, row.content_hash(extraction)),
        )
        for page, extraction in batch
    ]
    kept = [_record(run_id, number, page, e, sites, clock) for page, e, found in judged if found.verdict in KEPT]
    stored = {found.page_id: found.extraction_id for found in queries.extract.store(conn, kept)}
    data = [_verdict(number, page, e, found, stored.get(page.page_id)) for page, e, found in judged]
    queries.reprocess.judge(conn, data)


def _note_refused(conn: Connection, number: int, one: tuple[queries.reprocess.TakeRow, Extraction], why: str) -> None:
    """The page stays as it is: what the tried extractor makes of it can't be kept."""
    page, extraction = one
    refused = Extraction(extraction.url, Outcome.BAD_ROW, why, extractor=extraction.extractor)
    verdict = _verdict(number, page, refused, Difference("unreadable"), None)
    untold = bad_rows.accepted(conn, lambda: queries.reprocess.judge(conn, [verdict]))
    log.warning("page %d: the database refuses what was compared: %s", page.page_id, untold or why)


def _leave_alone(conn: Connection, number: int, page: int, why: str) -> None:
    with transaction(conn):
        queries.reprocess.leave_alone(
            conn, reprocess_id=number, page=page, note=f"left alone: the database refused it: {why}"
        )


def _record(
    run_id: int, number: int, page: queries.reprocess.TakeRow, extraction: Extraction, sites: Sites, clock: Clock
) -> queries.extract.StoreValues:
    """A row of `extract.store`; its own extractor name keeps it apart from what the capture already has."""
    values = {**row.values(extraction), "extractor": f"{extraction.extractor}#r{number}"}
    return row.record(page, run_id, "reprocess", extraction, values, sites.of(page.publisher_id).version, clock())


def _verdict(
    number: int, page: queries.reprocess.TakeRow, extraction: Extraction, found: Difference, stored: int | None
) -> queries.reprocess.JudgeValues:
    return queries.reprocess.JudgeValues(
        reprocess_id=number,
        page_id=page.page_id,
        verdict=found.verdict,
        outcome=str(extraction.outcome),
        detail=extraction.detail[:500],
        changed=list(found.changed),
        similarity=found.similarity,
        after_extraction_id=stored,
    )


def apply(settings: Settings, run_id: int, number: int, *, clock: Clock = utcnow) -> int:
    """Give the pages their new extractions and take them into the run; deduplicate and load follow.

    Articles that the tried extractor would lose stay as they are. Returns the pages taken.

    :raises WrongStateError: where it was not compared, or was undone.
    """
    with ready_session(settings.dsn) as conn, lock(conn, "newsflow.reprocess", number):
        _expect(conn, number, {"compared", "applying", "applied"}, "applied")
        with transaction(conn):
            _move(conn, number, "applying", clock, run_id=run_id)
            waiting = [found.page_id for found in queries.reprocess.to_apply(conn, reprocess_id=number)]
        for pages in batched(waiting, BATCH):
            put = partial(_apply, conn, run_id, number, clock=clock)
            bad_rows.halved(pages, put, partial(_leave_alone, conn, number), partial(transaction, conn))
    return len(waiting)


def _apply(conn: Connection, run_id: int, number: int, pages: Sequence[int], clock: Clock) -> None:
    queries.reprocess.lock_pages(conn, pages=pages)
    queries.reprocess.apply(conn, reprocess_id=number, run_id=run_id, pages=pages, now=clock())


def undo(settings: Settings, run_id: int, number: int, *, clock: Clock = utcnow) -> int:
    """Put former contents back as if it had not been applied, and take their pages into the run.

    Articles that came with it go; articles that a publisher has edited since are left alone. The change
    log, which only grows, tells consumers. Returns the pages taken.

    :raises WrongStateError: where it was not applied.
    """
    with ready_session(settings.dsn) as conn, lock(conn, "newsflow.reprocess", number):
        _expect(conn, number, {"applying", "applied", "undoing", "undone"}, "undone")
        with transaction(conn):
            _move(conn, number, "undoing", clock, run_id=run_id)
            waiting = [found.page_id for found in queries.reprocess.to_undo(conn, reprocess_id=number)]
        for pages in batched(waiting, BATCH):
            put = partial(_undo, conn, run_id, number, clock=clock)
            bad_rows.halved(pages, put, partial(_leave_alone, conn, number), partial(transaction, conn))
    return len(waiting)


def _undo(conn: Connection, run_id: int, number: int, pages: Sequence[int], clock: Clock) -> None:
    now = clock()
    queries.reprocess.make_undo(conn)
    with changes.changing(conn, pages, now):
        queries.reprocess.plan_undo(conn, reprocess_id=number, pages=pages)
        queries.reprocess.restore_articles(conn)
        queries.reprocess.return_pages(conn, run_id=run_id, now=now)
        _undo_gained(conn, number, clock)
        queries.reprocess.mark_undone(conn, reprocess_id=number, pages=pages)


def _undo_gained(conn: Connection, number: int, clock: Clock) -> None:
    now, gained = clock(), queries.reprocess.list_gained(conn)
    if not gained:
        return
    touched = changes.lock(conn, gained)
    changes.take_out(conn, gained)
    queries.reprocess.reject_again(conn, reprocess_id=number, pages=gained, now=now)
    changes.regroup(conn, touched, gained, now)


def close(settings: Settings, number: int, state: str, *, clock: Clock = utcnow) -> None:
    """Note that load has ended: `applied` or `undone`; an undone one's trial extractions go."""
    with ready_session(settings.dsn) as conn, transaction(conn):
        _move(conn, number, state, clock)
        if state == "undone":
            queries.reprocess.drop_trials(conn, reprocess_id=number)


def _state(conn: Connection, number: int) -> str:
    with transaction(conn):
        found = queries.reprocess.get(conn, reprocess_id=number)
    if found is None:
        raise WrongStateError(f"there is no reprocess {number} (newsflow reprocess list)")
    return found.state


def _expect(conn: Connection, number: int, states: Iterable[str], aim: str) -> None:
    state = _state(conn, number)
    if state not in states:
        raise WrongStateError(f"reprocess {number} is {state}, so it can't be {aim}")


def _move(
    conn: Connection,
    number: int,
    state: str,
    clock: Clock,
    *,
    run_id: int | None = None,
    report: dict[str, Any] | None = None,
) -> None:
    queries.reprocess.set_state(conn, reprocess_id=number, state=state, run_id=run_id, report=report, now=clock())
