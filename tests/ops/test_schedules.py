"""Whether our Dags run by themselves, in sentences."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from newsflow.ops.schedules import CONSEQUENCES, DagState, notices

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


def all_well(**other: DagState) -> list[DagState]:
    return [other.get(name, DagState(name, False, NOON + timedelta(minutes=5))) for name in CONSEQUENCES]


def test_dags_that_run_are_not_named() -> None:
    assert list(notices(all_well(), NOON)) == []


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (DagState("news_watch", True, NOON), "news_watch is paused: no alarm"),
        (DagState("news_watch", False, None), "news_watch has no schedule, and runs by hand only"),
        (DagState("news_watch", False, NOON - timedelta(hours=1)), "news_watch should have begun at Sun 22 Nov 11:00"),
    ],
)
def test_one_that_does_not_run_is_named_with_what_is_missing(state: DagState, says: str) -> None:
    (found,) = notices(all_well(news_watch=state), NOON)
    assert found.startswith(says)


def test_a_dag_that_airflow_does_not_know_is_named() -> None:
    assert [text.partition(" ")[0] for text in notices([], NOON)] == list(CONSEQUENCES)


def test_a_run_that_begins_some_minutes_late_is_no_news() -> None:
    late = DagState("news_poll", False, NOON - timedelta(minutes=10))
    assert list(notices(all_well(news_poll=late), NOON)) == []
