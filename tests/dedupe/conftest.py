"""A desk that files articles straight into the ledger, as extraction leaves them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from urllib.parse import urlsplit

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.dedupe.step import deduplicate
from newsflow.model import StageReport
from newsflow.settings import Settings
from newsflow.store import queries, runs
from newsflow.store.db import connect, transaction
from newsflow.text.normalise import text_hash, tokens, word_count
from tests.worlds.story_world import Item

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=timezone.utc)


def at(hours: float) -> datetime:
    """A time of publication, hours after the world began."""
    return NOW + timedelta(hours=hours)


@dataclass
class Desk:
    """Files articles and asks for their stories."""

    conn: Connection
    settings: Settings
    _runs: Iterator[int] = field(default_factory=lambda: count(1))

    def file(
        self,
        url: str,
        body: str,
        *,
        title: str = "Headline",
        published_at: datetime | None = NOW,
        canonical_url: str = "",
        page_type: str = "article",
        quality: str = "exact",
    ) -> int:
        """A page in state extracted (again, where it is known already); returns its page_id."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        with transaction(self.conn), self.conn.cursor() as cursor:
            cursor.execute(
                "insert into ingest.publisher (name) values (%s) on conflict (name) do update set name = excluded.name"
                " returning publisher_id",
                (urlsplit(url).netloc.removeprefix("m.").removeprefix("www."),),
            )
            publisher_id = cursor.fetchone()[0]
            cursor.execute(
                "insert into ingest.origin (origin, publisher_id) values (%s, %s)"
                " on conflict (origin) do update set origin = excluded.origin returning origin_id",
                (origin, publisher_id),
            )
            cursor.execute(
                "insert into ingest.page (url, url_hash, origin_id, publisher_id, state)"
                " values (%s, %s, %s, %s, 'extracted')"
                " on conflict (url_hash) do update set state = 'extracted' returning page_id",
                (url, hashlib.sha256(url.encode()).digest(), cursor.fetchone()[0], publisher_id),
            )
            page_id = cursor.fetchone()[0]
            cursor.execute(
                "insert into ingest.extraction (page_id, extractor, outcome, title, body, published_at,"
                " published_quality, canonical_url, page_type, word_count, content_hash, text_hash)"
                " values (%s, 'test', 'ok', %s, %s, %s, %s, %s, %s, %s, %s, %s) returning extraction_id",
                (
                    page_id, title, body, published_at, quality, canonical_url, page_type,
                    word_count(body), text_hash([tokens(title + body)]), text_hash([tokens(body)]),
                ),
            )  # fmt: skip
            cursor.execute(
                "update ingest.page set extraction_id = %s where page_id = %s", (cursor.fetchone()[0], page_id)
            )
        return page_id

    def open_run(self) -> int:
        """A run with every extracted page in it."""
        run_id = runs.start(self.conn, "test", f"run {next(self._runs)}", NOW, {})
        with transaction(self.conn):
            queries.runs.plan_waiting(self.conn, run_id=run_id, shards=1)
        return run_id

    def file_world(self, items: Iterable[Item]) -> None:
        for item in items:
            self.file(item.url, item.body, title=item.title, published_at=item.published_at)

    def forget_stories(self) -> None:
        """All pages are extracted again and in no story, as if deduplication had never been."""
        self.execute(
            "truncate ingest.sketch, ingest.sketch_hash, ingest.sketch_stop, ingest.story_edge, ingest.story_member,"
            " ingest.story_pending, ingest.story_alarm, ingest.credit, ingest.run cascade"
        )
        self.execute("update ingest.page set state = 'extracted', canonical_page_id = null")

    def members(self) -> list[tuple[object, ...]]:
        """All that is said of each article, without ids."""
        return self.rows(
            "select p.url, o.url as origin, m.is_origin, m.similarity"
            " from ingest.story_member m join ingest.page p using (page_id)"
            " join ingest.story_member om on om.story_id = m.story_id and om.is_origin"
            " join ingest.page o on o.page_id = om.page_id order by 1"
        )

    def deduplicate(self, pages: int | None = None, now: datetime = NOW, **settings: object) -> StageReport:
        """One run of the step over all that waits, or over so many pages of it."""
        run_id = self.open_run()
        if pages is not None:
            self.execute(
                "delete from ingest.run_page x where run_id = %s and page_id not in"
                " (select page_id from ingest.run_page where run_id = %s order by page_id limit %s)",
                run_id, run_id, pages,
            )  # fmt: skip
        report = deduplicate(self.settings.model_copy(update=settings), run_id, clock=lambda: now)
        self.finish(run_id)
        return report

    def finish(self, run_id: int) -> None:
        with transaction(self.conn):
            queries.runs.finish(self.conn, run_id=run_id, state="success", verdict="", now=NOW)

    def load(self) -> None:
        """What the load stage does to the ledger: articles are there, changes are carried over."""
        self.execute("update ingest.page set state = 'loaded', loaded_extraction_id = extraction_id"
                     " where state = 'clustered'")  # fmt: skip
        self.execute("delete from ingest.story_pending")

    def execute(self, statement: str, *args: object) -> None:
        with transaction(self.conn), self.conn.cursor() as cursor:
            cursor.execute(statement, args)

    def rows(self, query: str, *args: object) -> list[tuple[object, ...]]:
        with transaction(self.conn), self.conn.cursor() as cursor:
            cursor.execute(query, args)
            return [tuple(row) for row in cursor.fetchall()]

    def stories(self) -> set[frozenset[str]]:
        """Stories as sets of addresses, so that they compare without ids."""
        found = self.rows(
            "select array_agg(url) from ingest.story_member join ingest.page using (page_id) group by story_id"
        )
        return {frozenset(urls) for (urls,) in found}

    def origins(self) -> set[str]:
        return {str(r[0]) for r in self.rows("select url from ingest.story_member join ingest.page using (page_id)"
                                             " where is_origin")}  # fmt: skip

    def pending(self) -> set[str]:
        return {str(r[0]) for r in self.rows("select url from ingest.story_pending join ingest.page using (page_id)")}

    def state(self, page_id: int) -> tuple[object, ...]:
        return self.rows("select state, outcome, canonical_page_id from ingest.page where page_id = %s", page_id)[0]


@pytest.fixture
def desk(dsn: str) -> Iterator[Desk]:
    conn = connect(dsn)
    yield Desk(conn, Settings(database_url=dsn))
    conn.close()
