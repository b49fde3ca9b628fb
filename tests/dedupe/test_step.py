"""The step over a real ledger: states, stories, origins, and what load is told."""

from __future__ import annotations

from tests.dedupe.conftest import Desk, at

HARBOUR = (
    "The harbour authority said on Tuesday that the northern breakwater will be closed for repairs until the end of "
    "the month, after divers found cracks in eleven of its concrete blocks during a routine inspection."
)
LIBRARY = (
    "Members of the town council voted nine to four to keep the central library open on Sundays, rejecting a plan "
    "that would have saved about 40,000 pounds a year and cost three part-time jobs."
)


def test_equal_texts_are_one_story_and_the_earliest_is_its_origin(desk: Desk) -> None:
    desk.file("https://a.example/1", HARBOUR, published_at=at(2))
    desk.file("https://b.example/2", HARBOUR.replace("authority said", "authority  said"), published_at=at(1))
    desk.file("https://c.example/3", LIBRARY, published_at=at(0))
    report = desk.deduplicate()
    assert desk.stories() == {
        frozenset({"https://a.example/1", "https://b.example/2"}),
        frozenset({"https://c.example/3"}),
    }
    assert desk.origins() == {"https://b.example/2", "https://c.example/3"}
    assert report.counts["ok"] == 3


def test_pages_move_to_clustered_and_the_funnel_balances(desk: Desk) -> None:
    page_id = desk.file("https://a.example/1", HARBOUR)
    desk.deduplicate()
    assert desk.state(page_id) == ("clustered", "ok", None)
    assert desk.rows("select deduplicate_outcome from ingest.run_page") == [("ok",)]


def test_story_id_is_the_smallest_page_id(desk: Desk) -> None:
    first = desk.file("https://a.example/1", HARBOUR, published_at=at(5))
    desk.file("https://b.example/2", HARBOUR, published_at=at(1))
    desk.deduplicate()
    assert {row[0] for row in desk.rows("select story_id from ingest.story_member")} == {first}


def test_a_later_earlier_copy_takes_over_as_origin_and_load_is_told(desk: Desk) -> None:
    desk.file("https://a.example/1", HARBOUR, published_at=at(5))
    desk.deduplicate()
    desk.load()
    desk.file("https://b.example/2", HARBOUR, published_at=at(1))
    desk.deduplicate()
    assert desk.origins() == {"https://b.example/2"}
    assert desk.pending() == {"https://a.example/1"}


def test_nothing_is_told_to_load_where_nothing_changed(desk: Desk) -> None:
    desk.file("https://a.example/1", HARBOUR)
    desk.deduplicate()
    desk.load()
    desk.file("https://c.example/3", LIBRARY)
    desk.deduplicate()
    assert desk.pending() == set()


def test_a_revision_that_is_another_text_leaves_the_story(desk: Desk) -> None:
    desk.file("https://a.example/1", HARBOUR, published_at=at(0))
    desk.file("https://b.example/2", HARBOUR, published_at=at(1))
    desk.deduplicate()
    desk.load()
    desk.file("https://a.example/1", LIBRARY, published_at=at(0))
    desk.deduplicate()
    assert len(desk.stories()) == 2
    assert desk.origins() == {"https://a.example/1", "https://b.example/2"}
    assert "https://b.example/2" in desk.pending()


def test_a_second_run_over_the_same_pages_changes_nothing(desk: Desk) -> None:
    for number in range(3):
        desk.file(f"https://a.example/{number}", HARBOUR, published_at=at(number))
    desk.deduplicate()
    before = desk.rows("select * from ingest.story_member order by page_id")
    desk.execute("update ingest.page set state = 'extracted'")
    desk.deduplicate()
    assert desk.rows("select * from ingest.story_member order by page_id") == before


def test_a_date_without_a_time_does_not_beat_the_wire(desk: Desk) -> None:
    desk.file("https://a.example/1", HARBOUR, published_at=at(-2), quality="day")
    desk.file("https://wire.example/2", HARBOUR, published_at=at(9))
    desk.deduplicate()
    assert desk.origins() == {"https://wire.example/2"}


def test_articles_without_a_date_are_never_the_origin_of_dated_ones(desk: Desk) -> None:
    desk.file("https://a.example/1", HARBOUR, published_at=None)
    desk.file("https://b.example/2", HARBOUR, published_at=at(9))
    desk.deduplicate()
    assert desk.origins() == {"https://b.example/2"}


def test_empty_and_tiny_texts_tie_nothing_together(desk: Desk) -> None:
    desk.file("https://a.example/1", "", title="One")
    desk.file("https://b.example/2", "", title="Two")
    desk.file("https://a.example/3", "Watch the video above.", title="Fire in the port")
    desk.file("https://a.example/4", "Watch the video above.", title="Cup final")
    desk.deduplicate()
    assert len(desk.stories()) == 4


def test_a_tiny_text_under_the_same_headline_is_a_copy(desk: Desk) -> None:
    desk.file("https://a.example/1", "Fire in the port is out.", title="Port fire")
    desk.file("https://b.example/2", "Fire in the port is out.", title="Port Fire!")
    desk.deduplicate()
    assert len(desk.stories()) == 1
