"""The figures that are sent have the names that the docs give them, and reach StatsD and OpenTelemetry receivers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from psycopg2.extensions import connection as Connection

from newsflow.airflow_glue.watch_tasks import COUNTERS, figures
from newsflow.ops.summary import summarise
from newsflow.ops.watch import Report
from tests.ops.receivers import http_receiver, statsd_receiver
from tests.paths import ROOT

ROW = re.compile(r"^\| `newsflow\.([a-z_.]+)` \| (gauge|counter) \|", re.MULTILINE)


def test_figures_are_those_of_the_last_run(month: Connection, morning: datetime) -> None:
    found = figures(summarise(month, morning), Report(1, 0, 4, 1, ()))
    assert found["alarms.open"] == 4
    assert found["run.fetched"] >= found["run.extracted"] >= found["run.new_articles"] > 0
    assert found["run.seconds"] == 2400
    assert found["pages.rejected"] > 100


def test_the_docs_name_what_is_sent_and_nothing_else(month: Connection, morning: datetime) -> None:
    documented = dict(ROW.findall((ROOT / "docs/metrics.md").read_text()))
    sent = figures(summarise(month, morning), Report(1, 0, 4, 1, ()))
    assert documented == dict.fromkeys(sent, "gauge") | dict.fromkeys(COUNTERS, "counter")


def test_before_the_first_run_there_are_no_figures_of_runs(conn: Connection, morning: datetime) -> None:
    found = figures(summarise(conn, morning), Report(0, 0, 0, 0, ()))
    assert not any(name.startswith("run.") for name in found)


# as Airflow's task runner does it before a task
SEND = """
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils
from newsflow.airflow_glue.watch_tasks import send
from newsflow.ops.watch import Report
stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)
send({"alarms.open": 3.0, "run.seconds": 41.5}, Report(2, 1, 3, 2, ()))
"""


def _send(home: Path, **settings: str) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": str(ROOT / "plugins"),
    }
    done = subprocess.run([sys.executable, "-c", SEND], env=env | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_statsd_socket_receives_them(tmp_path: Path) -> None:
    with statsd_receiver() as metrics:
        _send(
            tmp_path,
            AIRFLOW__METRICS__STATSD_ON="True",
            AIRFLOW__METRICS__STATSD_HOST="127.0.0.1",
            AIRFLOW__METRICS__STATSD_PORT=str(metrics.port),
            AIRFLOW__METRICS__STATSD_PREFIX="news-house",
        )
    assert {name: values for name, values in metrics.seen.items() if ".newsflow." in name} == {
        "news-house.newsflow.alarms.open": [(3.0, "g")],
        "news-house.newsflow.run.seconds": [(41.5, "g")],
        "news-house.newsflow.alarms.opened": [(2.0, "c")],
        "news-house.newsflow.alarms.resolved": [(1.0, "c")],
    }


def test_an_opentelemetry_collector_receives_them(tmp_path: Path) -> None:
    with http_receiver() as posted:
        _send(
            tmp_path,
            AIRFLOW__METRICS__OTEL_ON="True",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{posted.port}",
            OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
        )
    assert {path for path, _ in posted.bodies} == {"/v1/metrics"}
    values = {}
    for _, body in posted.bodies:
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    (point,) = (metric.gauge or metric.sum).data_points or metric.sum.data_points
                    values[metric.name] = point.as_double or float(point.as_int)
    assert values["airflow.newsflow.alarms.open"] == 3
    assert values["airflow.newsflow.run.seconds"] == 41.5
    assert values["airflow.newsflow.alarms.opened"] == 2
    assert values["airflow.newsflow.alarms.resolved"] == 1
