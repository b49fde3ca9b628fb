"""A command without a named database: that of the home, started where it is not up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow.commands import home_database
from newsflow.local import database, postgres
from newsflow.local.home import Home
from newsflow.local.terminal import Terminal
from newsflow.settings import Settings, SettingsError, get_settings
from tests.waiting import PATIENCE_S


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.delenv("NEWSFLOW_DATABASE_URL", raising=False)
    monkeypatch.setenv("NEWSFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))  # whose Airflow is none
    for name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    yield Home(tmp_path / "home")
    get_settings.cache_clear()


def newsflow(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "newsflow.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


def test_the_first_command_on_a_new_home_works_and_leaves_nothing_running(home: Home, tmp_path: Path) -> None:
    done = newsflow("feeds", "import", str(feeds(tmp_path)))
    assert (done.returncode, "1 added" in done.stdout + done.stderr) == (0, True), done
    found = newsflow("status")
    assert (found.returncode, "No run yet" in found.stdout) == (3, True), found
    assert home.running() is None
    assert not (tmp_path / "airflow").exists()


def feeds(folder: Path) -> Path:
    path = folder / "feeds.txt"
    path.write_text("https://news.example/rss\n")
    return path


def test_a_second_terminal_uses_the_server_that_is_up(home: Home, tmp_path: Path) -> None:
    with database.database(home, Settings(), Terminal.on_stderr()) as url:
        first = newsflow("feeds", "import", str(feeds(tmp_path)))
        listed = newsflow("feeds", "list")
        asked = newsflow("psql", "-Atc", "select current_setting('port')")
        assert home.running()
    assert "news.example" in listed.stdout, (first, listed)
    assert asked.stdout.strip() in url
    assert "starting PostgreSQL" not in listed.stderr


def test_doctor_asks_no_airflow_that_is_not_set_up(home: Home, tmp_path: Path) -> None:
    found = newsflow("doctor")
    assert "none is set up here" in found.stdout, found
    assert "FAIL" not in found.stdout.replace("FAIL  disk", "")
    assert not (tmp_path / "airflow").exists()


def test_without_a_server_on_this_machine_the_message_says_what_to_set(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> Path:
        raise FileNotFoundError("no PostgreSQL on this machine")

    monkeypatch.setattr(postgres, "binaries", none)
    with pytest.raises(SettingsError, match="NEWSFLOW_DATABASE_URL is not set"):
        _ = home_database.database_settings().dsn
