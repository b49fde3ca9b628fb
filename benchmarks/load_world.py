"""Texts for loading and search, and a work ledger as deduplicate leaves it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import numpy as np
from psycopg2.extensions import connection as Connection

from newsflow.store import runs
from newsflow.store.copy import copy_rows

NOW = datetime(2026, 3, 1, 2, tzinfo=timezone.utc)


class Texts:
    """Articles of Zipf-distributed words: repeatable, and compressible like prose."""

    def __init__(self, seed: int = 7, vocabulary: int = 40_000) -> None:
        self.rng = np.random.default_rng(seed)
        syllables = [a + b for a in "bcdfghjklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "in")]
        made = {"".join(random.Random(n).choices(syllables, k=random.Random(n).randint(2, 4))) for n in range(90_000)}
        self.words = np.array(sorted(made)[:vocabulary], dtype=object)
        self.rng.shuffle(self.words)
        weights = 1 / np.arange(1, len(self.words) + 1) ** 0.9
        self.share = weights / weights.sum()

    def bodies(self, count: int, characters: int) -> Iterator[str]:
        for _ in range(0, count, 500):
            picks = self.rng.choice(self.words, size=(500, characters // 5), p=self.share)
            for row in picks:
                yield " ".join(row)[:characters]


def title(body: str) -> str:
    return body[:70]


def published(number: int) -> datetime:
    return NOW - timedelta(minutes=number % 500_000)


def digest(body: str) -> bytes:
    return hashlib.sha256(body.encode()).digest()


def fill_ledger(conn: Connection, bodies: list[str]) -> int:
    """Pages as deduplicate leaves them, in a run."""
    with conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) select 'p' || n from generate_series(1, 50) n")
        cursor.execute(
            "insert into ingest.origin (origin, publisher_id) select name, publisher_id from ingest.publisher"
        )
        cursor.execute(
            "insert into ingest.page (url, url_hash, origin_id, publisher_id, state, discovered_at)"
            " select url, sha256(url::bytea), 1 + n %% 50, 1 + n %% 50, 'clustered', %s from"
            " (select n, 'https://p' || n %% 50 || '.example/article/' || n as url from generate_series(1, %s) n) x",
            (NOW, len(bodies)),
        )
        copy_extractions(conn, bodies)
        cursor.execute(
            "update ingest.page p set extraction_id = e.extraction_id"
            " from ingest.extraction e where e.page_id = p.page_id"
        )
        cursor.execute("insert into ingest.story_member (page_id, story_id) select page_id, page_id from ingest.page")
    conn.commit()
    run_id = new_run(conn, "first")
    with conn.cursor() as cursor:
        cursor.execute("analyze ingest.page, ingest.extraction")
    conn.commit()
    return run_id


def copy_extractions(conn: Connection, bodies: list[str]) -> None:
    names = (
        "page_id",
        "extractor",
        "outcome",
        "title",
        "lead",
        "body",
        "authors",
        "published_at",
        "published_quality",
        "language",
        "word_count",
        "content_hash",
        "text_hash",
    )
    copy_rows(
        conn,
        "ingest.extraction",
        names,
        (
            (
                n,
                "bench",
                "ok",
                title(body),
                body[80:240],
                body,
                ["Ana Díaz"],
                published(n),
                "exact",
                "en",
                600,
                digest(body),
                digest(body),
            )
            for n, body in enumerate(bodies, 1)
        ),
    )


def new_run(conn: Connection, name: str, state: str = "clustered") -> int:
    """A run that takes on all pages in a state: `clustered` before load, `captured` before extract."""
    run_id = runs.start(conn, "bench", name, NOW, {})
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = %s where state <> %s", (state, state))
        cursor.execute(
            "insert into ingest.run_page (run_id, page_id, shard, entered) select %s, page_id, 0, %s from ingest.page",
            (run_id, "load" if state == "clustered" else "extract"),
        )
    conn.commit()
    return run_id
