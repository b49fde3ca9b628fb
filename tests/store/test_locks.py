"""Locks of jobs: one holder at a time, a bounded wait that names it, and nothing that an analyst could hold."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.local.postgres import Server
from newsflow.maintain import jobs
from newsflow.settings import Settings
from newsflow.store import locks, queries
from newsflow.store.db import WaitedTooLongError, connect, session, transaction
from newsflow.store.locks import LockedError, holder, lock
from newsflow.store.migrate import migrate
from tests.paths import ROOT

# the keys of the advisory locks that this house took before, and the present ones where nobody knows them
NAMES = ("newsflow.maintain", "newsflow.stories", "newsflow.search", "newsflow.migrate", "news.changes")
ADVISORY = "pg_advisory_lock(bigint), pg_try_advisory_lock(bigint), pg_try_advisory_lock_shared(bigint)"


@pytest.fixture
def other(dsn: str) -> Iterator[Connection]:
    connection = connect(dsn, application="newsflow other")
    yield connection
    connection.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.0)


@contextmanager
def analyst(dsn: str) -> Iterator[Connection]:
    """A session of a member of news_reader."""
    name = f"ana_{uuid.uuid4().hex[:8]}"
    with session(dsn) as owner:
        owner.cursor().execute(f"create role {name} login password 'x' in role news_reader")
        owner.commit()
        reader = psycopg2.connect(dsn.replace(dsn[dsn.index("//") + 2 : dsn.index("@")], f"{name}:x"))
        reader.autocommit = True
        yield reader
        reader.close()
        owner.cursor().execute(f"drop role {name}")
        owner.commit()


@pytest.mark.usefixtures("impatient")
def test_a_held_lock_is_waited_for_and_its_holder_named(conn: Connection, other: Connection) -> None:
    with lock(other, "newsflow.step", 7, "fetch", 0):
        expected = f"process {other.info.backend_pid} (newsflow other, since 20"
        assert expected in holder(conn, "newsflow.step", 7, "fetch", 0)
        with pytest.raises(LockedError, match=re.escape(expected)), lock(conn, "newsflow.step", 7, "fetch", 0):
            pass
        with lock(conn, "newsflow.step", 7, "fetch", 1):
            pass
    with lock(conn, "newsflow.step", 7, "fetch", 0):
        assert holder(other, "newsflow.step", 7, "fetch", 0)
    assert holder(other, "newsflow.step", 7, "fetch", 0) == ""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("end", ["select pg_terminate_backend({pid})", "reset"])
def test_a_dead_holder_loses_its_lock(conn: Connection, dsn: str, end: str) -> None:
    """`reset` is what a pooler does to a session whose client has gone: it keeps the session."""
    dead = connect(dsn)
    lock(dead, "job").__enter__()
    if end == "reset":
        dead.cursor().execute("select pg_advisory_unlock_all()")
        dead.commit()
    else:
        conn.cursor().execute(end.format(pid=dead.info.backend_pid) + ", pg_sleep(0)")
        conn.commit()
    until_free(conn)
    with lock(conn, "job"):
        assert f"process {conn.info.backend_pid} " in holder(conn, "job")
    dead.close()


def until_free(conn: Connection) -> None:
    """A terminated process ends some moments after it was told."""
    event = threading.Event()
    while holder(conn, "job"):
        event.wait(0.01)


def test_one_works_at_a_time(dsn: str) -> None:
    inside, most = [0], [0]

    def work(_number: int) -> None:
        with session(dsn) as own, lock(own, "job"):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            with transaction(own), own.cursor() as cursor:
                cursor.execute("select pg_sleep(0.02)")
            inside[0] -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))
    assert most == [1]


@pytest.mark.usefixtures("impatient")
def test_an_analyst_holds_nobody_up(dsn: str, conn: Connection, other: Connection) -> None:
    with analyst(dsn) as reader, reader.cursor() as hers:
        # as where no superuser migrates, and so nobody may take them from everyone
        conn.cursor().execute(f"grant execute on function {ADVISORY} to public")
        conn.commit()
        for name in NAMES:
            hers.execute("select pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        with lock(other, "newsflow.maintain"):
            hers.execute("select (classid::bigint << 32) | objid::bigint from pg_locks where locktype = 'advisory'")
            for (key,) in hers.fetchall():
                hers.execute("select pg_try_advisory_lock(%s), pg_try_advisory_lock_shared(%s)", (key, key))
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                hers.execute("delete from newsflow_meta.lock")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                hers.execute("select from ingest.turn for update")
        with lock(conn, "newsflow.maintain"), transaction(conn):
            queries.changes.lock(conn)
            queries.dedupe.lock_stories(conn)
        assert {r.job for r in jobs.run(Settings(database_url=SecretStr(dsn)), force=True)} == {*jobs.JOBS}
        assert migrate(conn) == []


@pytest.mark.usefixtures("impatient")
def test_the_reaper_works_while_maintenance_is_held(dsn: str, other: Connection) -> None:
    settings = Settings(database_url=SecretStr(dsn), reap_query_minutes=1)
    with lock(other, "newsflow.maintain"), pytest.raises(LockedError, match="newsflow other"):
        jobs.run(settings, force=True)
    with transaction(other), other.cursor() as cursor:
        cursor.execute("select job from news_internal.maintenance where ended_at is not null")
        assert [row.job for row in cursor.fetchall()] == ["reap"]


def test_a_statement_that_waits_for_a_lock_gives_up_and_tells_who_is_at_work(
    conn: Connection, other: Connection
) -> None:
    queries.changes.lock(other)
    told = rf"it may be held by process {other.info.backend_pid} \(newsflow other, role \w+, transaction open since 20"
    with pytest.raises(WaitedTooLongError, match=told), transaction(conn):
        conn.cursor().execute("set local lock_timeout = '10ms'")
        queries.changes.lock(conn)
    other.rollback()


def test_two_migrate_an_empty_database_at_once(postgres: Server) -> None:
    name = f"m_{uuid.uuid4().hex[:8]}"
    admin = psycopg2.connect(postgres.url())
    admin.autocommit = True
    admin.cursor().execute(f"create database {name}")

    def run(_number: int) -> int:
        with session(postgres.url(name)) as conn:
            return len(migrate(conn))

    with ThreadPoolExecutor(3) as pool:
        applied = sorted(pool.map(run, range(3)))
    admin.cursor().execute(f"drop database {name} with (force)")
    admin.close()
    assert applied[:2] == [0, 0]
    assert applied[2] > 0


def test_nothing_else_takes_an_advisory_lock() -> None:
    """They are open to everyone who can connect, and their keys can be read in pg_locks."""
    files = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "sql").rglob("*.sql")]
    found = {path.name for path in files if re.search(r"advisory(_xact)?_lock", path.read_text(encoding="utf-8"))}
    # the migration takes the right to them from everyone, and gives it to the pipeline; schema.sql is made from it
    assert found == {"locks.py", "0004_maintain.sql", "schema.sql"}


@pytest.mark.parametrize("setting", ["tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_user_timeout"])
def test_the_server_asks_a_silent_client_within_a_minute(conn: Connection, setting: str) -> None:
    with conn.cursor() as cursor:
        cursor.execute(
            "select setting::int * case unit when 'ms' then 1 else 1000 end from pg_settings where name = %s",
            (setting,),
        )
        assert 0 < cursor.fetchone()[0] <= 60_000
