"""Types of queries as a real PostgreSQL tells them: what can be null, what the notes say, what can't be told."""

from __future__ import annotations

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.maintain.query_code import module
from newsflow.maintain.query_nulls import never_null, outer_tables, select_list
from newsflow.maintain.query_types import Catalogue, QueryTypeError, TypedQuery, typed
from newsflow.store.query_files import parse


def told(conn: Connection, sql: str, *notes: str) -> TypedQuery:
    (query,) = parse("\n".join(["-- name: room.query asks", *(f"-- {note}" for note in notes), sql]))
    return typed(Catalogue(conn), query)


def columns(conn: Connection, sql: str, *notes: str) -> dict[str, str]:
    return {field.name: field.type for field in told(conn, sql, *notes).columns}


def parameters(conn: Connection, sql: str, *notes: str) -> dict[str, str]:
    return {field.name: field.type for field in told(conn, sql, *notes).parameters}


def test_a_column_is_nullable_as_its_table_says(conn: Connection) -> None:
    assert columns(conn, "select page_id, url_hash, etag, changed_at from ingest.page") == {
        "page_id": "int",
        "url_hash": "memoryview",
        "etag": "str | None",
        "changed_at": "datetime",
    }


@pytest.mark.parametrize(
    "joined",
    [
        "left join ingest.capture c on c.page_id = p.page_id",
        "left join lateral (select * from ingest.capture c where c.page_id = p.page_id limit 1) c on true",
        "left join (select page_id, file from ingest.capture) c using (page_id)",
        "full join ingest.capture c on c.page_id = p.page_id",
    ],
)
def test_an_outer_join_makes_columns_nullable(conn: Connection, joined: str) -> None:
    found = columns(conn, f"select p.url, c.file from ingest.page p {joined}")
    assert found["file"] == "str | None"
    assert found["url"] == ("str | None" if "full" in joined else "str")


def test_a_left_joined_query_of_this_statement_can_hide_any_table(conn: Connection) -> None:
    sql = "with c as (select page_id, url from ingest.page) select c.url from ingest.page p left join c using (page_id)"
    assert columns(conn, sql) == {"url": "str | None"}


def test_an_inner_join_leaves_them(conn: Connection) -> None:
    assert columns(conn, "select c.file from ingest.page p join ingest.capture c using (page_id)") == {"file": "str"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(*)", True),
        ("count(distinct a.b) filter (where a.c = 'x')", True),
        ("row_number() over (partition by a order by (b))", True),
        ("exists (select from t)", True),
        ("coalesce(sum(a.b), 0)", True),
        ("coalesce(sum(a.b), 0)::bigint", True),
        ("coalesce(array_agg(a order by a), '{}')", True),
        ("a.b is not null", True),
        ("(select count(*) from t)", True),
        ("sum(a.b)", False),
        ("coalesce(a.b, a.c)", False),
        ("coalesce(a.b, 0) + a.c", False),
        ("a.b + coalesce(a.c, 0)", False),
        ("(select a from t)", False),
        ("(select count(*) from t group by x)", False),
        ("nullif(count(*), 0)", False),
    ],
)
def test_texts_that_are_never_null(text: str, expected: bool) -> None:
    assert never_null(*select_list(f"select {text} as x from a")) is expected


def test_set_operations_tell_nothing_by_their_text() -> None:
    assert select_list("select 1 union select null") == []


def test_what_stands_in_quotes_and_comments_joins_nothing() -> None:
    assert outer_tables("select 'left join ingest.page' -- left join ingest.capture\nfrom ingest.feed") == set()


def test_notes_correct_what_can_not_be_told(conn: Connection) -> None:
    sql = "select max(page_id) as newest, url, '{}'::jsonb as counts from ingest.page group by url"
    notes = ("not null: newest, counts", "nullable: url", "column counts: dict[str, int]")
    assert columns(conn, sql, *notes) == {"newest": "int", "url": "str | None", "counts": "dict[str, int]"}


@pytest.mark.parametrize("note", ["not null: gone", "nullable: gone", "nullable parameters: gone", "column gone: int"])
def test_a_note_on_what_is_not_there_is_an_error(conn: Connection, note: str) -> None:
    with pytest.raises(QueryTypeError, match=r"room\.query: .*gone"):
        told(conn, "select url from ingest.page", note)


def test_parameters_have_the_types_of_what_they_meet(conn: Connection) -> None:
    sql = (
        "select url from ingest.page where page_id = any(%(pages)s) and url_hash = %(key)s"
        " and (%(state)s::text is null or state = %(state)s) and changed_at < %(now)s - interval '1 day' limit %(most)s"
    )
    assert parameters(conn, sql, "nullable parameters: most") == {
        "pages": "Iterable[int]",
        "key": "bytes | memoryview",
        "state": "str | None",
        "now": "datetime",
        "most": "int | None",
    }


def test_one_name_for_two_types_is_an_error(conn: Connection) -> None:
    with pytest.raises(QueryTypeError, match="x is int and str: cast it"):
        told(conn, "select url from ingest.page where page_id = %(x)s or url = %(x)s")


def test_a_wrong_query_is_named(conn: Connection) -> None:
    with pytest.raises(QueryTypeError, match=r'room\.query: .*"no_such"'):
        told(conn, "select no_such from ingest.page")


def test_values_are_those_of_the_table_that_they_go_into(conn: Connection) -> None:
    found = told(conn, "insert into ingest.origin (origin, crawl_delay_s) values %s returning origin_id")
    assert [(f.name, f.type) for f in found.values] == [("origin", "str"), ("crawl_delay_s", "float | None")]
    assert [(f.name, f.type) for f in found.columns] == [("origin_id", "int")]


def test_values_of_no_table_need_their_note(conn: Connection) -> None:
    sql = (
        "update ingest.origin o set failures = n.failures from (values %s) as n (origin, failures)"
        " where o.origin = n.origin"
    )
    with pytest.raises(QueryTypeError, match="-- values"):
        told(conn, sql)
    with pytest.raises(QueryTypeError, match="does not name origin, failures"):
        told(conn, sql, "values: failures integer")
    found = told(conn, sql, "values: origin text, failures integer null")
    assert [(f.name, f.type) for f in found.values] == [("origin", "str"), ("failures", "int | None")]


@pytest.mark.parametrize(
    ("sql", "name"), [("select count(*) from ingest.page", "count"), ("select 1 as class", "class")]
)
def test_a_column_that_can_be_no_field_needs_another_name(conn: Connection, sql: str, name: str) -> None:
    with pytest.raises(QueryTypeError, match=f"its column {name} can't be a field"):
        told(conn, sql)


@pytest.mark.parametrize(
    ("returns", "result"),
    [
        ("rows", "list[QueryRow]"),
        ("row", "QueryRow"),
        ("row or none", "QueryRow | None"),
        ("value", "int"),
        ("value or none", "int | None"),
        ("count", "int"),
    ],
)
def test_the_function_gives_what_the_note_says(conn: Connection, returns: str, result: str) -> None:
    code = module("room", [told(conn, "select page_id from ingest.page", f"returns: {returns}")])
    assert f"def query(conn: Connection) -> {result}:\n" in code
    compile(code, "room.py", "exec")
