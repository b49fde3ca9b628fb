"""Executes named queries: what the generated functions of `newsflow.store.queries` call.

Rows come back as the declared class of their query. PostgreSQL's columns are put into it in their order, which a test
compares with a migrated database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from newsflow.store.query_files import load

T = TypeVar("T")
Params = Mapping[str, Any]
Make = Callable[[Iterable[Any]], T]

observer: Callable[[str, Sequence[Any]], None] | None = None
"""Told the query and its rows or values; the tests' checks them against the declared types."""


class QueryCursor(Cursor):
    """Gives plain tuples: the connection's own cursor makes named tuples of classes that nothing declares.

    A class of its own, so that tests and benchmarks can count what queries send.
    """


class NoRowError(RuntimeError):
    """A query that is declared to give a row gave none: its declaration is wrong."""


def sql(name: str) -> str:
    """The text of a named query; psycopg2 placeholders (`%(run_id)s`).

    :raises KeyError: for an unknown name.
    """
    return load()[name].sql


def rows(conn: Connection, name: str, make: Make[T], params: Params) -> list[T]:
    """All rows."""
    return _observed(name, list(map(make, _fetch(conn, name, params))))


def row(conn: Connection, name: str, make: Make[T], params: Params) -> T:
    """The one row that the query always gives.

    :raises NoRowError: where there is none.
    """
    found = row_or_none(conn, name, make, params)
    if found is None:
        raise NoRowError(f"query {name} gave no row")
    return found


def row_or_none(conn: Connection, name: str, make: Make[T], params: Params) -> T | None:
    """The first row, or None."""
    found = _fetch(conn, name, params)
    return _observed(name, [make(found[0])])[0] if found else None


def value(conn: Connection, name: str, params: Params) -> Any:
    """The first column of the one row that the query always gives.

    :raises NoRowError: where there is none.
    """
    found = _fetch(conn, name, params)
    if not found:
        raise NoRowError(f"query {name} gave no row")
    return _observed(name, list(found[0]))[0]


def value_or_none(conn: Connection, name: str, params: Params) -> Any:
    """The first column of the first row, or None where there is no row."""
    found = _fetch(conn, name, params)
    return _observed(name, list(found[0]))[0] if found else None


def count(conn: Connection, name: str, params: Params) -> int:
    """Execute; the number of rows touched."""
    with conn.cursor(cursor_factory=QueryCursor) as cursor:
        cursor.execute(sql(name), params)
        return cursor.rowcount


def write(conn: Connection, name: str, data: Iterable[tuple[Any, ...]]) -> None:
    """Execute a query whose `values %s` takes many rows, in one statement."""
    _execute_values(conn, name, list(data), fetch=False)


def write_returning(conn: Connection, name: str, data: Iterable[tuple[Any, ...]], make: Make[T]) -> list[T]:
    """The same for a query that returns rows."""
    return _observed(name, list(map(make, _execute_values(conn, name, list(data), fetch=True))))


def array(items: Iterable[T] | None) -> list[T] | None:
    """Items as psycopg2 makes an array of them: a tuple would become a row."""
    return None if items is None else list(items)


def _fetch(conn: Connection, name: str, params: Params) -> list[tuple[Any, ...]]:
    with conn.cursor(cursor_factory=QueryCursor) as cursor:
        cursor.execute(sql(name), params)
        return cursor.fetchall()


def _execute_values(conn: Connection, name: str, data: list[tuple[Any, ...]], *, fetch: bool) -> list[tuple[Any, ...]]:
    if not data:
        return []
    with conn.cursor(cursor_factory=QueryCursor) as cursor:
        return execute_values(cursor, sql(name), data, page_size=len(data), fetch=fetch) or []


def _observed(name: str, found: list[T]) -> list[T]:
    if observer is not None:
        observer(name, found)
    return found
