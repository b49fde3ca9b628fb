"""SIGKILL of Airflow's own task processes, stage after stage in one run of the real scheduler."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.local.home import Home
from newsflow.local.launcher import DAG, Launcher
from newsflow.local.show import Show
from newsflow.pipeline import Request
from newsflow.settings import Settings
from newsflow.store.db import connect
from tests.pipeline.night import differences, left, orphans, settings_for

# stage → the state of a page before it
STAGES = {"fetch": "pending", "extract": "captured", "deduplicate": "extracted", "load": "clustered"}


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launcher]:
    home = tmp_path / "home"
    for name, value in {"HOME": str(home), "RETRY_DELAY_S": "1", "FETCH_BATCH": "5", "DELAY_S": "0.05"}.items():
        monkeypatch.setenv(f"NEWSFLOW_{name}", value)
    with Launcher(Home(home), Settings(), Show()).open() as running:
        yield running


def wait_for(found: Callable[[], object], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


def locked(conn: Connection, url: str, state: str) -> bool:
    """Take the page's row lock once the page is in the state that the stage waits for."""
    conn.rollback()
    try:
        with conn.cursor() as cursor:
            cursor.execute(
                "select from ingest.page where url = %s and state = %s for no key update nowait", (url, state)
            )
            return bool(cursor.rowcount)
    except psycopg2.errors.LockNotAvailable:
        return False


def blocked(conn: Connection, stage: str) -> int | None:
    """Client port of the stage's session that waits for our lock."""
    with conn.cursor() as cursor:
        cursor.execute(
            "select client_port from pg_stat_activity where wait_event_type = 'Lock' and application_name like %s",
            (f"newsflow {stage} %",),
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def holds(process: psutil.Process, port: int) -> bool:
    """Whether a process has the client's end of a connection open."""
    return any(c.laddr and c.laddr.port == port and c.raddr for c in process.net_connections("tcp"))


def owner(port: int) -> int:
    """Process that opened the client's end of a connection; its children (extract's workers) hold it too."""
    pid = next(c.pid for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port and c.raddr and c.pid)
    found = psutil.Process(pid)
    while (parent := found.parent()) and holds(parent, port):
        found = parent
    return found.pid


@pytest.mark.airflow
@pytest.mark.slow
def test_each_stage_killed_once_by_its_task_process(
    launcher: Launcher, make_dsn: Callable[[], str], tmp_path: Path
) -> None:
    assert launcher.newsroom is not None
    newsroom, client = launcher.newsroom, launcher.airflow.client
    publisher = newsroom.world.publishers[0]
    url = newsroom.url(publisher.name, publisher.articles[0].slug)
    barrier, watcher = connect(launcher.database_url), connect(launcher.database_url)
    watcher.autocommit = True
    client.unpause(DAG)
    dag_run_id = client.trigger(DAG, {"force": True})
    for stage, state in STAGES.items():
        wait_for(lambda state=state: locked(barrier, url, state), f"the page to be {state}")
        wait_for(lambda stage=stage: blocked(watcher, stage), f"{stage} to reach the page")
        port = blocked(watcher, stage)
        assert port is not None
        os.kill(owner(port), signal.SIGKILL)
        barrier.rollback()
    wait_for(lambda: client.state(DAG, dag_run_id) in ("success", "failed"), "the run to end")
    barrier.close()
    watcher.close()

    tries = {task["task_id"]: task["try_number"] for task in client.tasks(DAG, dag_run_id)}
    assert client.state(DAG, dag_run_id) == "success"
    assert {stage: tries[stage] for stage in STAGES} == dict.fromkeys(STAGES, 2)
    settings = settings_for(launcher.database_url, launcher.home.archive, newsroom)
    assert orphans(settings) == set()
    twin = undisturbed(launcher, make_dsn(), tmp_path / "twin")
    assert differences(left(launcher.database_url), twin) == []


def undisturbed(launcher: Launcher, dsn: str, archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """The same newsroom through the same steps, in process and in peace."""
    from newsflow.local import sample

    assert launcher.newsroom is not None
    with connect(dsn) as conn:
        sample.register(conn, launcher.newsroom)
        conn.commit()
    settings = settings_for(dsn, archive, launcher.newsroom)
    pipeline.run_all(settings, "twin", Request(force=True))
    return left(dsn)
