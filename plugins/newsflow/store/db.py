"""Connections and transactions.

Times come back aware, in UTC; the server is told so on connect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn
from psycopg2.extras import NamedTupleCursor

from newsflow.dsn import parts, unquoted
from newsflow.store import literals

# The server asks a silent client whether it lives, as the client asks the server: a dead machine's session ends, and
# gives its locks back, after a minute. The system's own setting is two hours (tcp_keepalive_time of Linux).
_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
_SESSION = {
    "timezone": "UTC",
    "client_encoding": "UTF8",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "15min",
    **{name if name.startswith("tcp_") else f"tcp_{name}": value for name, value in _ALIVE.items()},
}
OPTIONS = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
_CLIENT = {"connect_timeout": 10, **_ALIVE}


def connect(dsn: str, *, application: str = "newsflow") -> Connection:
    """Open a connection whose rows are named tuples.

    What the address asks for beside (TLS, timeouts, options) holds; our own options go last, and win.

    :param dsn: libpq URL or keyword string.
    :raises DsnError: where it can't be read.
    :raises psycopg2.OperationalError: where the server is not there (retry is the caller's).
    """
    literals.register()
    found = parts(dsn)
    options = f"{found.get('options', '')} {OPTIONS}".strip()
    address = make_dsn(**{**_CLIENT, **found, "application_name": application, "options": options})
    try:
        return psycopg2.connect(address, cursor_factory=NamedTupleCursor)
    except psycopg2.OperationalError as error:
        raise type(error)(unquoted(str(error), found)) from None


@contextmanager
def session(dsn: str, *, application: str = "newsflow") -> Iterator[Connection]:
    """A connection that is closed at the end; what was not committed is rolled back."""
    conn = connect(dsn, application=application)
    try:
        yield conn
    finally:
        conn.close()


class WaitedTooLongError(psycopg2.errors.LockNotAvailable):
    """A statement gave up waiting for a lock; the message names the transactions that were open meanwhile."""


@contextmanager
def transaction(conn: Connection) -> Iterator[Connection]:
    """Commit at the end, roll back on any exception.

    :raises WaitedTooLongError: where a statement waited for a lock for longer than `lock_timeout`.
    """
    try:
        yield conn
    except BaseException as error:
        if not conn.closed:
            conn.rollback()
        if isinstance(error, psycopg2.errors.LockNotAvailable):
            raise WaitedTooLongError(f"lock timeout: {_open_transactions(conn)}") from error
        raise
    conn.commit()


# Times of other roles' sessions are hidden from roles without pg_read_all_stats.
_OPEN = """
select format('process %s (%s, role %s, transaction open since %s)', a.pid,
  coalesce(nullif(a.application_name, ''), 'no name'), a.usename,
  coalesce(to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS'), 'an unknown time'))
from pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid() and exists (
  select from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
  where l.pid = a.pid and l.granted and n.nspname in ('ingest', 'news', 'news_internal', 'newsflow_meta'))
order by a.xact_start nulls last limit 3
"""


def _open_transactions(conn: Connection) -> str:
    """Who works in our tables now, longest first: after the wait nobody can tell any more which of them it was for."""
    if conn.closed:
        return "who held it is not known"
    with conn.cursor() as cursor:
        cursor.execute(_OPEN)
        found = [str(row[0]) for row in cursor.fetchall()]
    conn.rollback()
    return ("it may be held by " + ", ".join(found)) if found else "who held it has ended since"
