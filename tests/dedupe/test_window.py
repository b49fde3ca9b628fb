"""Retention takes the hashes of old texts out of the index; the stories that they are in stay right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from newsflow.dedupe.rebuild import rebuild
from tests.dedupe.conftest import NOW, Desk
from tests.dedupe.test_properties import world


@pytest.fixture
def aged(desk: Desk) -> Desk:
    """A world in its stories, of whose texts no hash is left."""
    desk.file_world(world())
    desk.deduplicate()
    desk.load()
    desk.execute("truncate ingest.sketch_hash")
    return desk


def test_a_rebuild_finds_the_same_stories(aged: Desk) -> None:
    expected = aged.members()
    assert rebuild(aged.settings.model_copy(update={"dedupe_batch": 10})).moved == 0
    assert aged.members() == expected


def some(desk: Desk, condition: str) -> tuple[Any, ...]:
    """Address, headline, body and time of the first article of a kind."""
    return desk.rows(
        "select p.url, e.title, e.body, e.published_at from ingest.story_member m join ingest.page p using (page_id)"
        f" join ingest.extraction e using (extraction_id) where {condition} order by 1 limit 1"
    )[0]


def test_a_new_text_of_an_old_page_stays_in_its_story(aged: Desk) -> None:
    large = "select story_id from ingest.story_member group by 1 having count(*) > 2"
    url, title, body, at = some(
        aged, f"not m.is_origin and m.similarity between 0.7 and 0.99 and m.story_id in ({large})"
    )
    expected = aged.stories()
    body += "\nThe reporting for this article was done on Tuesday."
    aged.file(url, body, title=title, published_at=at)
    aged.deduplicate()
    assert aged.stories() == expected


def test_equal_texts_are_found_at_any_time(aged: Desk) -> None:
    url, title, body, at = some(aged, "m.is_origin and e.word_count > 200")
    aged.file("https://late.example/1", body, title=title, published_at=at)
    aged.deduplicate()
    assert {url, "https://late.example/1"} <= next(s for s in aged.stories() if url in s)


INDEXED = "select page_id, h, sketched_on from ingest.sketch_hash order by 1, 2"
SKETCHED = "select page_id, unnest(hashes) as h, sketched_on from ingest.sketch order by 1, 2"


def test_the_index_holds_each_text_once_whatever_comes_on_later_days(desk: Desk) -> None:
    """The same text read anew (as a reprocess does, or a new headline), another one, and the first again."""
    items = [item for item in world() if len(item.body) > 500][:3]
    bodies = [item.body for item in items]
    for day, body in enumerate(
        [bodies[0], bodies[0], bodies[0], bodies[1], bodies[1], bodies[2], bodies[0], bodies[0]]
    ):
        desk.file("https://paper.example/1", body, title=f"Headline of day {day}")
        desk.deduplicate(now=NOW + timedelta(days=day))
        desk.load()
        assert desk.rows(INDEXED) == desk.rows(SKETCHED) != []
