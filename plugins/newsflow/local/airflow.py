"""A local Airflow 3.3: its environment, its four components, and a client of its REST API."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from newsflow import resources
from newsflow.errors import NewsflowError
from newsflow.local import logs
from newsflow.local.home import Home
from newsflow.local.processes import ProcessGroup
from newsflow.store.db import session, transaction

API_SERVER = "api-server"
# The API server reads the logs from this disk. Without the option, the scheduler and the triggerer would serve them
# to all the network: these servers can't be bound to loopback (airflow/utils/serve_logs, host="").
_NO_LOG_SERVER = "--skip-serve-logs"
COMPONENTS = {
    API_SERVER: (),
    "scheduler": (_NO_LOG_SERVER,),
    "dag-processor": (),
    "triggerer": (_NO_LOG_SERVER,),
}
USER = "admin"
READY_S = 300.0
ANSWER_S = 120.0  # for an answer of the API: against a hang
FINAL = ("success", "failed")


class AirflowError(NewsflowError):
    """Airflow did not do what it should; the message says where to look."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback port of the API server."""

    api: int

    @property
    def url(self) -> str:
        """Address of Airflow's pages and of its API."""
        return f"http://127.0.0.1:{self.api}"


def configuration(home: Home, ports: Ports, metadata_url: str, *, once: bool = False) -> dict[str, str]:
    """`AIRFLOW__SECTION__KEY` settings of the local Airflow; secrets are those of the home.

    :param once: whether it is up for one run alone.
    """
    sync = metadata_url.replace("postgresql://", "postgresql+psycopg2://", 1)
    return {
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(resources.dags_folder()),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__FERNET_KEY": home.fernet_key(),
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.passwords_file()),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{ports.url}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": sync,
        "AIRFLOW__API__BASE_URL": ports.url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(ports.api),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": home.secret("api_secret"),
        "AIRFLOW__API_AUTH__JWT_SECRET": home.secret("jwt", _long_secret),
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        # So long the scheduler sleeps between two tasks. Its own 1 s makes a night some two seconds longer; 0.5 s costs
        # 1 % of a core more at rest. Where it never rests, 0.1 s makes a run half a second shorter again.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1" if once else "0.5",
        # Each look at the folder writes three lines: every 10 s, that is 4.5 MB a day.
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        # A Dag file that was changed is parsed at once. All six cost 4 CPU seconds: too much for every 10 s.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        # Airflow writes a table of all Dag files every 30 s, 9 MB a day; import errors stand in its pages anyway.
        "AIRFLOW__DAG_PROCESSOR__PRINT_STATS_INTERVAL": "0",
        # Against a hang, not against a busy machine: Airflow's own 30 and 50 s are of the clock.
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "200",
        "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "250",
        "AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD": "250",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.logs / "tasks"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home.logs / "dag-processor"),
    }


def _long_secret() -> str:
    import secrets

    return secrets.token_urlsafe(64)  # HS512 wants 64 bytes (RFC 7518 §3.2)


def programs() -> Path:
    """Folder of the `airflow` command: that of this Python."""
    return Path(sys.executable).parent


@dataclass
class Airflow:
    """The local Airflow of a home, over metadata that is migrated where needed."""

    home: Home
    ports: Ports
    metadata_url: str
    env: Mapping[str, str]
    family: ProcessGroup
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        """Make the client; nothing is started yet."""
        self.client = Client(self.ports.url, self.home.password())

    def migrate(self) -> bool:
        """Bring the metadata to this Airflow's schema; False where the database itself says that it was done.

        :raises AirflowError: with the end of the log.
        """
        version = _version()
        if _migrated_by(self.metadata_url) == version:
            return False
        log = self.home.logs / "airflow-migrate.log"
        logs.keep(log)
        if self._command(log, "db", "migrate"):
            raise AirflowError(f"`airflow db migrate` failed, see {log}: {tail(log)}")
        _note_migrated(self.metadata_url, version)
        return True

    def _command(self, log: Path, *words: str) -> int:
        """Run an `airflow` command to its end; its output goes to the end of the log. Returns the exit code."""
        command = [str(programs() / "airflow"), *words]
        with log.open("ab") as output:
            return subprocess.run(
                command,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home.root,
                check=False,
            ).returncode

    def start(self) -> None:
        """Start the four components; `wait` tells when they answer."""
        for name, options in COMPONENTS.items():
            log = self.home.logs / f"{name}.log"
            logs.keep(log)
            self.family.start(name, [str(programs() / "airflow"), name, *options], self.env, log, self.home.root)

    def stop(self) -> None:
        """Stop all components and their children."""
        self.client.close()
        self.family.stop(stateless=(API_SERVER,))

    def check(self) -> None:
        """See that all components live.

        :raises AirflowError: where one has ended, with the end of its log.
        """
        for name, code in self.family.ended().items():
            log = self.home.logs / f"{name}.log"
            raise AirflowError(f"Airflow's {name} ended with {code}, see {log}: {tail(log)}")

    def wait(self, dag_id: str, progress: Callable[[str], None] = lambda _text: None) -> None:
        """Until API, scheduler and Dag are there, and the Execution API is built.

        :raises AirflowError: where that takes more than `READY_S`, or a component ends.
        """
        steps: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("waiting for Airflow's API", self.client.answers),
            ("waking the Execution API", self.client.warm),
            ("waiting for Airflow's scheduler", self.client.scheduling),
            (f"waiting for Airflow to read the Dag {dag_id}", lambda: self.client.knows(dag_id)),
        )
        deadline = time.monotonic() + READY_S
        for text, ready in steps:
            progress(text)
            while not ready():
                self.check()
                if time.monotonic() > deadline:
                    raise AirflowError(f"gave up {text} after {READY_S:.0f} s; logs: {self.home.logs}")
                time.sleep(0.25)


