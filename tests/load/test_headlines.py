"""Nothing unseen: what feeds and files told, whether it became an article or not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsflow.load.step import load
from tests.load.world import T0, Ticker, World


def feed(world: World, publisher: str = "paper.example", url: str = "https://paper.example/feed") -> int:
    return int(
        world.value(
            "insert into ingest.feed (publisher_id, url) values (%s, %s) returning feed_id",
            world.publisher(publisher),
            url,
        )
    )


def entry(world: World, feed_id: int, link: str, page: int | None, **told: object) -> int:
    values = {"title": "Told", "summary": "In short.", "published_at": T0, "published_raw": T0.isoformat(), **told}
    return int(
        world.value(
            "insert into ingest.entry (feed_id, guid_hash, page_id, guid, link, entry_hash, first_seen_at, outcome,"
            f" {', '.join(values)}) values (%s, sha256(%s), %s, 'g', %s, sha256('e'), %s, %s,"
            f" {', '.join(['%s'] * len(values))}) returning entry_id",
            feed_id,
            link.encode(),
            page,
            link,
            T0,
            None if page else "bad_url",
            *values.values(),
        )
    )


def end(world: World, page: int, outcome: str) -> None:
    world.rows("update ingest.page set state = 'rejected', outcome = %s where page_id = %s", outcome, page)


@pytest.fixture
def told(world: World) -> World:
    """An article, a paywalled page, one on its way, one that no feed showed, and an entry without a page."""
    run, shown = world.run(), feed(world)
    article = world.clustered(run, "https://paper.example/1", title="Page's headline", lead="A lead.")
    entry(world, shown, "https://paper.example/1", article, title="Feed's headline", summary="")
    wall = world.page("https://paper.example/wall")
    entry(world, shown, "https://paper.example/wall", wall, title="Behind the wall")
    entry(world, shown, "https://paper.example/wall?again", wall, title="Shown again")
    end(world, wall, "paywall")
    waits = world.page("https://paper.example/waits")
    entry(world, shown, "https://paper.example/waits", waits, title="Waits", published_at=None, published_raw="")
    unfed = world.page("https://paper.example/unfed")
    world.extraction(unfed, run, world.capture(unfed, run, T0), title="Short", outcome="too_short")
    end(world, unfed, "too_short")
    entry(world, shown, "mailto:desk", None, title="Write to us")
    load(world.settings, run, clock=Ticker())
    return world


def test_each_entry_or_page_is_there_once(told: World) -> None:
    assert told.rows(
        "select substring(url from '[^/]*$'), title, feed_title,"
        " summary, state, outcome, access, article_id is not null"
        " from news.headlines order by page_id is null, url"
    ) == [
        ("1", "Page's headline", "Feed's headline", "A lead.", "loaded", "new", "free", True),
        ("unfed", "Short", None, None, "rejected", "too_short", None, False),
        ("waits", "Waits", "Waits", "In short.", "pending", None, None, False),
        ("wall", "Behind the wall", "Behind the wall", "In short.", "rejected", "paywall", "closed", False),
        ("mailto:desk", "Write to us", "Write to us", "In short.", "rejected", "bad_url", None, False),
    ]


def test_pages_and_loose_entries_add_up(told: World) -> None:
    pages, loose = told.value("select count(*) from ingest.page"), 1
    assert told.rows("select count(*), count(page_id), count(distinct page_id) from news.headlines") == [
        (pages + loose, pages, pages)
    ]


def test_the_outcome_is_told_in_its_sentence(told: World) -> None:
    assert told.rows("select means from news.headlines where access = 'closed'") == [
        ("The page shows a paywall instead of the article.",)
    ]


def test_an_article_that_says_that_it_is_not_free_is_closed(world: World) -> None:
    run = world.run()
    world.clustered(run, "https://paper.example/1", rights={"free": False})
    load(world.settings, run, clock=Ticker())
    assert world.rows("select access from news.headlines") == [("closed",)]


def test_the_first_entry_speaks_for_its_page(world: World) -> None:
    page = world.page("https://paper.example/1")
    entry(world, feed(world), "x", page, title="Shown first")
    entry(world, feed(world, "other.example", "https://other.example/feed"), "y", page, title="Shown later")
    assert world.rows("select title from news.headlines") == [("Shown first",)]


@pytest.mark.parametrize(
    ("raw", "quality"),
    [
        ("Sun, 01 Mar 2026 02:00:00 GMT", "exact"),
        ("2026-03-01T02:00:00Z", "exact"),
        ("2026-03-01T04:00+02:00", "exact"),
        ("2026-03-01 02:00:00", "unzoned"),
        ("2026-03-01", "day"),
        ("1 March 2026", "day"),
    ],
)
def test_a_feed_s_time_says_how_far_it_is_trusted(world: World, raw: str, quality: str) -> None:
    entry(world, feed(world), "x", world.page("https://paper.example/1"), published_raw=raw)
    assert world.rows("select published_quality from news.headlines") == [(quality,)]


def test_a_feed_s_time_ahead_of_its_sight_is_doubtful(world: World) -> None:
    entry(world, feed(world), "x", world.page("https://paper.example/1"), published_at=T0 + timedelta(days=2))
    assert world.rows("select published_quality from news.headlines") == [("doubtful",)]


def test_rejects_have_headline_and_time(told: World) -> None:
    assert told.rows("select kind, title, published_at from news.rejects order by title") == [
        ("page", "Behind the wall", T0),
        ("page", "Short", T0 - timedelta(hours=1)),
        ("entry", "Write to us", T0),
    ]


@pytest.mark.parametrize("bound", ["published_at", "first_seen_at"])
def test_a_bounded_span_walks_no_table(told: World, bound: str) -> None:
    """Among 20,000 pages and entries, two hours are found by indexes."""
    told.rows(
        "insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_at)"
        " select 'u' || n, sha256(('u' || n)::bytea), o.origin_id, o.publisher_id,"
        " timestamptz '2026-01-01' - n * interval '5 minutes' from generate_series(1, 20000) n, ingest.origin o"
    )
    told.rows(
        "insert into ingest.entry (feed_id, guid_hash, page_id, guid, link, entry_hash, title, published_at,"
        " first_seen_at) select f.feed_id, p.url_hash, p.page_id, p.url, p.url, p.url_hash, 'T', p.discovered_at,"
        " p.discovered_at from ingest.page p, ingest.feed f where p.url like 'u%%'"
    )
    told.rows("analyze ingest.page, ingest.entry, news_internal.article")
    asked = f"from news.headlines where {bound} >= '2025-12-30' and {bound} < '2025-12-30 02:00'"
    assert told.rows(f"select count(*) {asked}") == [(24,)]
    plan = "\n".join(line for (line,) in told.rows(f"explain select * {asked}"))
    assert "Seq Scan on entry" not in plan
    assert "Seq Scan on page" not in plan
