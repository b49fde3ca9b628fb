"""`newsflow readers`: a person or tool gets limits and a schema of its own, and can do no more than read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow.local.postgres import Server
from newsflow.maintain import readers
from newsflow.maintain.readers import ReaderError
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from tests.command_line import Done, newsflow


@pytest.fixture(scope="module")
def house(postgres: Server) -> Iterator[str]:
    """A migrated database made as the embedded server makes it."""
    name = f"h_{uuid.uuid4().hex[:12]}"
    postgres.ensure_database(name)
    conn = connect(postgres.url(name))
    migrate(conn)
    yield postgres.url(name)
    for row in readers.readers(conn):
        if row.name.startswith("ana_"):
            readers.remove(conn, row.name, drop_tables=True)
    conn.close()
    admin = psycopg2.connect(postgres.url())
    admin.autocommit = True
    admin.cursor().execute(f"drop database {name} with (force)")
    admin.close()


@pytest.fixture
def owner(house: str) -> Iterator[Connection]:
    conn = connect(house)
    yield conn
    conn.close()


@pytest.fixture
def name() -> str:
    return f"ana_{uuid.uuid4().hex[:8]}"


def login(house: str, name: str, password: str, database: str = "") -> Connection:
    place = house[house.index("@") :]
    place = f"{place.rpartition('/')[0]}/{database}" if database else place
    conn = psycopg2.connect(f"postgresql://{name}:{password}{place}")
    conn.autocommit = True
    return conn


def ask(conn: Connection, sql: str) -> list[tuple[object, ...]]:
    with conn.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def settings(conn: Connection) -> dict[str, str]:
    names = ["statement_timeout", "temp_file_limit", "idle_in_transaction_session_timeout", "search_path"]
    return {name: str(ask(conn, f"show {name}")[0][0]) for name in names}


def test_a_reader_has_limits_of_its_own(house: str, owner: Connection, name: str) -> None:
    made = readers.add(owner, name, connections=2)
    assert made.is_new
    conn = login(house, name, made.password)
    assert settings(conn) == {
        "statement_timeout": "10min",
        "temp_file_limit": "4GB",
        "idle_in_transaction_session_timeout": "30min",
        "search_path": f"{name}, news",
    }
    second = login(house, name, made.password)
    with pytest.raises(psycopg2.OperationalError, match="too many connections"):
        login(house, name, made.password)
    second.close()
    conn.close()


def test_a_reader_keeps_tables_as_dbt_does_run_after_run(house: str, owner: Connection, name: str) -> None:
    conn = login(house, name, readers.add(owner, name, connections=2).password)
    for _run in range(2):
        ask(conn, "create temporary table fresh as select title, publisher from articles")
        ask(conn, f"create table {name}.model__dbt_tmp as select * from fresh")
        ask(conn, f"drop table if exists {name}.model cascade")
        ask(conn, f"alter table {name}.model__dbt_tmp rename to model")
        ask(conn, f"create or replace view {name}.report as select count(*) from {name}.model")
        ask(conn, "drop table fresh")
    found = {row.name: row for row in readers.readers(owner)}[name]
    # counted while it is open: the server ends a closed session when it gets to it
    assert (found.connections, found.limited, found.sessions) == (2, True, 1)
    assert found.own_bytes > 0
    conn.close()
    assert readers.remove(owner, name) == 2
    assert ask(owner, f"select * from {name}.report") == [(0,)]
    assert name not in {row.name for row in readers.readers(owner)}
    ask(owner, f"drop schema {name} cascade")
    owner.commit()


@pytest.mark.parametrize(
    "sql",
    [
        "select lo_from_bytea(0, convert_to(repeat('x', 50000000), 'UTF8'))",
        "select lo_create(0)",
        "select pg_advisory_lock(i) from generate_series(1, 25000) i",
        "select pg_try_advisory_lock_shared(1)",
        "select pg_advisory_xact_lock(1, 1)",
        "select pg_notify('news_changes', '1')",
        "create schema more",
        "create table news.mine (a int)",
        "create table public.mine (a int)",
        "create function news.f() returns int language sql return 1",
        "insert into news.publishers (publisher) values ('x')",
        "select * from news.articles for update",
        "begin; lock table news.articles in exclusive mode",
        "select * from ingest.page",
        "select * from news_internal.article",
        "set role newsflow_writer",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename <> user",
        "set temp_file_limit = -1",
        "alter role {name} connection limit -1",
        "alter role news_reader set temp_file_limit = -1",
        "grant news_reader to newsflow_writer",
        "create database mine",
        "create extension dblink",
        "copy (select 1) to program 'true'",
        "select pg_ls_dir('.')",
    ],
)
def test_a_reader_can_not(house: str, owner: Connection, sql: str) -> None:
    name = "ana_tries"
    password = readers.add(owner, name, connections=2, new_password=True).password
    conn = login(house, name, password)
    expected = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectNotInPrerequisiteState)
    with pytest.raises(expected):
        ask(conn, sql.format(name=name))
    conn.close()


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_a_reader_can_not_fill_other_databases(house: str, owner: Connection, name: str, database: str) -> None:
    password = readers.add(owner, name, connections=2).password
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        login(house, name, password, database)


def test_one_that_was_made_by_hand_is_made_right(house: str, owner: Connection, name: str) -> None:
    ask(owner, f"create role {name} login password 'by-hand' in role news_reader")
    owner.commit()
    assert not {row.name: row for row in readers.readers(owner)}[name].limited
    made = readers.add(owner, name, connections=3)
    assert (made.is_new, made.password) == (False, "")
    conn = login(house, name, "by-hand")
    assert settings(conn)["statement_timeout"] == "10min"
    conn.close()


@pytest.mark.parametrize(
    "bad", ["newsflow", "news", "ingest", "public", "pg_ana", "news_reader", "Ana", 'a"b', "", "a b"]
)
def test_no_name_of_ours_is_given_away(owner: Connection, bad: str) -> None:
    with pytest.raises(ReaderError):
        readers.add(owner, bad, connections=1)


def test_a_role_or_schema_of_others_is_left_alone(owner: Connection, name: str) -> None:
    ask(owner, f"create role {name} login")
    ask(owner, f"create role {name}_2 nologin; create schema {name}_3 authorization {name}_2")
    owner.commit()
    with pytest.raises(ReaderError, match="is there already, and is no reader"):
        readers.add(owner, name, connections=1)
    with pytest.raises(ReaderError, match="belongs to"):
        readers.add(owner, f"{name}_3", connections=1)
    with pytest.raises(ReaderError, match="there is no reader"):
        readers.remove(owner, name)
    ask(owner, f"drop schema {name}_3; drop role {name}, {name}_2")
    owner.commit()


def test_the_command_adds_lists_and_removes(house: str, name: str, tmp_path: Path) -> None:
    def called(*words: str) -> Done:
        return newsflow("readers", *words, NEWSFLOW_DATABASE_URL=house, NEWSFLOW_HOME=str(tmp_path))

    made = json.loads(called("add", name, "--json").stdout)
    with closing(psycopg2.connect(made["url"])):
        assert f"{name:24} 1 of 5 sessions" in called("list").stdout.decode()
    assert called("remove", name).stdout.decode() == f"removed {name}\n"
    gone = called("remove", name)
    assert (gone.returncode, gone.stderr.decode()) == (1, f"newsflow: there is no reader {name}\n")
