"""One batch of pages: sketched, compared with all that is stored, and put into stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.dedupe import store
from newsflow.dedupe.sketch import sketch
from newsflow.dedupe.stories import Story, components
from newsflow.dedupe.twins import find_twins
from newsflow.store import queries
from newsflow.text.normalise import text_hash


@dataclass(frozen=True, slots=True)
class Clustered:
    """What a batch came to: pages that are another address of a known page, and articles whose story changed."""

    twins: Mapping[int, int] = field(default_factory=dict)
    moved: int = 0


def cluster(conn: Connection, pages: Sequence[int], now: datetime) -> Clustered:
    """Put pages into stories, in the caller's transaction, one writer at a time."""
    queries.run(conn, "dedupe.lock_stories")
    texts = store.texts(conn, pages)
    twins = find_twins(texts, store.canonical(conn, texts), _same_text)
    texts = [t for t in texts if t.page_id not in twins]
    store.put_sketches(conn, [sketch(t.page_id, t.extraction_id, t.title, t.body) for t in texts])
    return Clustered(twins, _regroup(conn, [t.page_id for t in texts], now))


def _same_text(one: Any, other: Any) -> bool:
    return text_hash(one.body) == text_hash(other.body)


def _regroup(conn: Connection, pages: Sequence[int], now: datetime) -> int:
    """Build the stories that these pages touch anew; returns how many loaded articles moved."""
    rows = store.touched(conn, pages)
    edges = store.edges(conn, [m.page_id for m in rows])
    stories = components(rows, edges)
    return store.put_members(conn, stories, _similarities(stories, rows, edges), now)


def _similarities(
    stories: Sequence[Story], rows: Mapping[Any, Any], edges: Mapping[tuple[int, int], float]
) -> dict[int, float]:
    return {page_id: 1.0 for story in stories for page_id in story.members}
