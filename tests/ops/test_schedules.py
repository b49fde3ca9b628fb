"""Whether our Dags run by themselves, in sentences."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.ops import schedules
from newsflow.ops.schedules import CONSEQUENCES, DagState, notices

DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
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


DAG_TABLE = """
create table dag (dag_id text, is_paused boolean, next_dagrun_create_after timestamptz, is_stale boolean);
insert into dag values ('news_watch', true, null, false), ('news_poll', false, '2026-11-22 12:00Z', false),
  ('news_ingest', false, null, true), ('somebody_elses', false, null, false)
"""
BY_ORM = [DagState("news_poll", False, NOON)]


@pytest.fixture
def orm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "read", lambda: BY_ORM)


def test_a_command_asks_airflows_postgresql_itself(
    conn: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch, orm: None
) -> None:
    monkeypatch.setenv(DATABASE, dsn.replace("postgresql://", "postgresql+psycopg2://"))
    assert schedules.stored() == BY_ORM  # no table in sight: Airflow knows in which schema they are
    conn.cursor().execute(DAG_TABLE)
    conn.commit()
    assert sorted(schedules.stored()) == [DagState("news_poll", False, NOON), DagState("news_watch", True, None)]


@pytest.mark.parametrize("url", ["", "sqlite:////tmp/airflow.db", "mysql+mysqldb://127.0.0.1/airflow"])
def test_another_database_is_asked_by_airflow(url: str, monkeypatch: pytest.MonkeyPatch, orm: None) -> None:
    monkeypatch.setenv(DATABASE, url)
    assert schedules.stored() == BY_ORM
