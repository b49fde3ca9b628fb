"""COPY's text format against a real server: what goes in comes out."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection as Connection

from newsflow.store.copy import copy_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
ROW = st.tuples(
    st.none() | TEXT,
    st.none() | st.lists(TEXT, max_size=3),
    st.none() | st.binary(max_size=20),
    st.none() | st.booleans(),
    st.none() | st.dictionaries(TEXT, TEXT | st.integers(-5, 5) | st.none(), max_size=3),
)


@pytest.fixture
def table(conn: Connection) -> Connection:
    conn.cursor().execute("create temp table t (n serial, a text, b text[], c bytea, d boolean, e jsonb)")
    return conn


def stored(conn: Connection) -> list[tuple[object, ...]]:
    with conn.cursor() as cursor:
        cursor.execute("select a, b, c, d, e from t order by n")
        return [(a, b, None if c is None else bytes(c), d, e) for a, b, c, d, e in cursor.fetchall()]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=6))
def test_any_row_survives_the_way(table: Connection, data: list[tuple[object, ...]]) -> None:
    table.cursor().execute("truncate t")
    assert copy_rows(table, "t", "abcde", data) == len(data)
    assert stored(table) == data


@pytest.mark.parametrize("text", ["\\.", "a\n\\.\nb", "\\N", "tab\there", "\r\n", "{}", '{"a"}', "\\x41", "NULL"])
def test_the_formats_own_marks_are_only_text(table: Connection, text: str) -> None:
    copy_rows(table, "t", ["a", "b"], [(text, [text, None])])
    assert stored(table)[0][:2] == (text, [text, None])


def test_nul_is_left_out_and_times_keep_their_zone(conn: Connection) -> None:
    conn.cursor().execute("create temp table u (a text, at timestamptz, j jsonb)")
    when = datetime(2026, 3, 1, 2, 0, 0, 123456, tzinfo=timezone.utc)
    copy_rows(conn, "u", ["a", "at", "j"], [("a\x00b", when, {"k": "x\x00y"})])
    with conn.cursor() as cursor:
        cursor.execute("select a, at, j from u")
        assert tuple(cursor.fetchone()) == ("ab", when, {"k": "xy"})
