"""The guide's questions over two real nights of the sample newsroom: polled, fetched, extracted, grouped, loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.request import RunRequest
from tests.contract.test_analysts import QUERIES
from tests.load.world import World
from tests.pipeline.night import quick_world, register, settings_for


@pytest.fixture(scope="module")
def nights(module_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The first night, then the corrections of the second."""
    world = World(module_dsn)
    with Newsroom(quick_world()) as newsroom:
        register(world.dsn, newsroom.feeds())
        settings = settings_for(world.dsn, tmp_path_factory.mktemp("archive"), newsroom)
        pipeline.run_all(settings, "first", RunRequest(force=True))
        newsroom.advance("corrections")
        pipeline.run_all(settings, "second", RunRequest(force=True))
    yield world
    world.conn.close()


def asked(world: World, name: str) -> list[tuple[Any, ...]]:
    return world.rows(QUERIES[name])


@pytest.mark.parametrize("name", list(QUERIES))
def test_each_question_can_be_asked(nights: World, name: str) -> None:
    asked(nights, name)


def test_the_wire_story_is_one_story_of_three_publishers(nights: World) -> None:
    stories = asked(nights, "who broke it")
    assert max(publishers for _, _, _, publishers, _ in stories) >= 3


def test_the_correction_is_seen_with_what_it_changed(nights: World) -> None:
    changed = asked(nights, "headline changes")
    assert [after for *_, after in changed] == ["Dairy cooperative reports record year and pays farmers one cent more"]
    article = nights.value("select article_id from news.articles where revision = 2")
    lines = nights.rows("select field, op, line from news.diff(%s, 1, 2) where field = 'body'", article)
    assert any(op == "-" and "two cents more for each litre" in line for _, op, line in lines)
    assert any(op == "+" and "one cent more for each litre" in line for _, op, line in lines)


def test_search_finds_the_wire_copies(nights: World) -> None:
    found = nights.rows("select distinct publisher from news.search('\"tore away\" landing bridges', 'en')")
    assert len(found) >= 3


def test_daily_counts_agree_with_the_articles(nights: World) -> None:
    assert nights.value("select sum(articles) from news.daily") == nights.value("select count(*) from news.articles")


def test_what_was_rejected_has_a_reason(nights: World) -> None:
    rejected = asked(nights, "what was rejected")
    assert rejected
    assert all(means for _, means, _, _ in rejected)


def test_lineage_leads_to_a_record_in_the_archive(nights: World) -> None:
    assert nights.value("select count(*) from news.lineage where capture_file is null or run_id is null") == 0
