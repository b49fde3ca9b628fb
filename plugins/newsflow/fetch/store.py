"""The tables that fetch reads and writes: one function a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.fetch.decide import PageDecision, PendingPage
from newsflow.model import CapturePointer, Exchange
from newsflow.store import queries
from newsflow.store.archive_writer import ArchiveWriter, SealedFile
from newsflow.store.copy import copy_rows
from newsflow.store.warc import Original, digest
from newsflow.text.storable import Storable

_LOG = ("fetched_at", "page_id", "run_id", "outcome", "status", "bytes", "seconds", "detail")


@dataclass(frozen=True, slots=True)
class Stored(Storable):
    """A capture in the file that is being written."""

    page_id: int
    fetched_at: datetime
    final_url: str
    status: int
    content_type: str
    pointer: CapturePointer
    bytes: int
    rights: Mapping[str, Any]
    refers_to: int | None = None  # the capture whose body this one has


@dataclass(frozen=True, slots=True)
class Tried(Storable):
    """A line of the fetch log; `exchange` without its body, which had `bytes`."""

    page_id: int
    at: datetime
    exchange: Exchange
    bytes: int


def store(
    writer: ArchiveWriter,
    page_id: int,
    exchange: Exchange,
    at: datetime,
    rights: Mapping[str, Any],
    original: tuple[int, Original] | None,
) -> Stored:
    """Write an exchange to the archive; without its body where the page had the very same one before."""
    same = original is not None and original[1].pointer.payload_digest == digest(exchange.body)
    number, refers_to = original if original is not None and same else (None, None)
    pointer = writer.add(exchange, at, refers_to=refers_to)
    kind = "".join(c for c in exchange.headers.get("content-type", "")[:200] if c.isprintable())
    size = len(exchange.body)
    return Stored(page_id, at, exchange.final_url, exchange.status, kind, pointer, size, rights, number)


def pages(conn: Connection, run_id: int, shard: int) -> list[PendingPage]:
    """The shard's pages that have no outcome yet."""
    return [
        PendingPage(
            page_id=row.page_id,
            url=row.url,
            origin_id=row.origin_id,
            publisher=row.publisher,
            etag=row.etag,
            last_modified=row.last_modified,
            attempts=row.attempts,
            has_article=row.has_article,
            paused=row.paused,
        )
        for row in queries.fetch.shard_pages(conn, run_id=run_id, shard=shard)
    ]


def originals(conn: Connection, run_id: int, shard: int) -> dict[int, tuple[int, Original]]:
    """Ids and places of the bodies that the shard's pages had when they were last fetched, by page."""
    return {
        row.page_id: (
            row.capture_id,
            Original(
                CapturePointer(row.file, row.offset, row.length, row.payload_digest), row.final_url, row.fetched_at
            ),
        )
        for row in queries.fetch.shard_originals(conn, run_id=run_id, shard=shard)
    }


def totals(conn: Connection, run_id: int, shard: int) -> dict[str, int]:
    """Pages of the shard by publisher, those that are done included."""
    return {row.name: row.pages for row in queries.fetch.shard_publishers(conn, run_id=run_id, shard=shard)}


def files(conn: Connection, run_id: int, shard: int) -> set[str]:
    """The shard's sealed files that the ledger knows."""
    return {row.file for row in queries.fetch.shard_files(conn, run_id=run_id, shard=shard)}


def add_file(conn: Connection, run_id: int, shard: int, sealed: SealedFile, now: datetime) -> None:
    """Note a sealed file."""
    queries.fetch.add_file(
        conn,
        file=sealed.file,
        run_id=run_id,
        shard=shard,
        records=sealed.records,
        bytes=sealed.bytes,
        now=now,
    )


def add_captures(conn: Connection, run_id: int, captures: Sequence[Stored]) -> dict[int, int]:
    """Note captures of a noted file; ids by page."""
    data = [
        queries.fetch.AddCapturesValues(
            page_id=c.page_id,
            run_id=run_id,
            fetched_at=c.fetched_at,
            final_url=c.final_url,
            status=c.status,
            content_type=c.content_type,
            file=c.pointer.file,
            offset=c.pointer.offset,
            length=c.pointer.length,
            payload_digest=c.pointer.payload_digest,
            bytes=c.bytes,
            rights=dict(c.rights),
            refers_to=c.refers_to,
        )
        for c in captures
    ]
    return {row.page_id: row.capture_id for row in queries.fetch.add_captures(conn, data)}


def settle(
    conn: Connection, run_id: int, decisions: Sequence[PageDecision], captures: Mapping[int, int], now: datetime
) -> None:
    """Write the pages' new state, and their outcome in the run."""
    data = [
        queries.fetch.SettlePagesValues(
            page_id=d.page_id,
            state=str(d.state),
            outcome=str(d.outcome),
            detail=d.detail,
            attempts=d.attempts,
            next_attempt_at=d.next_attempt_at,
            etag=d.etag,
            last_modified=d.last_modified,
            capture_id=captures.get(d.page_id),
            now=now,
            run_id=run_id,
        )
        for d in sorted(decisions, key=lambda d: d.page_id)
    ]
    queries.fetch.settle_pages(conn, data)


def log_tries(conn: Connection, run_id: int, tries: Sequence[Tried]) -> None:
    """Add tries to the fetch log."""
    rows = [
        (
            t.at,
            t.page_id,
            run_id,
            str(t.exchange.outcome),
            t.exchange.status,
            t.bytes,
            t.exchange.seconds,
            t.exchange.detail,
        )
        for t in tries
    ]
    copy_rows(conn, "ingest.fetch_log", _LOG, rows)
