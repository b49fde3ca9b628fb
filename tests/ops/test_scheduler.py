"""One night in the real scheduler: the deadline, the metrics, the lineage, the logs. One start serves all of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsflow.local.home import Home
from newsflow.local.launcher import Launcher
from newsflow.local.terminal import Terminal
from newsflow.names import NEWS_INGEST
from newsflow.settings import Settings
from newsflow.store.db import connect
from tests.ops.receivers import Metrics, Posted, http_receiver, statsd_receiver

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

SECRET = "seeded-s3cret"


@dataclass
class Night:
    """What a night left: messages, metrics, lineage events, and the tasks' logs by name."""

    launcher: Launcher
    state: str
    messages: list[str]
    late: list[str]
    metrics: Metrics
    lineage: list[dict[str, Any]]
    logs: dict[str, str]
    asset: dict[str, Any]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        conn = connect(self.launcher.database_url)
        with conn.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall()
        conn.close()
        return found


def _environment(home: Path, posted: Posted, metrics: Metrics) -> dict[str, str]:
    hook = f"http://127.0.0.1:{posted.port}/services/{SECRET}"
    return {
        "NEWSFLOW_HOME": str(home),
        "NEWSFLOW_DEADLINE_H": "0.0003",  # a second
        "NEWSFLOW_DELAY_S": "0.2",
        "NEWSFLOW_NOTIFIERS": json.dumps([{"class": "newsflow.ops.notify.WebhookNotifier", "url": hook}]),
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(metrics.port),
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(
            {"type": "file", "log_file_path": str(home / "lineage.json"), "append": True}
        ),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "news",
        "AIRFLOW__OPENLINEAGE__EXTRACTORS": "newsflow.airflow_glue.lineage.NewsExtractor",
    }


def wait_for(found: Callable[[], Any], what: str, seconds: float = 150) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.2)
    return value


def _seed(launcher: Launcher) -> None:
    """A feed whose address carries a token, and whose server is not there."""
    conn = connect(launcher.database_url)
    with conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.feed (publisher_id, url) select publisher_id, %s from ingest.publisher limit 1",
            (f"http://127.0.0.1:9/feed?token={SECRET}",),
        )
    conn.commit()
    conn.close()


def _texts(posted: Posted) -> list[str]:
    return [json.loads(body)["text"] for _, body in posted.bodies]


def _run(launcher: Launcher, dag: str, conf: dict[str, Any]) -> str:
    client = launcher.airflow.client
    wait_for(lambda: client.knows(dag), f"Airflow to read {dag}")
    client.unpause(dag)
    run = client.trigger(dag, conf)
    wait_for(lambda: client.state(dag, run) in ("success", "failed"), f"{dag} to end")
    return client.state(dag, run)


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
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    home = tmp_path_factory.mktemp("scheduler") / "home"
    with http_receiver() as posted, statsd_receiver() as metrics, pytest.MonkeyPatch.context() as patch:
        for name, value in _environment(home, posted, metrics).items():
            patch.setenv(name, value)
        with Launcher(Home(home), Settings(), Terminal()).open() as launcher:
            _seed(launcher)
            state = _run(launcher, NEWS_INGEST, {"force": True})
            late = wait_for(lambda: [t for t in _texts(posted) if "is late" in t], "the deadline's message")
            _run(launcher, "news_watch", {})
            wait_for(lambda: "newsflow.alarms.open" in " ".join(metrics.seen), "the watch's metrics", 30)
            lines = (home / "lineage.json").read_text().splitlines()
            yield Night(
                launcher,
                state,
                _texts(posted),
                late,
                metrics,
                [json.loads(line) for line in lines],
                _logs(Home(home).logs),
                _asset(launcher),
            )


def test_a_missed_deadline_is_told_while_the_run_is_at_work_and_over_when_it_has_ended(night: Night) -> None:
    assert night.state == "success"
    assert "was to be done by" in night.late[0]
    assert "runbooks/run_late" in night.late[0]
    ((opened, resolved, ended),) = night.rows(
        "select a.opened_at, a.resolved_at, (select max(ended_at) from ingest.run where dag_id = 'news_ingest')"
        " from ingest.ops_alarm a where cause = 'run_late'"
    )
    assert opened < ended < resolved
    about = [text.splitlines()[0] for text in night.messages if "late" in text.splitlines()[0]]
    assert about == ["The nightly run is late", "Resolved: The nightly run is late"]


def test_a_statsd_socket_receives_our_figures_and_airflows(night: Night) -> None:
    seen = night.metrics.seen
    (loaded,) = night.rows("select count(*) from news.articles")[0]
    assert seen["airflow.newsflow.run.new_articles"][-1] == (loaded, "g")
    assert seen["airflow.newsflow.alarms.resolved"][-1][1] == "c"
    assert seen["airflow.newsflow.pages.rejected"][-1][0] > 0
    assert any(name.startswith("airflow.dagrun.duration.success") for name in seen)
    assert any(name.startswith("airflow.deadline_alerts.deadline_missed") for name in seen)


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
    password = night.launcher.database_url.split(":")[2].partition("@")[0]
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
    assert night.rows("select max(change_id) from news.changes") == [(night.asset["change_id"],)]
