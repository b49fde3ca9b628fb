"""Named queries: their generated functions are fresh, each is used, and a false declaration is found."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.maintain.typed_queries import PACKAGE, generate
from newsflow.ops.alarms import ALARMS
from newsflow.store import named_query, queries
from newsflow.store.query_files import load
from tests import row_types
from tests.paths import ROOT

HINT = "is stale: run `make queries`"
CODE = ("plugins", "dags", "tests", "benchmarks")


def test_generated_functions_are_those_of_the_queries_on_a_migrated_database(conn: Connection) -> None:
    """Each query is prepared: parameters, columns, types and nullability are compared."""
    made = generate(conn)
    there = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / PACKAGE).glob("*.py")}
    assert there.keys() == made.keys(), f"{PACKAGE} {HINT}"
    stale = [name for name, text in made.items() if there[name] != text]
    assert stale == [], HINT


def _asked(folder: str) -> set[str]:
    """Names of the queries that code below a folder names: `queries.room.verb`, or `queries.sql("room.verb")`."""
    return {
        name
        for path in (ROOT / folder).rglob("*.py")
        if not path.is_relative_to(ROOT / PACKAGE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (name := _name(node))
    }


def _name(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(ast.Attribute(ast.Name("queries"), room), verb) if not verb[0].isupper():
            return f"{room}.{verb}"
        case ast.Call(ast.Attribute(ast.Name("queries"), "sql"), [ast.Constant(str(name))]):
            return name
    return None


def test_no_query_is_unused() -> None:
    of_alarms = {f"ops.{alarm.asked_of}" for alarm in ALARMS if alarm.asked_of}  # the watch asks these by their name
    assert of_alarms <= load().keys()
    assert sorted(load().keys() - _asked("plugins") - of_alarms) == []


@pytest.mark.parametrize("folder", CODE)
def test_no_query_is_undefined(folder: str) -> None:
    assert sorted(_asked(folder) - load().keys()) == []


def test_rows_are_of_the_declared_class(conn: Connection) -> None:
    found = queries.runs.totals(conn)
    assert type(found) is queries.runs.TotalsRow
    assert found.publishers == 0
    assert queries.ops.run_by_name(conn, dag_id="x", dag_run_id=None) is None


def test_a_query_that_always_gives_a_row_says_so_where_it_does_not(conn: Connection) -> None:
    with pytest.raises(named_query.NoRowError, match=r"runs\.find"):
        named_query.value(conn, "runs.find", {"dag_id": "x", "dag_run_id": "x"})


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ops.run_by_name", [(None, "news_ingest", "x", "running", None, None, "", {})]),
        ("runs.count_captured", [None]),
        ("load.list_pages", [[1, None]]),
        ("ops.days", [(1, None, 0, 0, 0, 0, 0, 0, 0, 0, 0, None, {}, {})]),
    ],
)
def test_a_false_declaration_is_found(name: str, found: list[object]) -> None:
    before = list(row_types.lies)
    with pytest.raises(AssertionError, match=name):
        row_types.check(name, found)
    row_types.lies[:] = before


def test_each_room_is_in_the_package() -> None:
    rooms = {query.room for query in load().values()}
    assert all(import_module(f"newsflow.store.queries.{room}") is getattr(queries, room) for room in rooms)


UNDER_WAY = re.compile(r"\b(?:where|and|or) (?:\w\.)?state (?:=|in) \(?'(?:pending|captured|extracted|clustered)'")
BY_KEY = re.compile(r"run_id = %\(|any\(%\((?:pages|hashes)\)")


def test_pages_under_way_are_asked_for_by_what_their_index_has() -> None:
    """The index of open pages has settled_at: a query without it reads a million settled ones."""
    asking = {name: q.sql for name, q in load().items() if "ingest.page " in q.sql and UNDER_WAY.search(q.sql)}
    assert "runs.plan_fetch" in asking
    assert [name for name, sql in asking.items() if "settled_at is null" not in sql and not BY_KEY.search(sql)] == []
