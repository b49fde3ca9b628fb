"""The stage: captured pages of a shard in, extractions and outcomes out."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from newsflow.batched import batched
from newsflow.clock import Clock, utcnow
from newsflow.extract import row
from newsflow.extract.cpu_shares import SHARE_CPU_S, CpuShares
from newsflow.extract.pool import ExtractionJob, Extractors
from newsflow.extract.row import CapturedPage
from newsflow.extract.site_learning import learn_sites
from newsflow.extract.site_store import Newest, Sites, teach
from newsflow.extract.site_words import SiteWords
from newsflow.isolation.cores import children_each
from newsflow.model import CapturePointer, Extraction, Hints, StageReport
from newsflow.outcomes import WENT_WELL, Outcome, Stage
from newsflow.publishers import listed
from newsflow.settings import Settings
from newsflow.store import archive_folders, bad_rows, queries
from newsflow.store.archive import Archive, CaptureError
from newsflow.store.db import transaction
from newsflow.store.stage_work import Work, work
from newsflow.text.normalise import tokens_by_line

log = logging.getLogger(__name__)

BATCH = 64  # pages in one transaction: stored sooner than the workers run out of what is queued

TIMES_LOST = 3  # captures of a page that may be lost, one after the other, before it is no longer fetched again


def extract(settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow) -> StageReport:
    """Extract the captured pages of a shard, batch by batch.

    :raises ArchiveGoneError: where the archive is not there; no page that is still to be read gets an outcome.
    """
    started = clock()
    archive = Archive(settings.archive_url)
    with work(settings, run_id, Stage.EXTRACT, shard, clock) as step, pool_of(settings, step) as pool:
        archive_folders.enter(step.conn, archive, clock())
        learn_sites(step, archive, pool)
        sites, newest, words = Sites(step.conn, run_id), Newest(step.conn), SiteWords()
        shares = CpuShares()
        made = pool.pairs(
            _captured(step, archive, settings, sites, shares),
            lambda page, cpu_s: shares.note(page.publisher_id, cpu_s),
        )
        for batch in batched(made, BATCH):
            with transaction(step.conn):
                _store(step, batch, sites, newest)
            for page, extraction in batch:
                words.note(page.publisher_id, extraction)
        teach(step.conn, run_id, sites.known, clock())
        with transaction(step.conn):
            listed.learn_lacking(step.conn, words.agreed(), "site")
        return step.report(started)


def _captured(
    step: Work, archive: Archive, settings: Settings, sites: Sites, shares: CpuShares
) -> Iterator[tuple[CapturedPage, ExtractionJob]]:
    """The shard's pages with their jobs, read as the workers need them: they work on while a batch is stored.

    The newest come first: of a publisher's many in an archive, the older ones teach nothing.
    """
    waiting = queries.extract.waiting(step.conn, run_id=step.run_id, shard=step.shard)
    for pages in reversed(list(batched(waiting, BATCH))):
        batch = queries.extract.take(step.conn, pages=pages)
        sites.load(page.publisher_id for page in batch)
        step.conn.rollback()
        late = []
        for page, job in zip(batch, jobs(batch, archive, settings, sites), strict=True):
            if shares.give(page.publisher_id):
                yield page, job
            else:
                late.append(page)
        _postpone(step, late)


def _postpone(step: Work, pages: Sequence[CapturedPage]) -> None:
    """Leave pages of publishers that had their share of the CPU to the next run, which finds them captured."""
    if not pages:
        return
    log.warning("%d pages are left to the next run: pages of their publishers take too much of the CPU", len(pages))
    with transaction(step.conn):
        queries.extract.postpone(
            step.conn,
            run_id=step.run_id,
            pages=[page.page_id for page in pages],
            outcome=str(Outcome.POSTPONED),
            detail=f"pages of this publisher took more than {SHARE_CPU_S:.0f} CPU seconds together",
            now=step.clock(),
        )
        step.count(Outcome.POSTPONED, len(pages))
        step.save()


def pool_of(settings: Settings, step: Work) -> Extractors:
    """The worker processes that the settings ask for, or this task's share of the machine."""
    workers = settings.extract_workers
    if not workers:
        with transaction(step.conn):
            workers = children_each(max(1, queries.extract.shards(step.conn, run_id=step.run_id)))
    return Extractors(workers, settings.extract_timeout_s, settings.extract_memory_mb)


