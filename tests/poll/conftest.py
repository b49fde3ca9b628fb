"""A server on loopback, settings for it, and a clock that tests move."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.feeds.parser_process import ParserProcesses
from newsflow.model import StageReport
from newsflow.poll import step
from newsflow.settings import Settings
from newsflow.store import runs
from newsflow.subscriptions import checkup, finder, store
from newsflow.subscriptions.lists import Listed
from tests.inside import poll
from tests.poll.feeds import NOON
from tests.waiting import PATIENCE_S
from tests.webserver import Server


class LastingProcesses(ParserProcesses):
    """Parsing processes that a poll leaves running for the next test's: starting one takes longer than most polls."""

    def __exit__(self, *_: object) -> None:
        """They end with the session."""


@pytest.fixture(scope="session")
def lasting_processes() -> Iterator[Callable[..., ParserProcesses]]:
    """One set for each set of limits that the tests' settings name."""
    made: dict[tuple[object, ...], LastingProcesses] = {}

    def of(settings: Settings, processes: int, *, max_bytes: int | None = None) -> ParserProcesses:
        limits = (processes, settings.parse_memory_mb, settings.parse_timeout_s, max_bytes or settings.max_bytes)
        if limits not in made:
            made[limits] = LastingProcesses.of(settings, processes, max_bytes=max_bytes)
        return made[limits]

    yield of
    for one in made.values():
        ParserProcesses.__exit__(one)


@pytest.fixture(autouse=True)
def _parse_in_lasting_processes(
    lasting_processes: Callable[..., ParserProcesses], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (step, checkup, finder):
        monkeypatch.setattr(module, "ParserProcesses", SimpleNamespace(of=lasting_processes))


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def server_factory() -> Iterator[Callable[[], Server]]:
    """Further origins."""
    made: list[Server] = []

    def make() -> Server:
        made.append(Server())
        return made[-1]

    yield make
    for one in made:
        one.close()


@dataclass
class Hands:
    """The clock, the database and the poll step, as tests use them."""

    dsn: str
    conn: Connection
    origins: set[str]
    now: datetime = NOON
    runs: int = 0
    options: dict[str, Any] | None = None

    def settings(self) -> Settings:
        return Settings(
            database_url=SecretStr(self.dsn),
            allow_origins=frozenset(self.origins),
            delay_s=0.0,
            **{"parse_workers": 1, "deadline_s": PATIENCE_S, **(self.options or {})},
        )

    def add(self, *urls: str, publisher: str = "") -> None:
        store.add(self.conn, [Listed(url, publisher) for url in urls], self.now)

    def poll(self, *, minutes: float = 0, **kwargs: Any) -> StageReport:
        """Poll in a run of its own, `minutes` after the last one; the clock runs meanwhile."""
        self.now += timedelta(minutes=minutes)
        self.runs += 1
        run_id = runs.start(self.conn, "test", str(self.runs), self.now, {})
        return self.poll_in(run_id, **kwargs)

    def poll_in(self, run_id: int, **kwargs: Any) -> StageReport:
        began, start = self.now, time.monotonic()

        def clock() -> datetime:
            return began + timedelta(seconds=time.monotonic() - start)

        report = poll(self.settings(), run_id, clock=clock, **kwargs)
        self.now = clock()
        return report

    def rows(self, sql: str, *args: Any) -> list[Any]:
        with self.conn.cursor() as cursor:
            cursor.execute(sql, args)
            found = cursor.fetchall()
        self.conn.rollback()
        return found

    def row(self, sql: str, *args: Any) -> Any:
        found = self.rows(sql, *args)
        assert len(found) == 1, found
        return found[0]

    def feed(self, url: str) -> Any:
        return self.row("select * from ingest.feed where url = %s", url)


@pytest.fixture
def hands(dsn: str, conn: Connection, server: Server) -> Hands:
    return Hands(dsn, conn, {server.origin})


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
