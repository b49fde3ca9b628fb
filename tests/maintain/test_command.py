"""`newsflow maintain` as people call it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsflow.commands.maintain import app
from newsflow.maintain.dbt_sources import SOURCES
from newsflow.maintain.jobs import JOBS
from newsflow.maintain.snapshot import CONTRACT, DICTIONARY, SCHEMA, ContractError
from newsflow.settings import get_settings
from tests.paths import ROOT


@pytest.fixture
def database(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", dsn)
    get_settings.cache_clear()
    yield dsn
    get_settings.cache_clear()


@pytest.mark.usefixtures("database")
def test_run_does_what_is_due_and_then_only_the_hourly_jobs() -> None:
    first = CliRunner().invoke(app, ["run", "--json"])
    assert [report["job"] for report in json.loads(first.stdout)] == list(JOBS)
    again = CliRunner().invoke(app, ["run"])
    assert [line.split()[0] for line in again.stdout.splitlines()] == ["reap", "search", "figures"]


@pytest.mark.usefixtures("database")
def test_named_jobs_run_whether_due_or_not() -> None:
    for _ in range(2):
        done = CliRunner().invoke(app, ["run", "statistics", "--json"])
        assert [report["job"] for report in json.loads(done.stdout)] == ["statistics"]


@pytest.mark.usefixtures("database")
def test_an_unknown_job_is_wrong_usage() -> None:
    done = CliRunner().invoke(app, ["run", "polish"])
    assert done.exit_code == 2
    assert "no job polish" in done.stderr


@pytest.mark.usefixtures("database")
def test_reap_reports_whom_it_ended() -> None:
    done = CliRunner().invoke(app, ["reap", "--json"])
    assert json.loads(done.stdout)[0]["result"] == {"ended": []}


def test_docs_are_written_below_a_working_copy(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sql" / "migrations", tmp_path / "sql" / "migrations")
    done = CliRunner().invoke(app, ["docs", "--folder", str(tmp_path)])
    assert done.stdout.splitlines() == [f"wrote {name}" for name in (SCHEMA, DICTIONARY, CONTRACT, SOURCES)]
    assert (tmp_path / DICTIONARY).read_text() == (ROOT / DICTIONARY).read_text()
    (tmp_path / CONTRACT).write_text("articles.lost text\n")
    lost = CliRunner().invoke(app, ["docs", "--folder", str(tmp_path)])
    assert isinstance(lost.exception, ContractError)
