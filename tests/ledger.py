"""A ledger with pages of loopback servers in it, and a run that is to fetch them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.clock import utcnow
from newsflow.fetch.step import fetch
from newsflow.model import StageReport
from newsflow.settings import Settings
from newsflow.store import run_shards, runs
from newsflow.store.db import transaction
from newsflow.web import origins
from newsflow.web.urls import canonicalise, origin_of, url_hash
from tests.waiting import PATIENCE_S
from tests.webserver import Server, says

HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Ledger:
    """The database and the archive of a test, and what it needs to say about them."""

    conn: Connection
    dsn: str
    archive: Path
    servers: list[Server] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    runs: int = 0

    def settings(self, **given: Any) -> Settings:
        """Settings under which the test's servers may be asked, quickly."""
        return Settings(
            database_url=self.dsn,
            archive=str(self.archive),
            allow_origins=" ".join(server.origin for server in self.servers),
            **{"delay_s": 0.02, "deadline_s": PATIENCE_S, "max_bytes": 1_000_000, "shards": 1} | self.more | given,
        )

    def server(self, robots: bytes | None = None) -> Server:
        """A server; without robots.txt unless it is given."""
        server = Server()
        if robots is not None:
            server.plays["/robots.txt"] = says(body=robots, headers={"Content-Type": "text/plain"})
        self.servers.append(server)
        return server

    def pages(self, *urls: str) -> list[int]:
        """Add pending pages; their ids."""
        with transaction(self.conn):
            known = origins.ensure(self.conn, urls)
            return [self._page(canonicalise(url), known[origin_of(url)]) for url in urls]

    def _page(self, url: str, origin_id: int) -> int:
        with self.conn.cursor() as cursor:
            cursor.execute(
                "insert into ingest.publisher (name) values ('sample.example') "
                "on conflict (name) do update set name = excluded.name returning publisher_id"
            )
            publisher = cursor.fetchone()[0]
            cursor.execute(
                "insert into ingest.page (url, url_hash, origin_id, publisher_id) values (%s, %s, %s, %s) "
                "returning page_id",
                (url, url_hash(url), origin_id, publisher),
            )
            return int(cursor.fetchone()[0])

    def plan(self) -> int:
        """Open a run and take what is due into it."""
        self.runs += 1
        run_id = runs.start(self.conn, "test", f"run-{self.runs}", utcnow(), {})
        run_shards.plan(self.conn, run_id, self.settings(), utcnow())
        return run_id

    def fetch(self, **given: Any) -> StageReport:
        """A whole run's fetch."""
        run_id = self.plan()
        report = fetch(self.settings(**given), run_id, 0)
        self.do("update ingest.run set state = 'success' where run_id = %s", run_id)
        return report

    def row(self, page_id: int, *columns: str) -> Any:
        """Columns of a page."""
        return self.one(f"select {', '.join(columns)} from ingest.page where page_id = %s", page_id)

    def one(self, statement: str, *values: object) -> Any:
        """The first row of a statement."""
        return self.all(statement, *values)[0]

    def all(self, statement: str, *values: object) -> list[Any]:
        """All rows of a statement, as plain tuples."""
        with transaction(self.conn), self.conn.cursor() as cursor:
            cursor.execute(statement, values)
            return [tuple(row) for row in cursor.fetchall()]

    def do(self, statement: str, *values: object) -> None:
        """A statement without rows."""
        with transaction(self.conn), self.conn.cursor() as cursor:
            cursor.execute(statement, values)
