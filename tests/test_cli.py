"""The command line as a user meets it: exit codes, one clear line, quick rooms."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys

import pytest
import typer

from newsflow.cli import COMMANDS
from tests.paths import ROOT


def newsflow(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("NEWSFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "newsflow.cli", *args],
        capture_output=True,
        text=True,
        check=False,
        env={**inherited, "PYTHONPATH": str(ROOT / "plugins"), "NO_COLOR": "1", **env},
    )


def test_help_names_every_command() -> None:
    done = newsflow("--help")
    assert done.returncode == 0
    assert [name for name in COMMANDS if f" {name} " not in done.stdout] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists(name: str) -> None:
    module, attribute, _ = COMMANDS[name]
    assert isinstance(getattr(importlib.import_module(f"newsflow.commands.{module}"), attribute), typer.Typer)


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (["frobnicate"], "frobnicate"),
        (["run", "--limit", "0"], "--limit"),
        (["run", "--frob"], "--frob"),
        (["migrate", "surplus"], "surplus"),
    ],
)
def test_bad_usage_is_one_clear_line_and_exit_code_2(args: list[str], names: str) -> None:
    done = newsflow(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert names in done.stderr


def test_no_database_is_one_line_with_a_cure() -> None:
    done = newsflow("migrate")
    assert done.returncode == 1
    assert done.stderr == "newsflow: NEWSFLOW_DATABASE_URL is not set (run `newsflow up` for a local server)\n"


def test_a_server_that_is_away_is_one_line_without_the_password() -> None:
    done = newsflow("migrate", NEWSFLOW_DATABASE_URL="postgresql://u:s3cret@127.0.0.1:1/x")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


def test_a_bad_setting_is_named() -> None:
    done = newsflow("migrate", NEWSFLOW_SHARDS="many")
    assert done.returncode == 1
    assert "NEWSFLOW_SHARDS" in done.stderr
    assert "many" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_migrate_speaks_json(dsn: str) -> None:
    done = newsflow("migrate", "--json", NEWSFLOW_DATABASE_URL=dsn)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"applied": []})
