"""The list of publishers: found, filtered, sorted, a page at a time."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json

from newsflow.ops import charts, history
from newsflow.ops.publishers import SHOWN, SORTS, publishers
from newsflow.store import queries
from tests.ops.scenario import FIRST


def names(shown: dict[str, Any]) -> list[str]:
    return [r.found.name for r in shown["rows"]]


def test_they_can_be_found_filtered_and_sorted(month: Connection, morning: datetime) -> None:
    by_name = publishers(month, morning, sort="name")
    assert names(by_name) == sorted(names(by_name))
    assert (by_name["total"], by_name["matching"]) == (14, 14)
    assert names(publishers(month, morning, sort="articles"))[0] == "courier.example"
    assert names(publishers(month, morning, sort="yield"))[0] == "premium.example"
    assert names(publishers(month, morning, find=" WEEKLY")) == ["weekly.example"]
    assert names(publishers(month, morning, find="the journal, no")) == []
    assert names(publishers(month, morning, level="paused")) == []


def test_a_paused_publisher_is_shown_as_paused(month: Connection, morning: datetime) -> None:
    month.cursor().execute("update ingest.publisher set paused = true where name = 'village.example'")
    shown = publishers(month, morning, level="paused")
    assert [r.health.sentence for r in shown["rows"]] == ["Paused by a person."]
    assert shown["levels"]["paused"] == 1


@pytest.mark.parametrize("sort", ["'; drop table ingest.publisher", "", "HEALTH"])
def test_an_unknown_sort_is_health(month: Connection, morning: datetime, sort: str) -> None:
    assert publishers(month, morning, sort=sort)["asked"]["sort"] == "health"


def test_the_figures_are_those_of_the_days(month: Connection, morning: datetime) -> None:
    since = FIRST.date()
    days = history.read(queries.ops.days(month, since=since, publishers=None))
    for row in publishers(month, morning)["rows"]:
        own = history.series(days[row.found.publisher_id], morning.date(), 28)
        week, before = own[-7:], own[:-7]
        assert row.found.new_articles == sum(d.new_articles for d in week)
        assert row.share == _share(week)
        assert row.usual_share == _share(before)


def _share(days: list[history.Day]) -> float | None:
    tried = sum(d.tried for d in days)
    return sum(d.readable for d in days) / tried if tried else None


def test_the_commonest_failure_counts_pages_and_polls_of_a_week(month: Connection, morning: datetime) -> None:
    with month.cursor() as cursor:
        cursor.execute("update ingest.publisher_day set failures = %s, poll_failures = %s where day > %s::date - 3"
                       " and publisher_id = (select publisher_id from ingest.publisher where name = 'courier.example')",
                       (Json({"paywall": 3}), Json({"not_found": 2}), morning))  # fmt: skip
        cursor.execute(
            "update ingest.publisher_day set failures = %s, poll_failures = '{}' where day < %s::date - 2",
            (Json({}), morning),
        )
        cursor.execute(
            "update ingest.publisher_day set failures = %s where day < %s::date - 6", (Json({"gone": 99}), morning)
        )
    (row,) = publishers(month, morning, find="courier")["rows"]
    assert (row.found.failure, row.found.failures) == ("paywall", 9)


def test_the_worst_alarm_speaks_however_many_there_are(month: Connection, morning: datetime) -> None:
    with month.cursor() as cursor:
        cursor.execute(
            "insert into ingest.ops_alarm (cause, subject, publisher_id, severity, sentence, opened_at, seen_at)"
            " select 'c' || n, name, publisher_id, case n when 3 then 'critical' else 'warning' end, 'Alarm ' || n,"
            " now(), now() from ingest.publisher, generate_series(1, 30) n"
        )
    shown = publishers(month, morning)
    assert {r.health.sentence for r in shown["rows"]} == {"Alarm 3"}, "420 alarms, none is cut off"
    assert {r.found.alarms for r in shown["rows"]} == {30}


@pytest.fixture
def many_publishers(conn: Connection) -> Connection:
    """Twice and a half as many publishers as a page shows, with days that differ."""
    rng = random.Random(5)
    with conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.publisher (name, title) select 'p' || lpad(n::text, 3, '0'), 'Paper ' || n"
            " from generate_series(1, %s) n returning publisher_id",
            (SHOWN * 5 // 2,),
        )
        for (number,) in cursor.fetchall():
            new = rng.randrange(40)
            cursor.execute(
                "insert into ingest.publisher_day (publisher_id, day, polls, extracted, readable, new_articles)"
                " values (%s, %s, 1, 40, %s, %s)",
                (number, FIRST.date(), new, new),
            )
    return conn


@pytest.mark.parametrize("sort", list(SORTS))
def test_the_pages_together_are_the_whole_list_once(many_publishers: Connection, sort: str) -> None:
    shown = [publishers(many_publishers, FIRST, sort=sort, page=at) for at in (1, 2, 3)]
    listed = [name for page in shown for name in names(page)]
    assert [len(page["rows"]) for page in shown] == [SHOWN, SHOWN, SHOWN // 2]
    assert len(set(listed)) == SHOWN * 5 // 2
    assert {page["pages"] for page in shown} == {3}
    keys = [SORTS[sort](row) for page in shown for row in page["rows"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-9, 1), (4, 3), (10**9, 3)])
def test_a_page_that_is_not_there_is_the_nearest_one(many_publishers: Connection, asked: int, given: int) -> None:
    shown = publishers(many_publishers, FIRST, page=asked)
    assert shown["page"] == given
    assert shown["rows"]


def test_sparklines_are_drawn_for_the_page_shown_only(many_publishers: Connection) -> None:
    shown = publishers(many_publishers, FIRST, sort="articles", page=2)
    assert set(shown["bars"]) == {r.found.publisher_id for r in shown["rows"]}
    assert all(bars[0] == "" and bars[1] for bars in shown["bars"].values()), "its one day is the last one"
    assert charts.spark([0.0] * 28) == ("", "")


def test_nobody_is_a_list_too(conn: Connection, morning: datetime) -> None:
    shown = publishers(conn, morning)
    assert (shown["rows"], shown["pages"], shown["total"]) == ([], 1, 0)
