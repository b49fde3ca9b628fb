"""The migrations runner: numbered plain SQL files, each in a transaction, each once.

The ledger keeps a checksum, so a file edited after its release is found. File names are
those of dbmate (`0001_name.sql`), which is the way out should this runner not suffice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import Enum
from functools import lru_cache
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values

from newsflow import __version__, resources
from newsflow.errors import NewsflowError
from newsflow.outcomes import Meaning, Outcome
from newsflow.store.db import session, transaction
from newsflow.store.locks import lock
from newsflow.text import tracking

_FILE = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")

_LEDGER = """
create schema if not exists newsflow_meta;
create table if not exists newsflow_meta.migration (
  version text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
);
create table if not exists newsflow_meta.lock (
  name text primary key,
  pid integer not null,
  token bigint not null,
  application text not null,
  taken_at timestamptz not null
);
comment on schema newsflow_meta is 'Which migrations this database has seen, and who is at work in it.';
comment on table newsflow_meta.migration is 'Ledger of the migrations runner.';
comment on column newsflow_meta.migration.version is 'File name.';
comment on column newsflow_meta.migration.checksum is 'sha256 of the file as it was applied.';
comment on column newsflow_meta.migration.applied_at is 'When.';
comment on table newsflow_meta.lock is 'Jobs of one session at a time; a row counts while its process holds its token.';
comment on column newsflow_meta.lock.name is 'Job, such as newsflow.maintain.';
comment on column newsflow_meta.lock.pid is 'Server process of the holder.';
comment on column newsflow_meta.lock.token is 'Random key of an advisory lock that the holder keeps while it lives.';
comment on column newsflow_meta.lock.application is 'application_name of the holder.';
comment on column newsflow_meta.lock.taken_at is 'Since when.';
"""

_SYNC = """
insert into ingest.outcome as o (code, {columns}) values %s
on conflict (code) do update set ({columns}) = ({new}) where ({old}) is distinct from ({new})
"""


_SYNC_TRACKING = """
insert into ingest.tracking as t (name, begins, value_pattern) values %s
on conflict (name) do update set (begins, value_pattern) = (excluded.begins, excluded.value_pattern)
where (t.begins, t.value_pattern) is distinct from (excluded.begins, excluded.value_pattern)
"""


class MigrationError(NewsflowError):
    """A migration was changed after it was applied, or the database is ahead of the files."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `version` is its name, `checksum` the sha256 of its bytes."""

    version: str
    sql: str
    checksum: str


def read(folder: Path) -> list[Migration]:
    """The migrations of a folder, in order.

    :raises MigrationError: for a file with another name, or a number given twice.
    """
    found = []
    for path in sorted(folder.glob("*.sql")):
        if not _FILE.match(path.name):
            raise MigrationError(f"{path.name}: name it like 0001_what_it_does.sql")
        data = path.read_bytes()
        found.append(Migration(path.name, data.decode(), hashlib.sha256(data).hexdigest()))
    numbers = [m.version[:4] for m in found]
    if len(numbers) != len(set(numbers)):
        raise MigrationError(f"a number stands twice: {numbers}")
    return found


@lru_cache(maxsize=1)
def released() -> list[Migration]:
    """The migrations that this release carries.

    :raises MissingResourceError: where the installation lost them.
    """
    resources.listed("sql/migrations", ".sql")
    return read(resources.folder("sql/migrations"))


def pending(conn: Connection, migrations: list[Migration]) -> list[Migration]:
    """Those that the database has not seen.

    :raises MigrationError: where an applied file differs from its checksum or is missing.
    """
    with conn.cursor() as cursor:
        cursor.execute("select version, checksum from newsflow_meta.migration order by version")
        applied: dict[str, str] = dict(cursor.fetchall())
    known = {m.version: m.checksum for m in migrations}
    for version, checksum in applied.items():
        if version not in known:
            newer = f"the database is newer than newsflow {__version__}, which lacks {version}"
            raise MigrationError(f"{newer}: install the newer release")
        if known[version] != checksum:
            raise MigrationError(f"{version} was edited after it was applied")
    return [m for m in migrations if m.version not in applied]


