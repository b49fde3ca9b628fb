"""The steps of a backfill that the nightly run has not: find the sources, read WARC files."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from fastwarc.warc import WarcRecord

from newsflow import sharding
from newsflow.backfill import ledger, records
from newsflow.backfill.copied_bytes import Stream
from newsflow.backfill.ledger import PageCandidate
from newsflow.backfill.records import Read
from newsflow.backfill.request import BackfillRequest
from newsflow.backfill.selection import refuses_answer
from newsflow.backfill.sources import Source, Sources
from newsflow.clock import Clock, utcnow
from newsflow.isolation.cores import tasks_at_once
from newsflow.isolation.prefetch import prefetch
from newsflow.model import Exchange, StageReport
from newsflow.outcomes import Outcome, Stage
from newsflow.settings import Settings
from newsflow.store import archive_folders, bad_rows, queries
from newsflow.store.archive import Archive
from newsflow.store.archive_writer import SUFFIX
from newsflow.store.db import transaction
from newsflow.store.migrate import ready_session
from newsflow.store.stage_work import Work, work
from newsflow.web.transport import Transport

log = logging.getLogger(__name__)

BATCH = 500  # found records in one transaction
BATCH_BYTES = 32 * 1024 * 1024  # or so many bytes of them
NOTE = 10_000  # records after which progress is noted though nothing was found


def plan_files(settings: Settings, run_id: int, request: BackfillRequest, *, clock: Clock = utcnow) -> int:
    """List the WARC files and share them among the shards, the largest first; returns the shards used.

    :raises OSError: where a source is not there.
    """
    with Transport(settings) as transport:
        sources = Sources(transport, anonymous=request.anonymous)
        found = {source.name: source for given in request.warc for source in sources.find(given)}
    if not found:
        return 0
    shards = sharding.count(len(found), 1, tasks_at_once(settings.shards))
    selection, now = request.selection({}).filter_hash, clock()
    data = [
        queries.backfill.AddFilesValues(
            source=name,
            selection=selection,
            run_id=run_id,
            shard=shard,
            version=found[name].version,
            bytes=found[name].bytes,
            trouble=found[name].trouble[:500],
            now=now,
        )
        for name, shard in sharding.spread(_work(found.values()), shards).items()
    ]
    with ready_session(settings.dsn) as conn, transaction(conn):
        queries.backfill.add_files(conn, data)
    return shards


def _work(sources: Iterable[Source]) -> dict[str, int]:
    return {source.name: (source.bytes or 0) + 1 for source in sources}


def read(
    settings: Settings, run_id: int, shard: int, request: BackfillRequest, *, clock: Clock = utcnow
) -> StageReport:
    """Read a shard's WARC files into captures; goes on where an earlier attempt or run stopped.

    A file that can't be read is an outcome in `ingest.backfill_file`; only trouble of our own raises.
    """
    started = clock()
    with Transport(settings) as transport, work(settings, run_id, Stage.BACKFILL, shard, clock) as step:
        with transaction(step.conn):
            files = queries.backfill.files(step.conn, run_id=run_id, shard=shard)
            owners = {row.origin: row.name for row in queries.backfill.publishers(step.conn)}
        reader = WarcReader(step, settings, request, owners, Sources(transport, anonymous=request.anonymous))
        for row in files:
            if not reader.spent:
                reader.file(row)
        return step.report(started)


@dataclass
class ReadProgress:
    """How far a file was dealt with."""

    source: str
    selection: str
    bytes: int | None
    offset: int
    parts: int
    records: int
    matched: int
    taken: int
    skipped: Counter[str]

    def add(self, batch: _Batch) -> None:
        """A batch more was read."""
        self.offset = batch.offset
        self.records += batch.records
        self.matched += batch.matched
        self.skipped.update(batch.skipped)

    @property
    def label(self) -> str:
        """For people: name, share read, pages taken."""
        share = f"{self.offset / self.bytes:.0%}" if self.bytes else f"{self.offset / 1e6:.0f} MB"
        return f"{self.source.rpartition('/')[2]} {share} · {self.taken} of {self.records} records taken"


@dataclass
class _Batch:
    """Records that were read and are not stored yet."""

    offset: int = 0
    records: int = 0
    matched: int = 0
    bytes: int = 0
    found: list[PageCandidate] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    last: bool = False

    def note(self, item: Read) -> None:
        """One record more."""
        self.records += 1
        self.offset = item.next_offset
        if item.found is None:
            self.skipped[item.refused] += 1
        else:
            self.matched += 1

    def add(self, one: PageCandidate) -> None:
        """A page that can be taken."""
        self.found.append(one)
        self.bytes += len(one.found.exchange.body)

    @property
    def full(self) -> bool:
        return len(self.found) >= BATCH or self.bytes >= BATCH_BYTES or self.records >= NOTE


class WarcReader:
    """Reads one file after the other."""

    def __init__(
        self, step: Work, settings: Settings, request: BackfillRequest, owners: dict[str, str], sources: Sources
    ) -> None:
        self._step, self._shards = step, tasks_at_once(settings.shards)
        self._selection = request.selection(owners)
        self._left = request.limit
        self._sources = sources
        self._archive = Archive(settings.archive_url)
        self._folder = archive_folders.enter(step.conn, self._archive, step.clock())

    @property
    def spent(self) -> bool:
        """Whether the run's limit is reached."""
        return self._left is not None and self._left <= 0

    def file(self, row: queries.backfill.FilesRow) -> None:
        """Read a file from where it was left."""
        progress = ReadProgress(
            source=row.source,
            selection=row.selection,
            bytes=row.bytes,
            offset=row.offset,
            parts=row.parts,
            records=row.records,
            matched=row.matched,
            taken=row.taken,
            skipped=Counter(row.skipped),
        )
        try:
            self._read(progress)
        except (records.BrokenFileError, records.LostFileError) as error:
            log.warning("%s: %s", progress.source, error)
            with transaction(self._step.conn):
                self._save(progress, "failed", str(error))

    def _read(self, progress: ReadProgress) -> None:
        try:
            stream: Any = self._sources.open(progress.source, progress.offset)
        except OSError as error:
            raise records.LostFileError(str(error)) from error
        made = self._batches(progress.source, stream, progress.offset, 0 if progress.offset else progress.records)
        with closing(stream), closing(prefetch(made)) as batches:
            for batch in batches:
                self._flush(progress, batch)
                if self.spent:
                    return

    def _batches(self, source: str, stream: Stream, offset: int, known: int) -> Iterator[_Batch]:
        """What can be stored at once; also, before trouble is raised, what was read until then.

        :param known: records that are passed over, where reading can't resume at an offset.
        """
        batch = _Batch(offset)
        try:
            for item in islice(records.read(stream, self._refuses, self._refuses_page), known, None):
                self._take(source, batch, item)
                if batch.full:
                    yield batch
                    batch = _Batch(batch.offset)
        except (records.BrokenFileError, records.LostFileError):
            yield batch
            raise
        batch.last = True
        yield batch

    def _take(self, source: str, batch: _Batch, item: Read) -> None:
        batch.note(item)
        if item.found is None:
            if item.refused == "damaged":
                log.warning("%s: damaged before byte %d; reading goes on there", source, item.next_offset)
            return
        one = ledger.candidate(item.found, self._selection)
        if one is None:
            batch.skipped["url"] += 1
        else:
            batch.add(one)

    def _refuses(self, record: WarcRecord) -> str:
        return self._selection.refuses_headers(record.headers)

    def _refuses_page(self, exchange: Exchange) -> str:
        refused = refuses_answer(exchange.status, exchange.headers.get("content-type", ""))
        return refused or self._selection.refuses_language(exchange.headers, exchange.body)

    def _flush(self, progress: ReadProgress, batch: _Batch) -> None:
        """One transaction: pages, captures, the run's pages, and how far the file was read."""
        step = self._step
        progress.add(batch)
        with transaction(step.conn):
            for token in step.tokens[:-1]:  # what an attempt that was killed between seal and commit left
                self._archive.discard(self._part(progress, token))
            taken = self._stored(progress, batch.found)
            progress.taken += taken
            step.count("taken", taken)
            step.count("skipped", batch.records - taken)
            step.label = progress.label
            self._save(progress, "done" if batch.last else "reading", "")
        if self._left is not None:
            self._left -= taken

    def _stored(self, progress: ReadProgress, found: Sequence[PageCandidate]) -> int:
        """The number of pages taken; what the database refuses is counted as skipped."""
        taken: list[int] = []

        def put(some: Sequence[PageCandidate]) -> None:
            taken.append(self._store(progress, some))

        def refuse(one: PageCandidate, why: str) -> None:
            log.warning("%s: the database refuses it: %s", one.url, why)
            progress.skipped[str(Outcome.BAD_ROW)] += 1

        bad_rows.halved(found, put, refuse, partial(self._undoing, progress))
        return sum(taken)

    @contextmanager
    def _undoing(self, progress: ReadProgress) -> Iterator[None]:
        """Undo what was noted, and written to the archive, of a batch that is refused."""
        parts, skipped = progress.parts, progress.skipped.copy()
        try:
            with self._step.savepoint():
                yield
        except Exception as error:
            progress.parts, progress.skipped = parts, skipped
            if bad_rows.is_refusal(error):
                self._archive.discard(self._part(progress, self._step.token))
            raise

    def _store(self, progress: ReadProgress, found: Sequence[PageCandidate]) -> int:
        conn, now = self._step.conn, self._step.clock()
        best = ledger.newest(found)
        progress.skipped["known"] += len(found) - len(best)
        ledger.register(conn, [(one.url, one.key, one.origin, one.publisher) for one in best], now)
        hashes = [one.key for one in best]
        pages = queries.backfill.lock_pages(conn, hashes=hashes, run_id=self._step.run_id)
        by_key = {bytes(page.url_hash): page for page in pages}
        taken = {}
        with self._archive.writer(self._part(progress, self._step.token)) as writer:
            for one in best:
                page = by_key[one.key]
                refused = ledger.refuses(page, one, self._step.run_id)
                if refused:
                    progress.skipped[refused] += 1
                else:
                    taken[int(page.page_id)] = (one, ledger.write(writer, one))
            sealed = writer.seal()
        if taken:
            progress.parts += 1
            ledger.book(conn, self._step.run_id, self._step.shard, self._shards, sealed, taken, now)
        return len(taken)

    def _part(self, progress: ReadProgress, token: str) -> str:
        """The archive file of the next batch, as the attempt with that word names it."""
        name = hashlib.sha256(f"{progress.selection} {progress.source}".encode()).hexdigest()[:16]
        return f"{self._folder}/backfill/{name}/{progress.parts + 1:05d}-{token}{SUFFIX}"

    def _save(self, progress: ReadProgress, state: str, detail: str) -> None:
        numbers = {name: getattr(progress, name) for name in ("offset", "parts", "records", "matched", "taken")}
        queries.backfill.save_progress(
            self._step.conn,
            source=progress.source,
            selection=progress.selection,
            state=state,
            detail=detail[:500],
            skipped=dict(progress.skipped),
            now=self._step.clock(),
            **numbers,
        )
        self._step.save()
