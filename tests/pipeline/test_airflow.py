"""In the real scheduler: a night and what it tells the world; a failed run cleared, and each stage's own task process
killed once; the past brought in, compared, applied, undone.

One file, so that one Airflow serves all of it: starting it is what takes the time.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
from newsflow.local import sample
from newsflow.local.airflow import Client
from newsflow.local.launcher import Launcher
from newsflow.model import Extraction
from newsflow.names import NEWS_INGEST
from newsflow.request import RunRequest
from newsflow.store.db import connect, session, transaction
from tests.backfill.foreign import pages, write
from tests.pipeline.night import differences, left, orphans, settings_for
from tests.pipeline.real_airflow import SECRET, RealAirflow, real_airflow
from tests.waiting import wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

# stage → the state of a page before it
STAGES = {"fetch": "pending", "extract": "captured", "deduplicate": "extracted", "load": "clustered"}


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAirflow]:
    with real_airflow(tmp_path_factory.mktemp("airflow") / "home") as running:
        yield running


@dataclass
class Night:
    """What a night left: messages, lineage events, and the tasks' logs by name."""

    airflow: RealAirflow
    state: str
    messages: list[str]
    lineage: list[dict[str, Any]]
    logs: dict[str, str]
    asset: dict[str, Any]


def _seed(airflow: RealAirflow) -> None:
    """A feed whose address carries a token, and whose server is not there."""
    with session(airflow.dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.feed (publisher_id, url) select publisher_id, %s from ingest.publisher limit 1",
            (f"http://127.0.0.1:9/feed?token={SECRET}",),
        )


def _logs(folder: Path) -> dict[str, str]:
    """By task_id, all tries and mapped tasks together."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.log")):
        task = next((p.partition("=")[2] for p in path.parts if p.startswith("task_id=")), path.stem)
        found[task] = found.get(task, "") + path.read_text(errors="replace")
    return found


def _asset(launcher: Launcher) -> dict[str, Any]:
    answer = launcher.airflow.client._call("GET", "/assets/events?limit=10")
    answer.raise_for_status()
    events: list[dict[str, Any]] = answer.json()["asset_events"]
    return events[0]["extra"] if events else {}


@pytest.fixture(scope="module")
def night(airflow: RealAirflow) -> Night:
    """The first night of all, and a watch after it."""
    _seed(airflow)
    state = airflow.ran(NEWS_INGEST, force=True)
    airflow.ran("news_watch")
    wait_for(lambda: "newsflow.alarms.open" in " ".join(airflow.metrics.seen), "the watch's metrics")
    lineage = [json.loads(line) for line in (airflow.home.root / "lineage.json").read_text().splitlines()]
    logs = _logs(airflow.home.logs)
    return Night(airflow, state, airflow.texts(), lineage, logs, _asset(airflow.launcher))


def test_a_statsd_socket_receives_our_figures_and_airflows(night: Night) -> None:
    seen = night.airflow.metrics.seen
    (loaded,) = night.airflow.rows("select count(*) from news.articles")[0]
    assert seen["airflow.newsflow.run.new_articles"][-1] == (loaded, "g")
    assert seen["airflow.newsflow.alarms.resolved"][-1][1] == "c"
    assert seen["airflow.newsflow.pages.rejected"][-1][0] > 0
    assert any(name.startswith("airflow.dagrun.duration.success") for name in seen)


def test_openlineage_names_the_tables_of_the_load(night: Night) -> None:
    ended = [e for e in night.lineage if e["eventType"] == "COMPLETE" and e["job"]["name"] == "news_ingest.load"]
    assert len(ended) == 1
    names = {d["name"] for d in ended[0]["outputs"]}
    assert {"news.news.articles", "news.news.changes"} <= names
    assert all(d["namespace"].startswith("postgres://") for d in ended[0]["inputs"] + ended[0]["outputs"])


def test_the_logs_of_tasks_read_as_reports(night: Night) -> None:
    fetch, extract = night.logs["fetch"], night.logs["extract"]
    assert "slowest hosts: " in fetch
    assert "/s)" in fetch
    assert "not_found: page " in fetch
    assert "paywall (1): page " in extract
    assert "The page shows a paywall" in extract
    assert "new " in night.logs["load"]
    assert "Good: " in night.logs["check"]


def test_no_log_carries_a_secret(night: Night) -> None:
    password = night.airflow.dsn.split(":")[2].partition("@")[0]
    assert len(password) > 10
    for name, text in night.logs.items():
        assert SECRET not in text, name
        assert password not in text, name
    assert SECRET not in json.dumps(night.lineage)
    assert password not in json.dumps(night.lineage)


def test_the_assets_event_carries_the_funnel(night: Night) -> None:
    assert set(night.asset["stages"]) >= {"fetch", "extract", "deduplicate", "load"}
    assert night.asset["verdict"].startswith("Good: ")
    assert night.asset["polls"]["ok"] > 0
    assert night.airflow.rows("select max(change_id) from news.changes") == [(night.asset["change_id"],)]


def failed(airflow: RealAirflow) -> str:
    """A run that failed, as the schema was a later release's, and could go on now; returns its run_id."""
    rename = "update newsflow_meta.migration set version = %s where version = %s"
    with session(airflow.dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(rename, ("9999_of_a_later_release.sql", "0004_maintain.sql"))
    dag_run_id = airflow.begin(NEWS_INGEST, force=True)
    assert airflow.end_of(NEWS_INGEST, dag_run_id) == "failed"
    with session(airflow.dsn) as conn, transaction(conn), conn.cursor() as cursor:
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
    airflow: RealAirflow, make_dsn: Callable[[], str], tmp_path: Path
) -> None:
    airflow.start_over()
    launcher = airflow.launcher
    assert launcher.newsroom is not None
    newsroom, client = launcher.newsroom, launcher.airflow.client
    publisher = newsroom.world.publishers[0]
    url = newsroom.url(publisher.name, publisher.articles[0].slug)
    barrier, watcher = connect(launcher.database_url), connect(launcher.database_url)
    watcher.autocommit = True
    dag_run_id = failed(airflow)
    before = tries(client, dag_run_id)
    clear(client, dag_run_id)
    for stage, state in STAGES.items():
        wait_for(lambda state=state: locked(barrier, url, state), f"the page to be {state}")
        wait_for(lambda stage=stage: blocked(watcher, stage), f"{stage} to reach the page")
        port = blocked(watcher, stage)
        assert port is not None
        os.kill(owner(port), signal.SIGKILL)
        barrier.rollback()
    ended = airflow.end_of(NEWS_INGEST, dag_run_id)
    barrier.close()
    watcher.close()

    assert ended == "success"
    assert {stage: n - before[stage] for stage, n in tries(client, dag_run_id).items()} == dict.fromkeys(STAGES, 2)
    settings = settings_for(launcher.database_url, launcher.home.archive, newsroom)
    assert orphans(settings) == set()
    twin = undisturbed(launcher, make_dsn(), tmp_path / "twin")
    assert differences(left(launcher.database_url), twin) == []