def check_schema(conn: Connection) -> None:
    """See that the database has the schema of this release: for the first step of all work, before any request.

    :raises MigrationError: where the schema is older, newer or edited; the message says what to do.
    """
    with transaction(conn):
        if not _may_look(conn):
            return
        missing = pending(conn, released()) if _has_ledger(conn) else released()
    if missing:
        names = f"{missing[0].version}{' and more' if missing[1:] else ''}"
        raise MigrationError(f"the database is older than newsflow {__version__}, it lacks {names}: newsflow migrate")


@contextmanager
def ready_session(dsn: str, *, application: str = "newsflow") -> Iterator[Connection]:
    """As `db.session`, on the schema of this release: the door of commands and tasks.

    :raises MigrationError: where the schema is older, newer or edited.
    """
    with session(dsn, application=application) as conn:
        check_schema(conn)
        yield conn


def _may_look(conn: Connection) -> bool:
    """Not so readers, who may export: they see the contract only, which only grows."""
    with conn.cursor() as cursor:
        cursor.execute(
            "select from pg_namespace where nspname = 'newsflow_meta' and not has_schema_privilege(oid, 'usage')"
        )
        return cursor.rowcount == 0


def _has_ledger(conn: Connection) -> bool:
    with conn.cursor() as cursor:
        cursor.execute("select from pg_class where oid = to_regclass('newsflow_meta.lock')")
        return cursor.rowcount == 1


def _make_ledger(conn: Connection) -> None:
    """Make the tables that the lock itself needs; another process may make them at the same moment."""
    for last in (False, True):
        try:
            with transaction(conn):
                if not _has_ledger(conn):
                    conn.cursor().execute(_LEDGER)
        except (psycopg2.errors.UniqueViolation, psycopg2.errors.DuplicateTable, psycopg2.errors.DuplicateSchema):
            if last:
                raise


def _apply(conn: Connection, migration: Migration) -> None:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("set local lock_timeout = '2s'")
        cursor.execute(migration.sql)
        cursor.execute(
            "insert into newsflow_meta.migration (version, checksum) values (%s, %s)",
            (migration.version, migration.checksum),
        )


def sync_outcomes(conn: Connection) -> None:
    """Bring `ingest.outcome` in step with `newsflow.outcomes`, column by column (codes are only ever added)."""
    columns = [column.name for column in fields(Meaning)]
    # an enum goes to the database as its code, a number or truth value as it is
    rows = [(str(it), *(_stored(getattr(it.meaning, column)) for column in columns)) for it in Outcome]
    listed = {alias: ", ".join(f"{alias}.{column}" for column in columns) for alias in ("o", "excluded")}
    statement = _SYNC.format(columns=", ".join(columns), old=listed["o"], new=listed["excluded"])
    with transaction(conn), conn.cursor() as cursor:
        execute_values(cursor, statement, rows)


def sync_tracking(conn: Connection) -> None:
    """Bring `ingest.tracking` in step with `newsflow.text.tracking`: the same names, and no others."""
    rows: list[tuple[str, bool, str | None]] = [
        *((name, True, None) for name in tracking.PREFIXES),
        *((name, False, None) for name in sorted(tracking.NAMES)),
        *((name, False, pattern.pattern) for name, pattern in tracking.VALUES.items()),
    ]
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("delete from ingest.tracking where name <> all(%s)", ([name for name, _, _ in rows],))
        execute_values(cursor, _SYNC_TRACKING, rows, page_size=len(rows))


def _stored(value: object) -> object:
    return str(value) if isinstance(value, Enum) else value


def migrate(conn: Connection, sql: Path | None = None) -> list[str]:
    """Apply what is pending; returns the versions applied. Safe to call from several processes.

    :param sql: folder with `migrations/`; none: that of this release.
    """
    _make_ledger(conn)
    with lock(conn, "newsflow.migrate"):
        todo = pending(conn, read(sql / "migrations") if sql else released())
        for migration in todo:
            _apply(conn, migration)
        sync_outcomes(conn)
        sync_tracking(conn)
    return [m.version for m in todo]
