"""File rows into the ledger as extractions, then through deduplication and load like all others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.clock import Clock, utcnow
from newsflow.extract import row as extraction_row
from newsflow.importer.read import records
from newsflow.importer.rows import BadRowError, Row, row
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import session, transaction
from newsflow.web.urls import origin_of, url_hash

BATCH = 500  # rows in one transaction


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was left out."""

    line: int
    reason: str


@dataclass
class Imported:
    """What became of a file: rows by outcome, and those that were left out."""

    counts: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def count(self, outcome: str, rows: int = 1) -> None:
        """Add rows to an outcome's count."""
        if rows:
            self.counts[outcome] = self.counts.get(outcome, 0) + rows


def import_file(
    settings: Settings, path: Path, columns: Mapping[str, str] | None = None, *, clock: Clock = utcnow
) -> Imported:
    """Import a file; a second time changes nothing, and after a kill it goes on where it was.

    :param columns: field → column, where they differ.
    :raises UnreadableError: for a file that can't be read; what was filed before stays and is loaded by the next run.
    """
    run_name = f"import__{path.name}__{clock().isoformat()}"
    run_id = pipeline.open_run(settings, "import", run_name, clock=clock)
    state, verdict = "failed", "The import broke off."
    try:
        result = Imported()
        with session(settings.dsn, application="newsflow import") as conn:
            for batch in _batches(_valid(path, columns or {}, result), BATCH):
                with transaction(conn):
                    _file(conn, run_id, batch, result, clock)
            with transaction(conn):
                queries.run(conn, "importer.take_stragglers", run_id=run_id)
        pipeline.deduplicate(settings, run_id, clock=clock)
        for outcome, pages in pipeline.load(settings, run_id, clock=clock).counts.items():
            result.count(outcome, pages)
        state, verdict = "success", f"{sum(result.counts.values())} rows, {len(result.rejects)} rejected"
        return result
    finally:
        with session(settings.dsn) as conn, transaction(conn):
            queries.run(conn, "runs.finish", run_id=run_id, state=state, verdict=verdict, now=clock())


def _valid(path: Path, columns: Mapping[str, str], result: Imported) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for line, record in records(path):
        try:
            if isinstance(record, ValueError):
                raise BadRowError(str(record))
            found = row(line, record, columns)
            first = seen.setdefault(found.extraction.url, line)
            if first != line:
                raise BadRowError(f"url: the same address as line {first}")
        except BadRowError as error:
            result.rejects.append(Reject(line, str(error)))
            continue
        yield found


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch


def _file(conn: Connection, run_id: int, batch: list[Row], result: Imported, clock: Clock) -> None:
    known = {bytes(r.url_hash): r for r in queries.rows(conn, "importer.list_known", hashes=_hashes(batch))}
    new = [r for r in batch if _is_news(r, known.get(url_hash(r.extraction.url)), result)]
    if not new:
        return
    pages = _pages(conn, new)
    data = [
        [
            pages[url_hash(r.extraction.url)],
            run_id,
            "import",
            json.dumps(dict(r.extraction.sources)),
            *_values(r),
            clock(),
        ]
        for r in new
    ]
    filed = queries.values(conn, "importer.put_extractions", data, fetch=True)
    queries.run(
        conn,
        "importer.move_pages",
        run_id=run_id,
        pages=[r.page_id for r in filed],
        extractions=[r.extraction_id for r in filed],
        now=clock(),
    )


def _is_news(found: Row, known: Any, result: Imported) -> bool:
    """Whether a row says something that its page does not have yet."""
    if known is None or known.content_hash is None:
        return True
    if bytes(known.content_hash) == extraction_row.content_hash(found.extraction):
        result.count("unchanged", 0 if known.waits else 1)
        return False
    if known.cause != "import":
        result.rejects.append(Reject(found.line, "url: we have this article from its own page, and keep that"))
        return False
    return True


def _hashes(rows: Iterable[Row]) -> list[bytes]:
    return [url_hash(r.extraction.url) for r in rows]


def _values(found: Row) -> list[Any]:
    return extraction_row.values(found.extraction)


def _pages(conn: Connection, rows: list[Row]) -> dict[bytes, int]:
    """Ids of the rows' pages by the hash of their URL; publishers, origins and pages are added where missing."""
    queries.run(conn, "importer.add_publishers", names=sorted({r.publisher for r in rows}))
    by_origin = {origin_of(r.extraction.url): r.publisher for r in rows}
    queries.run(
        conn, "importer.add_origins", origins=sorted(by_origin), publishers=[by_origin[o] for o in sorted(by_origin)]
    )
    ordered = sorted(rows, key=lambda r: r.line)
    found = queries.rows(
        conn,
        "importer.add_pages",
        urls=[r.extraction.url for r in ordered],
        hashes=_hashes(ordered),
        origins=[origin_of(r.extraction.url) for r in ordered],
        publishers=[r.publisher for r in ordered],
    )
    return {bytes(r.url_hash): r.page_id for r in found}
