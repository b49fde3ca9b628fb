"""Fixtures that every room shares: one real PostgreSQL a session, one fresh database a test."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from hypothesis import HealthCheck, settings
from psycopg2.extensions import connection as Connection
from xdist.scheduler import LoadFileScheduling

from newsflow.local.postgres import Server, binaries, free_port
from newsflow.store import named_query
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from tests import row_types
from tests.quick_connections import connect_quickly
from tests.worlds.shared import SHARED

STORY = "tests/real_airflow/"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give xdist's workers the long files first, the longest story of all before them: none stands alone at the end."""
    if not hasattr(config, "workerinput"):
        return
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    airflow = {item.path for item in items if item.get_closest_marker("airflow")}
    items.sort(key=lambda item: (STORY not in item.nodeid, item.path not in slow, item.path not in airflow))


class ByStory(LoadFileScheduling):  # type: ignore[misc]
    """Gives each worker a file at a time, and one of them the whole story that one real Airflow serves."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return STORY if file.startswith(STORY) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """For `--dist loadfile`."""
    return ByStory(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what collection made: thousands of tests, and all modules."""
    gc.collect()
    gc.freeze()


# No test is timed: an example may take as long as a busy machine makes it take.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def declared_types_hold() -> Iterator[None]:
    """Every row of a named query has the types that it declares, in whatever test it is read."""
    named_query.observer = row_types.check
    yield
    assert row_types.lies == []


MEMORY, ROOM = Path("/dev/shm"), 4_000_000_000  # bytes; a server's write-ahead log alone may take 1 GB


def _in_memory() -> Path | None:
    """Where the servers' files stand: in memory, since a copy of the template costs a sixth there; else as ever.

    Docker gives a container 64 MB of it.
    """
    return MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A throw-away server, shared by the session (one for each xdist worker)."""
    base = Path(tempfile.mkdtemp(prefix="nf-pg-", dir=_in_memory()))
    base.chmod(0o755)
    server = Server(data=base / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
    server.start()
    connect_quickly(server)
    yield server
    server.stop("immediate")
    shutil.rmtree(base, ignore_errors=True)


Admin = Callable[[str], None]


@pytest.fixture(scope="session")
def admin(postgres: Server) -> Iterator[Admin]:
    """Executes a statement as the superuser, in one session for all tests: to connect costs as much as to drop."""
    conn = psycopg2.connect(postgres.url())
    conn.autocommit = True
    yield conn.cursor().execute
    conn.close()


@pytest.fixture(scope="session")
def template(postgres: Server, admin: Admin) -> str:
    """A database at the head of the migrations, copied by `dsn` for each test."""
    admin("create database nf_template")
    conn = connect(postgres.url("nf_template"))
    migrate(conn)
    conn.close()
    return "nf_template"


@contextmanager
def _databases(server: Server, admin: Admin, template: str) -> Iterator[Callable[[], str]]:
    names: list[str] = []

    def make() -> str:
        names.append(f"t_{uuid.uuid4().hex[:12]}")
        admin(f"create database {names[-1]} template {template} strategy file_copy")
        return server.url(names[-1])

    yield make
    for name in names:
        admin(f"drop database if exists {name} with (force)")


@pytest.fixture
def make_dsn(postgres: Server, admin: Admin, template: str) -> Iterator[Callable[[], str]]:
    """Makes fresh, migrated databases; gives the URL of each."""
    with _databases(postgres, admin, template) as make:
        yield make


@pytest.fixture
def dsn(make_dsn: Callable[[], str]) -> str:
    """URL of a fresh, migrated database."""
    return make_dsn()


@pytest.fixture(scope="module")
def module_dsn(postgres: Server, admin: Admin, template: str) -> Iterator[str]:
    """URL of a migrated database that a module's tests share, for reading only."""
    with _databases(postgres, admin, template) as make:
        yield make()


@pytest.fixture
def conn(dsn: str) -> Iterator[Connection]:
    """A connection to the fresh database."""
    connection = connect(dsn)
    yield connection
    connection.close()


@pytest.fixture
def shared() -> Path:
    """Open data beside the project; the test is skipped where it is not there."""
    if not (SHARED / "pages").exists():
        pytest.skip(f"no open data at {SHARED}")
    return SHARED
