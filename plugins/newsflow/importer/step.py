"""File rows into the ledger as extractions, then through deduplication and load like all others."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import partial
from operator import attrgetter
from pathlib import Path

from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.batched import batched
from newsflow.clock import Clock, utcnow
from newsflow.extract import row as extraction_row
from newsflow.importer.columns import checked
from newsflow.importer.encoding import UTF8
from newsflow.importer.file_row import Asked, BadRowError, Glimpse, Row, content_hash, glimpse, row
from newsflow.importer.read import FileReading, records
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.store import bad_rows, queries
from newsflow.store.db import transaction
from newsflow.store.migrate import ready_session
from newsflow.text.characters import clean
from newsflow.text.storable import Storable
from newsflow.web.urls import origin_of, shared_by, url_hash

log = logging.getLogger(__name__)

BATCH = 500  # rows in one transaction
REMEMBERED = 1000  # rejects that a report holds; the database holds them all


@dataclass(frozen=True, slots=True)
class Reject(Storable):
    """A row that was left out, and what can be read of it."""

    line: int
    outcome: Outcome
    reason: str
    of: Glimpse = field(default_factory=Glimpse)


@dataclass
class Imported:
    """What became of a file: rows by outcome, how many were left out, and the first of these."""

    counts: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)  # what rows were taken otherwise than they say, with how many

    def count(self, outcome: str, rows: int = 1) -> None:
        """Add rows to an outcome's count."""
        if rows:
            self.counts[str(outcome)] = self.counts.get(str(outcome), 0) + rows

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Add rows that were left out."""
        self.rejected += len(rejects)
        self.rejects += rejects[: max(0, REMEMBERED - len(self.rejects))]


def import_file(
    settings: Settings,
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    zone: tzinfo | None = None,
    begun: Callable[[int, FileReading], None] = lambda run_id, reading: None,
    clock: Clock = utcnow,
) -> Imported:
    """Import a file; a second time changes nothing, and after a kill it goes on where it was.

    :param columns: field → column, where they differ.
    :param zone: of times that name none.
    :param begun: is told the run, and what tells how far the file is read.
    :raises MissingColumnError: for a file without a column that is needed.
    :raises UnreadableError: for a file that can't be read; what was filed before stays and is loaded by the next run.
    """
    run_name = f"import__{path.name}__{clock().isoformat()}"
    reading = FileReading()
    with pipeline.own_run(settings, "import", run_name, clock=clock) as run_id:
        begun(run_id, reading)
        result = file_rows(settings, run_id, path, Asked(columns or {}, zone, clock()), reading, clock=clock)
        pipeline.deduplicate(settings, run_id, clock=clock)
        for outcome, pages in pipeline.load(settings, run_id, clock=clock).counts.items():
            result.count(outcome, pages)
        verdict = f"{sum(result.counts.values())} rows, {result.rejected} rejected"
        with ready_session(settings.dsn) as conn, transaction(conn):
            queries.runs.finish(conn, run_id=run_id, state="success", verdict=verdict, now=clock())
    return result


def file_rows(
    settings: Settings,
    run_id: int,
    path: Path,
    asked: Asked,
    reading: FileReading | None = None,
    *,
    clock: Clock = utcnow,
) -> Imported:
    """Put a file's rows into the ledger as extractions of a run, and those that an earlier import left waiting."""
    result, reading = Imported(), reading or FileReading()
    with ready_session(settings.dsn, application="newsflow import") as conn:
        with transaction(conn):
            queries.importer.open_lines(conn)
        for batch in batched(_read(path, asked, reading), BATCH):
            with transaction(conn):
                rejects = [found for found in batch if isinstance(found, Reject)]
                rows = [found for found in batch if isinstance(found, Row)]
                result.notes.update(note for found in rows for note in found.notes)
                rejects += _filed(conn, run_id, rows, result, clock)
                bad_rows.write(conn, rejects, partial(_put_rejects, conn, run_id), _unlisted)
            result.reject(sorted(rejects, key=attrgetter("line")))
        if reading.encoding != UTF8:
            result.notes[f"the file is not UTF-8: read as {reading.encoding}"] += reading.records
        with transaction(conn):
            queries.importer.take_stragglers(conn, run_id=run_id)
    return result


def _filed(conn: Connection, run_id: int, rows: Sequence[Row], result: Imported, clock: Clock) -> list[Reject]:
    """File rows, and say which are left out: those that the database refuses too."""
    rejects: list[Reject] = []

    def put(some: Sequence[Row]) -> None:
        counted = Imported()
        left = _file(conn, run_id, list(some), counted, clock)
        rejects.extend(left)
        for outcome, pages in counted.counts.items():
            result.count(outcome, pages)

    bad_rows.write(conn, rows, put, lambda row, why: rejects.append(_left_out(row, Outcome.BAD_ROW, why)))
    return rejects


def _left_out(found: Row, outcome: Outcome, why: str) -> Reject:
    return Reject(found.line, outcome, why, found.glimpse)


def _untold(found: Row) -> Glimpse:
    """Of an article that was taken out nothing is kept but where it stood."""
    return replace(found.glimpse, title="", published_at=None)


def _put_rejects(conn: Connection, run_id: int, rejects: Sequence[Reject]) -> None:
    queries.importer.put_rejects(conn, [_reject(run_id, found) for found in rejects])


