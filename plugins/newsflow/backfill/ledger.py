"""A batch of found records into pages and captures; which known pages give way to an older world's copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.backfill.records import FoundRecord
from newsflow.backfill.selection import Selection
from newsflow.model import CapturePointer
from newsflow.outcomes import Outcome, where
from newsflow.store import queries
from newsflow.store.archive_writer import ArchiveWriter, SealedFile
from newsflow.text.storable import Storable
from newsflow.web import rights
from newsflow.web.urls import BadUrl, canonicalise, origin_of, url_hash

_NEVER = where(lambda it: it.closed_to_archives)
_UNDER_WAY = frozenset({"captured", "extracted", "clustered"})


@dataclass(frozen=True, slots=True)
class PageCandidate(Storable):
    """A found record and the page that it would be a capture of."""

    url: str
    key: bytes
    origin: str
    publisher: str
    found: FoundRecord

    @property
    def rank(self) -> tuple[datetime, str]:
        """The newest capture of a page wins; of equal ones the greater digest, so that order does not matter."""
        return self.found.when, self.found.digest


def candidate(found: FoundRecord, selection: Selection) -> PageCandidate | None:
    """None for a URL that can't be a page's."""
    try:
        url = canonicalise(found.exchange.final_url)
        return PageCandidate(url, url_hash(url), origin_of(url), selection.publisher(url), found)
    except BadUrl:
        return None


def newest(candidates: Iterable[PageCandidate]) -> list[PageCandidate]:
    """One for each page, in the order of their keys, which is the order of locks."""
    best: dict[bytes, PageCandidate] = {}
    for one in candidates:
        if one.key not in best or best[one.key].rank < one.rank:
            best[one.key] = one
    return [best[key] for key in sorted(best)]


def refuses(page: queries.backfill.LockPagesRow, one: PageCandidate, run_id: int) -> str:
    """Why a page keeps what it has: `refused`, `busy` or `known`; '' where the capture is taken."""
    if page.outcome in _NEVER:
        return "refused"
    if page.busy:
        return "busy"
    if page.outcome == Outcome.SAME_PAGE:
        return "known"
    if page.state in _UNDER_WAY and (page.state != "captured" or page.capture_run != run_id):
        return "known"
    if page.fetched_at is not None and (page.fetched_at, page.payload_digest) >= one.rank:
        return "known"
    return "known" if page.payload_digest == one.found.digest and page.state == "loaded" else ""


def register(
    conn: Connection,
    pages: Sequence[tuple[str, bytes, str, str]],
    now: datetime,
    *,
    discovered_by: str = "backfill",
    next_attempt_at: str = "infinity",
) -> None:
    """Make publishers, origins and pages known; four statements.

    :param pages: (url, key, origin, publisher) of each.
    """
    owners = {origin: publisher for _, _, origin, publisher in pages}
    origins = sorted(owners)
    names = [owners[origin] for origin in origins]
    queries.backfill.add_publishers(conn, names=names)
    queries.backfill.add_origins(conn, origins=origins, names=names)
    queries.backfill.add_pages(
        conn,
        urls=[p[0] for p in pages],
        hashes=[p[1] for p in pages],
        origins=[p[2] for p in pages],
        discovered_by=discovered_by,
        next_attempt_at=next_attempt_at,
        now=now,
    )


def write(writer: ArchiveWriter, one: PageCandidate) -> CapturePointer:
    """Copy a record into our archive: its gzip member as it is, or packed anew."""
    found = one.found
    if member := found.member:
        return writer.add_member(member, found.digest, found.when)
    return writer.add(found.exchange, found.when)


def book(
    conn: Connection,
    run_id: int,
    shard: int,
    shards: int,
    sealed: SealedFile,
    taken: Mapping[int, tuple[PageCandidate, CapturePointer]],
    now: datetime,
) -> None:
    """Note a sealed file, its captures, and the pages that go on to extract."""
    queries.backfill.add_file(
        conn, run_id=run_id, shard=shard, file=sealed.file, records=sealed.records, bytes=sealed.bytes, now=now
    )
    rows = [_capture(page_id, run_id, *taken[page_id]) for page_id in sorted(taken)]
    made = queries.backfill.add_captures(conn, rows)
    page_ids = [row.page_id for row in made]
    queries.backfill.capture_pages(conn, page_ids=page_ids, capture_ids=[row.capture_id for row in made], now=now)
    queries.backfill.enter_extract(conn, run_id=run_id, page_ids=page_ids, shards=shards)


def _capture(page_id: int, run_id: int, one: PageCandidate, at: CapturePointer) -> queries.backfill.AddCapturesValues:
    exchange = one.found.exchange
    return queries.backfill.AddCapturesValues(
        page_id=page_id,
        run_id=run_id,
        fetched_at=one.found.when,
        final_url=exchange.final_url,
        status=exchange.status,
        content_type=exchange.headers.get("content-type", ""),
        file=at.file,
        offset=at.offset,
        length=at.length,
        payload_digest=at.payload_digest,
        bytes=len(exchange.body),
        rights=rights.of_page(exchange, {}),
    )
