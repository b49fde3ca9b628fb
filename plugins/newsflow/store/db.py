"""Connections and transactions.

Times come back aware, in UTC; the server is told so on connect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import NamedTupleCursor

OPTIONS = "-c timezone=UTC -c client_encoding=UTF8 -c lock_timeout=30s -c idle_in_transaction_session_timeout=15min"


def connect(dsn: str, *, application: str = "newsflow") -> Connection:
    """Open a connection whose rows are named tuples.

    :param dsn: libpq URL or keyword string.
    :raises psycopg2.OperationalError: where the server is not there (retry is the caller's).
    """
    return psycopg2.connect(
        dsn,
        application_name=application,
        options=OPTIONS,
        connect_timeout=10,
        keepalives_idle=30,
        cursor_factory=NamedTupleCursor,
    )


@contextmanager
def session(dsn: str, *, application: str = "newsflow") -> Iterator[Connection]:
    """A connection that is closed at the end; what was not committed is rolled back."""
    conn = connect(dsn, application=application)
    try:
        yield conn
    finally:
        conn.close()


@contextmanager
def transaction(conn: Connection) -> Iterator[Connection]:
    """Commit at the end, roll back on any exception."""
    try:
        yield conn
    except BaseException:
        if not conn.closed:
            conn.rollback()
        raise
    conn.commit()


@contextmanager
def advisory_lock(conn: Connection, *key: object) -> Iterator[None]:
    """Hold a session-level lock named by `key`, waiting for it; a dead holder loses it.

    A retried task must not work beside its own half-killed predecessor.
    """
    name = ":".join(map(str, key))
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("set local lock_timeout = 0")
        cursor.execute("select pg_advisory_lock(hashtextextended(%s, 0))", (name,))
    try:
        yield
    finally:
        if not conn.closed:
            conn.rollback()
            with transaction(conn), conn.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", (name,))
