"""The dashboard's queries, run against a real database: each gives rows, of the type that its panel draws."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg2.extensions import cursor as Plain

from tests.contract.month import DAYS, START, fill
from tests.load.world import World
from tests.paths import ROOT

BOARD = json.loads((ROOT / "deploy/grafana/news.json").read_text(encoding="utf-8"))
PANELS = {panel["title"]: panel for panel in BOARD["panels"]}
TIMESTAMPTZ, TEXT = 1184, 25
NUMBERS = {20, 23, 700, 701, 1700}  # bigint, integer, real, double precision, numeric
FROM, TO = (f"'{at.isoformat()}'::timestamptz" for at in (START, START.replace(day=START.day + DAYS)))


@pytest.fixture(scope="module")
def month(module_dsn: str) -> Iterator[World]:
    world = World(module_dsn)
    fill(world)
    page = world.page("https://tribune.example/wall", "tribune.example", START)
    world.rows("update ingest.page set state = 'rejected', outcome = 'paywall' where page_id = %s", page)
    yield world
    world.conn.close()


def as_grafana(sql: str, publishers: list[str]) -> str:
    """What Grafana sends: its macros written out, the variable as quoted values."""
    sql = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 between {FROM} and {TO}", sql)
    sql = sql.replace("$__timeFrom()", FROM).replace("$__timeTo()", TO)
    sql = sql.replace("$publisher", ",".join(f"'{name}'" for name in publishers))
    assert "$" not in sql
    return sql


def asked(world: World, title: str) -> tuple[list[tuple[str, int]], list[tuple[Any, ...]]]:
    names = [name for (name,) in world.rows(BOARD["templating"]["list"][1]["query"])]
    with world.conn.cursor(cursor_factory=Plain) as cursor:
        cursor.execute(as_grafana(PANELS[title]["targets"][0]["rawSql"], names))
        return [(d.name, d.type_code) for d in cursor.description or ()], cursor.fetchall()


@pytest.mark.parametrize("title", list(PANELS))
def test_each_panel_has_rows_of_its_type(month: World, title: str) -> None:
    columns, rows = asked(month, title)
    assert rows
    kinds = [kind for _, kind in columns]
    match PANELS[title]["type"]:
        case "timeseries":
            assert columns[0] == ("time", TIMESTAMPTZ)
            assert {*kinds[1:]} <= NUMBERS
            assert [row[0] for row in rows] == sorted(row[0] for row in rows)
        case "barchart":
            assert kinds[0] == TEXT
            assert {*kinds[1:]} <= NUMBERS
        case "stat":
            assert len(rows) == 1
            assert {*kinds} <= {*NUMBERS, TIMESTAMPTZ}
            assert None not in rows[0]
        case kind:
            assert kind == "table"


def test_it_shows_what_was_asked_for() -> None:
    views = set(re.findall(r"news\.([a-z_]+)", " ".join(p["targets"][0]["rawSql"] for p in PANELS.values())))
    assert {"daily", "coverage_between", "freshness", "stories", "rejects"} <= views
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    assert all(panel["description"] for panel in BOARD["panels"])


def test_its_figures_are_those_of_the_articles(month: World) -> None:
    _, rows = asked(month, "Articles in the span")
    assert rows == month.rows("select count(*), count(*) filter (where is_origin) from news.articles")
    _, days = asked(month, "Volume")
    assert sum(row[1] for row in days) == rows[0][0]
    _, shares = asked(month, "Share of publishers")
    assert sum(row[2] for row in shares) == pytest.approx(100, abs=0.5)


def test_the_hole_of_the_month_is_on_it(month: World) -> None:
    _, rows = asked(month, "Coverage holes")
    assert {"feed_down", "own_outage"} <= {row[3] for row in rows if row[0] == "tribune.example"}
