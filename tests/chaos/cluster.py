"""Nights on Celery: two workers with homes of their own, one of them killed while a stage works.

The broker is a Redis server where this machine has one, else its stand-in: a folder (kombu's file system transport).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from newsflow.local.airflow import programs
from newsflow.local.home import Home
from newsflow.local.launcher import Launcher
from newsflow.local.postgres import free_port
from newsflow.local.terminal import Terminal
from newsflow.settings import Settings
from tests.chaos.nights import ENVIRONMENT, Nights
from tests.chaos.result import Result

WORKERS = ("worker-one", "worker-two")
# Airflow notices within seconds, not after ten minutes, that a dead worker had taken a task that it never began.
LOST = {
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
}
NOBODY = "nobody"
FAULTS = ((NOBODY, "fetch"), ("a worker", "fetch"), ("a worker", "extract"), ("a worker", "deduplicate"))


@contextmanager
def broker(folder: Path) -> Iterator[dict[str, str]]:
    """Airflow's settings of a broker that runs as long as this block."""
    program = shutil.which("redis-server")
    if program is None:
        (folder / "queue").mkdir()
        options = dict.fromkeys(("DATA_FOLDER_IN", "DATA_FOLDER_OUT", "CONTROL_FOLDER"), str(folder / "queue"))
        found = {f"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__{name}": value for name, value in options.items()}
        yield {**found, "AIRFLOW__CELERY__BROKER_URL": "filesystem://"}
        return
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--requirepass", "secret"]
    with subprocess.Popen([program, *words], stdout=subprocess.DEVNULL) as process:
        yield {
            "AIRFLOW__CELERY__BROKER_URL": f"redis://:secret@127.0.0.1:{port}/0",
            "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "90000",
        }
        process.terminate()


@dataclass
class CeleryLauncher(Launcher):
    """The local Airflow, with Celery's executor."""

    celery: dict[str, str] = field(default_factory=dict)

    def _start_airflow(self, metadata_url: str) -> None:
        backend = metadata_url.replace("postgresql://", "db+postgresql+psycopg2://", 1)
        self.celery |= {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW__CELERY__RESULT_BACKEND": backend}
        super()._start_airflow(metadata_url)

    def _task_environment(self) -> dict[str, str]:
        archive = {"NEWSFLOW_ARCHIVE": str(self.home.archive)}  # workers have other homes
        return {**super()._task_environment(), **archive, **self.celery}

    def start_worker(self, name: str) -> None:
        """Start a worker in a home of its own, or again where it was killed."""
        home = self.home.root / name
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        env = {**self.airflow.env, "AIRFLOW_HOME": str(home / "airflow"), "NEWSFLOW_HOME": str(home)}
        words = ["celery", "worker", "--celery-hostname", name, "--concurrency", "2", "--skip-serve-logs"]
        log = self.home.logs / f"{name}.log"
        self.airflow.family.start(name, [str(programs() / "airflow"), *words], env, log, self.home.root)


class Cluster(Nights):
    """Nights whose tasks run on two Celery workers."""

    launcher: CeleryLauncher

    @contextmanager
    def _opened(self) -> Iterator[CeleryLauncher]:
        with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
            more = {"NEWSFLOW_SHARDS": "4", "NEWSFLOW_SHARD_PAGES": "10", "NEWSFLOW_HOME": str(self.folder / "home")}
            for name, value in {**ENVIRONMENT, **LOST, **more}.items():
                patch.setenv(name, value)
            celery = stack.enter_context(broker(self.folder))
            launcher = CeleryLauncher(Home(self.folder / "home"), Settings(), Terminal(), celery=celery)
            stack.enter_context(launcher.open())
            for name in WORKERS:
                launcher.start_worker(name)
            yield launcher

    def _kill(self, victim: str) -> None:
        """A worker with all its tasks, as when its machine is gone."""
        if victim == NOBODY:
            return
        worker = self.launcher.airflow.family.children[self.chance.choice(WORKERS)]
        os.killpg(worker.pid, signal.SIGKILL)

    def _restart(self) -> None:
        for name in self.launcher.airflow.family.ended():
            self.launcher.start_worker(name)

    def run(self, nights: int) -> Iterator[Result]:
        """So many nights, the first of them undisturbed."""
        for number in range(nights):
            yield self.strike(*FAULTS[number % len(FAULTS)])
