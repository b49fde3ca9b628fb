"""Locks of whole jobs: rows that name their holder, in a table that analysts can't reach.

PostgreSQL's advisory locks are open to everyone who can connect, and pg_locks shows their keys: an analyst could hold
maintenance's lock for ever. So a lock is a row in `newsflow_meta.lock`, written by those who may work here only. It
counts for as long as the session that it names holds the token in it: a random advisory lock, which dies with the
session. Another session that takes the same token gains nothing, for the process's number is compared too.

What is locked for a transaction only is a row, too (`ingest.turn`, or the publisher's).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.extensions import connection as Connection

from newsflow.errors import NewsflowError
from newsflow.store.db import transaction

WAIT_S = 300.0  # past this a dead machine's session is gone (db.py: a minute), so the holder is at work
_POLL_S = 0.1

_HELD = """
exists (
  select from pg_locks l
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.pid = held.pid
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32) | l.objid::bigint = held.token)
"""

_TAKE = f"""
insert into newsflow_meta.lock as held (name, pid, token, application, taken_at)
values (%(name)s, pg_backend_pid(), %(token)s, current_setting('application_name'), clock_timestamp())
on conflict (name) do update
set (pid, token, application, taken_at) = (excluded.pid, excluded.token, excluded.application, excluded.taken_at)
where not {_HELD}
"""

_HOLDER = f"""
select format('process %%s (%%s, since %%s)', pid, application, to_char(taken_at, 'YYYY-MM-DD HH24:MI:SS')) as words
from newsflow_meta.lock held where name = %(name)s and {_HELD}
"""


# rows of sessions that died at work are cleared in passing
_RELEASE = """
delete from newsflow_meta.lock
where name = %(name)s and token = %(token)s or taken_at < now() - interval '90 days'
"""


class LockedError(NewsflowError):
    """Another session is at the same job, and did not end while we waited; the message names it."""


@contextmanager
def lock(conn: Connection, *key: object, wait_s: float | None = None) -> Iterator[None]:
    """Hold a lock named by `key` until the end, over as many transactions as that takes; a dead holder loses it.

    A retried task must not work beside its own half-killed predecessor. Not to be taken twice by one session.

    :raises LockedError: where another session holds it for longer than `wait_s` seconds (default: WAIT_S).
    """
    name, token = ":".join(map(str, key)), secrets.randbits(63)
    _ask(conn, "select pg_advisory_lock(%(token)s)", token=token)
    patience_s = WAIT_S if wait_s is None else wait_s
    try:
        _wait(conn, name, token, time.monotonic() + patience_s)
        yield
    finally:
        if not conn.closed:
            conn.rollback()
            _ask(conn, _RELEASE, name=name, token=token)
            _ask(conn, "select pg_advisory_unlock(%(token)s)", token=token)


def holder(conn: Connection, *key: object) -> str:
    """Who holds a lock, in words: process, application, since when (UTC); empty where nobody does."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(_HOLDER, {"name": ":".join(map(str, key))})
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def _wait(conn: Connection, name: str, token: int, deadline: float) -> None:
    while not _ask(conn, _TAKE, name=name, token=token):
        if time.monotonic() > deadline:
            who = holder(conn, name) or "a session that has just ended"
            raise LockedError(f"{name} is at work already, by {who}: wait for it, or end that session")
        time.sleep(_POLL_S)


def _ask(conn: Connection, statement: str, **values: object) -> int:
    """Run a statement in a transaction of its own; returns how many rows it wrote or gave."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
