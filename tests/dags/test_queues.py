"""Tasks that fetch and tasks that extract can have workers of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.paths import ROOT

# A fork for each environment: Airflow's imports, which all share, are what takes the time.
SHOW = """
import json, os, sys
from airflow.dag_processing.dagbag import DagBag
from newsflow.airflow_glue.dag_docs import bag
def queues():
    found = {dag.dag_id: dag.tasks for dag in bag().dags.values()}
    return {
        f"{name}.{task.task_id}": task.partial_kwargs.get("queue") if task.is_mapped else task.queue
        for name, tasks in found.items() for task in tasks}
for env in json.loads(sys.argv[1]):
    if not (child := os.fork()):
        os.environ.update(env)
        print("FOUND", json.dumps(queues()), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
USUAL = {"NEWSFLOW_FETCH_QUEUE": "", "NEWSFLOW_EXTRACT_QUEUE": ""}
MOVED = {"NEWSFLOW_FETCH_QUEUE": "web", "NEWSFLOW_EXTRACT_QUEUE": "cpu"}
Queues = dict[str, str | None]


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> tuple[Queues, Queues]:
    """Queue of each task, as the scheduler sends it: without settings of ours, and with them."""
    home = str(tmp_path_factory.mktemp("home"))
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "AIRFLOW_HOME": home}
    env["AIRFLOW__OPERATORS__DEFAULT_QUEUE"] = "theirs"
    command = [sys.executable, "-c", SHOW, json.dumps([USUAL, MOVED])]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    usual, moved = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    return usual, moved


def test_without_settings_all_tasks_go_to_airflow_s_own_queue(queues: tuple[Queues, Queues]) -> None:
    assert set(queues[0].values()) <= {"theirs", None}


def test_what_fetches_and_what_extracts_goes_where_the_settings_say(queues: tuple[Queues, Queues]) -> None:
    usual, found = queues
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
