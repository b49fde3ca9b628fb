"""Checks of what a run needs, each with a cure; nothing here raises, and no secret is printed."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import requests
from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock, utcnow
from newsflow.dsn import parts
from newsflow.ops import checklist
from newsflow.ops.connection import stored_uri
from newsflow.ops.disk_usage import archive_disk
from newsflow.ops.schedules import DagState
from newsflow.settings import Settings, SettingsError, is_airflow_set_up
from newsflow.store import archive_folders, migrate, queries
from newsflow.store.archive import Archive
from newsflow.store.archive_trouble import ArchiveGoneError
from newsflow.store.db import session
from newsflow.store.filesystem import open_filesystem, write
from newsflow.text.counted import counted

log = logging.getLogger(__name__)

SKEW_S = 5.0
TIGHT_BYTES = 2_000_000_000
# 4 MiB past what a table's pages are taken from; EXTERNAL: as they are, for repeated letters would shrink to nothing
_FILL = """
create temporary table doctor_room (filler text) on commit drop;
alter table doctor_room alter filler set storage external;
insert into doctor_room select repeat('x', 1048576) from generate_series(1, 4)
"""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: `state` is ok, warn or fail."""

    name: str
    state: str
    detail: str
    cure: str = ""


def examine(
    settings: Settings, *, airflow_url: str = "", dags: Sequence[DagState] | None = None, clock: Clock = utcnow
) -> list[CheckResult]:
    """All checks, in the order in which one would mend.

    :param airflow_url: of the Airflow that is up in this home; without one, the Airflow that is set up for this user
        is asked, if there is any.
    :param dags: what Airflow says of the Dags, for the checklist; None where none could be asked.
    """
    connection, settings = _connection(settings)
    results, todo = [connection, _database(settings)], list[CheckResult]()
    if results[1].state == "ok":
        with session(settings.dsn, application="newsflow doctor") as conn:
            results += [_migrations(conn), _clock(conn, clock), *_room(conn), *_readers(conn)]
            origins, archive = _origins(conn), _archive(settings, conn, clock)
            todo = _checklist(conn, settings, dags)
    else:
        origins, archive = [], _archive(settings)
    network = [_dns(origins), _robots(settings, origins)]
    return [*results, archive, _disk(settings), _airflow(airflow_url), *network, *todo]


def _connection(settings: Settings) -> tuple[CheckResult, Settings]:
    """Which database the tasks use: the environment's, else that of Airflow's connection `news_db`."""
    given = settings.database_url.get_secret_value()
    try:
        uri = _news_db()
        named = settings.on(uri) if uri else settings
    except SettingsError as error:
        return CheckResult("connection", "fail", str(error), "mend it, or delete it"), settings
    if not uri:
        detail = (
            "NEWSFLOW_DATABASE_URL names the database" if given else "neither NEWSFLOW_DATABASE_URL nor news_db is set"
        )
        cure = "" if given else "set one: `airflow connections add news_db --conn-uri postgresql://…`, or `newsflow up`"
        return CheckResult("connection", "ok" if given else "fail", detail, cure), settings
    if not given:
        return CheckResult("connection", "ok", "Airflow's connection news_db names the database"), named
    if _place(named.dsn) == _place(given):
        return CheckResult("connection", "ok", "Airflow's news_db and NEWSFLOW_DATABASE_URL agree"), settings
    cure = "make them the same, or unset one"
    return CheckResult(
        "connection", "warn", "Airflow's news_db is another database; tasks use NEWSFLOW_DATABASE_URL", cure
    ), settings


def _news_db() -> str:
    if not is_airflow_set_up():
        return ""
    try:
        return stored_uri()
    except SettingsError:
        raise
    except Exception:  # not defined, or Airflow's own database is not there: the check "airflow" tells
        return ""


def _place(dsn: str) -> tuple[str | None, ...]:
    found = parts(dsn)
    return tuple(found.get(key) for key in ("host", "port", "dbname"))


