"""A failed run cleared, and each stage's own task process killed once: the rows of an undisturbed run."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.local import sample
from newsflow.local.airflow import Client
from newsflow.names import NEWS_INGEST
from newsflow.request import RunRequest
from newsflow.store.db import connect, session, transaction
from tests.pipeline.night import differences, left, orphans, settings_for
from tests.real_airflow.up import SECRET, Up, logs
from tests.waiting import wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

# stage → the state of a page before it
STAGES = {"fetch": "pending", "extract": "captured", "deduplicate": "extracted", "load": "clustered"}


def seed(dsn: str) -> None:
    """A feed whose address carries a token, and whose server is not there."""
    with session(dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.feed (publisher_id, url) select publisher_id, %s from ingest.publisher limit 1",
            (f"http://127.0.0.1:9/feed?token={SECRET}",),
        )


def failed(up: Up) -> str:
    """A run that failed, as the schema was a later release's, and could go on now; returns its run_id."""
    rename = "update newsflow_meta.migration set version = %s where version = %s"
    with session(up.dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(rename, ("9999_of_a_later_release.sql", "0004_maintain.sql"))
    dag_run_id = up.begin(NEWS_INGEST, force=True)
    assert up.end_of(NEWS_INGEST, dag_run_id) == "failed"
    with session(up.dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(rename, ("0004_maintain.sql", "9999_of_a_later_release.sql"))
    return dag_run_id


def clear(client: Client, dag_run_id: str) -> None:
    """Have the failed tasks run again. A Dag with a deadline answers 500 to this (apache/airflow #70368)."""
    wish = {"dag_run_id": dag_run_id, "dry_run": False, "only_failed": True, "include_downstream": True}
    answer = client._call("POST", f"/dags/{NEWS_INGEST}/clearTaskInstances", wish)
    assert answer.status_code == 200, answer.text[:500]


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


def tries(client: Client, dag_run_id: str) -> dict[str, int]:
    """How often each stage of a run was begun."""
    found = {task["task_id"]: task["try_number"] for task in client.tasks(NEWS_INGEST, dag_run_id)}
    return {stage: found[stage] for stage in STAGES}


def test_a_failed_run_is_cleared_each_stage_is_killed_once_and_the_run_ends_green(
    up: Up, make_dsn: Callable[[], str], tmp_path: Path
) -> None:
    up.start_over()
    seed(up.dsn)
    newsroom, client = up.newsroom, up.client
    publisher = newsroom.world.publishers[0]
    url = newsroom.url(publisher.name, publisher.articles[0].slug)
    barrier, watcher = connect(up.dsn), connect(up.dsn)
    watcher.autocommit = True
    dag_run_id = failed(up)
    before = tries(client, dag_run_id)
    clear(client, dag_run_id)
    for stage, state in STAGES.items():
        wait_for(lambda state=state: locked(barrier, url, state), f"the page to be {state}")
        wait_for(lambda stage=stage: blocked(watcher, stage), f"{stage} to reach the page")
        port = blocked(watcher, stage)
        assert port is not None
        os.kill(owner(port), signal.SIGKILL)
        barrier.rollback()
    ended = up.end_of(NEWS_INGEST, dag_run_id)
    barrier.close()
    watcher.close()

    assert ended == "success"
    assert {stage: n - before[stage] for stage, n in tries(client, dag_run_id).items()} == dict.fromkeys(STAGES, 2)
    settings = settings_for(up.dsn, up.home.archive, newsroom)
    assert orphans(settings) == set()
    twin = undisturbed(up, make_dsn(), tmp_path / "twin")
    assert differences(left(up.dsn), twin) == []


def undisturbed(up: Up, dsn: str, archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """The same newsroom through the same steps, in process and in peace."""
    with session(dsn) as conn:
        sample.register(conn, up.newsroom)
        conn.commit()
    seed(dsn)
    settings = settings_for(dsn, archive, up.newsroom)
    pipeline.run_all(settings, "twin", RunRequest(force=True))
    return left(dsn)


def test_no_log_carries_a_secret(up: Up) -> None:
    """Of the whole story until here: a password, the token of a feed's address, the path of a webhook."""
    password = up.dsn.split(":")[2].partition("@")[0]
    assert len(password) > 10
    found = {**logs(up.home.logs), "lineage": (up.home.root / "lineage.json").read_text()}
    for name, text in found.items():
        assert SECRET not in text, name
        assert password not in text, name
