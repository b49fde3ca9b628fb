"""The views of the contract as sources of dbt, with what their comments say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import yaml
from psycopg2.extensions import connection as Connection

from newsflow.store import queries

SOURCES = "deploy/dbt/models/sources.yml"
_HEAD = "# Generated from the comments in the database by `newsflow maintain docs`; do not edit.\n"
_KEY = re.compile(r"; key: (\w+)[.;]")  # of one column alone
# A house whose newest article is older is stale: variables of the project, in hours.
_FRESHNESS = {
    "warn_after": {"count": "{{ var('news_warn_hours', 26) | int }}", "period": "hour"},
    "error_after": {"count": "{{ var('news_stale_hours', 50) | int }}", "period": "hour"},
}


def sources(conn: Connection) -> str:
    """The file of sources, as YAML."""
    values = _values(conn)
    tables = []
    for view, columns in groupby(queries.maintain.list_columns(conn), key=lambda c: c.relation):
        rows = list(columns)
        key = _KEY.search(rows[0].relation_text)
        table: dict[str, Any] = {"name": view, "description": rows[0].relation_text}
        if view == "articles":
            table["config"] = {"loaded_at_field": "loaded_at", "freshness": _FRESHNESS}
        table["columns"] = [
            _column(c.name, c.text, bool(key and key[1] == c.name), values.get((view, c.name), ())) for c in rows
        ]
        tables.append(table)
    conn.rollback()
    made = {"version": 2, "sources": [{"name": "news", "schema": "news", "tables": tables}]}
    return _HEAD + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120)


def _column(name: str, text: str, is_key: bool, values: Sequence[str]) -> dict[str, Any]:
    tests: list[Any] = ["unique", "not_null"] if is_key else []
    if values:
        tests.append({"accepted_values": {"arguments": {"values": list(values)}}})
    return {"name": name, "description": text} | ({"data_tests": tests} if tests else {})


def _values(conn: Connection) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for term in queries.maintain.list_terms(conn):
        found.setdefault((term.relation, term.name), []).append(term.value)
    return found
