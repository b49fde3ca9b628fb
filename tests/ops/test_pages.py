"""What the pages show of a month of history, and how much they ask of the database for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.names import NIGHTLY
from newsflow.ops import detail, nights, pages, publishers, render
from newsflow.ops.schedules import DagState
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store import named_query, queries, runs
from tests.ops.scenario import FIRST

SHARED = {"root": "/newsflow", "user": "ada", "editor": True, "csrf": "x", "path": "/newsflow/", "done": ""}


class Counting(named_query.QueryCursor):
    """A cursor that counts its statements."""

    statements = 0

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Count, then do."""
        Counting.statements += 1
        return super().execute(*args, **kwargs)


def show(template: str, now: datetime, shown: dict[str, Any]) -> str:
    return render.template(template, {**SHARED, "now": now, **shown})


def test_last_night_was_good_and_says_how_it_compares(month: Connection, morning: datetime) -> None:
    html = show("news.html", morning, pages.last_night(month, morning, []))
    assert "Last night was good" in html
    assert "on a Sunday" in html
    assert "14 feeds asked" in html
    assert html.count('class="bar"') == 4


def test_a_bad_night_says_so_and_why(month: Connection) -> None:
    after = FIRST + timedelta(days=17, hours=4)
    month.cursor().execute("delete from ingest.run where started_at > %s", (after,))
    html = show("news.html", after, pages.last_night(month, after, []))
    assert "Last night was not good" in html
    assert "All 14 feeds failed" in html


def test_an_empty_database_says_what_to_do_first(conn: Connection, morning: datetime) -> None:
    html = show("news.html", morning, pages.last_night(conn, morning, []))
    assert "No run yet" in html


def test_a_run_at_work_shows_its_progress(own_month: Connection, morning: datetime) -> None:
    run = runs.start(own_month, "news_ingest", "now", morning, {})
    queries.runs.begin_stage(own_month, run_id=run, stage="poll", shard=0, now=morning)
    queries.runs.progress(own_month, run_id=run, stage="poll", shard=0, counts='{"ok": 9}', label="", ended_at=None)
    own_month.commit()
    html = show(
        "news.html", morning + timedelta(seconds=30), pages.last_night(own_month, morning + timedelta(seconds=30), [])
    )
    assert "Running now" in html
    assert "<progress" in html
    assert "Last night was good" in html


def test_a_run_of_some_publishers_is_not_last_night(month: Connection, morning: datetime) -> None:
    part = RunRequest(publishers=("steady.example",)).as_params()
    number = queries.runs.start(
        month, dag_id="cli", dag_run_id="part", now=morning, params=json.dumps(part), in_process=True
    )
    verdict = "Not good: the only feed asked failed."
    queries.runs.finish(month, run_id=number, state="failed", verdict=verdict, now=morning)
    shown = pages.last_night(month, morning, [])
    html = show("news.html", morning, shown)
    assert "Last night was good" in html
    assert "Since then, for a part only" in html
    assert verdict in html
    assert shown["run"].run_id < number


def test_what_was_not_judged_yet_is_not_called_well(own_month: Connection, morning: datetime) -> None:
    own_month.cursor().execute("delete from ingest.ops_alarm")
    html = show("news.html", morning, pages.last_night(own_month, morning, []))
    assert "Not judged yet" in html
    assert "no alarm lasts" not in html
    queries.ops.note_judged(own_month, now=morning - timedelta(days=1))
    assert "before this run ended" in show("news.html", morning, pages.last_night(own_month, morning, []))
    queries.ops.note_judged(own_month, now=morning)
    assert "no alarm lasts" in show("news.html", morning, pages.last_night(own_month, morning, []))


def test_a_paused_dag_stands_above_the_page(month: Connection, morning: datetime) -> None:
    states = [DagState("news_watch", True, None), DagState("news_poll", False, morning + timedelta(minutes=5))]
    html = show("news.html", morning, pages.last_night(month, morning, states))
    assert "news_watch is paused: no alarm begins or ends." in html
    assert "news_maintain is unknown to Airflow" in html
    assert "news_poll" not in html


def test_a_cleared_task_does_not_count_the_days_between(conn: Connection, morning: datetime) -> None:
    number = runs.start(conn, "news_ingest", "now", morning, {})
    for began, seconds in ((morning, 40), (morning + timedelta(days=2), 8)):
        queries.runs.begin_stage(conn, run_id=number, stage="load", shard=0, now=began)
        ended = began + timedelta(seconds=seconds)
        queries.runs.progress(conn, run_id=number, stage="load", shard=0, counts="{}", label="", ended_at=ended)
    queries.runs.finish(conn, run_id=number, state="success", verdict="", now=morning + timedelta(days=3))
    found = pages.run_page(conn, "news_ingest", "now", morning)
    assert found["run"].took == timedelta(seconds=8)