def _database(settings: Settings) -> CheckResult:
    try:
        with session(settings.dsn) as conn:
            version = conn.server_version // 10000
    except SettingsError as error:
        return CheckResult(
            "database", "fail", str(error), "set NEWSFLOW_DATABASE_URL, or `newsflow up` for a local server"
        )
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        cure = "start the server (`newsflow up` for the local one), or mend NEWSFLOW_DATABASE_URL or Airflow's news_db"
        return CheckResult("database", "fail", reason, cure)
    return CheckResult("database", "ok", f"PostgreSQL {version} answers")


def _migrations(conn: Connection) -> CheckResult:
    try:
        todo = migrate.pending(conn, migrate.released())
    except psycopg2.errors.UndefinedTable:
        conn.rollback()
        return CheckResult("migrations", "fail", "the database is empty", "newsflow migrate")
    except migrate.MigrationError as error:
        return CheckResult("migrations", "fail", str(error), "bring files and database to the same release")
    if todo:
        return CheckResult("migrations", "fail", f"{len(todo)} not applied: {todo[0].version} …", "newsflow migrate")
    return CheckResult("migrations", "ok", "the schema is at its head")


def _room(conn: Connection) -> list[CheckResult]:
    """Whether the server can still write: a temporary table takes room of it, and is gone at once."""
    try:
        conn.cursor().execute(_FILL)
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        cure = "free space on the disk of the database's server, or see its log"
        return [CheckResult("room", "fail", f"the database can't write: {reason}", cure)]
    finally:
        conn.rollback()
    return [CheckResult("room", "ok", "the database can write")]


def _readers(conn: Connection) -> list[CheckResult]:
    """What readers may do beside reading; nothing is said where there are none."""
    try:
        found, loose = queries.maintain.readers(conn), queries.maintain.open_to_public(conn)
    except psycopg2.Error:  # another schema, or no right to look
        return []
    finally:
        conn.rollback()
    bare = [row.name for row in found if not row.limited]
    if bare:
        cure = "; ".join(f"newsflow readers add {name}" for name in bare[:3])
        return [CheckResult("readers", "warn", f"without limits of their own: {', '.join(bare[:5])}", cure)]
    if found and loose:
        more = f" (and {len(loose) - 1} more)" if loose[1:] else ""
        return [CheckResult("readers", "warn", f"{loose[0].what}{more}", f"as a superuser: {loose[0].cure}")]
    return [CheckResult("readers", "ok", f"{len(found)}, all with limits")] if found else []


def _checklist(conn: Connection, settings: Settings, dags: Sequence[DagState] | None) -> list[CheckResult]:
    """What a desk settles before it relies on this; none of it keeps a run from working."""
    try:
        found = checklist.entries(conn, settings, dags)
    except psycopg2.Error:  # another schema, which the check "migrations" tells
        return []
    finally:
        conn.rollback()
    return [CheckResult(e.name, "warn", e.missing, e.cure) if e.is_open else _settled(e) for e in found]


def _settled(entry: checklist.Entry) -> CheckResult:
    return CheckResult(entry.name, "ok", entry.sentence if entry.why else entry.title)


def _clock(conn: Connection, clock: Clock) -> CheckResult:
    skew = abs((queries.ops.clock(conn) - clock()).total_seconds())
    if skew > SKEW_S:
        return CheckResult("clock", "warn", f"{skew:.0f} s apart from the database's", "let both machines use NTP")
    return CheckResult("clock", "ok", "agrees with the database's")


def _origins(conn: Connection) -> list[str]:
    try:
        return [r.origin for r in queries.ops.busy_origins(conn, limit=3)]
    except psycopg2.errors.UndefinedTable:
        conn.rollback()
        return []