def jobs(batch: Sequence[CapturedPage], archive: Archive, settings: Settings, sites: Sites) -> Iterator[ExtractionJob]:
    """What the workers are given for a batch: captures as they were stored, and what is known of their pages.

    :raises ArchiveGoneError: where the archive is not there.
    """
    pointers = [CapturePointer(p.file, p.offset, p.length, p.payload_digest) for p in batch]
    found = dict(archive.read_many(pointers))
    for page, pointer in zip(batch, pointers, strict=True):
        answer = found[pointer]
        if isinstance(answer, CaptureError):
            yield ExtractionJob(page.url, error=str(answer), ends=Outcome.CAPTURE_LOST)
        else:
            yield ExtractionJob(page.final_url or page.url, answer.body, _hints(page, sites), settings.min_words)


def _hints(page: CapturedPage, sites: Sites) -> Hints:
    return Hints(
        title=page.title,
        authors=tuple(page.authors),
        published_at=page.published_at,
        updated_at=page.updated_at,
        content_html=page.content_html,
        language=page.language,
        content_type=page.content_type,
        asked_url=page.url,
        publisher=page.publisher,
        zone=page.zone,
        languages=tuple(page.languages),
        seen_at=page.fetched_at,
        first_seen_at=page.discovered_at,
        watched_since=page.watched_since,
        site_lines=sites.of(page.publisher_id).lines,
        template=sites.of(page.publisher_id).template,
    )


def _store(step: Work, batch: Sequence[tuple[CapturedPage, Extraction]], sites: Sites, newest: Newest) -> None:
    """One batch into the tables: extractions, page states, funnel, what to learn from, progress."""
    bad_rows.halved(batch, partial(_write, step, sites, newest), partial(_refuse, step), step.savepoint)
    step.label = _label(step.counts)
    step.save()


def _refuse(step: Work, one: tuple[CapturedPage, Extraction], why: str) -> None:
    step.refuse(one[0].page_id, why)


def _write(step: Work, sites: Sites, newest: Newest, batch: Sequence[tuple[CapturedPage, Extraction]]) -> None:
    now = step.clock()
    pages, made = [page for page, _ in batch], [extraction for _, extraction in batch]
    lines = [tokens_by_line(extraction.body) for extraction in made]
    values = [row.values(extraction, text) for extraction, text in zip(made, lines, strict=True)]
    records = [_record(step.run_id, *each, sites, now) for each in zip(pages, made, values, strict=True)]
    stored = queries.extract.store(step.conn, records)
    ids = {found.page_id: found.extraction_id for found in stored}
    ended = queries.extract.move(
        step.conn,
        run_id=step.run_id,
        now=now,
        page_ids=[page.page_id for page in pages],
        extraction_ids=[ids[page.page_id] for page in pages],
        outcomes=[str(extraction.outcome) for extraction in made],
        details=[extraction.detail[:500] for extraction in made],
        content_hashes=b"".join(each["content_hash"] for each in values),
        tries=TIMES_LOST,
    )
    newest.remember(pages, made, lines)
    for page in ended:
        step.count(page.outcome)


def _label(counts: Mapping[str, int]) -> str:
    articles = sum(counts.get(outcome, 0) for outcome in WENT_WELL)
    return f"{articles}/{sum(counts.values())} articles"


def _record(
    run_id: int, page: CapturedPage, extraction: Extraction, values: Mapping[str, Any], sites: Sites, now: datetime
) -> queries.extract.StoreValues:
    cause = "backfill" if page.discovered_by == "backfill" else "fetch"
    return row.record(page, run_id, cause, extraction, values, sites.of(page.publisher_id).version, now)