def undisturbed(launcher: Launcher, dsn: str, archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """The same newsroom through the same steps, in process and in peace."""
    assert launcher.newsroom is not None
    with session(dsn) as conn:
        sample.register(conn, launcher.newsroom)
        conn.commit()
    settings = settings_for(dsn, archive, launcher.newsroom)
    pipeline.run_all(settings, "twin", RunRequest(force=True))
    return left(dsn)


PAPERS = [f"paper{number}.example" for number in range(20)]
CONTRACT = ("articles", "revisions", "stories")


@pytest.fixture(scope="module")
def past(airflow: RealAirflow, tmp_path_factory: pytest.TempPathFactory) -> RealAirflow:
    """What news_backfill of the real scheduler brought in: twelve articles of a WARC file."""
    file = write(tmp_path_factory.mktemp("past") / "past.warc.gz", pages(12))
    assert airflow.ran("news_backfill", warc=[str(file)]) == "success"
    return airflow


def contract(airflow: RealAirflow) -> dict[str, list[str]]:
    return {view: sorted(map(repr, airflow.rows(f"select * from news.{view}"))) for view in CONTRACT}


def test_news_backfill_brings_in_a_file_in_its_own_pool(past: RealAirflow) -> None:
    client = past.launcher.airflow.client
    [run] = past.rows("select dag_run_id, state from ingest.run where dag_id = 'news_backfill'")
    tasks = client.tasks("news_backfill", run[0])
    assert run[1] == "success"
    assert {task["pool"] for task in tasks} == {"news_backfill"}
    [read] = [task for task in tasks if task["task_id"] == "read"]
    assert read["rendered_map_index"] == "past.warc.gz 100% · 12 of 12 records taken"
    assert past.rows("select count(*) from news_internal.article where cause = 'backfill'") == [(12,)]


def test_a_wrong_form_is_red_and_says_why(past: RealAirflow) -> None:
    assert past.ran("news_backfill", warc=["/nowhere/at/all.warc.gz"]) == "failed"
    assert past.rows("select state from ingest.run where dag_id = 'news_backfill' order by run_id") == [
        ("success",),
        ("failed",),
    ]


def test_airflows_own_backfill_is_refused_where_it_would_do_nothing(past: RealAirflow) -> None:
    """It makes runs for past dates; our past is asked for by content, with a form."""
    for dag_id in ("news_backfill", "news_reprocess", "news_ingest"):
        span = {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z"}
        answer = past.launcher.airflow.client._call("POST", "/backfills", {"dag_id": dag_id, **span})
        assert answer.status_code in (400, 409, 422), (dag_id, answer.text)


def test_news_reprocess_compares_applies_and_undoes(
    past: RealAirflow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    older_extractor_reads(past.launcher, tmp_path, monkeypatch)
    start = contract(past)
    assert past.ran("news_reprocess", action="compare", publishers=PAPERS) == "success"
    [(number, report)] = past.rows("select reprocess_id, report from ingest.reprocess")
    assert report["verdicts"] == {"same": 12, "changed": 6}
    assert (past.home.root / "reports" / f"reprocess-{number}.html").read_text().startswith("<!doctype html>")
    assert contract(past) == start

    assert past.ran("news_reprocess", action="apply", reprocess=number) == "success"
    assert past.rows("select count(*) from news_internal.article where cause = 'reprocess'") == [(6,)]
    assert contract(past) != start
    assert past.ran("news_reprocess", action="undo", reprocess=number) == "success"
    assert contract(past) == start
    assert past.ran("news_reprocess", action="apply", reprocess=number) == "failed"  # it was undone: compare anew


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
