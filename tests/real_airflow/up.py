"""`newsflow up --run` at work, what it has printed so far, and what it tells the world outside.

What listens outside (a webhook, StatsD, a file of lineage events) is set up from the beginning.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.extensions import connection as Connection

from newsflow.clock import utcnow
from newsflow.local import sample
from newsflow.local.airflow import Client
from newsflow.local.database import DATABASE, METADATA
from newsflow.local.home import Home, Running
from newsflow.local.newsroom import Newsroom, Publisher, sample_world
from newsflow.local.newsroom.server import Site
from newsflow.settings import Settings
from newsflow.store.db import session
from newsflow.store.migrate import migrate
from tests.ops.receivers import Metrics, Posted, http_receiver, statsd_receiver
from tests.paths import ROOT
from tests.pipeline.night import settings_for
from tests.waiting import PATIENCE_S, wait_for

UP = [sys.executable, "-m", "newsflow.cli", "up", "--run"]
SECRET = "seeded-s3cret"
FINAL = ("success", "failed")


def environment(home: Home) -> dict[str, str]:
    """That of somebody who knows the home, and nothing else."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("NEWSFLOW_", "AIRFLOW"))}
    return {**mine, "NEWSFLOW_HOME": str(home.root), "PYTHONPATH": str(ROOT / "plugins"), "NEWSFLOW_DELAY_S": "0.05"}


def _outside(home: Home, posted: Posted, metrics: Metrics) -> dict[str, str]:
    """Settings of what is told to the world, and of tries: each is a task more to start."""
    hook = f"http://127.0.0.1:{posted.port}/services/{SECRET}"
    return {
        "NEWSFLOW_FETCH_BATCH": "5",
        "NEWSFLOW_RETRY_DELAY_S": "1",
        "NEWSFLOW_RETRIES": "1",
        "NEWSFLOW_NOTIFIERS": json.dumps([{"class": "newsflow.ops.notify.WebhookNotifier", "url": hook}]),
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(metrics.port),
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(
            {"type": "file", "log_file_path": str(home.root / "lineage.json"), "append": True}
        ),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "news",
        "AIRFLOW__OPENLINEAGE__EXTRACTORS": "newsflow.airflow_glue.lineage.NewsExtractor",
    }


class OpenElsewhere(Newsroom):
    """The newsroom of a home, whose servers another process runs: its addresses and its world."""

    def _bind(self, publisher: Publisher, port: int) -> None:
        site = Site(self.world, publisher)
        site.origin = f"http://127.0.0.1:{port}"
        self._servers.append(SimpleNamespace(site=site, server_port=port))  # type: ignore[arg-type]


@dataclass
class Up:
    """The servers at work."""

    home: Home
    process: subprocess.Popen[str]
    posted: Posted
    metrics: Metrics
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that was printed."""
        return "".join(self.lines)

    def read(self) -> None:
        """Take what is printed, until the end."""
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, words: str) -> None:
        """Until these words are printed."""

        def said() -> bool:
            assert self.process.poll() is None, self.text
            return words in self.text

        wait_for(said, f"“{words}”", within_s=4 * PATIENCE_S)

    def find(self, pattern: str) -> str:
        """The group of a pattern in what was printed."""
        found = re.search(pattern, self.text)
        assert found, self.text
        return found[1]

    @cached_property
    def _running(self) -> Running:
        running = self.home.running()
        assert running
        return running

    @property
    def dsn(self) -> str:
        """URL of the news database."""
        return self._running.database_url

    @cached_property
    def client(self) -> Client:
        """What we ask of Airflow's API."""
        return Client(self._running.airflow_url, self.home.password())

    @property
    def newsroom(self) -> Newsroom:
        """The sample newsroom as it stands."""
        notes = sample.SampleNotes.read(self.home.root / "newsroom.json", utcnow())
        world = sample_world(utcnow().fromisoformat(notes.epoch))
        return OpenElsewhere(world, edition=notes.edition, ports=notes.ports)

    @property
    def settings(self) -> Settings:
        """Those of a step in this process, on the same database and archive."""
        return settings_for(self.dsn, self.home.archive, self.newsroom, home=self.home.root)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the news database."""
        with session(self.dsn) as conn, conn.cursor() as cursor:
            cursor.execute(statement)
            return [tuple(row) for row in cursor]

    def begin(self, dag_id: str, **conf: object) -> str:
        """Start a run by hand; returns its run_id."""
        wait_for(lambda: self.client.knows(dag_id), f"Airflow to read {dag_id}", pause_s=1.0)
        self.client.unpause(dag_id)
        return self.client.trigger(dag_id, conf)

    def end_of(self, dag_id: str, dag_run_id: str) -> str:
        """State of a run, once it has ended.

        Airflow's database is asked: the API server needs twenty times as long for each answer.
        """
        with session(_beside(self.dsn, METADATA)) as conn, conn.cursor() as cursor:
            conn.autocommit = True

            def ended() -> str:
                cursor.execute("select state from dag_run where dag_id = %s and run_id = %s", (dag_id, dag_run_id))
                state = str(cursor.fetchone()[0])
                return state if state in FINAL else ""

            return wait_for(ended, f"the run of {dag_id} to end", pause_s=0.5)

    def ran(self, dag_id: str, **conf: object) -> str:
        """How a run with this form ends."""
        return self.end_of(dag_id, self.begin(dag_id, **conf))

    def start_over(self) -> None:
        """The news database and the archive as they were before the first run."""
        with _superuser(self.dsn) as conn:
            conn.cursor().execute(f"drop database {DATABASE} with (force)")
            conn.cursor().execute(f"create database {DATABASE}")
        shutil.rmtree(self.home.archive, ignore_errors=True)
        with session(self.dsn) as conn:
            migrate(conn)
            sample.register(conn, self.newsroom)


def _beside(dsn: str, database: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))


@contextmanager
def _superuser(dsn: str) -> Iterator[Connection]:
    conn = psycopg2.connect(_beside(dsn, "postgres"))
    conn.autocommit = True
    yield conn
    conn.close()


@contextmanager
def started(home: Home) -> Iterator[Up]:
    """Start all servers; end them where no test did."""
    with http_receiver() as posted, statsd_receiver() as metrics:
        process = subprocess.Popen(
            UP,
            env={**environment(home), **_outside(home, posted, metrics)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        found = Up(home, process, posted, metrics)
        threading.Thread(target=found.read, daemon=True).start()
        found.wait_for("up until Ctrl-C")
        yield found
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()


def logs(folder: Path) -> dict[str, str]:
    """The tasks' logs by task_id, all runs, tries and mapped tasks together."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.log")):
        task = next((p.partition("=")[2] for p in path.parts if p.startswith("task_id=")), path.stem)
        found[task] = found.get(task, "") + path.read_text(errors="replace")
    return found
