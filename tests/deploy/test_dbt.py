"""The dbt package, run with dbt-postgres against a real database: build, follow changes, tell what is stale.

dbt lives in an environment of its own, for its requirements and Airflow's exclude each other. It is made once and kept
in the user's cache, under the hash of what it holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from platformdirs import user_cache_path

from newsflow.load.step import load
from newsflow.maintain.retraction import retract
from tests.contract.sample import newsroom
from tests.load.world import Ticker, World
from tests.paths import ROOT

PACKAGE = ROOT / "deploy/dbt"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment with what deploy/dbt/requirements.txt names."""
    wanted = PACKAGE / "requirements.txt"
    name = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = user_cache_path("newsflow-tests") / f"dbt-{name}"
    if not (folder / "ready").exists():
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(folder)], check=True)
        there = ["--python", str(folder / "bin/python"), "-r", str(wanted)]
        subprocess.run([uv, "pip", "install", "-q", *there], check=True)
        (folder / "ready").touch()
    return folder / "bin/python"


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.conn.close()


# Commands of dbt, each in a fork of one process: its imports are half of what a command takes.
SERVE = """
import json, os, sys, tempfile
import dbt.adapters.postgres
from dbt.cli.main import cli
for line in sys.stdin:
    asked = json.loads(line)
    with tempfile.TemporaryFile("w+") as output:
        if not (child := os.fork()):
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            os.environ.update(asked["env"])
            sys.argv = ["dbt", *asked["words"]]
            cli()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        output.seek(0)
        print(json.dumps([code, output.read()]), flush=True)
"""


@dataclass
class Dbt:
    """dbt at work in the package, as a user would call it, with nothing written into the checkout."""

    process: subprocess.Popen[str]
    env: dict[str, str]

    def __call__(self, *words: str) -> tuple[int, str]:
        """A command: its exit code, and what it said."""
        assert self.process.stdin and self.process.stdout
        places = ["--project-dir", str(PACKAGE), "--profiles-dir", str(PACKAGE)]
        asked = {"env": self.env, "words": ["--no-use-colors", *words, *places]}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        code, said = json.loads(self.process.stdout.readline())
        return code, said


@pytest.fixture
def dbt(python: Path, world: World, tmp_path: Path) -> Iterator[Dbt]:
    address = urlsplit(world.dsn)
    env = {
        "NEWS_HOST": address.hostname or "",
        "NEWS_PORT": str(address.port),
        "NEWS_USER": address.username or "",
        "NEWS_PASSWORD": address.password or "",
        "NEWS_DATABASE": address.path[1:],
        "NEWS_SCHEMA": "ana",
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    process = subprocess.Popen(
        [str(python), "-c", SERVE],
        env={**os.environ, **env, "PYTHONPATH": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Dbt(process, env)
    process.communicate()


COPY = "select article_id, revision, title from ana.article order by 1"
HOUSE = "select article_id, revision, title from news.articles order by 1"


def test_it_builds_follows_changes_and_tells_what_is_stale(dbt: Dbt, world: World) -> None:
    newsroom(world)
    built, said = dbt("build")
    assert built == 0, said[-3000:]
    assert "WARN=0 ERROR=0" in said
    assert "Deprecation" not in said
    assert world.rows(COPY) == world.rows(HOUSE) != []
    assert world.value("select sum(changes) from ana.change_day") == world.value("select count(*) from news.changes")

    stale, said = dbt("source", "freshness")
    assert stale == 1, said[-3000:]
    assert "ERROR STALE freshness of news.articles" in said

    now = datetime.now(timezone.utc)
    run = world.run("later", now)
    world.clustered(run, "https://gazette.example/budget", "gazette.example", title="Budget passes after all")
    world.clustered(run, "https://gazette.example/new", "gazette.example", title="New")
    load(world.settings, run, clock=Ticker(now - timedelta(minutes=1)))
    gone = world.value("select article_id from news.articles where publisher = 'kurier.example'")
    retract(world.conn, [gone], "wrong", now)
    before = world.value("select max(change_id) from ana.article")
    built, said = dbt("build", "--select", "article", "change_day")
    assert built == 0, said[-3000:]
    assert world.rows(COPY) == world.rows(HOUSE)
    assert world.rows("select title from ana.article where change_id > %s order by 1", before) == [
        ("Budget passes after all",),
        ("New",),
    ]
    assert world.value("select sum(changes) from ana.change_day") == world.value("select count(*) from news.changes")
    fresh, said = dbt("source", "freshness")
    assert fresh == 0, said[-3000:]
