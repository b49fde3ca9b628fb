"""The rows that deduplication reads and writes, a function a query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone

from psycopg2.extensions import connection as Connection

from newsflow.dedupe import ALGORITHM
from newsflow.dedupe.candidates import LONGEST, StoryCount
from newsflow.dedupe.canonical import canonical_hash
from newsflow.dedupe.sketch import Sketch
from newsflow.dedupe.stories import NOWHERE, VERSION, Edge, Member, Story
from newsflow.dedupe.suspicious_stories import Alarm
from newsflow.dedupe.verify import PART, Comparison
from newsflow.store import queries
from newsflow.store.queries.dedupe import ListCanonicalRow, ListSourcesRow, ListTextsRow, ListTouchedRow
from newsflow.web.urls import same_site


def texts(conn: Connection, pages: Sequence[int]) -> list[ListTextsRow]:
    """Newest extraction of each page, by page_id, and what the page says of its address."""
    return queries.dedupe.list_texts(conn, pages=list(pages))


def versions(conn: Connection, pages: Iterable[int]) -> dict[int, int]:
    """The extraction that each page's sketch was made of (a newer one may wait for its own turn)."""
    return {row.page_id: row.extraction_id for row in queries.dedupe.list_versions(conn, pages=sorted(pages))}


def sources(conn: Connection, extractions: Collection[int]) -> list[ListSourcesRow]:
    """What reading and comparing need of extractions: texts, names, time, type."""
    return queries.dedupe.list_sources(conn, extractions=list(extractions))


def canonical(conn: Connection, texts: Iterable[ListTextsRow]) -> dict[bytes, ListCanonicalRow]:
    """Known pages that these name as their canonical address, by the hash of their URL."""
    hashes = [key for t in texts if (key := canonical_hash(t.url, t.canonical_url))]
    if not hashes:
        return {}
    return {bytes(row.url_hash): row for row in queries.dedupe.list_canonical(conn, hashes=hashes)}


def put_sketches(conn: Connection, sketches: Sequence[Sketch], now: datetime) -> None:
    """Store sketches in place of older ones of the same pages, and enter their hashes into the index."""
    found = queries.dedupe.list_sketches(conn, pages=[s.page_id for s in sketches])
    old = {row.page_id: tuple(row.hashes) for row in found if row.indexed}
    moved = [s.page_id for s in sketches if old.get(s.page_id) != s.hashes]
    queries.dedupe.drop_hashes(conn, pages=[page_id for page_id in moved if page_id in old])
    today = now.astimezone(timezone.utc).date()
    data = [
        queries.dedupe.PutSketchesValues(
            page_id=s.page_id,
            extraction_id=s.extraction_id,
            sketched_on=today,
            version=ALGORITHM,
            words=s.words,
            comparison_key=s.comparison_key,
            hashes=list(s.hashes),
            site_lines=s.site_lines,
        )
        for s in sketches
    ]
    queries.dedupe.put_sketches(conn, data)
    queries.dedupe.put_hashes(conn, pages=moved)


def postings(conn: Connection, hashes: Iterable[int]) -> dict[int, list[int]]:
    """Pages of each hash that is not stopped and that several pages have; asked in the index's own order."""
    found = queries.dedupe.list_postings(conn, hashes=sorted(set(hashes)), longest=LONGEST)
    return {row.h: row.pages for row in found}


def unindexed_partners(conn: Connection, pages: Sequence[int]) -> list[tuple[int, int]]:
    """Each page with those that it was found alike with and that retention has taken out of the index since."""
    found = queries.dedupe.list_unindexed_partners(conn, pages=list(pages))
    return [(row.page_id, row.partner) for row in found]


def story_counts(conn: Connection, postings: Mapping[int, Sequence[int]]) -> list[StoryCount]:
    """Different stories among the pages of each hash, publisher by publisher."""
    if not postings:
        return []
    pairs = [(h, page_id) for h, pages in postings.items() for page_id in pages]
    found = queries.dedupe.count_stories(conn, hashes=[h for h, _ in pairs], pages=[page_id for _, page_id in pairs])
    return [StoryCount(row.h, row.publisher_id, row.stories, row.own) for row in found]


def own_stops(conn: Connection, pages: Sequence[int]) -> dict[int, frozenset[int]]:
    """Of each page, the hashes that are stopped for its publisher's pages."""
    return {row.page_id: frozenset(row.hashes) for row in queries.dedupe.own_stops(conn, pages=list(pages))}


