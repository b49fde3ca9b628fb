"""One run of `news_ingest` in the local scheduler: started, watched, and shown."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import dataclass

import psycopg2
import requests
from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.clock import utcnow
from newsflow.local.airflow import FINAL, USER, Client
from newsflow.local.home import Home
from newsflow.local.terminal import ProgressLines, Terminal
from newsflow.progress import StageProgress, snapshot
from newsflow.settings import Settings
from newsflow.store.db import connect, session

LOOK_EVERY_S = 1.0  # each look costs the servers some 15 ms of CPU, which the run lacks


@dataclass(frozen=True, slots=True)
class NightResult:
    """How a run ended; `run_id` is 0 where not even its first step began."""

    dag_run_id: str
    good: bool
    run_id: int = 0


def ingest(client: Client, settings: Settings, show: Terminal, dag_id: str, *, force: bool) -> NightResult:
    """Trigger a run and watch it to its end.

    :param force: ask all feeds now, due or not.
    """
    dag_run_id = client.trigger(dag_id, {"force": force})
    show.line(f"✓ triggered {dag_id}: {dag_run_id}")
    return watch(client, settings, show, dag_id, dag_run_id)


def watch(client: Client, settings: Settings, show: Terminal, dag_id: str, dag_run_id: str) -> NightResult:
    """Watch a run to its end."""
    with show.progress() as progress, closing(_Ledger(settings)) as ledger:
        state, run_id = _watch(client, settings, ledger, progress, dag_id, dag_run_id)
        if run_id:
            progress.end(ledger.stages(run_id))
    if state != "success":
        _complain(client, show, dag_id, dag_run_id)
    return NightResult(dag_run_id, state == "success", run_id)


def _watch(
    client: Client, settings: Settings, ledger: _Ledger, progress: ProgressLines, dag_id: str, dag_run_id: str
) -> tuple[str, int]:
    state, run_id = "queued", 0
    while state not in FINAL:
        time.sleep(LOOK_EVERY_S)
        with suppress(requests.RequestException):  # a busy API server is asked again
            state = client.state(dag_id, dag_run_id)
        run_id = run_id or _find(settings, dag_id, dag_run_id)
        if run_id:
            progress.update(ledger.stages(run_id), f"Airflow: {state}")
        else:
            progress.update([], f"Airflow: {state}, the first task is starting")
    return state, run_id or _find(settings, dag_id, dag_run_id)


def _find(settings: Settings, dag_id: str, dag_run_id: str) -> int:
    try:
        return pipeline.find_run(settings, dag_id, dag_run_id)
    except pipeline.RunNotBegunError:
        return 0


class _Ledger:
    """What the ledger says of a run, over one connection: to open one costs the server more than the answer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._conn: Connection | None = None
        self._seen: list[StageProgress] = []

    def stages(self, run_id: int) -> list[StageProgress]:
        """The stages of a run; where the server is away, as they were seen last."""
        try:
            self._conn = self._conn or connect(self._settings.dsn, application="newsflow up")
            self._seen = snapshot(self._conn, run_id, utcnow())
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            self.close()
        return self._seen

    def close(self) -> None:
        """Hang up."""
        if self._conn is not None:
            self._conn.close()
        self._conn = None


def _complain(client: Client, show: Terminal, dag_id: str, dag_run_id: str) -> None:
    """Name the tasks that failed; the reason stands in their logs and, for check, in the verdict."""
    failed = [t for t in client.tasks(dag_id, dag_run_id) if t["state"] not in ("success", "skipped")]
    for task in failed:
        label = f" [{task['rendered_map_index']}]" if task.get("rendered_map_index") else ""
        show.line(f"! task {task['task_id']}{label}: {task['state']}")
    show.line(f"! the run failed: {client.url}/dags/{dag_id}/runs/{dag_run_id}")


def summary(settings: Settings, show: Terminal, result: NightResult) -> None:
    """The funnel of the run, and the first queries with their answers."""
    if not result.run_id:
        return
    show.funnel(pipeline.funnel(settings, result.run_id))
    with session(settings.dsn, application="newsflow up") as conn:
        show.answers(conn)


def addresses(home: Home, settings: Settings, airflow_url: str, *, on_screen: bool) -> list[tuple[str, str]]:
    """Where to look next.

    :param on_screen: a person reads it. Else it may be a log that others read: it names the password's file instead.
    """
    password = home.password() if on_screen else f"in {home.passwords_file()}"
    parts = psycopg2.extensions.parse_dsn(settings.dsn)
    server = f"{parts.get('host', '')}:{parts.get('port', '5432')}/{parts.get('dbname', '')}"
    return [
        ("Airflow", f"{airflow_url}/dags/news_ingest   user {USER}   password {password}"),
        ("psql", f".venv/bin/newsflow psql   ({server})"),
        ("logs, archive", str(home.root)),
    ]
