"""Retention takes the hashes of old texts out of the index; the stories that they are in stay right."""

from __future__ import annotations

import pytest

from newsflow.dedupe.rebuild import rebuild
from tests.dedupe.conftest import Desk
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


def test_a_new_text_of_an_old_page_stays_in_its_story(aged: Desk) -> None:
    ((url, title, body, at),) = aged.rows(
        "select p.url, e.title, e.body, e.published_at from ingest.story_member m join ingest.page p using (page_id)"
        " join ingest.extraction e using (extraction_id) where not m.is_origin and m.similarity between 0.7 and 0.99"
        " and m.story_id in (select story_id from ingest.story_member group by 1 having count(*) > 2) order by 1 limit 1"
    )
    expected = aged.stories()
    aged.file(str(url), f"{body}\nThe reporting for this article was done on Tuesday.", title=str(title), published_at=at)  # type: ignore[arg-type]
    aged.deduplicate()
    assert aged.stories() == expected


def test_equal_texts_are_found_at_any_time(aged: Desk) -> None:
    ((url, title, body, at),) = aged.rows(
        "select p.url, e.title, e.body, e.published_at from ingest.story_member m join ingest.page p using (page_id)"
        " join ingest.extraction e using (extraction_id) where m.is_origin and e.word_count > 200 order by 1 limit 1"
    )
    aged.file("https://late.example/1", str(body), title=str(title), published_at=at)  # type: ignore[arg-type]
    aged.deduplicate()
    assert {url, "https://late.example/1"} <= next(s for s in aged.stories() if url in s)
