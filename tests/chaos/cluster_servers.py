"""The servers of a cluster: Redis, an object store, and a local Airflow whose tasks run on Celery workers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import fsspec

from newsflow.local import sample
from newsflow.local.airflow import programs
from newsflow.local.launcher import Launcher
from newsflow.local.newsroom import Newsroom, ScriptedWorld
from newsflow.local.postgres import Server, free_port
from newsflow.store.db import session
from tests.chaos.machines import Machine
from tests.waiting import wait_for

BUCKET = "cluster"
ARCHIVE, LOGS = f"s3://{BUCKET}/archive", f"s3://{BUCKET}/logs"


@dataclass
class Broker:
    """A Redis server where this machine has one, its queue on disk; else a folder (kombu's file system transport)."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def is_redis(self) -> bool:
        """Whether there is a server, which can be killed."""
        return shutil.which("redis-server") is not None

    def start(self, stack: ExitStack | None = None) -> dict[str, str]:
        """Start it, again too; gives Airflow's settings."""
        if not self.is_redis:
            (self.folder / "queue").mkdir(exist_ok=True)
            options = dict.fromkeys(("DATA_FOLDER_IN", "DATA_FOLDER_OUT", "CONTROL_FOLDER"), str(self.folder / "queue"))
            found = {f"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__{name}": value for name, value in options.items()}
            return {**found, "AIRFLOW__CELERY__BROKER_URL": "filesystem://"}
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        words += ["--requirepass", "secret", "--appendonly", "yes", "--save", ""]
        self._process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
        if stack:
            stack.callback(self.kill)
        return {"AIRFLOW__CELERY__BROKER_URL": f"redis://:secret@127.0.0.1:{self.port}/0"}

    def kill(self) -> None:
        """End it without a word."""
        if self._process:
            self._process.kill()
            self._process.wait()


@dataclass
class Store:
    """An S3 server (moto's) in a process of its own, with a bucket for archive and task logs."""

    log: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """How clients find it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "cluster",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def start(self, stack: ExitStack) -> None:
        """Start it for as long as the stack lasts; the environment must name it already."""
        command = [str(programs() / "moto_server"), "-H", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("wb") as log:
            self._process = process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.log.parent)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        while not self._answers():
            if process.poll() is not None:
                raise OSError(f"the S3 server ended at once: {self.log.read_text()[-1000:]}")
            time.sleep(0.1)
        fsspec.filesystem("s3").mkdir(BUCKET)

    def stall(self, seconds: float) -> None:
        """Have it take connections and answer nothing for so long (its files are in memory: it can't be killed)."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/moto-api/", timeout=10):
                return True
        except (URLError, OSError):
            return False


def admit(server: Server, machines: Sequence[Machine]) -> None:
    """Let the machines connect to PostgreSQL, with a password as from loopback."""
    with (server.data / "pg_hba.conf").open("a") as rules:
        rules.writelines(f"host all all {machine.address}/32 scram-sha-256\n" for machine in machines)
    os.kill(server.pid(), signal.SIGHUP)


@dataclass
class CeleryLauncher(Launcher):
    """The local Airflow with Celery's executor; workers have homes of their own, on machines where there are any.

    :param celery: settings of Airflow and newsflow that the servers and all workers get.
    :param world: what the newsroom publishes; None for feeds of another kind.
    """

    celery: dict[str, str] = field(default_factory=dict)
    world: ScriptedWorld | None = None
    machines: dict[str, Machine] = field(default_factory=dict)
    concurrency: int = 2
    cores: dict[str, int] = field(default_factory=dict)

    def _open_newsroom(self) -> None:
        if self.world is None:
            super()._open_newsroom()
            return
        self.newsroom = self._stack.enter_context(Newsroom(self.world))
        with session(self.database_url) as conn:
            sample.register(conn, self.newsroom)

    def _start_airflow(self, metadata_url: str) -> None:
        backend = metadata_url.replace("postgresql://", "db+postgresql+psycopg2://", 1)
        self.celery |= {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW__CELERY__RESULT_BACKEND": backend}
        super()._start_airflow(metadata_url)

    def _task_environment(self) -> dict[str, str]:
        return {**super()._task_environment(), **self.celery}

    def start_worker(self, name: str) -> None:
        """Start a worker in a new home, or again where it was killed: what it had on its disk is gone."""
        home = self.home.root / name
        shutil.rmtree(home, ignore_errors=True)
        (home / "airflow").mkdir(parents=True)
        own = {
            "AIRFLOW_HOME": home / "airflow",
            "NEWSFLOW_HOME": home,
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": home / "logs",
        }
        env = {**self.airflow.env, **{key: str(value) for key, value in own.items()}}
        words = self.machines[name].words if name in self.machines else []
        words = [*words, *(["taskset", "-c", str(self.cores[name])] if name in self.cores else [])]
        words += [str(programs() / "airflow"), "celery", "worker", "--celery-hostname", name]
        words += ["--concurrency", str(self.concurrency), "--skip-serve-logs"]
        log = self.home.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        self.airflow.family.start(name, words, env, log, self.home.root)

    def await_worker(self, name: str) -> None:
        """Until it takes tasks."""
        log = self.home.logs / f"{name}.log"
        wait_for(lambda: f"{name} ready" in log.read_text(errors="replace"), f"{name} to be ready", pause_s=0.2)