class Client:
    """What we ask of Airflow's REST API."""

    def __init__(self, url: str, password: str) -> None:
        """The token is fetched with the first call that needs one."""
        self.url, self._password = url, password
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business on loopback

    def close(self) -> None:
        """Hang up: the API server waits for open connections before it ends."""
        self._session.close()

    def answers(self) -> bool:
        """Whether the API server is there."""
        return self._probe("/api/v2/version") is not None

    def scheduling(self) -> bool:
        """Whether the scheduler's heartbeat is fresh."""
        found = self._probe("/api/v2/monitor/health")
        return found is not None and found.json().get("scheduler", {}).get("status") == "healthy"

    def warm(self) -> bool:
        """Have the Execution API built, so that the first task does not time out on it."""
        return bool(self._probe("/execution/health", timeout=60))

    def _probe(self, path: str, timeout: float = 10) -> requests.Response | None:
        try:
            found = self._session.get(self.url + path, timeout=timeout)
        except requests.RequestException:
            return None
        return found if found.ok else None

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> requests.Response:
        if "Authorization" not in self._session.headers:
            answer = self._session.post(
                f"{self.url}/auth/token", json={"username": USER, "password": self._password}, timeout=ANSWER_S
            )
            answer.raise_for_status()
            self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self._session.request(method, f"{self.url}/api/v2{path}", json=body, timeout=ANSWER_S)

    def knows(self, dag_id: str) -> bool:
        """Whether the Dag is there.

        :raises AirflowError: where its file has an import error.
        """
        found = self._call("GET", f"/dags/{dag_id}")
        if found.ok:
            return True
        for error in self._call("GET", "/importErrors").json().get("import_errors", []):
            raise AirflowError(f"{error['filename']} can't be imported: {error['stack_trace'].strip()[-1500:]}")
        return False

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler work on the Dag."""
        self.pause(dag_id, paused=False)

    def dags(self) -> list[dict[str, Any]]:
        """All Dags, as the API shows them."""
        answer = self._call("GET", "/dags?limit=500")
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["dags"]
        return found

    def pause(self, dag_id: str, *, paused: bool = True) -> None:
        """Keep the scheduler from the Dag, or let it work on it."""
        self._call("PATCH", f"/dags/{dag_id}?update_mask=is_paused", {"is_paused": paused}).raise_for_status()

    def trigger(self, dag_id: str, conf: Mapping[str, Any]) -> str:
        """Start a run by hand; returns its run_id.

        :raises AirflowError: where the API refuses, with its reason.
        """
        answer = self._call("POST", f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": dict(conf)})
        if not answer.ok:
            raise AirflowError(f"Airflow refused to start {dag_id}: {answer.status_code} {answer.text[:500]}")
        return str(answer.json()["dag_run_id"])

    def unfinished(self, dag_id: str) -> list[str]:
        """Runs that wait or are at work, oldest first."""
        answer = self._call("GET", f"/dags/{dag_id}/dagRuns?state=queued&state=running&order_by=id")
        answer.raise_for_status()
        return [str(run["dag_run_id"]) for run in answer.json()["dag_runs"]]

    def state(self, dag_id: str, run_id: str) -> str:
        """State of a run: queued, running, success or failed."""
        answer = self._call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
        answer.raise_for_status()
        return str(answer.json()["state"])

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run, as the API shows them."""
        answer = self._call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=500")
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["task_instances"]
        return found


def tail(log: Path, characters: int = 1500) -> str:
    """The end of a log, for a message."""
    try:
        return log.read_text(errors="replace").strip()[-characters:]
    except OSError:
        return "(no log)"


# The note lies on the table that tells the schema, so it goes with it. (`airflow db check-migrations` takes seconds.)
_LEDGER = "alembic_version"


def _migrated_by(metadata_url: str) -> str:
    """The Airflow that last migrated this database to its end; empty where none did."""
    with session(metadata_url) as conn, conn.cursor() as cursor:
        cursor.execute("select obj_description(to_regclass(%s), 'pg_class')", (_LEDGER,))
        found = cursor.fetchone()
    return (found[0] if found else None) or ""


def _note_migrated(metadata_url: str, version: str) -> None:
    with session(metadata_url) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(f"comment on table {_LEDGER} is %s", (version,))


def _version() -> str:
    from importlib.metadata import version

    return version("apache-airflow")
