"""A ledger filled by hand: pages as deduplicate leaves them, ready to be loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Plain
from pydantic import SecretStr

from newsflow.settings import Settings
from newsflow.store import runs
from newsflow.store.db import connect, transaction

T0 = datetime(2026, 3, 1, 2, 0, tzinfo=timezone.utc)
# Pages of which the ledger says another content hash than their article has, or any where there is none.
STRAY_HASHES = """select count(*) from ingest.page p left join news_internal.article a on a.article_id = p.page_id
  where p.loaded_content_hash is distinct from a.content_hash"""


class Ticker:
    """A clock that goes on a second each time it is read."""

    def __init__(self, now: datetime = T0) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class World:
    """Publishers, pages and extractions written straight into the ledger."""

    dsn: str
    conn: Connection = field(init=False)

    def __post_init__(self) -> None:
        self.conn = connect(self.dsn)

    @property
    def settings(self) -> Settings:
        return Settings(database_url=SecretStr(self.dsn))

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with transaction(self.conn), self.conn.cursor(cursor_factory=Plain) as cursor:
            cursor.execute(sql, params or None)
            return [tuple(found) for found in cursor.fetchall()] if cursor.description else []

    def value(self, sql: str, *params: Any) -> Any:
        found = self.rows(sql, *params)
        return found[0][0] if found else None

    def run(self, name: str = "r1", now: datetime = T0) -> int:
        return runs.start(self.conn, "news_ingest", name, now, {})

    def publisher(self, name: str = "paper.example") -> int:
        found = self.value("select publisher_id from ingest.publisher where name = %s", name)
        if found:
            return int(found)
        publisher = self.value("insert into ingest.publisher (name) values (%s) returning publisher_id", name)
        self.rows("insert into ingest.origin (origin, publisher_id) values (%s, %s)", f"https://{name}", publisher)
        return int(publisher)

    def page(self, url: str, publisher: str = "paper.example", seen_at: datetime = T0) -> int:
        found = self.value("select page_id from ingest.page where url = %s", url)
        if found:
            return int(found)
        return int(
            self.value(
                "insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_at)"
                " select %s, %s, origin_id, publisher_id, %s from ingest.origin where publisher_id = %s"
                " returning page_id",
                url,
                hashlib.sha256(url.encode()).digest(),
                seen_at,
                self.publisher(publisher),
            )
        )

    def clustered(
        self,
        run_id: int,
        url: str,
        publisher: str = "paper.example",
        *,
        seen_at: datetime = T0,
        story: int | None = None,
        origin: bool = True,
        similarity: float = 1.0,
        **content: Any,
    ) -> int:
        """A page with an extraction and a story, taken into the run, waiting for load."""
        page = self.page(url, publisher, seen_at)
        capture = self.capture(page, run_id, content.pop("captured_at", seen_at))
        extraction = self.extraction(page, run_id, capture, **content)
        self.member(page, story, origin, similarity)
        self.rows("update ingest.page set state = 'clustered', extraction_id = %s where page_id = %s", extraction, page)
        self.rows(
            "insert into ingest.run_page (run_id, page_id, shard, entered) values (%s, %s, 0, 'load')"
            " on conflict do nothing",
            run_id,
            page,
        )
        return page

    def member(self, page: int, story: int | None = None, origin: bool = True, similarity: float = 1.0) -> None:
        self.rows(
            "insert into ingest.story_member (page_id, story_id, is_origin, similarity) values (%s, %s, %s, %s)"
            " on conflict (page_id) do update set story_id = excluded.story_id, is_origin = excluded.is_origin,"
            " similarity = excluded.similarity",
            page,
            story or page,
            origin,
            similarity,
        )

    def capture(self, page: int, run_id: int, at: datetime) -> int:
        number = self.value("select count(*) from ingest.capture")
        return int(
            self.value(
                'insert into ingest.capture (page_id, run_id, fetched_at, final_url, status, file, "offset", length,'
                " payload_digest, bytes) values (%s, %s, %s, 'u', 200, 'a.warc.gz', %s, 10, 'sha1:X', 10)"
                " returning capture_id",
                page,
                run_id,
                at,
                number,
            )
        )

    def extraction(self, page: int, run_id: int, capture: int, **content: Any) -> int:
        values: dict[str, Any] = {
            "page_id": page,
            "run_id": run_id,
            "capture_id": capture,
            "extractor": "test-1",
            "outcome": "ok",
            "title": f"Title of {page}",
            "body": f"Body of {page}.\nSecond paragraph.",
            "language": "en",
            "language_confidence": 0.99,
            "published_at": T0 - timedelta(hours=1),
            "published_quality": "exact",
            "sources": {"published_at": "json-ld", "title": "meta"},
            "rights": {},
            **content,
        }
        values["word_count"] = len(str(values["body"]).split())
        hashed = {k: v for k, v in values.items() if k not in {"page_id", "run_id", "capture_id", "extractor", "cause"}}
        values["content_hash"] = hashlib.sha256(json.dumps(hashed, default=str).encode()).digest()
        values["text_hash"] = hashlib.sha256(str(values["body"]).encode()).digest()
        return insert(self, "ingest.extraction", values, "extraction_id")


def insert(world: World, table: str, values: Mapping[str, Any], returning: str) -> int:
    adapted: Sequence[Any] = [json.dumps(v) if isinstance(v, dict) else v for v in values.values()]
    marks = ", ".join(["%s"] * len(values))
    return int(
        world.value(f"insert into {table} ({', '.join(values)}) values ({marks}) returning {returning}", *adapted)
    )