def stop(
    conn: Connection,
    stories: Mapping[tuple[int, int], int],
    postings: Mapping[int, Sequence[int]],
    now: datetime,
) -> None:
    """Put hashes on the stop-list, each for a publisher or for everybody, as a new version of it."""
    if stories:
        version = stop_version(conn) + 1
        data = [
            queries.dedupe.PutStopsValues(
                h=h,
                publisher_id=publisher_id,
                version=version,
                pages=len(postings[h]),
                stories=count,
                page_id=postings[h][0],
                added_at=now,
            )
            for (h, publisher_id), count in sorted(stories.items())
        ]
        queries.dedupe.put_stops(conn, data)


def stop_version(conn: Connection) -> int:
    """Version of the stop-list in force; 0 for an empty one."""
    return queries.dedupe.stop_version(conn)


def replace_edges(
    conn: Connection, pages: Sequence[int], verdicts: Mapping[tuple[int, int], Comparison], now: datetime
) -> set[int]:
    """Store the edges of pages in place of their older ones; returns all pages that either led to."""
    old = queries.dedupe.drop_edges(conn, pages=list(pages))
    stopped = stop_version(conn)
    queries.dedupe.put_edges(conn, [_edge(*pair, v, stopped, now) for pair, v in sorted(verdicts.items())])
    return {page_id for row in old for page_id in (row.lo, row.hi)} | {page_id for pair in verdicts for page_id in pair}


def _edge(lo: int, hi: int, found: Comparison, stopped: int, now: datetime) -> queries.dedupe.PutEdgesValues:
    (lo_start, lo_end), (hi_start, hi_end) = found.spans or (NOWHERE, NOWHERE)
    return queries.dedupe.PutEdgesValues(
        lo=lo,
        hi=hi,
        version=ALGORITHM,
        stop_version=stopped,
        containment=found.containment,
        jaccard=found.jaccard,
        shared=found.shared,
        rule=found.rule,
        joins=found.copies,
        lo_start=lo_start,
        lo_end=lo_end,
        hi_start=hi_start,
        hi_end=hi_end,
        found_at=now,
    )


def touched(conn: Connection, pages: Iterable[int]) -> dict[Member, ListTouchedRow]:
    """Members of every story that a change at these pages can reach, with their rows."""
    return {
        Member(
            row.page_id,
            bytes(row.comparison_key) if row.comparison_key is not None else None,
            row.published_at,
            row.published_quality,
            bytes(row.url_hash),
            row.discovered_at,
            row.watched_since,
            row.final_url is not None and not same_site(row.url, row.final_url),
            row.publisher_id,
            row.words,
        ): row
        for row in queries.dedupe.list_touched(conn, pages=sorted(pages))
    }


def edges(conn: Connection, pages: Sequence[int]) -> dict[Edge, float]:
    """Edges of these pages, with their containment."""
    return {
        Edge(
            row.lo,
            row.hi,
            row.joins,
            (row.lo_start, row.lo_end),
            (row.hi_start, row.hi_end),
            row.jaccard >= PART or row.rule == VERSION,
        ): row.containment
        for row in queries.dedupe.list_edges(conn, pages=list(pages))
    }


def put_members(
    conn: Connection,
    stories: Sequence[Story],
    similarity: Mapping[int, float],
    known: Iterable[ListTouchedRow],
    now: datetime,
) -> int:
    """Write what changed in these stories; returns how many loaded articles load must carry over.

    :param known: what is stored of their members.
    """
    stored = {row.page_id: (row.story_id, row.is_origin, row.similarity) for row in known}
    flat = [
        (page_id, story)
        for story in stories
        for page_id in story.members
        if stored.get(page_id) != (story.story_id, page_id == story.origin, similarity[page_id])
    ]
    return queries.dedupe.put_members(
        conn,
        pages=[page_id for page_id, _ in flat],
        stories=[story.story_id for _, story in flat],
        origins=[page_id == story.origin for page_id, story in flat],
        similarities=[similarity[page_id] for page_id, _ in flat],
        now=now,
    )


def put_alarms(conn: Connection, touched: Iterable[int], found: Sequence[Alarm], now: datetime) -> None:
    """Replace the alarms of the touched stories."""
    queries.dedupe.put_alarms(
        conn,
        touched=sorted(touched),
        stories=[a.story_id for a in found],
        kinds=[a.kind for a in found],
        members=[a.members for a in found],
        details=[a.detail for a in found],
        now=now,
    )


def put_credits(conn: Connection, credited: Mapping[int, Mapping[str, str]]) -> None:
    """Replace the agencies that pages credit: page_id → agency → the words that credit it."""
    flat = [(page_id, agency, words) for page_id, found in credited.items() for agency, words in found.items()]
    queries.dedupe.put_credits(
        conn,
        pages=list(credited),
        credited=[page_id for page_id, _, _ in flat],
        agencies=[agency for _, agency, _ in flat],
        evidence=[words for _, _, words in flat],
    )
