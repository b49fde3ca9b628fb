"""Pages of the past from sitemaps and lists: chosen by day and publisher, fetched politely, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow import pipeline as nightly
from newsflow.backfill import pipeline
from newsflow.backfill.page_sources import day_of, refuses_day, worth_asking
from newsflow.backfill.request import BackfillRequest
from newsflow.feeds.parsed import SitemapPart
from newsflow.local.newsroom import Newsroom, sample_world
from newsflow.model import Entry
from newsflow.names import NEWS_BACKFILL
from newsflow.settings import Settings
from tests.backfill.test_reading import rows
from tests.backfill.test_sources import Server, server, url

__all__ = ["server"]
PAGES = "select url, state, discovered_by from ingest.page order by url"


@pytest.fixture
def site(server: Server, settings: Settings) -> Iterator[tuple[Server, Settings]]:
    yield server, settings.model_copy(update={"allow_origins": frozenset({url(server, "").rstrip("/")})})


def sitemap(server: Server, name: str, entries: list[tuple[str, str]], kind: str = "url") -> None:
    inner = "".join(
        f"<{kind}><loc>{url(server, path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{kind}>"
        for path, day in entries
    )
    root = "urlset" if kind == "url" else "sitemapindex"
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    (server.folder / name).write_text(f'<?xml version="1.0"?><{root} xmlns="{space}">{inner}</{root}>')


def plan(settings: Settings, request: BackfillRequest, name: str = "run") -> int:
    run_id = nightly.open_run(settings, NEWS_BACKFILL, name, request)
    pipeline.plan(settings, run_id, request)
    return run_id


def test_sitemaps_are_followed_and_chosen_by_day(conn: Connection, site: tuple[Server, Settings]) -> None:
    server, settings = site
    sitemap(server, "index.xml", [("old.xml", "2020-01-01"), ("new.xml", "2026-03-01")], "sitemap")
    sitemap(server, "old.xml", [("never", "2026-02-02")])
    days = [
        ("in", "2026-02-02"),
        ("before", "2026-01-31"),
        ("after", "2026-03-01"),
        ("2026/02/03/named", ""),
        ("x", ""),
    ]
    sitemap(server, "new.xml", days)
    plan(
        settings, BackfillRequest(sitemaps=(url(server, "index.xml"),), since=date(2026, 2, 1), until=date(2026, 2, 28))
    )
    found = rows(conn, PAGES)
    assert [(row.url, row.discovered_by) for row in found] == [
        (url(server, "2026/02/03/named"), "sitemap"),
        (url(server, "in"), "sitemap"),
    ]
    assert "/old.xml" not in "".join(server.asked)


def test_a_sitemap_that_is_away_costs_only_itself(conn: Connection, site: tuple[Server, Settings]) -> None:
    server, settings = site
    sitemap(server, "good.xml", [("a", "")])
    plan(settings, BackfillRequest(sitemaps=(url(server, "gone.xml"), url(server, "good.xml"))))
    assert len(rows(conn, PAGES)) == 1


def test_lists_of_pages_become_pages_once(conn: Connection, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "pages.txt").write_text(
        "https://a.example/1?utm_source=x\nhttps://a.example/1\n\n# no\nnot a url\nhttps://b.example/2\n"
    )
    request = BackfillRequest(
        urls=(str(tmp_path / "pages.txt"), "https://c.example/3"), publishers=("a.example", "c.example")
    )
    run_id = plan(settings, request)
    plan(settings, request)
    assert [row.url for row in rows(conn, PAGES)] == ["https://a.example/1", "https://c.example/3"]
    entered = rows(conn, f"select entered, count(*) from ingest.run_page where run_id = {run_id} group by 1")
    assert entered == [("fetch", 2)]


def test_pages_that_we_have_are_not_fetched_again(conn: Connection, settings: Settings) -> None:
    plan(settings, BackfillRequest(urls=("https://a.example/1",)), "first")
    with conn, conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'loaded'; update ingest.run set state = 'success'")
    run_id = plan(settings, BackfillRequest(urls=("https://a.example/1", "https://a.example/2")), "second")
    assert rows(conn, f"select count(*) from ingest.run_page where run_id = {run_id}") == [(1,)]


def test_a_limit_holds(conn: Connection, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "pages.txt").write_text("".join(f"https://a.example/{n}\n" for n in range(20)))
    plan(settings, BackfillRequest(urls=(str(tmp_path / "pages.txt"),), limit=7))
    assert len(rows(conn, PAGES)) == 7


def test_pages_of_a_list_are_fetched_and_loaded(conn: Connection, settings: Settings) -> None:
    world = sample_world()
    with Newsroom(world) as newsroom:
        origins = _origins(newsroom)
        known = settings.model_copy(update={"allow_origins": frozenset(origins.values())})
        publisher = next(p for p in world.publishers if p.name in origins)
        article = next(a for a in publisher.articles if not a.paywall and a.behaviour.status == 200)
        result = pipeline.run_all(known, "list", BackfillRequest(urls=(origins[publisher.name] + article.path,)))
    assert result.verdict.ok, result.verdict.sentence
    assert rows(conn, "select title from news.articles") == [(article.text.title,)]


def _origins(newsroom: Any) -> dict[str, str]:
    return dict(newsroom.origins)


AT = datetime(2026, 2, 3, 4, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("entry", "day"),
    [
        (Entry("g", "https://a/x", published_at=AT), AT.date()),
        (Entry("g", "https://a/2020/01/02/x", updated_at=AT), AT.date()),
        (Entry("g", "https://a/2020/01/02/x"), date(2020, 1, 2)),
        (Entry("g", "https://a/news-20200102-x"), None),
        (Entry("g", "https://a/20200102/x"), date(2020, 1, 2)),
        (Entry("g", "https://a/2020-02-31/x"), None),
    ],
)
def test_the_day_of_an_entry(entry: Entry, day: date | None) -> None:
    assert day_of(entry) == day


def test_spans() -> None:
    asked = BackfillRequest(urls=("x",), since=date(2026, 2, 1))
    assert refuses_day(BackfillRequest(urls=("x",)), None) == ""
    assert refuses_day(asked, None) == "undated"
    assert refuses_day(asked, date(2026, 1, 31)) == "date"
    assert refuses_day(asked, date(2026, 2, 1)) == ""
    assert worth_asking(asked, SitemapPart("u", AT))
    assert not worth_asking(asked, SitemapPart("u", datetime(2025, 1, 1, tzinfo=timezone.utc)))
    assert worth_asking(asked, SitemapPart("u"))
