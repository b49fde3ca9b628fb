"""In the real scheduler: each stage's own task process killed once; the past brought in, compared, applied, undone.

One file, so that one Airflow serves both: starting it is what takes the time.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.backfill import pipeline as backfill
from newsflow.backfill.request import BackfillRequest as Past
from newsflow.extract import pool
from newsflow.local.home import Home
from newsflow.local.launcher import Launcher
from newsflow.local.terminal import Terminal
from newsflow.model import Extraction
from newsflow.names import NEWS_INGEST
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import connect
from tests.backfill.foreign import pages, write
from tests.pipeline.night import differences, left, orphans, settings_for

# stage → the state of a page before it
STAGES = {"fetch": "pending", "extract": "captured", "deduplicate": "extracted", "load": "clustered"}


pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    folder = Path(tempfile.mkdtemp(prefix="nf-airflow-"))
    folder.chmod(0o755)
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HOME": str(home), "RETRY_DELAY_S": "1", "FETCH_BATCH": "5", "DELAY_S": "0.05"}.items():
            patch.setenv(f"NEWSFLOW_{name}", value)
        with Launcher(Home(home), Settings(), Terminal()).open() as running:
            yield running
    shutil.rmtree(folder, ignore_errors=True)


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


def test_each_stage_killed_once_by_its_task_process(
    launcher: Launcher, make_dsn: Callable[[], str], tmp_path: Path
) -> None:
    assert launcher.newsroom is not None
    newsroom, client = launcher.newsroom, launcher.airflow.client
    publisher = newsroom.world.publishers[0]
    url = newsroom.url(publisher.name, publisher.articles[0].slug)
    barrier, watcher = connect(launcher.database_url), connect(launcher.database_url)
    watcher.autocommit = True
    client.unpause(NEWS_INGEST)
    dag_run_id = client.trigger(NEWS_INGEST, {"force": True})
    for stage, state in STAGES.items():
        wait_for(lambda state=state: locked(barrier, url, state), f"the page to be {state}")
        wait_for(lambda stage=stage: blocked(watcher, stage), f"{stage} to reach the page")
        port = blocked(watcher, stage)
        assert port is not None
        os.kill(owner(port), signal.SIGKILL)
        barrier.rollback()
    ended = end_of(launcher, NEWS_INGEST, dag_run_id)
    barrier.close()
    watcher.close()

    tries = {task["task_id"]: task["try_number"] for task in client.tasks(NEWS_INGEST, dag_run_id)}
    assert ended == "success"
    assert {stage: tries[stage] for stage in STAGES} == dict.fromkeys(STAGES, 2)
    settings = settings_for(launcher.database_url, launcher.home.archive, newsroom)
    assert orphans(settings) == set()
    twin = undisturbed(launcher, make_dsn(), tmp_path / "twin")
    assert differences(left(launcher.database_url), twin) == []


def end_of(launcher: Launcher, dag_id: str, dag_run_id: str) -> str:
    """State of a run, once it has ended."""
    client = launcher.airflow.client
    wait_for(lambda: client.state(dag_id, dag_run_id) in ("success", "failed"), f"the run of {dag_id} to end")
    return client.state(dag_id, dag_run_id)


def undisturbed(launcher: Launcher, dsn: str, archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """The same newsroom through the same steps, in process and in peace."""
    from newsflow.local import sample

    assert launcher.newsroom is not None
    with connect(dsn) as conn:
        sample.register(conn, launcher.newsroom)
        conn.commit()
    settings = settings_for(dsn, archive, launcher.newsroom)
    pipeline.run_all(settings, "twin", RunRequest(force=True))
    return left(dsn)


PAPERS = [f"paper{number}.example" for number in range(20)]
CONTRACT = ("articles", "revisions", "stories")


@pytest.fixture(scope="module")
def past(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Launcher:
    """What news_backfill of the real scheduler brought in: twelve articles of a WARC file."""
    file = write(tmp_path_factory.mktemp("past") / "past.warc.gz", pages(12))
    assert ran(launcher, "news_backfill", warc=[str(file)]) == "success"
    return launcher


def ran(launcher: Launcher, dag_id: str, **params: object) -> str:
    """How a run with this form ends."""
    launcher.airflow.client.unpause(dag_id)
    return end_of(launcher, dag_id, launcher.airflow.client.trigger(dag_id, params))


def rows(launcher: Launcher, query: str) -> list[Any]:
    with connect(launcher.database_url) as conn, conn.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor]


def contract(launcher: Launcher) -> dict[str, list[str]]:
    return {view: sorted(map(repr, rows(launcher, f"select * from news.{view}"))) for view in CONTRACT}


def test_news_backfill_brings_in_a_file_in_its_own_pool(past: Launcher) -> None:
    client = past.airflow.client
    [run] = rows(past, "select dag_run_id, state from ingest.run where dag_id = 'news_backfill'")
    tasks = client.tasks("news_backfill", run[0])
    assert run[1] == "success"
    assert {task["pool"] for task in tasks} == {"news_backfill"}
    [read] = [task for task in tasks if task["task_id"] == "read"]
    assert read["rendered_map_index"] == "past.warc.gz 100% · 12 of 12 records taken"
    assert rows(past, "select count(*) from news_internal.article where cause = 'backfill'") == [(12,)]


def test_a_wrong_form_is_red_and_says_why(past: Launcher) -> None:
    assert ran(past, "news_backfill", warc=["/nowhere/at/all.warc.gz"]) == "failed"
    assert rows(past, "select state from ingest.run where dag_id = 'news_backfill' order by run_id") == [
        ("success",),
        ("failed",),
    ]


def test_airflows_own_backfill_is_refused_where_it_would_do_nothing(past: Launcher) -> None:
    """It makes runs for past dates; our past is asked for by content, with a form."""
    for dag_id in ("news_backfill", "news_reprocess", "news_ingest"):
        span = {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z"}
        answer = past.airflow.client._call("POST", "/backfills", {"dag_id": dag_id, **span})
        assert answer.status_code in (400, 409, 422), (dag_id, answer.text)


def test_news_reprocess_compares_applies_and_undoes(
    past: Launcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    older_extractor_reads(past, tmp_path, monkeypatch)
    start = contract(past)
    assert ran(past, "news_reprocess", action="compare", publishers=PAPERS) == "success"
    [(number, report)] = rows(past, "select reprocess_id, report from ingest.reprocess")
    assert report["verdicts"] == {"same": 12, "changed": 6}
    assert (past.home.root / "reports" / f"reprocess-{number}.html").read_text().startswith("<!doctype html>")
    assert contract(past) == start

    assert ran(past, "news_reprocess", action="apply", reprocess=number) == "success"
    assert rows(past, "select count(*) from news_internal.article where cause = 'reprocess'") == [(6,)]
    assert contract(past) != start
    assert ran(past, "news_reprocess", action="undo", reprocess=number) == "success"
    assert contract(past) == start
    assert ran(past, "news_reprocess", action="apply", reprocess=number) == "failed"  # it was undone: compare anew


def older_extractor_reads(launcher: Launcher, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six articles come in through an extractor that loses their last paragraph."""
    real = pool.extract

    def older(*given: Any, **options: Any) -> Extraction:
        found = real(*given, **options)
        return replace(found, body=found.body.rpartition("\n")[0])

    file = write(folder / "older.warc.gz", pages(6, start=100))
    with monkeypatch.context() as patch:
        patch.setattr(pool, "extract", older)
        backfill.run_all(launcher.settings, "older", Past(warc=(str(file),)))
