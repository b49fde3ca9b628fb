"""news.coverage: silence told from blindness."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from newsflow.load.step import load
from tests.load.world import World

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 30, 12, tzinfo=timezone.utc)


@pytest.fixture
def month(world: World) -> World:
    """a.example, watched for four weeks: two articles at noon each Monday, then one hour of silence."""
    feed(world, "a.example", NOON - timedelta(weeks=4), NOON + 12 * HOUR)
    run = world.run()
    for week in range(1, 5):
        for number in (1, 2):
            at = NOON - timedelta(weeks=week) + timedelta(minutes=number)
            world.clustered(run, f"https://a.example/{week}/{number}", "a.example", seen_at=at, published_at=at)
    load(world.settings, run)
    return world


def feed(world: World, name: str, first_ok_at: datetime | None, last_ok_at: datetime | None) -> None:
    world.rows(
        "insert into ingest.feed (publisher_id, url, first_ok_at, last_ok_at) values (%s, %s, %s, %s)",
        world.publisher(name),
        f"https://{name}/feed",
        first_ok_at,
        last_ok_at,
    )


def gap(world: World, start: datetime, end: datetime | None, cause: str = "feed_down", missed: int = 4) -> None:
    world.rows(
        "insert into ingest.gap (feed_id, publisher_id, cause, from_at, to_at, missed_estimate, opened_at)"
        " select feed_id, publisher_id, %s, %s, %s, %s, now() from ingest.feed",
        cause,
        start,
        end,
        missed,
    )


def coverage(world: World, start: datetime = NOON, hours: int = 1) -> list[tuple[object, ...]]:
    return world.rows(
        "select state, seen, expected, causes, missed_estimate from news.coverage_between(%s, %s) order by hour",
        start,
        start + hours * HOUR,
    )


def states(world: World, start: datetime, hours: int) -> list[object]:
    return [row[0] for row in coverage(world, start, hours)]


def test_silence_without_a_gap_is_silence(month: World) -> None:
    assert coverage(month) == [("watched", 0, 2, [], None)]


def test_silence_in_a_gap_says_nothing(month: World) -> None:
    gap(month, NOON - HOUR, NOON + HOUR)
    assert coverage(month) == [("gap", 0, 2, ["feed_down"], 2)]


def test_a_gap_that_lasts_covers_the_hours_up_to_now(month: World) -> None:
    gap(month, NOON, None)
    assert states(month, NOON - HOUR, 3) == ["watched", "gap", "gap"]


def test_a_gap_that_was_filled_is_none(month: World) -> None:
    gap(month, NOON - HOUR, NOON + HOUR)
    month.rows("update ingest.gap set closed_at = now(), closed_by = 'sitemap'")
    assert states(month, NOON, 1) == ["watched"]


def test_an_outage_of_ours_blinds_all_publishers(month: World) -> None:
    month.rows(
        "insert into ingest.gap (cause, from_at, to_at, opened_at) values ('own_outage', %s, %s, now())",
        NOON,
        NOON + HOUR,
    )
    assert coverage(month) == [("gap", 0, 2, ["own_outage"], 0)]


def test_the_first_week_expects_nothing(month: World) -> None:
    first = NOON - timedelta(weeks=4)
    assert coverage(month, first, 1) == [("watched", 2, None, [], None)]


def test_before_the_first_poll_nobody_watched(month: World) -> None:
    first = NOON - timedelta(weeks=4)
    assert coverage(month, first - HOUR, 2) == [
        ("not_watched", 0, None, [], None),
        ("watched", 2, None, [], None),
    ]
    assert set(states(month, first - timedelta(days=3000), 24)) == {"not_watched"}


def test_after_the_last_good_poll_nobody_has_watched_yet(month: World) -> None:
    """A paused publisher is not asked, so its last good poll is the end of what was watched."""
    assert states(month, NOON + 11 * HOUR, 3) == ["watched", "not_watched", "not_watched"]


def test_a_span_in_which_we_did_not_ask_is_not_watched(month: World) -> None:
    gap(month, NOON, NOON + HOUR, "not_polled")
    assert coverage(month, NOON, 2) == [
        ("not_watched", 0, 2, ["not_polled"], 4),
        ("watched", 0, 0, [], None),
    ]


def test_a_feed_that_never_answered_is_not_watched(world: World) -> None:
    feed(world, "b.example", None, None)
    assert coverage(world) == [("not_watched", 0, None, [], None)]


def test_imports_are_neither_seen_nor_expected(month: World) -> None:
    run = month.run("import")
    for week in range(3):
        at = NOON - timedelta(weeks=week) + timedelta(minutes=5)
        for paper in ("a", "file"):
            url, name = f"https://{paper}.example/imported/{week}", f"{paper}.example"
            page = month.clustered(run, url, name, seen_at=NOON, published_at=at)
            month.rows("update ingest.page set discovered_by = 'import' where page_id = %s", page)
    load(month.settings, run)
    asked = "select publisher, state, seen, expected from news.coverage_between(%s, %s) order by publisher"
    assert month.rows(asked, NOON, NOON + HOUR) == [
        ("a.example", "watched", 0, 2),
        ("file.example", "not_watched", 0, None),
    ]
    assert month.value("select sum(articles) from news.daily where publisher = 'file.example'") == 3


def test_one_publisher_can_be_asked_for(month: World) -> None:
    month.publisher("b.example")
    asked = "select distinct publisher from news.coverage_between(%s, %s, %s)"
    assert month.rows(asked, NOON, NOON + HOUR, "a.example") == [("a.example",)]
    assert month.rows(asked, NOON, NOON + HOUR, "b.example") == []


def test_the_view_shows_the_last_month(month: World) -> None:
    assert month.value("select count(*) from news.coverage where hour > now()") == 0


@pytest.mark.parametrize("span", ["'-infinity', 'infinity'", "'4713-01-01 BC', '294276-12-31'"])
def test_a_span_without_end_is_the_life_of_the_house(month: World, span: str) -> None:
    hours, first = month.rows(f"select count(*), min(hour) from news.coverage_between({span})")[0]
    assert first <= NOON - timedelta(weeks=4)
    assert first > NOON - timedelta(weeks=4, days=1)
    assert 24 * 28 < hours < 24 * 400


def test_a_span_that_ends_before_it_begins_is_empty(month: World) -> None:
    assert month.rows("select * from news.coverage_between('infinity', '-infinity')") == []
