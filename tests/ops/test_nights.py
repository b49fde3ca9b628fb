"""Thirty nights at a glance, two runs beside each other, and each table as CSV."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from psycopg2.extensions import connection as Connection

from newsflow.ops import nights, render
from newsflow.ops.comparison import Change, compare
from newsflow.ops.csv_tables import CSV_TABLES, cell
from newsflow.store import runs
from newsflow.store.queries.ops import RunOutcomesRow
from tests.ops.scenario import FIRST
from tests.ops.standalone import World, install
from tests.ops.test_pages import show


def test_a_month_of_nights_is_seen_with_the_one_that_was_not_good(month: Connection, morning: datetime) -> None:
    shown = nights.thirty(month, morning)
    html = show("nights.html", morning, shown)
    assert "28 whole runs, 1 not good" in html
    articles, _, failing, duration, cpu = shown["chart"].figures
    assert articles.newest == shown["nights"][0].new
    assert [n.failing for n in shown["nights"] if n.failing] == [14]
    assert (failing.newest, duration.newest) == (0, 35 * 60)
    assert cpu.newest and cpu.newest == pytest.approx(shown["nights"][0].cpu_s)
    assert html.count('class="mark"') == 5, "its day is marked in each trend"


def test_no_night_yet_is_said(conn: Connection, morning: datetime) -> None:
    assert "No whole run has ended" in show("nights.html", morning, nights.thirty(conn, morning))
    assert "none has" in show("compare.html", morning, nights.two(conn, morning) or {})
    runs.start(conn, "news_ingest", "now", morning, {})
    conn.commit()
    assert "No whole run has ended" in show("nights.html", morning, nights.thirty(conn, morning))


def test_two_runs_stand_beside_each_other(month: Connection, morning: datetime) -> None:
    by_night = {n.started_at: n.run_id for n in nights.known(month, morning)}
    outage, before = by_night[FIRST + timedelta(days=17)], by_night[FIRST + timedelta(days=16)]
    shown = nights.two(month, morning, outage, before)
    assert shown and [n.run_id for n in shown["pair"]] == [before, outage], "the earlier one stands first"
    html = show("compare.html", morning, shown)
    assert "14 of 14" in html
    assert all(p.new.after == 0 for p in shown["changed"])
    assert nights.two(month, morning, outage, 987_654) is None


def test_what_changed_most_stands_first() -> None:
    rows = [
        RunOutcomesRow(1, "a.example", "new", 5), RunOutcomesRow(2, "a.example", "new", 5),
        RunOutcomesRow(1, "b.example", "new", 9), RunOutcomesRow(2, "b.example", "paywall", 8),
        RunOutcomesRow(2, "c.example", "new", 1),
    ]  # fmt: skip
    found = compare(rows, 1, 2)
    assert [p.name for p in found.publishers] == ["b.example", "c.example", "a.example"]
    assert found.publishers[0].outcomes == (Change("new", 9, 0), Change("paywall", 0, 8))
    assert [(c.name, c.by) for c in found.outcomes] == [("new", -8), ("paywall", 8)]
    assert [render.change(by) for by in (3, 0, -3)] == ["+3", "same", "\u22123"]


@pytest.fixture
def client(shared_month: str, morning: datetime, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    return TestClient(install(World(shared_month, morning), monkeypatch))


def _rows(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_each_table_is_there_as_csv(client: TestClient) -> None:
    for table in CSV_TABLES:
        text = client.get(f"/csv/{table.name}").text
        assert text.splitlines()[0].count(",") == len(table.columns) - 1, table.name


def test_each_link_to_csv_leads_to_a_table_and_each_table_has_one() -> None:
    linked = {
        name
        for path in render.TEMPLATES.glob("*.html")
        for name in (part.partition('"')[0] for part in path.read_text().split('parts.csv(root, "')[1:])
    }
    assert linked == {table.name for table in CSV_TABLES}


def test_csv_has_the_rows_that_the_filter_shows_on_all_its_pages(client: TestClient) -> None:
    rejects = _rows(client, "/csv/rejects?publisher=premium.example&outcome=paywall")
    assert len(rejects) > 50, "more than a page shows"
    assert {(r["publisher"], r["outcome"]) for r in rejects} == {("premium.example", "paywall")}
    found = _rows(client, "/csv/publishers?find=REDESIGN")
    assert [r["name"] for r in found] == ["redesign.example"]
    assert len(_rows(client, "/csv/nights")) == 28


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        (-5, "-5"),
        (None, ""),
        (True, "yes"),
        ({"ok": 1}, '{"ok": 1}'),
        (FIRST, "2026-03-02T02:00:00Z"),
        (timedelta(minutes=1), "60"),
    ],
)
def test_cells_are_inert(value: Any, says: str) -> None:
    assert cell(value) == says
