"""Fetch the pages of a shard: polite across origins, archived, and committed batch by batch."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from newsflow.clock import Clock, utcnow
from newsflow.fetch import store
from newsflow.fetch.decide import PageDecision, PendingPage, decide, is_page
from newsflow.fetch.progress import FetchProgress, label
from newsflow.fetch.store import Stored, Tried
from newsflow.model import Exchange, StageReport
from newsflow.outcomes import Outcome, Stage
from newsflow.settings import Settings
from newsflow.store import archive_folders, bad_rows
from newsflow.store.archive import Archive
from newsflow.store.archive_writer import SUFFIX, ArchiveWriter, written_by
from newsflow.store.db import transaction
from newsflow.store.stage_work import Work, work
from newsflow.store.warc import Original
from newsflow.web import origins, rights
from newsflow.web.origin_queue import UrlJob
from newsflow.web.origins import Origin
from newsflow.web.scheduler import FetchResult, Politeness, PoliteScheduler
from newsflow.web.transport import Transport

log = logging.getLogger(__name__)

ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.5"
FLUSH_S = 30.0  # a batch is committed at the latest after so long
SHOW_S = 2.0  # counts are shown so often


def fetch(settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow) -> StageReport:
    """Fetch what the shard has pending; see the contract of the stages in `newsflow.model`."""
    with Transport(settings, clock=clock) as transport:
        return fetch_with(transport, settings, run_id, shard, clock=clock)


def fetch_with(
    transport: Transport, settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow
) -> StageReport:
    """As `fetch`, over a given transport."""
    started = clock()
    with work(settings, run_id, Stage.FETCH, shard, clock) as step:
        ShardFetcher(step, settings, transport, Archive(settings.archive_url)).run()
        return step.report(started)


def _unlogged(tried: Tried, why: str) -> None:
    log.warning("page %d: a try is not in the log, the database refuses it: %s", tried.page_id, why)


@dataclass
class _Batch:
    """What the next transaction writes."""

    writer: ArchiveWriter
    since: datetime
    captures: list[Stored] = field(default_factory=list)
    decisions: list[PageDecision] = field(default_factory=list)
    tries: list[Tried] = field(default_factory=list)


class ShardFetcher:
    """One shard of a run at work."""

    def __init__(self, step: Work, settings: Settings, transport: Transport, archive: Archive) -> None:
        self._step, self._settings, self._archive = step, settings, archive
        self._transport = transport
        self._clock, self._jitter = step.clock, random.random
        self._journal, self._shown = FetchProgress(), step.clock()
        self._held: list[FetchResult] = []  # failures that may be our own network's
        with transaction(step.conn):
            self._pages = store.pages(step.conn, step.run_id, step.shard)
            self._originals = store.originals(step.conn, step.run_id, step.shard)
            self._publishers = store.totals(step.conn, step.run_id, step.shard)
            self._origins = origins.load(step.conn, {page.origin_id for page in self._pages})
        home = archive_folders.enter(step.conn, archive, step.clock())
        self._folder = f"{home}/run-{step.run_id:08d}/shard-{step.shard:02d}"
        self._batch: _Batch | None = None
        self._sealed = 0
        self._scheduler: PoliteScheduler | None = None

    def run(self) -> None:
        """Fetch all pages of the shard."""
        self._remove_orphans()
        begun = self._clock()
        with self._batches():
            for page in self._pages:
                if page.paused:
                    self._settle(page, Exchange(page.url, Outcome.PAUSED), self._clock(), None)
            for result in self._visits():
                self._take(result)
                if self._due():
                    self._flush()
                    log.info("%s", self._journal.progress(*self._progress(), (self._clock() - begun).total_seconds()))
                self._show()
            self._judge_failures()
            self._flush(last=True)
        for line in self._journal.summary(self._step.counts):
            log.info("%s", line)

    def _name(self, number: int) -> str:
        """A file of this attempt: names sort by attempt, and no other attempt of any database has them."""
        step = self._step
        return f"{self._folder}/{len(step.tokens):03d}-{step.token}-{number:05d}{SUFFIX}"

    def _remove_orphans(self) -> None:
        """An attempt that was killed between seal and commit leaves a file that no row knows.

        Only those of earlier attempts that this database remembers are taken: a successor's are left alone, and so
        are those of nights that a restored backup does not know.
        """
        with transaction(self._step.conn):
            known = store.files(self._step.conn, self._step.run_id, self._step.shard)
        for found in self._archive.list(self._folder):
            if found.file not in known and written_by(found.file, self._step.tokens[:-1]):
                log.info("removing %s, left by an attempt that was killed", found.file)
                self._archive.delete(found.file)

    def _visits(self) -> Iterator[FetchResult]:
        politeness = Politeness(
            self._settings.delay_s,
            self._settings.max_delay_s,
            self._settings.fetch_threads,
            self._settings.max_redirects,
            ACCEPT,
            is_page,
            self._settings.fetch_budget_s,
            self._settings.fetch_tail_s,
            refreshes=True,
        )
        self._scheduler = PoliteScheduler(self._transport, politeness, self._find, self._clock, self._jitter)
        return self._scheduler.results(self._job(page) for page in self._pages if not page.paused)

    def _job(self, page: PendingPage) -> UrlJob:
        job = UrlJob(page.url, self._origins[page.origin_id], tag=page)
        if page.has_article:  # else a 304 would leave us without anything to extract
            job.etag, job.last_modified = page.etag, page.last_modified
        return job

    def _find(self, origin: str) -> Origin:
        """The origin that a redirect leads to; there may be no row of it yet."""
        with transaction(self._step.conn):
            number = origins.ensure(self._step.conn, [origin])[origin]
            if number not in self._origins:
                self._origins.update(origins.load(self._step.conn, [number]))
        return self._origins[number]

    # -- what came --

    def _take(self, result: FetchResult) -> None:
        page: PendingPage = result.job.tag
        if result.asked:
            self._journal.note(result.origin.origin.partition("//")[2], page.page_id, result.exchange)
            size, bare = len(result.exchange.body), replace(result.exchange, body=b"")
            self._open().tries.append(Tried(page.page_id, result.at, bare, size))
        if result.final and result.exchange.outcome.meaning.looks_offline:
            self._held.append(result)
        elif result.final:
            self._settle(page, result.exchange, result.at, result)

    def _settle(self, page: PendingPage, exchange: Exchange, at: datetime, result: FetchResult | None) -> None:
        batch = self._open()
        if result is not None and exchange.outcome is Outcome.OK:
            signals, original = rights.of_page(exchange, result.rights), self._original(page)
            batch.captures.append(store.store(batch.writer, page.page_id, exchange, at, signals, original))
        cool_until = result.origin.pace.cool_until if result else None
        decision = decide(
            page, exchange, at, self._jitter(), cool_until=cool_until, tries=self._settings.fetch_attempts
        )
        batch.decisions.append(decision)
        self._step.count(decision.outcome)

    def _original(self, page: PendingPage) -> tuple[int, Original] | None:
        """The stored body that a revisit record may refer to: not one that the archive has lost."""
        found = self._originals.get(page.page_id)
        return found if found is not None and self._archive.holds(found[1].pointer) else None

    def _judge_failures(self) -> None:
        """Whether the origins that failed did, or our own network."""
        if self._scheduler is None:
            return
        ours = self._scheduler.own_outage()
        for result in self._held:
            exchange = result.exchange
            if result.origin.origin_id in ours:
                exchange = replace(exchange, outcome=Outcome.OWN_OUTAGE)
            self._settle(result.job.tag, exchange, result.at, result)
        if ours:
            log.warning("our own network failed: %d origins at once; nobody is penalised for it", len(ours))
        self._held = []

    # -- batches --

    def _open(self) -> _Batch:
        if self._batch is None:
            self._batch = _Batch(self._archive.writer(self._name(self._sealed + 1)), self._clock())
        return self._batch

    @contextmanager
    def _batches(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self._batch is not None:
                self._batch.writer.abort()

    def _due(self) -> bool:
        batch = self._batch
        if batch is None:
            return False
        full = len(batch.captures) >= self._settings.fetch_batch or len(batch.tries) >= 10 * self._settings.fetch_batch
        return full or (self._clock() - batch.since).total_seconds() >= FLUSH_S

    def _flush(self, *, last: bool = False) -> None:
        """Seal the file, then write all that belongs to it in one transaction."""
        batch, step, now = self._open(), self._step, self._clock()
        sealed = batch.writer.seal()
        step.label = label(self._publishers, sum(step.counts.values()))
        captures = {capture.page_id: capture for capture in batch.captures}
        with transaction(step.conn):
            if captures:
                store.add_file(step.conn, step.run_id, step.shard, sealed, now)
            bad_rows.write(step.conn, batch.decisions, partial(self._write, captures, now), self._refuse)
            bad_rows.write(step.conn, batch.tries, partial(store.log_tries, step.conn, step.run_id), _unlogged)
            if self._scheduler is not None:
                changed = self._scheduler.changed(all_of_them=last)
                bad_rows.write(step.conn, changed, partial(origins.save, step.conn), origins.unsaved)
            step.save()
        self._sealed += bool(batch.captures)
        self._batch = None

    def _write(self, captures: Mapping[int, Stored], now: datetime, decisions: Sequence[PageDecision]) -> None:
        conn, run_id = self._step.conn, self._step.run_id
        theirs = [captures[each.page_id] for each in decisions if each.page_id in captures]
        ids = store.add_captures(conn, run_id, theirs)
        store.settle(conn, run_id, decisions, ids, now)

    def _refuse(self, decision: PageDecision, why: str) -> None:
        """It was counted as it was decided; its bytes stay in the archive, where no capture names them."""
        self._step.count(decision.outcome, -1)
        self._step.refuse(decision.page_id, why)

    def _show(self) -> None:
        """Let people who watch see the counts between two batches."""
        now = self._clock()
        if (now - self._shown).total_seconds() >= SHOW_S:
            self._shown = now
            self._step.label = label(self._publishers, sum(self._step.counts.values()))
            with transaction(self._step.conn):
                self._step.save()

    def _progress(self) -> tuple[int, int]:
        return sum(self._step.counts.values()), sum(self._publishers.values())
