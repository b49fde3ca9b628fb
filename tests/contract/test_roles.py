"""What the three roles can do, and what a reader can't."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extras import NamedTupleCursor
from pydantic import SecretStr

from newsflow.load.step import load
from newsflow.local.postgres import Server
from newsflow.maintain.jobs import run as maintain
from newsflow.maintain.retraction import retract
from newsflow.settings import Settings
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from tests.load.world import T0, World

PASSWORD = "for-this-test-only"


def admin(server: Server, *statements: str) -> None:
    conn = psycopg2.connect(server.url())
    conn.autocommit = True
    for statement in statements:
        conn.cursor().execute(statement)
    conn.close()


def as_role(dsn: str, role: str) -> str:
    return dsn.replace(dsn[dsn.index("//") + 2 : dsn.index("@")], f"{role}:{PASSWORD}")


@pytest.fixture(scope="module")
def house(postgres: Server) -> Iterator[str]:
    """A migrated database: rights on the database itself are not copied from a template."""
    name = f"r_{uuid.uuid4().hex[:12]}"
    admin(postgres, f"create database {name}")
    dsn = postgres.url(name)
    with connect(dsn) as conn:
        migrate(conn)
    conn.close()
    admin(
        postgres,
        f"alter role news_reader login password '{PASSWORD}'",
        f"create role pipeline_{name} login password '{PASSWORD}' in role newsflow_writer",
    )
    world = World(dsn)
    world.rows(f"comment on database {name} is 'pipeline_{name}'")
    run = world.run()
    world.clustered(run, "https://paper.example/a", title="Visible")
    load(world.settings, run)
    world.conn.close()
    yield dsn
    admin(postgres, f"drop database {name} with (force)", f"drop role pipeline_{name}")


@pytest.fixture
def reader(house: str) -> Iterator[Connection]:
    conn = psycopg2.connect(as_role(house, "news_reader"))
    conn.autocommit = True
    yield conn
    conn.close()


@pytest.fixture
def writer(house: str) -> Settings:
    return Settings(database_url=SecretStr(as_role(house, f"pipeline_{house.rsplit('/', 1)[1]}")))


def ask(conn: Connection, sql: str) -> list[tuple[object, ...]]:
    with conn.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_a_reader_reads_every_view_and_function(reader: Connection) -> None:
    views = ask(
        reader, "select relname from pg_class where relnamespace = 'news'::regnamespace and relkind in ('v','m')"
    )
    assert len(views) >= 15
    for (view,) in views:
        ask(reader, f"select * from news.{view} limit 1")
    assert ask(reader, "select title from news.search('visible')") == [("Visible",)]
    assert ask(reader, "select title from news.search_titles('visible')") == [("Visible",)]
    assert len(ask(reader, "select * from news.changes_since(0)")) == 1
    assert ask(reader, "select * from news.diff(1, 1, 1)") == []


def test_a_reader_needs_no_schema_name(reader: Connection) -> None:
    assert ask(reader, "select title from articles") == [("Visible",)]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from news_internal.article",
        "select * from ingest.page",
        "select * from newsflow_meta.migration",
        "insert into news.publishers (publisher) values ('x')",
        "update news.articles set title = 'x'",
        "delete from news.changes",
        "truncate news_internal.article",
        "create table news.mine (a int)",
        "create table public.mine (a int)",
        "create schema mine",
        "create function news.f() returns int language sql return 1",
        "drop view news.articles",
        "refresh materialized view news_internal.daily",
        "select news_internal.flush_search()",
        "select news_internal.refresh_daily()",
        "select news_internal.grant_roles()",
        "select news_internal.reap('0 s', '0 s')",
        "select news_internal.add_partition('ingest.poll', '2030-01-01')",
        "select news_internal.drop_partitions('ingest.poll', '2030-01-01')",
        "select nextval('news_internal.change_id')",
        "select pg_read_file('/etc/passwd')",
        "copy news.articles to program 'true'",
        "alter role news_reader connection limit -1",
        "set temp_file_limit = -1",
        "create extension dblink",
        "select lo_from_bytea(0, 'x')",
        "select lo_create(0)",
        "select lo_creat(-1)",
        "select pg_notify('news_changes', '9223372036854775807')",
        "select news_internal.add_reader('x', null, 1)",
        "select * from news_internal.readers()",
        "delete from newsflow_meta.lock",
        "select from ingest.turn for update",
        "notify_nothing",
    ],
)
def test_a_reader_can_not(reader: Connection, sql: str) -> None:
    ask(reader, "set default_transaction_read_only = off")  # a reader may; rights are what holds
    with pytest.raises(
        (
            psycopg2.errors.InsufficientPrivilege,
            psycopg2.errors.SyntaxError,
            psycopg2.errors.ObjectNotInPrerequisiteState,
        )
    ):
        ask(reader, sql)


def test_the_readers_limits_are_set(house: str, reader: Connection) -> None:
    assert ask(
        reader, "select rolconnlimit, rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = user"
    ) == [(20, False, False, False)]
    assert ask(reader, "show temp_file_limit") == [("4GB",)]
    assert ask(reader, "show statement_timeout") == [("10min",)]
    assert ask(reader, "show default_transaction_read_only") == [("on",)]


def test_a_reader_may_keep_temporary_tables(reader: Connection) -> None:
    """dbt and BI tools need them; they go with the session."""
    ask(reader, "set default_transaction_read_only = off")
    ask(reader, "create temporary table mine as select title from news.articles")
    assert ask(reader, "select title from mine") == [("Visible",)]


@pytest.mark.parametrize("function", ["search", "search_titles"])
def test_a_search_of_megabytes_is_refused_at_once(reader: Connection, function: str) -> None:
    """PostgreSQL's parser of queries can't be interrupted."""
    ask(reader, f"select * from news.{function}(repeat('\"a b\" ', 99))")
    with pytest.raises(psycopg2.errors.ProgramLimitExceeded, match="may have 1,000"):
        ask(reader, f"select * from news.{function}(repeat('abc ', 1250000))")


def test_search_is_not_fooled_by_the_readers_search_path(reader: Connection) -> None:
    """SECURITY DEFINER functions name their schemas: a reader can't put a function of their own before ours."""
    ask(reader, "set search_path = public, pg_temp")
    assert ask(reader, "select title from news.search('visible')") == [("Visible",)]


def test_the_pipeline_runs_as_a_writer_that_owns_nothing(house: str, writer: Settings) -> None:
    world = World(house)
    run = world.run("as-writer")
    page = world.clustered(run, "https://paper.example/writer", title="By the writer")
    assert load(writer, run).counts == {"new": 1}
    assert world.value("select count(*) from news.search('writer')") == 1
    reports = {r.job: r for r in maintain(writer, force=True)}
    assert reports["partitions"].result["made"]
    conn = connect(writer.dsn)
    retract(conn, [page], "test", T0)
    conn.close()
    assert world.rows("select kind from news.changes where article_id = %s order by change_id", page) == [
        ("insert",),
        ("retraction",),
    ]
    world.conn.close()


def test_a_writer_changes_no_schema(writer: Settings) -> None:
    conn = psycopg2.connect(writer.dsn, cursor_factory=NamedTupleCursor)
    for sql in ("create table ingest.mine (a int)", "alter table ingest.page add a int", "drop view news.articles"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(conn, sql)
        conn.rollback()
    conn.close()
