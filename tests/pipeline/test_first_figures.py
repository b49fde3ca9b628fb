"""After a run: figures at once, unknown names refused, consumers told once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow import pipeline
from newsflow.clock import utcnow
from newsflow.ops import publishers
from newsflow.request import RequestError, RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session
from tests.pipeline.test_granted_access import page
from tests.poll.feeds import items, rss
from tests.webserver import Server, says


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.plays["/rss"] = says(body=rss(made.origin, items(1, 3)), headers={"Content-Type": "application/rss+xml"})
    made.plays.update({f"/a/{n}": says(body=page(n), headers={"Content-Type": "text/html"}) for n in (1, 2)})
    yield made
    made.close()


@pytest.fixture
def settings(server: Server, dsn: str, tmp_path: Path) -> Settings:
    with session(dsn) as conn, conn, conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('Harbour Post')")
        cursor.execute("insert into ingest.feed (publisher_id, url) values (1, %s)", (f"{server.origin}/rss",))
    return Settings(database_url=dsn, archive=str(tmp_path / "archive"), allow_origins=server.origin, delay_s=0.0)


def test_the_first_run_gives_its_publishers_their_figures(settings: Settings) -> None:
    pipeline.run_all(settings, "first")
    with session(settings.dsn) as conn:
        (row,) = publishers.publishers(conn, utcnow())["rows"]
    assert (row.found.new_articles, row.found.failures) == (2, 1)
    assert row.health.sentence == "As usual."


def test_a_run_for_a_mistyped_publisher_never_begins(settings: Settings) -> None:
    asked = RunRequest(publishers=("Harbor Post", "Harbour Post"), feeds=("https://a.example/rss",))
    for begin in (pipeline.run_all, lambda *given: pipeline.open_run(given[0], "news_ingest", *given[1:])):
        with pytest.raises(RequestError, match=r"nobody has added Harbor Post, https://a.example/rss:"):
            begin(settings, "typo", asked)
    with session(settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select count(*) from ingest.run")
        assert cursor.fetchone() == (0,)


def test_consumers_are_told_of_each_change_once(settings: Settings) -> None:
    first = pipeline.run_all(settings, "first").run_id
    told = pipeline.tell(settings, first)
    assert told == pipeline.tell(settings, first)  # the task is tried again
    assert told == 2
    second = pipeline.run_all(settings, "second", RunRequest(force=True)).run_id
    assert pipeline.tell(settings, second) is None
