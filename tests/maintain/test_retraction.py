"""A retracted article is gone, consumers are told, and it does not come back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from newsflow.commands import retract as command
from newsflow.load.step import load
from newsflow.maintain.retraction import UnknownPageError, find, retract
from newsflow.settings import get_settings
from tests.load.world import T0, World

URL = "https://paper.example/a"


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.conn.close()


def loaded(world: World, *urls: str, run: str = "r1") -> list[int]:
    number = world.run(run)
    pages = [world.clustered(number, url, title=f"Secret {url}") for url in urls]
    load(world.settings, number)
    return pages


def test_all_texts_are_gone_and_consumers_are_told(world: World) -> None:
    (page,) = loaded(world, URL)
    second = world.run("r2")
    world.clustered(second, URL, title="Secret, second edition")
    load(world.settings, second)
    retract(world.conn, [page], "court order", T0)
    for view in ("articles", "revisions", "stories", "authors"):
        assert world.rows(f"select 1 from news.{view}") == []
    assert world.rows("select 1 from news.search('secret')") == []
    assert world.rows("select 1 from ingest.extraction") == []
    assert world.rows("select kind, revision from news.changes order by change_id") == [
        ("insert", 1),
        ("revision", 2),
        ("retraction", 2),
    ]
    assert world.rows("select outcome, detail from news.rejects") == [("retracted", "retracted: court order")]


def test_it_does_not_come_back_from_a_static_feed(world: World) -> None:
    (page,) = loaded(world, URL)
    retract(world.conn, [page], "court order", T0)
    run = world.run("r2")
    world.clustered(run, URL)
    assert load(world.settings, run).counts == {"retracted": 1}
    assert world.rows("select 1 from news.articles") == []


def test_what_never_became_an_article_can_be_retracted_too(world: World) -> None:
    page = world.page(URL)
    retract(world.conn, [page], "asked beforehand", T0)
    assert world.rows("select 1 from news.changes") == []
    run = world.run()
    world.clustered(run, URL)
    assert load(world.settings, run).counts == {"retracted": 1}


def test_the_story_lives_on_without_it(world: World) -> None:
    run = world.run()
    first = world.clustered(run, "https://a.example/1", "a.example", published_at=T0)
    others = [
        world.clustered(run, f"https://b.example/{n}", "b.example", story=first, origin=False, published_at=T0)
        for n in (1, 2)
    ]
    load(world.settings, run)
    retract(world.conn, [first], "wrong", T0)
    assert world.rows("select article_id, story_id, is_origin from news.articles order by 1") == [
        (others[0], others[0], True),
        (others[1], others[0], False),
    ]
    assert world.rows("select article_id, kind from news.changes where change_id > 3 order by change_id") == [
        (first, "retraction"),
        (others[0], "story"),
        (others[1], "story"),
    ]


def test_its_other_addresses_are_retracted_too(world: World) -> None:
    """Deduplicate found that a page is another address of the article; it must not step into its place."""
    (page,) = loaded(world, URL)
    other = world.page("https://paper.example/amp/a")
    world.rows("update ingest.page set outcome = 'same_page', canonical_page_id = %s where page_id = %s", page, other)
    retract(world.conn, [page], "wrong", T0)
    run = world.run("r2")
    world.clustered(run, "https://paper.example/amp/a")
    assert load(world.settings, run).counts == {"retracted": 1}


@pytest.mark.parametrize(
    ("done", "ended"),
    [
        ([], ["retracted", None, None, None]),
        (["ok"], ["ok", "retracted", None, None]),
        (["ok", "ok"], ["ok", "ok", "retracted", None]),
        (["ok", "ok", "ok"], ["ok", "ok", "ok", "retracted"]),
        (["not_modified"], ["not_modified", None, None, None]),
    ],
)
def test_a_run_that_is_under_way_still_balances(world: World, done: list[str], ended: list[str | None]) -> None:
    run, page = world.run(), world.page(URL)
    world.rows(
        "insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome, extract_outcome,"
        " deduplicate_outcome) values (%s, %s, 0, 'fetch', %s, %s, %s)",
        run,
        page,
        *[*done, None, None, None][:3],
    )
    retract(world.conn, [page], "wrong", T0)
    assert world.rows(
        "select fetch_outcome, extract_outcome, deduplicate_outcome, load_outcome from ingest.run_page"
    ) == [tuple(ended)]
    assert world.rows("select 1 from news.runs where outcome is null") == []


def test_twice_is_once(world: World) -> None:
    (page,) = loaded(world, URL)
    retract(world.conn, [page], "first reason", T0)
    retract(world.conn, [page], "better reason", T0)
    assert world.rows("select kind from news.changes order by change_id") == [("insert",), ("retraction",)]
    assert world.rows("select why from news_internal.tombstone") == [("better reason",)]


def test_other_articles_stay(world: World) -> None:
    page, other = loaded(world, URL, "https://paper.example/b")
    retract(world.conn, [page], "wrong", T0)
    assert world.rows("select article_id from news.articles") == [(other,)]


def test_a_page_is_found_by_any_form_of_its_address(world: World) -> None:
    (page,) = loaded(world, URL)
    assert find(world.conn, "HTTPS://paper.example:443/a?utm_source=x#top") == page
    with pytest.raises(UnknownPageError, match="no page with the address"):
        find(world.conn, "https://paper.example/unknown")


def test_the_command(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (page,) = loaded(world, URL)
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", world.dsn)
    get_settings.cache_clear()
    try:
        done = CliRunner().invoke(command.app, [URL, "--why", "wrong", "--json"])
    finally:
        get_settings.cache_clear()
    assert (done.exit_code, done.stdout) == (0, f'{{"article_id": {page}}}\n')
    assert world.rows("select why, made_by is not null from news_internal.tombstone") == [("wrong", True)]
