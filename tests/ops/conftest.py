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


@pytest.fixture
def month_dsn(postgres: Server, month_template: str) -> Iterator[str]:
    """URL of a database with a month of history."""
    name = f"m_{uuid.uuid4().hex[:12]}"
    admin(postgres, f"create database {name} template {month_template}")
    yield postgres.url(name)
    admin(postgres, f"drop database if exists {name} with (force)")


@pytest.fixture
def month(month_dsn: str) -> Iterator[Connection]:
    """A connection to it."""
    connection = connect(month_dsn)
    yield connection
    connection.close()


@pytest.fixture
def morning() -> datetime:
    """The morning after the month's last night."""
    return FIRST + timedelta(days=NIGHTS - 1, hours=6)
