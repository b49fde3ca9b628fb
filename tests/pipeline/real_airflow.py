"""One real Airflow for all tests that need its scheduler: starting it is what takes the time.

What listens outside (a webhook, StatsD, a file of lineage events) is set up for all of them. A test that needs an empty
ledger asks for `start_over`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow.local import airflow
from newsflow.local import launcher as launcher_module
from newsflow.local.home import Home
from newsflow.local.launcher import DATABASE, Launcher
from newsflow.local.terminal import Terminal
from newsflow.settings import Settings
from newsflow.store.db import session
from tests.ops.receivers import Metrics, Posted, http_receiver, statsd_receiver
from tests.waiting import wait_for

SECRET = "seeded-s3cret"
FINAL = ("success", "failed")


@dataclass(frozen=True)
class RealAirflow:
    """The servers at work, and what they tell the world outside."""

    launcher: Launcher
    posted: Posted
    metrics: Metrics

    @property
    def home(self) -> Home:
        """Where logs, archive and reports are."""
        return self.launcher.home

    @property
    def dsn(self) -> str:
        """URL of the news database."""
        return self.launcher.database_url

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the news database."""
        with session(self.dsn) as conn, conn.cursor() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor]

    def begin(self, dag_id: str, **conf: object) -> str:
        """Start a run by hand; returns its run_id."""
        client = self.launcher.airflow.client
        wait_for(lambda: client.knows(dag_id), f"Airflow to read {dag_id}", pause_s=1.0)
        client.unpause(dag_id)
        return client.trigger(dag_id, conf)

    def end_of(self, dag_id: str, dag_run_id: str) -> str:
        """State of a run, once it has ended.

        Airflow's database is asked for the end: the API server needs twenty times as long for each answer.
        """
        with session(self.launcher.airflow.metadata_url) as conn, conn.cursor() as cursor:
            conn.autocommit = True

            def ended() -> bool:
                cursor.execute("select state from dag_run where dag_id = %s and run_id = %s", (dag_id, dag_run_id))
                return cursor.fetchone()[0] in FINAL

            wait_for(ended, f"the run of {dag_id} to end", pause_s=0.5)
        return self.launcher.airflow.client.state(dag_id, dag_run_id)

    def ran(self, dag_id: str, **conf: object) -> str:
        """How a run with this form ends."""
        return self.end_of(dag_id, self.begin(dag_id, **conf))

    def texts(self) -> list[str]:
        """The messages that were posted."""
        return [json.loads(body)["text"] for _, body in self.posted.bodies]

    def start_over(self) -> None:
        """The news database and the archive as they were before the first run."""
        with _superuser(self.dsn) as conn:
            cursor = conn.cursor()
            cursor.execute(f"drop database {DATABASE} with (force)")
            cursor.execute(f"create database {DATABASE} template pristine strategy file_copy")
        shutil.rmtree(self.home.archive, ignore_errors=True)


@contextmanager
def _superuser(dsn: str) -> Iterator[Connection]:
    conn = psycopg2.connect(urlunsplit(urlsplit(dsn)._replace(path="/postgres")))
    conn.autocommit = True
    yield conn
    conn.close()


def _environment(home: Path, posted: Posted, metrics: Metrics) -> dict[str, str]:
    hook = f"http://127.0.0.1:{posted.port}/services/{SECRET}"
    return {
        "NEWSFLOW_HOME": str(home),
        "NEWSFLOW_DELAY_S": "0.05",
        "NEWSFLOW_FETCH_BATCH": "5",
        "NEWSFLOW_RETRY_DELAY_S": "1",
        "NEWSFLOW_RETRIES": "1",  # each try is a task more to start
        "NEWSFLOW_NOTIFIERS": json.dumps([{"class": "newsflow.ops.notify.WebhookNotifier", "url": hook}]),
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(metrics.port),
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(
            {"type": "file", "log_file_path": str(home / "lineage.json"), "append": True}
        ),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "news",
        "AIRFLOW__OPENLINEAGE__EXTRACTORS": "newsflow.airflow_glue.lineage.NewsExtractor",
    }


def _parsed_once(home: Home, ports: airflow.Ports, metadata_url: str) -> dict[str, str]:
    """The local Airflow's settings; Dag files, which do not change here, are not parsed again in a long run."""
    return {
        **airflow.configuration(home, ports, metadata_url),
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
        "AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD": "3600",
    }


@contextmanager
def real_airflow(home: Path) -> Iterator[RealAirflow]:
    """Start all servers, and stop them."""
    with http_receiver() as posted, statsd_receiver() as metrics, pytest.MonkeyPatch.context() as patch:
        for name, value in _environment(home, posted, metrics).items():
            patch.setenv(name, value)
        patch.setattr(launcher_module, "configuration", _parsed_once)
        # no task of ours is deferred; the first night and the services of Compose start a triggerer
        patch.delitem(airflow.COMPONENTS, "triggerer")
        with Launcher(Home(home), Settings(), Terminal()).open() as launcher:
            with _superuser(launcher.database_url) as conn:
                conn.cursor().execute(f"create database pristine template {DATABASE} strategy file_copy")
            yield RealAirflow(launcher, posted, metrics)
