"""Nights in a real Airflow, disturbed: its scheduler, its tasks or PostgreSQL killed while a stage works.

What ended is started again, as a service manager does (`restart: unless-stopped` in the Compose file). A run that is
red in the end is followed by another one, as the next night would. Then the rows of an undisturbed twin are compared.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest
import requests

from newsflow import pipeline
from newsflow.local.airflow import programs
from newsflow.local.database import DATABASE
from newsflow.local.home import Home
from newsflow.local.launcher import Launcher
from newsflow.local.postgres import Server, binaries
from newsflow.local.terminal import Terminal
from newsflow.local.unprivileged import data_folder
from newsflow.names import NEWS_INGEST
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.archive import Archive
from newsflow.store.archive_audit import audit
from newsflow.store.db import connect
from tests.chaos.result import Result
from tests.paths import ROOT
from tests.pipeline.night import differences, left, settings_for

PATIENCE_S = 300.0
# Airflow notices within seconds, not minutes, that somebody died.
ENVIRONMENT = {
    "NEWSFLOW_RETRY_DELAY_S": "3",
    "NEWSFLOW_FETCH_BATCH": "5",
    "NEWSFLOW_DELAY_S": "0.3",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
}
FAULTS = (
    ("scheduler", "fetch"),
    ("PostgreSQL", "fetch"),
    ("scheduler and its tasks", "extract"),
    ("PostgreSQL", "load"),
    ("scheduler", "deduplicate"),
    ("scheduler and its tasks", "fetch"),
)


class Nights:
    """An Airflow with a newsroom, and a database to begin each night with; use as a context manager."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.folder, self.chance = folder, random.Random(seed)

    def __enter__(self) -> Nights:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self._stack = self._opened()
        self.launcher = self._stack.__enter__()
        address = urlsplit(self.launcher.database_url)
        home = self.launcher.home
        self.server = Server(data_folder(home.root) / "data", address.port or 0, binaries())
        self._sql(f"create database pristine template {DATABASE}", "create database twin template pristine")
        self.twin = self._undisturbed()
        self.launcher.airflow.client.unpause(NEWS_INGEST)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _opened(self) -> Iterator[Launcher]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**ENVIRONMENT, "NEWSFLOW_HOME": str(self.folder / "home")}.items():
                patch.setenv(name, value)
            with Launcher(Home(self.folder / "home"), Settings(), Terminal()).open() as running:
                yield running

    def _sql(self, *statements: str) -> None:
        conn = psycopg2.connect(self.server.url())
        conn.autocommit = True
        for statement in statements:
            conn.cursor().execute(statement)
        conn.close()

    def _undisturbed(self) -> dict[str, list[tuple[object, ...]]]:
        assert self.launcher.newsroom is not None
        dsn = self.server.url("twin")
        pipeline.run_all(
            settings_for(dsn, self.folder / "twin", self.launcher.newsroom), "twin", RunRequest(force=True)
        )
        return left(dsn)

    def strike(self, victim: str, stage: str) -> Result:
        """One night: begin, kill once the stage is at work, start again what ended, wait, compare."""
        self._sql(f"drop database {DATABASE} with (force)", f"create database {DATABASE} template pristine")
        shutil.rmtree(self.launcher.home.archive, ignore_errors=True)
        client = self.launcher.airflow.client
        name = client.trigger(NEWS_INGEST, {"force": True})
        self._await_stage(stage)
        time.sleep(delay := self.chance.uniform(0.0, 0.6))
        result = Result(f"SIGKILL of {victim} under Airflow", stage, f"{delay:.2f} s after its start", hit=True)
        self._kill(victim)
        result.ended = self._end_of(name)
        result.recovered = "the run went on"
        if result.ended != "success":
            result.recovered = f"the next run: {self._end_of(client.trigger(NEWS_INGEST, {}))}"
        result.differences = differences(left(self.launcher.database_url), self.twin) + self._faults()
        return result

    def _await_stage(self, stage: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with connect(self.launcher.database_url) as conn, conn.cursor() as cursor:
                cursor.execute("select count(*) from ingest.run_stage where stage = %s", (stage,))
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.1)
        raise TimeoutError(f"{stage} did not begin")

    def _kill(self, victim: str) -> None:
        if victim == "PostgreSQL":
            os.kill(self.server.pid(), signal.SIGKILL)
            time.sleep(2)
            self.server.start()
            return
        scheduler = psutil.Process(self.launcher.airflow.family.children["scheduler"].pid)
        doomed = [scheduler, *(scheduler.children(recursive=True) if "tasks" in victim else [])]
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _end_of(self, dag_run_id: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self._restart()
            with suppress(requests.RequestException):
                state = self.launcher.airflow.client.state(NEWS_INGEST, dag_run_id)
                if state in ("success", "failed"):
                    return state
            time.sleep(1)
        return "never"

    def _restart(self) -> None:
        airflow = self.launcher.airflow
        for name in airflow.family.ended():
            log = airflow.home.logs / f"{name}.log"
            airflow.family.start(name, [str(programs() / "airflow"), name], airflow.env, log, ROOT)

    def _faults(self) -> list[str]:
        archive = Archive(str(self.launcher.home.archive))
        with connect(self.launcher.database_url) as conn:
            found = audit(conn, archive, datetime.now(timezone.utc), grace_s=-60.0)
        return [f"archive: {fault.kind} {fault.file}" for fault in found.faults]

    def run(self, nights: int) -> Iterator[Result]:
        """So many disturbed nights."""
        for number in range(nights):
            yield self.strike(*FAULTS[number % len(FAULTS)])
