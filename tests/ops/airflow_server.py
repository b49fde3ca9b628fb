"""A real Airflow API server with passwords on, over a month of history that ended last night."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import requests

from newsflow.local.postgres import free_port
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_for

ROLES = {"vera": "viewer", "otto": "op", "ada": "admin"}


@dataclass(frozen=True)
class Site:
    """Where it answers; passwords are the user's name and "-secret"."""

    url: str
    dsn: str
    run_id: str
    home: Path

    @property
    def pages(self) -> str:
        """Address of our pages."""
        return f"{self.url}/newsflow"

    def token(self, user: str) -> str:
        """Log in."""
        body = {"username": user, "password": f"{user}-secret"}
        answer = requests.post(f"{self.url}/auth/token", json=body, timeout=PATIENCE_S)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def session(self, user: str | None) -> requests.Session:
        """A client with the user's cookie, as a browser has it; None is the anonymous."""
        client = requests.Session()
        if user:
            client.cookies.set("_token", self.token(user))
        return client


def last_night() -> datetime:
    """02:00 UTC of the last night that has ended."""
    return (datetime.now(timezone.utc) - timedelta(hours=4)).replace(hour=2, minute=0, second=0, microsecond=0)


def _environment(home: Path, port: int, dsn: str) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}"
    (home / "passwords.json").write_text(json.dumps({user: f"{user}-secret" for user in ROLES}))
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": str(ROOT / "plugins"),
        "NEWSFLOW_DATABASE_URL": dsn,
        "NEWSFLOW_ARCHIVE": str(home / "archive"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{u}:{r}" for u, r in ROLES.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": "only-for-this-test",
        "AIRFLOW__API_AUTH__JWT_SECRET": "only-for-this-test" * 5,
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


# Metadata, Dags and the server by the commands for them, in one process: Airflow's imports are what takes the time.
COMMANDS = """
import sys
from airflow.__main__ import main
before = sys.argv[1:]
def airflow(*words):
    sys.argv = ["airflow", *words]
    main()
airflow("db", "migrate")
for words in before:
    airflow(*words.split())
airflow("dags", "reserialize")
from airflow.jobs.job import Job
Job(), Job()  # as two of Airflow's servers do when they start
airflow("api-server")
"""


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        assert process.poll() is None, log.read_text()[-3000:]
        with suppress(requests.RequestException):
            return requests.get(f"{url}/api/v2/version", timeout=PATIENCE_S).ok
        return False

    wait_for(answers, "Airflow's API server", pause_s=0.2)


@contextmanager
def serve(
    home: Path, dsn: str, run_id: str, *, python: str = sys.executable, before: Sequence[str] = (), **changes: str
) -> Iterator[Site]:
    """Metadata (SQLite), our Dags and the API server; ended with its whole process group.

    :param before: commands of Airflow, between the metadata and the Dags.
    :param changes: variables of its environment that are other than in a checkout.
    """
    port = free_port()
    env = {**_environment(home, port, dsn), **changes}
    log = home / "api.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-c", COMMANDS, *before], env=env, stdout=output, stderr=output, start_new_session=True, cwd=home
        )
    try:
        site = Site(f"http://127.0.0.1:{port}", dsn, run_id, home)
        _await(site.url, process, log)
        _note_run(site)
        yield site
    finally:
        with suppress(ProcessLookupError):  # it ended by itself: what is raised above says why
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _note_run(site: Site) -> None:
    """Give Airflow a Dag run of the ledger's name, for the tab on a run."""
    answer = requests.post(
        f"{site.url}/api/v2/dags/news_ingest/dagRuns",
        headers={"Authorization": f"Bearer {site.token('ada')}"},
        json={"dag_run_id": site.run_id, "logical_date": None},
        timeout=PATIENCE_S,
    )
    assert answer.ok, answer.text
