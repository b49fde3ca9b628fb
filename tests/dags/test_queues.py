"""Tasks that fetch and tasks that extract can have workers of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

SHOW = """
import json
from newsflow.airflow_glue.dag_docs import bag
found = {dag.dag_id: dag.tasks for dag in bag().dags.values()}
print(json.dumps({
    f"{name}.{task.task_id}": task.partial_kwargs.get("queue") if task.is_mapped else task.queue
    for name, tasks in found.items() for task in tasks}))
"""


def queues(home: Path, **env: str) -> dict[str, str | None]:
    """Queue of each task, as the scheduler sends it."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "AIRFLOW_HOME": str(home), **env}
    done = subprocess.run([sys.executable, "-c", SHOW], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    env = {"NEWSFLOW_FETCH_QUEUE": "", "NEWSFLOW_EXTRACT_QUEUE": "", "AIRFLOW__OPERATORS__DEFAULT_QUEUE": "theirs"}
    return queues(tmp_path_factory.mktemp("home"), **env)


def test_without_settings_all_tasks_go_to_airflow_s_own_queue(usual: dict[str, str | None]) -> None:
    assert set(usual.values()) <= {"theirs", None}


def test_what_fetches_and_what_extracts_goes_where_the_settings_say(
    usual: dict[str, str | None], tmp_path: Path
) -> None:
    env = {"NEWSFLOW_FETCH_QUEUE": "web", "NEWSFLOW_EXTRACT_QUEUE": "cpu"}
    found = queues(tmp_path, **env, AIRFLOW__OPERATORS__DEFAULT_QUEUE="theirs")
    moved = {name: queue for name, queue in found.items() if queue != usual[name]}
    assert moved == {
        "news_ingest.poll": "web",
        "news_ingest.fetch": "web",
        "news_poll.poll": "web",
        "news_ingest.extract": "cpu",
        "news_backfill.read": "web",
        "news_backfill.fetch": "web",
        "news_backfill.extract": "cpu",
        "news_reprocess.begin": "cpu",
    }
