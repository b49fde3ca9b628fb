"""The command line as a user meets it: exit codes, one clear line, quick rooms."""

from __future__ import annotations

import importlib
import json
import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import typer

from newsflow import __version__, cli
from newsflow.cli import COMMANDS
from newsflow.errors import NewsflowError
from newsflow.reference.commands_page import commands
from newsflow.store.db import connect
from tests import command_line
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


@pytest.mark.parametrize("words", [["-h"], ["feeds", "-h"], ["status", "-h"], ["archive", "prune", "-h"]])
def test_the_short_option_for_help_works_everywhere(words: list[str]) -> None:
    done = newsflow(*words)
    assert (done.returncode, "Usage: newsflow" in done.stdout) == (0, True), done


GROUPS = [[], ["feeds"], ["publishers"], ["archive"], ["backfill"], ["reprocess"], ["readers"], ["checklist"]]


@pytest.mark.parametrize("words", GROUPS, ids=lambda words: " ".join(words) or "newsflow")
def test_a_bare_group_shows_its_help_and_nothing_else(words: list[str]) -> None:
    done = command_line.newsflow(*words)
    assert (done.returncode, done.stderr) == (2, b"")
    assert done.stdout.split()[:3] == [b"Usage:", b"newsflow", words[0].encode() if words else b"[OPTIONS]"]