def _unlisted(found: Reject, why: str) -> None:
    log.warning(
        "line %d was left out (%s), and the database refuses the note of it: %s", found.line, found.outcome, why
    )


def _reject(run_id: int, found: Reject) -> queries.importer.PutRejectsValues:
    return queries.importer.PutRejectsValues(
        run_id=run_id,
        line=found.line,
        outcome=str(found.outcome),
        detail=found.reason,
        url=found.of.url or None,
        publisher=found.of.publisher or None,
        title=found.of.title or None,
        published_at=found.of.published_at,
    )


def _read(path: Path, asked: Asked, reading: FileReading | None) -> Iterator[Row | Reject]:
    for line, record in checked(records(path, reading), asked.columns):
        try:
            if isinstance(record, ValueError):
                raise BadRowError(str(record))
            yield row(line, record, asked)
        except BadRowError as error:
            yield Reject(line, Outcome.UNREADABLE_ROW, clean(str(error))[:500], glimpse(record, asked))
        except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
            log.exception("row %d can't be read", line)  # what nobody thought of costs this row, and no other
            yield Reject(line, Outcome.UNREADABLE_ROW, clean(f"{type(error).__name__}: {error}")[:500])


def _file(conn: Connection, run_id: int, batch: list[Row], result: Imported, clock: Clock) -> list[Reject]:
    """File the rows that say something new; returns those that are left out."""
    firsts, rejects = _firsts(conn, batch)
    known = {bytes(r.url_hash): r for r in queries.importer.list_known(conn, hashes=_hashes(firsts))}
    new = []
    for found in firsts:
        row_known = known.get(url_hash(found.extraction.url))
        kept = _kept(found, row_known)
        if kept is None:
            new.append(found)
        elif row_known and row_known.retracted is not None:
            why = f"url: this article was taken out here and does not come back: {row_known.retracted}"
            rejects.append(replace(_left_out(found, kept, why[:500]), of=_untold(found)))
        elif kept is Outcome.KEPT_OWN:
            rejects.append(_left_out(found, kept, "url: we have this article from its own page, and keep that"))
        else:
            result.count(Outcome.UNCHANGED, 0 if known[url_hash(found.extraction.url)].waits else 1)
    if new:
        _store(conn, run_id, new, clock)
    return rejects


def _firsts(conn: Connection, batch: list[Row]) -> tuple[list[Row], list[Reject]]:
    """The rows whose address stands in no earlier line, and the others as rejects."""
    lines = [r.line for r in batch]
    first = {bytes(r.url_hash): r.line for r in queries.importer.first_lines(conn, hashes=_hashes(batch), lines=lines)}
    firsts, rejects = list[Row](), list[Reject]()
    for found in batch:
        line = first[url_hash(found.extraction.url)]
        if line == found.line:
            firsts.append(found)
        else:
            rejects.append(_left_out(found, Outcome.REPEATED_ROW, f"url: the same address as line {line}"))
    return firsts, rejects


def _kept(found: Row, known: queries.importer.ListKnownRow | None) -> Outcome | None:
    """Why what we have of a row's page stays; None where the row says something that its page does not have yet."""
    if known is not None and known.retracted is not None:
        return Outcome.RETRACTED
    if known is None or known.content_hash is None:
        return None
    if bytes(known.content_hash) == content_hash(found.extraction):
        return Outcome.UNCHANGED
    return None if known.cause == "import" else Outcome.KEPT_OWN


def _store(conn: Connection, run_id: int, new: list[Row], clock: Clock) -> None:
    pages = _pages(conn, new)
    data = [
        queries.importer.PutExtractionsValues(
            page_id=pages[url_hash(r.extraction.url)],
            run_id=run_id,
            cause="import",
            sources=dict(r.extraction.sources),
            extracted_at=clock(),
            **{**extraction_row.values(r.extraction), "content_hash": content_hash(r.extraction)},
        )
        for r in new
    ]
    filed = queries.importer.put_extractions(conn, data)
    queries.importer.move_pages(
        conn,
        run_id=run_id,
        pages=[r.page_id for r in filed],
        extractions=[r.extraction_id for r in filed],
        now=clock(),
    )


def _hashes(rows: Iterable[Row]) -> list[bytes]:
    return [url_hash(r.extraction.url) for r in rows]


def _pages(conn: Connection, rows: list[Row]) -> dict[bytes, int]:
    """Ids of the rows' pages by the hash of their URL; publishers, origins and pages are added where missing."""
    by_origin = {(origin := origin_of(r.extraction.url)): shared_by(origin) or r.publisher for r in rows}
    queries.importer.add_publishers(conn, names=sorted({*by_origin.values(), *(r.publisher for r in rows)}))
    queries.importer.add_origins(conn, origins=sorted(by_origin), publishers=[by_origin[o] for o in sorted(by_origin)])
    ordered = sorted(rows, key=lambda r: r.line)
    found = queries.importer.add_pages(
        conn,
        urls=[r.extraction.url for r in ordered],
        hashes=_hashes(ordered),
        origins=[origin_of(r.extraction.url) for r in ordered],
        publishers=[r.publisher for r in ordered],
    )
    return {bytes(r.url_hash): r.page_id for r in found}
