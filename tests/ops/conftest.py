"""A month of history on a fresh database, copied for each test that reads it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow.local.postgres import Server
from newsflow.store import queries
from newsflow.store.db import connect
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
    queries.run(conn, "ops.count_days", since=FIRST, until=FIRST + timedelta(days=NIGHTS))
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
