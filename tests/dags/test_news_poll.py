"""dags/news_poll.py as Airflow reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.paths import ROOT
from tests.waiting import PATIENCE_S

FILE = ROOT / "dags" / "news_poll.py"
_SHOW = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("news_poll_file", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dag = module.news_poll()
task = dag.get_task("poll")
print(json.dumps({
    "dag_id": dag.dag_id, "tasks": [t.task_id for t in dag.topological_sort()],
    "mapped": [t.task_id for t in dag.tasks if t.is_mapped], "catchup": dag.catchup, "runs": dag.max_active_runs,
    "schedule": [dag.schedule.expression, str(dag.schedule.timezone), dag.schedule.run_immediately.total_seconds()],
    "tags": sorted(dag.tags), "doc": bool(dag.doc_md), "owner": task.owner,
    "retries": task.retries, "timeout": task.execution_timeout.total_seconds(), "params": sorted(dag.params),
}))
"""


@pytest.fixture(scope="module")
def dag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("airflow")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "AIRFLOW_HOME": str(home)}
    env |= {"AIRFLOW__CORE__LOAD_EXAMPLES": "False", "NEWSFLOW_POLL_SCHEDULE": "*/20 * * * *"}
    done = subprocess.run(
        [sys.executable, "-c", _SHOW, str(FILE)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_dag_asks_in_shards_on_its_own_schedule(dag: dict[str, Any]) -> None:
    assert (dag["dag_id"], dag["schedule"]) == ("news_poll", ["*/20 * * * *", "UTC", 0])
    assert (dag["tasks"], dag["mapped"]) == (["claim", "poll", "finish"], ["poll"])
    assert (dag["catchup"], dag["runs"]) == (False, 1)


def test_it_has_an_owner_retries_a_time_out_and_a_runbook(dag: dict[str, Any]) -> None:
    assert (dag["owner"], dag["retries"] >= 2, dag["doc"]) == ("newsflow", True, True)
    assert 60 <= dag["timeout"] <= 3600
    assert "news" in dag["tags"]
    assert dag["params"] == ["feeds", "force", "publishers"]
