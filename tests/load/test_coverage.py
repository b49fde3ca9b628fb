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
    """a.example: two articles at noon each Monday for four weeks, then one hour of silence."""
    run = world.run()
    for week in range(1, 5):
        for number in (1, 2):
            at = NOON - timedelta(weeks=week) + timedelta(minutes=number)
            world.clustered(run, f"https://a.example/{week}/{number}", "a.example", seen_at=at, published_at=at)
    load(world.settings, run)
    return world


def gap(world: World, start: datetime, end: datetime | None, cause: str = "feed_down", missed: int = 4) -> None:
    world.rows(
        "insert into ingest.feed (publisher_id, url) values (%s, 'https://a.example/feed') on conflict do nothing",
        world.publisher("a.example"),
    )
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
        "select seen, expected, gap, cause, missed_estimate from news.coverage_between(%s, %s) order by hour",
        start,
        start + hours * HOUR,
    )


def test_silence_without_a_gap_is_silence(month: World) -> None:
    assert coverage(month) == [(0, 2, False, None, None)]


def test_silence_in_a_gap_says_nothing(month: World) -> None:
    gap(month, NOON - HOUR, NOON + HOUR)
    assert coverage(month) == [(0, 2, True, "feed_down", 2)]


def test_a_gap_that_lasts_covers_the_hours_up_to_now(month: World) -> None:
    gap(month, NOON, None)
    assert [row[2] for row in coverage(month, NOON - HOUR, 3)] == [False, True, True]


def test_a_gap_that_was_filled_is_none(month: World) -> None:
    gap(month, NOON - HOUR, NOON + HOUR)
    month.rows("update ingest.gap set closed_at = now(), closed_by = 'sitemap'")
    assert coverage(month)[0][2] is False


def test_an_outage_of_ours_blinds_all_publishers(month: World) -> None:
    month.rows(
        "insert into ingest.gap (cause, from_at, to_at, opened_at) values ('own_outage', %s, %s, now())",
        NOON,
        NOON + HOUR,
    )
    assert coverage(month)[0][2:4] == (True, "own_outage")


def test_the_first_week_expects_nothing(month: World) -> None:
    first = NOON - timedelta(weeks=4)
    assert coverage(month, first, 1) == [(2, None, False, None, None)]
    assert coverage(month, first - HOUR, 1) == []


def test_one_publisher_can_be_asked_for(month: World) -> None:
    month.publisher("b.example")
    asked = "select distinct publisher from news.coverage_between(%s, %s, %s)"
    assert month.rows(asked, NOON, NOON + HOUR, "a.example") == [("a.example",)]
    assert month.rows(asked, NOON, NOON + HOUR, "b.example") == []


def test_the_view_shows_the_last_month(month: World) -> None:
    assert month.value("select count(*) from news.coverage where hour > now()") == 0


@pytest.mark.parametrize(
    "span", ["'-infinity', 'infinity'", "'4713-01-01 BC', '294276-12-31'", "'infinity', '-infinity'"]
)
def test_a_span_without_end_is_the_time_that_articles_have(month: World, span: str) -> None:
    hours, first = month.rows(f"select count(*), min(hour) from news.coverage_between({span})")[0]
    assert (hours, first) == month.rows(
        "select count(*), min(hour) from news.coverage_between('1970-01-01+00', now() + interval '2 days')"
        if span.startswith("'-") or "BC" in span
        else "select 0::bigint, null::timestamptz"
    )[0]
