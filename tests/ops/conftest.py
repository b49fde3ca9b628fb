"""A month of history on a fresh database, copied for each test that reads it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.local.postgres import Server
from newsflow.model import Exchange
from newsflow.names import NIGHTLY
from newsflow.ops.watch import watch
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.archive import Archive
from newsflow.store.db import connect
from tests.ops.airflow_server import Site, last_night, serve
from tests.ops.reviewed import compared
from tests.ops.scenario import FIRST, Month

NIGHTS = 28


def admin(server: Server, statement: str) -> None:
    """Run a statement outside a transaction."""
    conn = psycopg2.connect(server.url())
    conn.autocommit = True
    conn.cursor().execute(statement)
    conn.close()


@pytest.fixture(scope="session")
def month_template(postgres: Server, template: str) -> str:
    """A database with the whole month in it, days counted."""
    admin(postgres, f"create database nf_month template {template}")
    conn = connect(postgres.url("nf_month"))
    for _ in Month(conn).play(NIGHTS):
        pass
    queries.ops.count_days(conn, since=FIRST, until=FIRST + timedelta(days=NIGHTS), nightly=[*NIGHTLY])
    conn.commit()
    conn.cursor().execute("analyze")
    conn.commit()
    conn.close()
    return "nf_month"


@pytest.fixture(scope="session")
def shared_month(postgres: Server, month_template: str) -> Iterator[str]:
    """One copy for all tests that leave it as it was: making a database costs seconds on a busy machine."""
    admin(postgres, f"create database nf_month_shared template {month_template}")
    yield postgres.url("nf_month_shared")


@pytest.fixture
def month(shared_month: str) -> Iterator[Connection]:
    """A connection to the shared month; what a test writes is rolled back, so it must not commit."""
    connection = connect(shared_month)
    yield connection
    connection.close()


@pytest.fixture
def month_dsn(postgres: Server, month_template: str) -> Iterator[str]:
    """URL of a month of its own."""
    name = f"m_{uuid.uuid4().hex[:12]}"
    admin(postgres, f"create database {name} template {month_template}")
    yield postgres.url(name)
    admin(postgres, f"drop database if exists {name} with (force)")


@pytest.fixture
def own_month(month_dsn: str) -> Iterator[Connection]:
    """A connection to a month that the test may change."""
    connection = connect(month_dsn)
    yield connection
    connection.close()


@pytest.fixture
def morning() -> datetime:
    """The morning after the month's last night."""
    return FIRST + timedelta(days=NIGHTS - 1, hours=6)


def _poison(conn: Connection) -> None:
    """Texts that would be code if a page let them: in titles, names, links, details and captures' figures."""
    script = "{{ 7 * 7 }}<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"
    with conn.cursor() as cursor:
        cursor.execute(
            "update ingest.publisher set title = %s, homepage = 'javascript:window.pwned=1'"
            " where name = 'tribune.example'",
            (script,),
        )
        cursor.execute("update ingest.feed set title = %s where url like '%%tribune%%'", ("t" * 1_000_000 + script,))
        cursor.execute(
            "update ingest.page set detail = %s, url = 'javascript:window.pwned=1//' || page_id where publisher_id ="
            " (select publisher_id from ingest.publisher where name = 'tribune.example') and state = 'rejected'",
            (script,),
        )
        cursor.execute(
            "update ingest.extraction e set title = %s from ingest.page p join ingest.publisher b using (publisher_id)"
            " where p.page_id = e.page_id and b.name = 'tribune.example'",
            (script,),
        )
        cursor.execute(
            "insert into ingest.site_line (publisher_id, line_hash, since_run, articles, sample)"
            " select publisher_id, n, 1, 9, s from ingest.publisher, unnest(%s) with ordinality as l(s, n)"
            " where name = 'tribune.example'",
            (["Follow us on all channels", script],),
        )
    conn.commit()


SHELL = """<!doctype html><html lang="en"><head><title>The harbour opens again</title></head><body>
<nav>News Sport Weather</nav>
<main id="app" data-props="{}"></main><script>window.pwned = 1; alert("stored")</script>
<noscript>Please enable JavaScript to read this story.</noscript>
<footer>Imprint, privacy, contact</footer></body></html>"""


def _capture(conn: Connection, archive: Path, when: datetime) -> None:
    """A real capture of the newest unreadable page: the shell that a redesigned site now sends."""
    with conn.cursor() as cursor:
        cursor.execute("select page_id, url from ingest.page where outcome = 'not_text' order by page_id desc limit 1")
        page_id, url = cursor.fetchone() or (0, "")
        exchange = Exchange(url, Outcome.OK, 200, {"content-type": "text/html"}, SHELL.encode(), final_url=url)
        with Archive(str(archive)).writer("2026/shell.warc.gz") as writer:
            at = writer.add(exchange, when)
            writer.seal()
        cursor.execute(
            'insert into ingest.capture (page_id, fetched_at, final_url, status, content_type, file, "offset", length,'
            " payload_digest, bytes) values (%s, %s, %s, 200, 'text/html', %s, %s, %s, %s, %s)",
            (page_id, when, url, at.file, at.offset, at.length, at.payload_digest, len(SHELL)),
        )
    conn.commit()


@pytest.fixture(scope="session")
def site(postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real Airflow over a month that ended last night, watched after each night."""
    admin(postgres, f"create database nf_site template {template}")
    dsn, end = postgres.url("nf_site"), last_night()
    conn = connect(dsn)
    month = Month(conn, first=end - timedelta(days=NIGHTS - 1))
    home = tmp_path_factory.mktemp("airflow")
    options = Settings(database_url=SecretStr(dsn), archive=str(home / "archive"))
    for _, ended in month.play(NIGHTS):
        watch(options, clock=partial(_same, ended + timedelta(minutes=15)))
    _poison(conn)
    _capture(conn, home / "archive", end)
    compared(conn)
    conn.close()
    with serve(home, dsn, f"nightly__{end.isoformat()}") as found:
        yield found


def _same(moment: datetime) -> datetime:
    return moment
