"""A publisher's days in one picture: all tracks share an axis, and nothing leaves it."""

from __future__ import annotations

from collections import namedtuple
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from newsflow.ops.day_chart import TALL, WIDTH, day_chart
from newsflow.ops.history import Day

FIRST = date(2026, 3, 2)  # a Monday
NOW = datetime(2026, 3, 29, 12, tzinfo=timezone.utc)
Feed = namedtuple("Feed", "title url days gaps")


def days(number: int = 28, **last: Any) -> list[Day]:
    made = [
        Day(FIRST + timedelta(days=n), polls=2, new_articles=10, extracted=10, readable=9, words=400.0)
        for n in range(number - 1)
    ]
    return [*made, Day(FIRST + timedelta(days=number - 1), **(last or {"polls": 2, "new_articles": 10}))]


def feed(polls: dict[str, list[int]] | None = None, gaps: list[dict[str, Any]] | None = None) -> Feed:
    return Feed("News", "https://a.example/feed", polls or {}, gaps or [])


def test_a_tick_stands_on_each_monday() -> None:
    assert [day for _, day in day_chart(days(), [], [], NOW).ticks] == [FIRST + timedelta(weeks=n) for n in range(4)]


def test_figures_tell_newest_and_usual() -> None:
    articles, share, words = day_chart(days(28, polls=2, new_articles=1, extracted=10, readable=1), [], [], NOW).figures
    assert (articles.newest, articles.usual) == (1, 10)
    assert (share.newest, share.usual) == (0.1, 0.9)
    assert (words.newest, words.usual) == (400, 400), "the last day has none, so the newest is the day before"
    assert share.usual_y == pytest.approx(TALL * 0.1)


def test_days_of_a_fault_are_not_usual() -> None:
    faulty = days(21) + [Day(FIRST + timedelta(days=21 + n), polls=1, new_articles=0) for n in range(7)]
    assert day_chart(faulty, [], [], NOW).figures[0].usual == 10


def test_a_day_on_which_nobody_looked_has_no_bar_and_a_young_publisher_no_usual() -> None:
    found = day_chart([Day(FIRST), Day(FIRST + timedelta(days=1), polls=1, new_articles=4)], [], [], NOW).figures[0]
    assert found.bars.count("M") == 1
    assert found.usual is None and found.usual_y is None


@pytest.mark.parametrize(
    ("polls", "state"), [([2, 0, 5], "ok"), ([0, 2, 0], "fail"), ([1, 1, 0], "mixed"), ([0, 0, None], "none")]
)
def test_a_day_of_polls(polls: list[int], state: str) -> None:
    mark = day_chart(days(), [feed({FIRST.isoformat(): polls})], [], NOW).feeds[0].days[0]
    assert (mark.day, mark.state, mark.new) == (FIRST, state, polls[2] or 0)


def test_all_tracks_share_the_axis() -> None:
    picture = day_chart(days(), [feed()], [FIRST, FIRST + timedelta(days=27)], NOW)
    assert len(picture.feeds[0].days) == 28
    assert picture.feeds[0].days[7].x == pytest.approx(picture.ticks[1][0])
    assert picture.marks == (pytest.approx(picture.step / 2), pytest.approx(WIDTH - picture.step / 2))


def test_alarms_before_the_first_day_are_not_marked() -> None:
    assert day_chart(days(), [], [FIRST - timedelta(days=1)], NOW).marks == ()


def test_gaps_are_cut_to_the_days_and_an_open_one_lasts_until_now() -> None:
    gaps = [
        {"from": "2026-03-04T00:00:00+00:00", "to": "2026-03-05T12:00:00+00:00"},
        {"from": "2025-01-01T00:00:00+00:00", "to": "2026-03-03T00:00:00+00:00"},
        {"from": "2026-03-29T00:00:00+00:00", "to": None},
        {"from": "2026-03-10T00:00:00+00:00", "to": "2026-03-10T00:00:01+00:00"},
    ]
    picture = day_chart(days(), [feed(gaps=gaps)], [], NOW)
    found, step = picture.feeds[0].gaps, picture.step
    assert found[0] == (pytest.approx(2 * step), pytest.approx(1.5 * step))
    assert found[1] == (0.0, pytest.approx(step))
    assert sum(found[2]) == pytest.approx(27.5 * step)
    assert found[3][1] == 2.0, "a short one can still be seen"
    assert all(x >= 0 and x + w <= WIDTH for x, w in found)


def test_many_feeds_are_the_first_eight() -> None:
    assert len(day_chart(days(), [feed()] * 30, [], NOW).feeds) == 8
