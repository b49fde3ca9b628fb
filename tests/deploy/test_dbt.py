"""The dbt package, run with dbt-postgres against a real database: build, follow changes, tell what is stale.

dbt lives in an environment of its own, for its requirements and Airflow's exclude each other. It is made once and kept
in the user's cache, under the hash of what it holds.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
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


def dbt(python: Path, world: World, work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run dbt in the package, as a user would, with nothing written into the checkout."""
    address = urlsplit(world.dsn)
    env = {
        **os.environ,
        "NEWS_HOST": address.hostname or "",
        "NEWS_PORT": str(address.port),
        "NEWS_USER": address.username or "",
        "NEWS_PASSWORD": address.password or "",
        "NEWS_DATABASE": address.path[1:],
        "NEWS_SCHEMA": "ana",
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PYTHONPATH": "",
    }
    command = [str(python), "-c", "from dbt.cli.main import cli; cli()", "--no-use-colors", *words]
    return subprocess.run(
        [*command, "--project-dir", str(PACKAGE), "--profiles-dir", str(PACKAGE)],
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )


COPY = "select article_id, revision, title from ana.article order by 1"
HOUSE = "select article_id, revision, title from news.articles order by 1"


def test_it_builds_follows_changes_and_tells_what_is_stale(python: Path, world: World, tmp_path: Path) -> None:
    newsroom(world)
    built = dbt(python, world, tmp_path, "build")
    assert built.returncode == 0, built.stdout[-3000:]
    assert "WARN=0 ERROR=0" in built.stdout
    assert "Deprecation" not in built.stdout
    assert world.rows(COPY) == world.rows(HOUSE) != []
    assert world.value("select sum(changes) from ana.change_day") == world.value("select count(*) from news.changes")

    stale = dbt(python, world, tmp_path, "source", "freshness")
    assert stale.returncode == 1, stale.stdout[-3000:]
    assert "ERROR STALE freshness of news.articles" in stale.stdout

    now = datetime.now(timezone.utc)
    run = world.run("later", now)
    world.clustered(run, "https://gazette.example/budget", "gazette.example", title="Budget passes after all")
    world.clustered(run, "https://gazette.example/new", "gazette.example", title="New")
    load(world.settings, run, clock=Ticker(now - timedelta(minutes=1)))
    gone = world.value("select article_id from news.articles where publisher = 'kurier.example'")
    retract(world.conn, [gone], "wrong", now)
    before = world.value("select max(change_id) from ana.article")
    built = dbt(python, world, tmp_path, "build", "--select", "article", "change_day")
    assert built.returncode == 0, built.stdout[-3000:]
    assert world.rows(COPY) == world.rows(HOUSE)
    assert world.rows("select title from ana.article where change_id > %s order by 1", before) == [
        ("Budget passes after all",),
        ("New",),
    ]
    assert world.value("select sum(changes) from ana.change_day") == world.value("select count(*) from news.changes")
    fresh = dbt(python, world, tmp_path, "source", "freshness")
    assert fresh.returncode == 0, fresh.stdout[-3000:]
