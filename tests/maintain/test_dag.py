"""dags/news_maintain.py in a real Airflow: it parses, and its task does the jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsflow.maintain.jobs import JOBS
from tests.load.world import World
from tests.paths import ROOT

CODE = """
import json, sys
sys.path.insert(0, "dags")
import news_maintain as file
dag = file.news_maintain()
task = dag.get_task("maintain")
print(json.dumps({"id": dag.dag_id, "schedule": str(dag.schedule), "catchup": dag.catchup, "runs": dag.max_active_runs,
                  "doc": bool(dag.doc_md), "result": task.python_callable({"force": True})}, default=str))
"""


@pytest.mark.airflow
def test_the_dag_parses_and_its_task_does_the_jobs(dsn: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT / "plugins"),
        "NEWSFLOW_DATABASE_URL": dsn,
        "NEWSFLOW_HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["id"], found["catchup"], found["runs"], found["doc"]) == ("news_maintain", False, 1, True)
    assert set(found["result"]) == {*JOBS, "task_logs"}
    world = World(dsn)
    assert world.value("select count(*) from news_internal.maintenance where ended_at is not null") == len(JOBS)
    world.conn.close()
