"""The rows that deduplication reads and writes, a function a query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.dedupe import ALGORITHM
from newsflow.dedupe.sketch import Sketch
from newsflow.dedupe.stories import Member, Story
from newsflow.dedupe.twins import canonical_hash
from newsflow.store import queries


def texts(conn: Connection, pages: Sequence[int]) -> list[Any]:
    """Newest extraction of each page, by page_id."""
    return queries.rows(conn, "dedupe.list_texts", pages=list(pages))


def canonical(conn: Connection, texts: Iterable[Any]) -> dict[bytes, Any]:
    """Known pages that these name as their canonical address, by the hash of their URL."""
    hashes = [key for t in texts if (key := canonical_hash(t.url, t.canonical_url))]
    if not hashes:
        return {}
    return {bytes(row.url_hash): row for row in queries.rows(conn, "dedupe.list_canonical", hashes=hashes)}


def put_sketches(conn: Connection, sketches: Iterable[Sketch]) -> None:
    """Store sketches in place of older ones of the same pages."""
    data = [(s.page_id, s.extraction_id, ALGORITHM, s.words, s.text_key, list(s.hashes)) for s in sketches]
    queries.values(conn, "dedupe.put_sketches", data)


def touched(conn: Connection, pages: Sequence[int]) -> dict[Member, Any]:
    """Members of every story that these pages are in or share a text with, with their rows."""
    return {
        Member(
            row.page_id,
            bytes(row.text_key) if row.text_key is not None else None,
            row.published_at,
            row.published_quality,
            bytes(row.url_hash),
        ): row
        for row in queries.rows(conn, "dedupe.list_touched", pages=list(pages))
    }


def edges(conn: Connection, pages: Sequence[int]) -> dict[tuple[int, int], float]:
    """Edges between these pages: (lo, hi) → containment."""
    found = queries.rows(conn, "dedupe.list_edges", pages=list(pages))
    return {(row.lo, row.hi): row.containment for row in found}


def put_members(conn: Connection, stories: Sequence[Story], similarity: Mapping[int, float], now: datetime) -> int:
    """Write what changed in these stories; returns how many loaded articles load must carry over."""
    flat = [(page_id, story) for story in stories for page_id in story.members]
    return queries.run(
        conn,
        "dedupe.put_members",
        pages=[page_id for page_id, _ in flat],
        stories=[story.story_id for _, story in flat],
        origins=[page_id == story.origin for page_id, story in flat],
        similarities=[similarity[page_id] for page_id, _ in flat],
        now=now,
    )
