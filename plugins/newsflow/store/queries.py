"""Named queries: `-- name: room.verb_noun` blocks in `sql/queries/*.sql`.

>>> rows(conn, "fetch.due_pages", run_id=1)  # doctest: +SKIP
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values

from newsflow import resources

_NAME = re.compile(r"^-- name: (?P<name>[a-z_]+\.[a-z0-9_]+)[ \t]*(?P<purpose>.*)$", re.MULTILINE)


@lru_cache(maxsize=1)
def load() -> dict[str, str]:
    """All named queries.

    :raises ValueError: where a name stands twice.
    """
    found: dict[str, str] = {}
    for path in resources.listed("sql/queries", ".sql"):
        parts = _NAME.split(path.read_text(encoding="utf-8"))
        for name, _purpose, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            if name in found:
                raise ValueError(f"query {name} stands twice ({path})")
            found[name] = body.strip().rstrip(";")
    return found


def sql(name: str) -> str:
    """The text of a named query; psycopg2 placeholders (`%(run_id)s`).

    :raises KeyError: for an unknown name.
    """
    return load()[name]


def rows(conn: Connection, query: str, /, **params: Any) -> list[Any]:
    """All rows of a named query, as named tuples."""
    with conn.cursor() as cursor:
        cursor.execute(sql(query), params)
        return cursor.fetchall()


def row(conn: Connection, query: str, /, **params: Any) -> Any:
    """The first row, or None."""
    with conn.cursor() as cursor:
        cursor.execute(sql(query), params)
        return cursor.fetchone()


def value(conn: Connection, query: str, /, **params: Any) -> Any:
    """The first column of the first row, or None."""
    found = row(conn, query, **params)
    return found[0] if found else None


def run(conn: Connection, query: str, /, **params: Any) -> int:
    """Execute; returns the number of rows touched."""
    with conn.cursor() as cursor:
        cursor.execute(sql(query), params)
        return cursor.rowcount


def values(conn: Connection, query: str, data: Iterable[Sequence[Any]], /, *, fetch: bool = False) -> list[Any]:
    """Execute a query whose `VALUES %s` takes many rows, in one statement.

    Further placeholders can't be used in it (psycopg2.extras.execute_values).
    """
    data = list(data)
    if not data:
        return []
    with conn.cursor() as cursor:
        return execute_values(cursor, sql(query), data, page_size=len(data), fetch=fetch) or []