def test_a_run_whose_process_is_gone_is_dead_at_once(month: Connection, morning: datetime) -> None:
    queries.runs.start(month, dag_id="cli", dag_run_id="dead", now=morning, params="{}", in_process=True)
    html = show("news.html", morning, pages.last_night(month, morning, []))
    assert "Last night was not good" in html
    assert "broke off before its check" in html


def test_a_good_run_of_days_ago_is_not_called_last_night(month: Connection, morning: datetime) -> None:
    later = morning + timedelta(days=3)
    html = show("news.html", later, pages.last_night(month, later, []))
    assert "No run since" in html
    assert "Last night was good" not in html


def test_a_runs_funnel_names_its_publishers(month: Connection, morning: datetime) -> None:
    name = f"nightly__{(FIRST + timedelta(days=26)).isoformat()}"
    html = show("run.html", morning, pages.run_page(month, "news_ingest", name, morning))
    assert "courier.example" in html
    assert "The page holds no readable text." in html


def test_a_dag_of_others_has_no_funnel(month: Connection, morning: datetime) -> None:
    html = show("run.html", morning, pages.run_page(month, "someone_elses", None, morning))
    assert "No funnel" in html


def test_rejects_by_outcome_and_publisher(month: Connection, morning: datetime) -> None:
    shown = pages.rejects(month, morning, outcome="paywall", publisher=None, before=None)
    assert {p.publisher for p in shown["pages"]} == {"premium.example"}
    html = show("rejects.html", morning, shown)
    assert "The page shows a paywall instead of the article." in html


def test_one_pages_through_all_rejects_though_a_run_rejects_many_at_one_moment(
    month: Connection, morning: datetime
) -> None:
    shown = pages.rejects(month, morning)
    seen = [p.page_id for p in shown["pages"]]
    while more := shown["more"]:
        shown = pages.rejects(month, morning, before=datetime.fromisoformat(more["before"]), below=more["below"])
        seen += [p.page_id for p in shown["pages"]]
    cursor = month.cursor()
    cursor.execute("select page_id from ingest.page where state = 'rejected'")
    assert sorted(seen) == sorted(page_id for (page_id,) in cursor)


PAGES: dict[str, Callable[[Connection, datetime], Any]] = {
    "news": lambda c, now: pages.last_night(c, now, []),
    "run": lambda c, now: pages.run_page(c, "news_ingest", None, now),
    "nights": nights.thirty,
    "compare": nights.two,
    "publishers": publishers.publishers,
    "rejects": lambda c, now: pages.rejects(c, now, outcome="paywall", publisher="premium.example", before=None),
    "publisher": lambda c, now: detail.publisher(c, "redesign.example", now),
    "reject": lambda c, now: detail.reject(c, 1, Settings()),
    "proposals": detail.proposals,
    "alarms": detail.alarms,
    "storage": lambda c, now: detail.storage(c, now, Settings()),
}


def test_no_page_asks_more_than_six_statements(
    own_month: Connection, morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.start(own_month, "news_ingest", "now", morning, {})
    own_month.commit()
    monkeypatch.setattr(named_query, "QueryCursor", Counting)
    asked = {}
    for name, show_page in PAGES.items():
        Counting.statements = 0
        show_page(own_month, morning)
        asked[name] = Counting.statements
    assert min(asked.values()) >= 1
    assert max(asked.values()) <= 6, asked


def test_counting_a_day_again_changes_nothing(month: Connection) -> None:
    with month.cursor() as cursor:
        cursor.execute("select * from ingest.publisher_day order by publisher_id, day")
        before = cursor.fetchall()
        queries.ops.count_days(month, since=FIRST, until=FIRST + timedelta(days=28), nightly=[*NIGHTLY])
        cursor.execute("select * from ingest.publisher_day order by publisher_id, day")
        assert cursor.fetchall() == before
    assert sum(d.new_articles for d in before) == _count(month, "load_outcome = 'new'")
    assert sum(d.fetched for d in before) == _count(month, "fetch_outcome is not null")


def _count(conn: Connection, condition: str) -> int:
    with conn.cursor() as cursor:
        cursor.execute(f"select count(*) from ingest.run_page where {condition}")
        return int(cursor.fetchone()[0])
