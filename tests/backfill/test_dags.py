"""The Dags' forms, their pool, and the commands: thin, and wired to the steps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from typer.testing import CliRunner

from newsflow import pipeline as nightly
from newsflow.backfill.request import BackfillRequest
from newsflow.clock import utcnow
from newsflow.commands import backfill, reprocess
from newsflow.names import NEWS_BACKFILL, POOL
from newsflow.settings import Settings
from newsflow.store.db import transaction
from tests.backfill.foreign import pages, write
from tests.backfill.test_reading import read_all, rows
from tests.paths import ROOT

LOOK = """
import json, runpy, sys
found = {}
for name in ("news_backfill", "news_reprocess"):
    dag = runpy.run_path(f"{sys.argv[1]}/{name}.py")["DAG"]
    found[name] = dict(
        tasks=sorted(t.task_id for t in dag.tasks), pools=sorted({t.pool for t in dag.tasks}),
        params=sorted(dag.params), schedule=str(dag.schedule), doc=dag.doc_md)
print("FOUND" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    env = {**os.environ, "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")), "PYTHONPATH": str(ROOT / "plugins")}
    words = [sys.executable, "-c", LOOK, str(ROOT / "dags")]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.partition("FOUND")[2])  # type: ignore[no-any-return]


def test_both_run_in_a_pool_of_their_own_and_only_by_hand(dags: dict[str, dict[str, object]]) -> None:
    for dag in dags.values():
        assert dag["pools"] == [POOL]
        assert dag["schedule"] == "None"


def test_the_forms_ask_what_the_steps_understand(dags: dict[str, dict[str, object]]) -> None:
    assert dags["news_backfill"]["params"] == sorted(BackfillRequest(warc=("x",)).as_params())
    assert set(dags["news_reprocess"]["params"]) >= {"action", "reprocess", "publishers", "extractors"}  # type: ignore[call-overload]


def test_the_runbook_names_each_task(dags: dict[str, dict[str, object]]) -> None:
    for task in ("plan", "read", "check"):
        assert f"| `{task}` |" in str(dags["news_backfill"]["doc"])
    for task in dags["news_reprocess"]["tasks"]:  # type: ignore[attr-defined]
        assert f"| `{task}` |" in str(dags["news_reprocess"]["doc"])


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    home = settings.model_copy(update={"home": tmp_path / "home"})
    for module in (backfill, reprocess):
        monkeypatch.setattr(module, "database_settings", lambda: home)
    return CliRunner()


def test_the_commands_bring_in_compare_apply_and_undo(command: CliRunner, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", pages(6))
    done = command.invoke(backfill.app, ["run", "--warc", str(file), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["articles"] == 6
    assert "done" in command.invoke(backfill.app, ["status"]).output
    found = json.loads(command.invoke(reprocess.app, ["compare", "--outcome", "loaded", "--json"]).output)
    assert found["verdicts"] == {"same": 6}
    assert Path(found["html"]).read_text().startswith("<!doctype html>")
    for verb in ("apply", "undo"):
        assert command.invoke(reprocess.app, [verb, str(found["reprocess"])]).exit_code == 0
    assert "undone" in command.invoke(reprocess.app, ["list"]).output


def test_the_night_leaves_a_long_backfill_its_pages(conn: Connection, settings: Settings, tmp_path: Path) -> None:
    read_all(settings, BackfillRequest(warc=(str(write(tmp_path / "a.warc.gz", pages(3))),)))
    later = utcnow() + timedelta(days=3)
    run_id = nightly.open_run(settings, "news_ingest", "night")
    nightly.plan(settings, run_id, clock=lambda: later)
    taken = f"select count(*) from ingest.run_page where run_id = {run_id}"
    assert rows(conn, taken) == [(0,)]
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("update ingest.run set state = 'failed' where dag_id = %s", (NEWS_BACKFILL,))
    nightly.plan(settings, run_id, clock=lambda: later)
    assert rows(conn, taken) == [(3,)]
