"""A store as months of nights leave it: rows made in the database, and one night that waits for deduplicate.

Stored articles take bodies from a pool of texts of Zipf-distributed words, with the lengths of news (log-normal,
median 2,700 characters, mean 3,450); their sketches have random hashes, as those of different texts have.
The night's texts are new, and three in ten of them are near copies of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from psycopg2.extensions import connection as Connection

from benchmarks.load_world import Texts, digest, title
from newsflow.settings import Settings
from newsflow.store import runs
from newsflow.store.copy import copy_rows
from newsflow.store.db import transaction

NOW = datetime(2026, 3, 1, 2, tzinfo=timezone.utc)
POOL = 400
PUBLISHERS = 200
HASHES = 22  # of a sketch, as measured on news of all lengths

_NIGHT_COLUMNS = (
    "page_id", "extractor", "outcome", "title", "lead", "body", "authors", "published_at", "published_quality",
    "language", "language_confidence", "word_count", "content_hash", "text_hash",
)  # fmt: skip
_PARTS = dict(
    part.split("\n", 1) for part in Path(__file__).with_suffix(".sql").read_text("utf-8").split("-- part: ")[1:]
)


@dataclass(frozen=True, slots=True)
class Store:
    """How much is stored, over how many days, and how many articles the last night brings."""

    articles: int
    days: int
    night: int


def fill(conn: Connection, store: Store) -> int:
    """Make the store and its last night; returns the night's run."""
    kept = Settings.model_fields
    values = {
        "articles": store.articles, "days": store.days, "night": store.night, "now": NOW, "pool": POOL,
        "publishers": PUBLISHERS, "hashes": HASHES, "copies": kept["retain_body_copies_days"].default,
        "window": kept["retain_sketches_days"].default,
    }  # fmt: skip
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("set local maintenance_work_mem = '512MB'; set local work_mem = '256MB'")
        cursor.execute(_PARTS["begin"], values)
        _months(conn, store.days)
        copy_rows(conn, "bench_pool", ("k", "title", "lead", "body", "words"), _pool())
        cursor.execute("update bench_pool set document = news_internal.fts_document('en', title, lead, body)")
        cursor.execute("drop index news_internal.search_document")
        cursor.execute(_PARTS["fill"], values)
        cursor.execute("create index search_document on news_internal.search using gin (document)")
    run_id = runs.start(conn, "bench", "last night", NOW, {})
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(_PARTS["night"], values | {"run_id": run_id})
        copy_rows(conn, "ingest.extraction", _NIGHT_COLUMNS, _night(store))
    conn.autocommit = True
    with conn.cursor() as cursor:
        cursor.execute("vacuum analyze")
    conn.autocommit = False
    return run_id


def _months(conn: Connection, days: int) -> None:
    """Partitions of the months that the store reaches back to."""
    months = {(NOW - timedelta(days=n)).date().replace(day=1) for n in range(days + 1)}
    with conn.cursor() as cursor:
        for month in sorted(months):
            for parent in ("ingest.sketch_hash", "ingest.fetch_log"):
                cursor.execute("select news_internal.add_partition(%s, %s)", (parent, month))


def _lengths(count: int, seed: int) -> list[int]:
    return np.random.default_rng(seed).lognormal(np.log(2_700), 0.7, count).clip(300, 40_000).astype(int).tolist()  # type: ignore[no-any-return]


def _bodies(count: int, seed: int) -> Iterator[str]:
    texts = Texts(seed)
    for length in _lengths(count, seed):
        words = texts.rng.choice(texts.words, size=length // 5, p=texts.share)
        paragraphs = [" ".join(words[n : n + 45]).capitalize() + "." for n in range(0, len(words), 45)]
        yield "\n".join(paragraphs)[:length]


def _pool() -> Iterator[tuple[object, ...]]:
    for n, body in enumerate(_bodies(POOL, 7)):
        yield n, title(body), body[80:240], body, len(body.split())


def _night(store: Store) -> Iterator[tuple[object, ...]]:
    before = ""
    for n, body in enumerate(_bodies(store.night, 11), store.articles + 1):
        text = before + "\nThis was added." if n % 10 < 3 and before else body
        yield (
            n, "bench", "ok", title(text), text[80:240], text, ["Ana Díaz"], NOW - timedelta(minutes=n % 600), "exact",
            "en", 0.99, len(text.split()), digest(text + str(n)), digest(text),
        )  # fmt: skip
        before = text if len(text) > 600 else ""
