"""A publisher's health: the worst thing that is true, in a sentence."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from newsflow.ops.health import Level, State, judge
from newsflow.ops.history import Day, series, weekday_usual

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("state", "level", "says"),
    [
        (State(feeds=2, asked=True), Level.GOOD, "As usual."),
        (State(feeds=2, failing=1, feed_sentence="Gone.", asked=True), Level.WARNING, "1 of 2 feeds fail: Gone."),
        (State(feeds=2, failing=2, feed_sentence="Gone.", asked=True), Level.WARNING, "No feed answers: Gone."),
        (State(feeds=1, cool_until=NOON, asked=True), Level.WARNING, "Cooling down until 12:00 UTC."),
        (State(feeds=1), Level.NEW, "Not asked yet."),
        (State(lost_feeds=1, asked=True), Level.BROKEN, "It has no active feed."),
        (State(asked=True), Level.PAUSED, "It has no feed: nobody added one, or a person removed them."),
        (State(paused_feeds=2, asked=True), Level.PAUSED, "All feeds are paused."),
        (State(feeds=1, asked=True, alarm=("critical", "Bad.")), Level.BROKEN, "Bad."),
        (State(feeds=1, asked=True, alarm=("warning", "Odd.")), Level.WARNING, "Odd."),
        (State(paused=True, feeds=1, alarm=("critical", "Bad.")), Level.PAUSED, "Paused by a person."),
        (State(paused=True, paused_by="newsflow", feeds=1), Level.PAUSED, "Paused by newsflow."),
    ],
)
def test_health(state: State, level: Level, says: str) -> None:
    found = judge(state)
    assert (found.level, found.sentence) == (level, says)


def test_the_worst_sorts_first() -> None:
    assert min(Level) is Level.BROKEN
    assert Level.BROKEN.word == "broken"


def test_a_series_has_a_day_for_each_day() -> None:
    known = [Day(date(2026, 3, 1), new_articles=5), Day(date(2026, 3, 3), new_articles=2)]
    found = series(known, date(2026, 3, 4), 5)
    assert [d.day.day for d in found] == [28, 1, 2, 3, 4]
    assert [d.new_articles for d in found] == [0, 5, 0, 2, 0]


def test_a_share_needs_something_extracted() -> None:
    assert Day(date(2026, 3, 1)).share is None
    assert Day(date(2026, 3, 1), extracted=4, readable=3).share == 0.75


def test_the_usual_of_a_weekday_is_its_own() -> None:
    monday = date(2026, 3, 2)
    points = [(monday + timedelta(days=d), 100.0 if d % 7 == 0 else 10.0) for d in range(28)]
    found = weekday_usual(points, monday + timedelta(days=28))
    assert found is not None and found.middle == 100


def test_a_young_publisher_is_judged_by_all_its_days() -> None:
    monday = date(2026, 3, 2)
    found = weekday_usual([(monday + timedelta(days=d), 10.0) for d in range(4)], monday + timedelta(days=4))
    assert found is not None and found.middle == 10