def _archive(settings: Settings, conn: Connection | None = None, clock: Clock = utcnow) -> CheckResult:
    try:
        if conn is not None:
            archive_folders.enter(conn, Archive(settings.archive_url), clock())
    except ArchiveGoneError as error:
        return CheckResult("archive", "fail", str(error), "mount it, or mend NEWSFLOW_ARCHIVE")
    except Exception:  # the store fails, or the schema is another one: what follows, or the check before, tells
        log.debug("the archive's folder could not be asked for", exc_info=True)
    probe = f"{settings.archive_url.rstrip('/')}/.doctor"
    try:
        fs, path = open_filesystem(probe)
        fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        write(fs, "pipe_file", path, b"written by newsflow doctor\n")
        fs.rm_file(path)
    except Exception as error:
        cure = "make room, make the folder or bucket writable for this user, or set NEWSFLOW_ARCHIVE"
        return CheckResult("archive", "fail", f"can't write: {type(error).__name__}: {error}"[:300], cure)
    return CheckResult("archive", "ok", "can be written")


def _disk(settings: Settings) -> CheckResult:
    usage = archive_disk(settings)
    if usage is None:
        return CheckResult("disk", "ok", "the archive is an object store")
    detail = f"{usage.free / 1e9:.1f} GB free, {usage.free / usage.total:.0%}"
    if usage.free < TIGHT_BYTES:
        return CheckResult("disk", "fail", detail, "free space, or prune the archive: `newsflow archive --help`")
    return CheckResult("disk", "ok", detail)


def _airflow(url: str) -> CheckResult:
    if not url and not is_airflow_set_up():
        return CheckResult("airflow", "ok", "none is set up here; `newsflow run` works without it")
    base = url or _configured_url()
    cure = "start Airflow (`newsflow up`), or set AIRFLOW__API__BASE_URL; `newsflow run` works without it"
    try:
        health = requests.get(f"{base}/api/v2/monitor/health", timeout=5).json()
    except (requests.RequestException, ValueError):
        return CheckResult("airflow", "warn", "its API does not answer", cure)
    sick = [name for name, part in health.items() if isinstance(part, dict) and part.get("status") == "unhealthy"]
    if sick:
        return CheckResult("airflow", "fail", f"unhealthy: {', '.join(sick)}", "see the logs of these components")
    return CheckResult("airflow", "ok", "its API and scheduler are healthy")


def _configured_url() -> str:
    from airflow.configuration import conf

    return (conf.get("api", "base_url", fallback="") or "http://localhost:8080").rstrip("/")


def _try_each(origins: Sequence[str], attempt: Callable[[str], Any]) -> list[str]:
    failed = []
    for origin in origins:
        try:
            attempt(origin)
        except (OSError, requests.RequestException):
            failed.append(urlsplit(origin).netloc)
    return failed


def _dns(origins: Sequence[str]) -> CheckResult:
    failed = _try_each(origins, lambda o: socket.getaddrinfo(urlsplit(o).hostname, None))
    if not origins:
        return CheckResult("dns", "ok", "no origin is known yet, so none was asked")
    if failed:
        state = "fail" if len(failed) == len(origins) else "warn"
        return CheckResult(
            "dns", state, f"can't resolve {', '.join(failed)}", "mend this machine's resolver or network"
        )
    return CheckResult("dns", "ok", f"{counted(len(origins), 'origin')} looked up")


def _robots(settings: Settings, origins: Sequence[str]) -> CheckResult:
    headers = {"User-Agent": settings.user_agent}
    failed = _try_each(origins, lambda o: requests.get(f"{o}/robots.txt", headers=headers, timeout=10, stream=True))
    if not origins:
        return CheckResult("robots", "ok", "no origin is known yet, so none was asked")
    if failed:
        state = "fail" if len(failed) == len(origins) else "warn"
        return CheckResult(
            "robots", state, f"no answer from {', '.join(failed)}", "check firewall and proxy of this machine"
        )
    return CheckResult("robots", "ok", f"{counted(len(origins), 'origin')} asked, all answer")