def completed(shell: str, line: str, **env: str) -> list[str]:
    words = line.split(" ")
    asked = {"_NEWSFLOW_COMPLETE": f"complete_{shell}", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return newsflow(**asked, _TYPER_COMPLETE_ARGS=line, **env).stdout.split("\n")


@pytest.mark.parametrize(
    ("shell", "env"), [("bash", {}), ("zsh", {}), ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"})]
)
def test_shells_complete_commands_and_options(shell: str, env: dict[str, str]) -> None:
    assert any("pause" in found for found in completed(shell, "newsflow feeds pau", **env))
    assert any("--publisher" in found for found in completed(shell, "newsflow feeds list --pu", **env))
    script = newsflow("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout
    assert "_NEWSFLOW_COMPLETE" in script


WITHOUT_JSON = {
    "up", "down", "psql", "dags-folder", "extract", "feeds export", "publishers export", "archive show", "maintain docs"
}  # fmt: skip


def verbs() -> dict[str, Any]:
    """All commands that do something, by their words."""
    return {words: command for words, command in commands() if not hasattr(command, "commands")}


def test_each_verb_speaks_json_but_those_whose_output_is_another_thing() -> None:
    assert {words for words, one in verbs().items() if not any("--json" in p.opts for p in one.params)} == WITHOUT_JSON


def test_what_a_verb_prints_with_json_is_one_document(dsn: str, tmp_path: Path) -> None:
    speaking = {words: one for words, one in verbs().items() if words not in WITHOUT_JSON}
    alone = [words for words, one in speaking.items() if not any(p.required for p in one.params)]
    env = {"NEWSFLOW_DATABASE_URL": dsn, "NEWSFLOW_HOME": str(tmp_path), "AIRFLOW_HOME": str(tmp_path / "airflow")}
    told = {words: command_line.newsflow(*words.split(), "--json", **env) for words in alone}
    good = {words for words, done in told.items() if done.stdout and json.loads(done.stdout) is not None}
    # these want more words, or have nothing to undo
    silent = {words: done.stderr for words, done in told.items() if words not in good}
    assert set(silent) <= {"backfill run", "dedupe", "publishers undo"}, (
        silent
    )  # they want more words, or have nothing to do


@pytest.mark.parametrize(
    "verb", ["feeds import", "feeds check", "feeds read", "publishers import", "import", "restore"]
)
def test_an_empty_file_is_one_clear_line(verb: str, dsn: str, tmp_path: Path) -> None:
    for name, data in (("empty.csv", b""), ("empty.opml", b""), ("bytes.yaml", bytes(range(256))), ("folder", None)):
        path = tmp_path / name
        path.mkdir() if data is None else path.write_bytes(data)
        done = command_line.newsflow(*verb.split(), str(path), NEWSFLOW_DATABASE_URL=dsn)
        assert done.returncode in (0, 1, 2), done
        assert b"Traceback" not in done.stderr
        assert done.returncode == 0 or b"newsflow: " in done.stderr.splitlines()[-1], (verb, name, done)
        path.rmdir() if data is None else path.unlink()


@pytest.mark.parametrize("verb", ["doctor --help", "feeds list"])
def test_a_reader_that_goes_away_is_no_trouble(verb: str, dsn: str) -> None:
    script = f"({shlex.quote(sys.executable)} -m newsflow.cli {verb}; echo $? >&2) | true"
    mine = {**os.environ, "PYTHONPATH": "plugins", "NEWSFLOW_DATABASE_URL": dsn}
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=mine,
        cwd=ROOT,
    )
    assert done.stderr in ("141\n", "1\n", "0\n")  # 1 of help; 0 where it had written before the reader went


def test_a_server_that_is_away_is_one_line_without_the_password() -> None:
    done = newsflow("migrate", NEWSFLOW_DATABASE_URL="postgresql://u:s3cret@127.0.0.1:1/x")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


def test_a_server_that_is_away_is_one_line_beside_progress_bars(tmp_path: Path) -> None:
    """Bars are drawn in a thread of their own, over a connection of its own."""
    (tmp_path / "a.jsonl").write_text('{"url": "https://a.example/1", "body": "x"}')
    done = newsflow("import", str(tmp_path / "a.jsonl"), NEWSFLOW_DATABASE_URL="postgresql://u:s3cret@127.0.0.1:1/x")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_server_that_goes_meanwhile_is_one_line(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    conn, killer = connect(dsn), connect(dsn)
    killer.cursor().execute("select pg_terminate_backend(%s, 5000)", (conn.info.backend_pid,))
    killer.close()
    for told in ("connection", "ended the connection"):  # at the next statement, and at those after it
        with pytest.raises((psycopg2.OperationalError, psycopg2.InterfaceError)) as caught:
            conn.cursor().execute("select 1")
        with pytest.raises(SystemExit, match="1"):
            cli._explain(caught.value)
        said = capsys.readouterr().err
        assert told in said
        assert said.count("\n") == 1


def test_a_bad_setting_is_named() -> None:
    done = newsflow("migrate", NEWSFLOW_SHARDS="many")
    assert done.returncode == 1
    assert "NEWSFLOW_SHARDS" in done.stderr
    assert "many" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_schedule_that_is_none_is_named_before_a_dag_is_missing() -> None:
    done = newsflow("migrate", NEWSFLOW_POLL_SCHEDULE="nightly")
    assert done.returncode == 1
    assert done.stderr == (
        "newsflow: NEWSFLOW_POLL_SCHEDULE: a schedule has five fields, such as 0 2 * * *, or is a name such as @daily\n"
    )


def test_migrate_speaks_json(dsn: str) -> None:
    done = newsflow("migrate", "--json", NEWSFLOW_DATABASE_URL=dsn)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"applied": []})


def test_version_is_that_of_the_package() -> None:
    done = newsflow("--version")
    assert (done.returncode, done.stdout) == (0, f"newsflow {__version__}\n")


def test_dags_folder_is_what_an_airflow_needs() -> None:
    folder = newsflow("dags-folder").stdout.strip()
    assert sorted(path.name for path in Path(folder).glob("*.py")) == sorted(
        p.name for p in (ROOT / "dags").glob("*.py")
    )
    (bundle,) = json.loads(newsflow("dags-folder", "--bundle").stdout)
    assert bundle["kwargs"] == {"path": folder}


@pytest.mark.parametrize("error", [KeyError("ops.runs"), ValueError("ours"), LookupError("ours")])
def test_a_fault_of_ours_keeps_its_traceback(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(type(error)) as caught:
        cli._explain(error)
    assert caught.value is error
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [NewsflowError("do this\nand that"), OSError("do this")])
def test_what_a_user_can_mend_is_one_line(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        cli._explain(error)
    assert capsys.readouterr().err == "newsflow: do this\n"


OLDER = "older than newsflow {version}, it lacks 0001_ingest.sql and more: newsflow migrate"
NEWER = "newer than newsflow {version}, which lacks 9999_x.sql: install the newer release"
AHEAD = "insert into newsflow_meta.migration values ('9999_x.sql', '')"
WORK = [["run"], ["backfill", "run", "--url", "{site}/a"], ["feeds", "add", "{site}/feed"], ["reprocess", "compare"]]


@pytest.mark.parametrize("command", WORK, ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("statement", "told"),
    [("delete from newsflow_meta.migration", OLDER), ("drop schema newsflow_meta cascade", OLDER), (AHEAD, NEWER)],
    ids=["older", "empty", "newer"],
)
def test_no_request_goes_out_to_a_database_of_another_release(
    dsn: str, command: list[str], statement: str, told: str
) -> None:
    with psycopg2.connect(dsn) as conn, conn.cursor() as cursor:
        cursor.execute(statement)
    conn.close()
    with socket.create_server(("127.0.0.1", 0)) as site:
        origin = f"http://127.0.0.1:{site.getsockname()[1]}"
        settings = {"NEWSFLOW_DATABASE_URL": dsn, "NEWSFLOW_ALLOW_ORIGINS": origin}
        done = command_line.newsflow(*(word.format(site=origin) for word in command), **settings)
        site.setblocking(False)
        with pytest.raises(BlockingIOError):
            site.accept()
    assert done.stderr.decode() == f"newsflow: the database is {told.format(version=__version__)}\n"
    assert done.returncode == 1
