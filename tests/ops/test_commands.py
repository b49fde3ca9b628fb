"""`newsflow status` and `newsflow doctor`, as processes; the doctor mostly in ours, since it starts a whole Airflow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from click.testing import Result
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr
from typer.testing import CliRunner

from newsflow import __version__
from newsflow.clock import utcnow
from newsflow.commands.doctor import app
from newsflow.local.postgres import Server
from newsflow.ops.doctor import CheckResult, _clock, examine
from newsflow.settings import Settings, get_settings
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow


def newsflow(*args: str, dsn: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "plugins"),
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
    }
    env |= {"NEWSFLOW_DATABASE_URL": dsn, "NEWSFLOW_HOME": str(home), **more}
    command = [sys.executable, "-m", "newsflow.cli", *args]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


def doctor(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    """`newsflow doctor` in this process."""
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", dsn)
    get_settings.cache_clear()
    done = CliRunner().invoke(app, [])
    get_settings.cache_clear()
    return done


def test_status_is_not_good_where_nobody_asks_the_feeds_any_more(month_dsn: str, tmp_path: Path) -> None:
    done = newsflow("status", dsn=month_dsn, home=tmp_path)
    assert done.returncode == 1
    assert "not good no feed was asked since" in done.stdout


def test_status_of_a_good_night(month_dsn: str, tmp_path: Path) -> None:
    with psycopg2.connect(month_dsn) as conn, conn.cursor() as cursor:
        cursor.execute("update ingest.feed set last_poll_at = now()")
    conn.close()
    done = newsflow("status", dsn=month_dsn, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Last run good" in done.stdout
    assert "deduplicate" in done.stdout


@pytest.fixture
def _long_ago(month_dsn: str) -> None:
    """Bring the month to the present, since the command reads the real clock."""
    with psycopg2.connect(month_dsn) as conn, conn.cursor() as cursor:
        cursor.execute(
            "update ingest.run set started_at = started_at + (now() - (select max(started_at) from ingest.run))"
        )
    conn.close()


@pytest.mark.usefixtures("_long_ago")
def test_status_tells_programs_the_funnel(month_dsn: str, tmp_path: Path) -> None:
    found: dict[str, Any] = json.loads(newsflow("status", "--json", dsn=month_dsn, home=tmp_path).stdout)
    assert found["last"]["state"] == "success"
    assert [s["stage"] for s in found["funnel"]] == ["fetch", "extract", "deduplicate", "load"]
    assert found["totals"]["publishers"] == 14
    assert found["second_looks"]["extracted"] > found["second_looks"]["rescued"] == 0


@pytest.mark.usefixtures("_long_ago")
def test_a_critical_alarm_makes_the_exit_code_speak(month_dsn: str, tmp_path: Path) -> None:
    with psycopg2.connect(month_dsn) as conn, conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.ops_alarm (cause, severity, sentence, opened_at, seen_at)"
            " values ('disk', 'critical', 'The archive [red]is full[/].', now(), now())"
        )
    conn.close()
    done = newsflow("status", dsn=month_dsn, home=tmp_path)
    assert done.returncode == 1
    assert "The archive [red]is full[/]." in done.stdout
    assert "docs/runbooks/disk.md" in done.stdout


def test_status_before_the_first_run(dsn: str, tmp_path: Path) -> None:
    done = newsflow("status", dsn=dsn, home=tmp_path)
    assert done.returncode == 3
    assert "No run yet" in done.stdout


def test_doctor_finds_a_healthy_house_and_names_what_is_not_up(dsn: str, tmp_path: Path) -> None:
    done = newsflow("doctor", "--json", dsn=dsn, home=tmp_path, AIRFLOW__API__BASE_URL="http://127.0.0.1:1")
    found = {r["name"]: r for r in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert {
        n: found[n]["state"] for n in ("database", "migrations", "room", "clock", "archive", "dns", "robots")
    } == dict.fromkeys(("database", "migrations", "room", "clock", "archive", "dns", "robots"), "ok")
    assert found["airflow"]["state"] == "warn"
    assert all(r["cure"] for r in found.values() if r["state"] != "ok")


def test_doctor_without_a_database_gives_the_cure_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    done = doctor("postgresql://me:hunter2@127.0.0.1:1/news", monkeypatch)
    assert done.exit_code == 1
    assert "newsflow up" in done.stdout
    assert "hunter2" not in done.output


def _examine(dsn: str, **more: object) -> dict[str, CheckResult]:
    return {r.name: r for r in examine(Settings(database_url=SecretStr(dsn), **more))}  # type: ignore[arg-type]


def test_doctor_sees_an_archive_that_cannot_be_written(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert _examine(dsn, archive=str(tmp_path / "file" / "archive"))["archive"].state == "fail"


def test_doctor_sees_an_empty_database(dsn: str) -> None:
    with psycopg2.connect(dsn) as conn, conn.cursor() as cursor:
        cursor.execute("drop schema newsflow_meta cascade")
    conn.close()
    assert _examine(dsn)["migrations"] == CheckResult("migrations", "fail", "the database is empty", "newsflow migrate")


def test_doctor_names_readers_without_limits(dsn: str) -> None:
    with psycopg2.connect(dsn) as conn, conn.cursor() as cursor:
        cursor.execute(f"create role bare_{os.getpid()} login in role news_reader")
    conn.close()
    try:
        found = _examine(dsn)
    finally:
        with psycopg2.connect(dsn) as conn, conn.cursor() as cursor:
            cursor.execute(f"drop role bare_{os.getpid()}")
        conn.close()
    assert found["readers"].state == "warn"
    assert f"bare_{os.getpid()}" in found["readers"].detail


def test_status_and_doctor_before_the_first_migration(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (("status",), ("status", "--json")):
        done = newsflow(*command, dsn=postgres.url(), home=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            f"newsflow: the database is older than newsflow {__version__}, "
            "it lacks 0001_ingest.sql and more: newsflow migrate\n"
        )
    assert "→ newsflow migrate" in doctor(postgres.url(), monkeypatch).stdout


def test_status_without_a_database_is_one_line(tmp_path: Path) -> None:
    done = newsflow("status", dsn="postgresql://me:hunter2@127.0.0.1:1/news", home=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stderr


def test_piped_lines_are_not_broken(month_dsn: str, tmp_path: Path) -> None:
    with psycopg2.connect(month_dsn) as conn, conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.ops_alarm (cause, severity, sentence, opened_at, seen_at)"
            " values ('disk', 'warning', %s, now(), now())",
            ("word " * 60,),
        )
    conn.close()
    done = newsflow("status", dsn=month_dsn, home=tmp_path)
    assert any(line.startswith("warning word") and "docs/runbooks/disk.md" in line for line in done.stdout.splitlines())


class TestConnection:
    """Which database the tasks use, as the doctor tells it."""

    def examine(self, monkeypatch: pytest.MonkeyPatch, given: str, stored: str) -> dict[str, CheckResult]:
        monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", stored) if stored else monkeypatch.delenv(
            "AIRFLOW_CONN_NEWS_DB", raising=False
        )
        return _examine(given)

    def test_airflows_connection_is_used_where_the_environment_names_none(
        self, dsn: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = self.examine(monkeypatch, "", dsn)
        assert (found["connection"].state, found["database"].state, found["migrations"].state) == ("ok", "ok", "ok")

    def test_a_wrong_one_fails_with_a_cure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.examine(monkeypatch, "", "postgresql://me:hunter2@127.0.0.1:1/news")
        assert found["database"].state == "fail"
        assert "news_db" in found["database"].cure
        assert "hunter2" not in str(found)

    def test_two_that_differ_are_told(self, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.examine(monkeypatch, dsn, "postgresql://me:hunter2@127.0.0.1:1/news")
        assert (found["connection"].state, found["database"].state) == ("warn", "ok")
        assert self.examine(monkeypatch, dsn, dsn)["connection"].state == "ok"

    @pytest.mark.parametrize(
        "stored", ["postgresql://me:hunter2%zz@h/x", "a://b://c://hunter2", "postgres://[hunter2/x"]
    )
    def test_one_that_can_not_be_read_is_not_quoted(self, monkeypatch: pytest.MonkeyPatch, stored: str) -> None:
        found = self.examine(monkeypatch, "", stored)
        assert found["database"].state == "fail"
        assert "hunter2" not in str(found)

    def test_none_at_all_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.examine(monkeypatch, "", "")
        assert (found["connection"].state, found["database"].state) == ("fail", "fail")
        assert "airflow connections add" in found["connection"].cure


def test_doctor_asks_the_network_about_known_origins(month_dsn: str) -> None:
    found = _examine(month_dsn)  # the scenario's hosts end in .example, which never resolves (RFC 2606)
    assert found["dns"].state == "fail"
    assert "courier.example" in found["dns"].detail
    assert found["robots"].state == "fail"


def test_doctor_sees_a_clock_that_is_wrong(conn: Connection) -> None:
    late = utcnow() + timedelta(minutes=3)
    assert _clock(conn, lambda: late).state == "warn"
