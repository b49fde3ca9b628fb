"""The checklist of the first morning: open until it is done or somebody settled it, in all places the same."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.ops import checklist, doctor, render
from newsflow.ops.schedules import CONSEQUENCES, DagState
from newsflow.settings import Settings
from newsflow.store import queries
from tests.command_line import newsflow
from tests.ops.test_pages import SHARED, Counting

NOW = datetime(2026, 3, 30, 9, tzinfo=timezone.utc)
ON = [DagState(dag_id, paused=False, due=NOW) for dag_id in CONSEQUENCES]


def options(dsn: str = "", **given: Any) -> Settings:
    return Settings(database_url=SecretStr(dsn), contact="", **given)


def subscribe(conn: Connection, url: str) -> None:
    with conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values (%s) returning publisher_id", (url,))
        [key] = cursor.fetchone() or (0,)
        cursor.execute("insert into ingest.feed (publisher_id, url) values (%s, %s)", (key, url))


def still_open(conn: Connection, settings: Settings, dags: list[DagState] | None) -> list[str]:
    return [entry.name for entry in checklist.entries(conn, settings, dags) if entry.is_open]


def test_on_a_new_home_all_is_open_and_each_entry_says_what_to_do(conn: Connection) -> None:
    found = checklist.entries(conn, options(), [])
    assert [(entry.name, entry.is_open) for entry in found] == [(name, True) for name in checklist.NAMES]
    assert all(entry.cure and entry.missing for entry in found)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/rss", "http://localhost/rss", "http://[::1]:80/rss"])
def test_a_sample_newsrooms_feeds_are_not_ones_own(conn: Connection, url: str) -> None:
    subscribe(conn, url)
    assert "feeds" in still_open(conn, options(), ON)
    subscribe(conn, "https://localhost.example/127.0.0.1/rss")
    assert "feeds" not in still_open(conn, options(), ON)


def test_what_is_done_is_no_longer_open(conn: Connection) -> None:
    subscribe(conn, "https://courier.example/rss")
    done = options(notifiers=SecretStr('[{"class": "x"}]')).model_copy(update={"contact": "desk@example.org"})
    assert still_open(conn, done, ON) == ["backup"]
    paused = [state._replace(paused=True) if state.dag_id == "news_watch" else state for state in ON]
    assert still_open(conn, done, paused) == ["dags", "backup"]
    assert still_open(conn, done, None) == ["backup"]


def test_one_is_settled_with_a_reason_and_can_be_taken_up_again(conn: Connection) -> None:
    checklist.settle(conn, "backup", " snapshots of the volume ", "ada", NOW)
    [entry] = [e for e in checklist.entries(conn, options(), ON) if e.name == "backup"]
    assert (entry.is_open, entry.sentence) == (False, "settled: snapshots of the volume")
    checklist.reopen(conn, "backup", "ada", NOW)
    assert "backup" in still_open(conn, options(), ON)
    checklist.settle(conn, "backup", " snapshots,\r\n\x1b[1mnightly ", "ada", NOW)
    assert queries.ops.audit_log(conn)[0].detail == {"why": "snapshots, [1mnightly"}
    for name, why in (("backup", "  "), ("coffee", "no")):
        with pytest.raises(checklist.ChecklistError):
            checklist.settle(conn, name, why, "ada", NOW)


def test_the_news_page_shows_what_is_open_and_no_more(month: Connection, morning: datetime) -> None:
    def html(settings: Settings, editor: bool) -> str:
        shown = checklist.news(month, morning, ON, settings)
        return render.template("news.html", {**SHARED, "editor": editor, "now": morning, **shown})

    page = html(options(), True)
    assert "NEWSFLOW_CONTACT" in page and 'name="why"' in page and "Feeds are yours" not in page
    assert 'name="why"' not in html(options(), False)
    for name in checklist.NAMES:
        with month.cursor() as cursor:
            cursor.execute(
                "insert into ingest.audit (at, actor, action, subject, detail) values (%s, 'ada', %s, %s, %s)",
                (NOW, checklist.SETTLED, name, json.dumps({"why": "not wanted"})),
            )
    assert "Before you rely on it" not in html(options(), True)


def test_the_news_page_asks_seven_statements_at_most(month: Connection, morning: datetime) -> None:
    month.cursor_factory = Counting
    Counting.statements = 0
    checklist.news(month, morning, ON, options())
    assert Counting.statements <= 7


def test_the_doctor_and_the_command_say_the_same(conn: Connection, dsn: str, tmp_path: Path) -> None:
    env = {"NEWSFLOW_DATABASE_URL": dsn, "NEWSFLOW_HOME": str(tmp_path), "NEWSFLOW_CONTACT": ""}
    done = newsflow("checklist", "settle", "alarms", "--why", "we look at the page", "--json", **env)
    assert json.loads(done.stdout) == {"settled": "alarms", "why": "we look at the page"}
    listed = json.loads(newsflow("checklist", "list", "--json", **env).stdout)
    told = {one.name: one for one in doctor.examine(options(dsn))}
    assert {one["name"]: one["open"] for one in listed} == {
        one["name"]: told[one["name"]].state == "warn" for one in listed
    }
    assert told["alarms"].detail == "settled: we look at the page"
    plain = newsflow("checklist", "list", **env).stdout.decode()
    assert "☐ contact" in plain and "✓ alarms" in plain
    assert newsflow("checklist", "settle", "coffee", "--why", "no", **env).returncode == 1
