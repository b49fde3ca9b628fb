"""What our Dag files share: settings from Airflow, the current run, defaults, the retry policy.

With `dagsteps.py` the only modules outside `ops` that import Airflow; Dag files stay declarations.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg2
from airflow.sdk import Connection, ExceptionRetryPolicy, RetryAction, RetryRule, get_current_context
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference
from airflow.sdk.exceptions import AirflowRuntimeError

from newsflow import pipeline
from newsflow.settings import Settings, SettingsError, get_settings
from newsflow.store.migrate import MigrationError

CONNECTION = "news_db"
RETRY_DELAY = timedelta(seconds=get_settings().retry_delay_s)

OUR_TROUBLE = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=psycopg2.OperationalError,
            action=RetryAction.RETRY,
            retry_delay=RETRY_DELAY,
            reason="the database is not there",
        ),
        RetryRule(
            exception=OSError,
            action=RetryAction.RETRY,
            retry_delay=RETRY_DELAY * 2,
            reason="trouble of this machine (disk, network)",
        ),
        RetryRule(
            exception=pipeline.RunFailedError,
            action=RetryAction.FAIL,
            reason="the run is not good; a retry would not change it",
        ),
        RetryRule(
            exception=MigrationError,
            action=RetryAction.FAIL,
            reason="the database's schema is not that of this release; a retry would not change it",
        ),
    ]
)

DEFAULTS: dict[str, Any] = {
    "owner": "newsflow",
    "retries": get_settings().retries,
    "retry_delay": RETRY_DELAY,
    "retry_policy": OUR_TROUBLE,
    "execution_timeout": timedelta(hours=3),
}


def deadline() -> DeadlineAlert | None:
    """When a run is late: the triggerer then raises the alarm; None where the setting `deadline_h` is 0.

    `airflow dags test` ends with code 1 on a Dag that has a deadline (Airflow 3.3), so set 0 for that.
    """
    hours = get_settings().deadline_h
    if not hours:
        return None
    callback = AsyncCallback("newsflow.airflow_glue.deadline.missed")
    return DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, timedelta(hours=hours), callback, name="run late")


def settings() -> Settings:
    """The settings, with the database of the Airflow connection `news_db` where the environment names none."""
    found = get_settings()
    if found.database_url.get_secret_value():
        return found
    return found.on(_connection_uri())


def _connection_uri() -> str:
    try:
        return str(Connection.get(CONNECTION).get_uri())
    except AirflowRuntimeError as error:
        text = f"no database: set NEWSFLOW_DATABASE_URL, or the Airflow connection {CONNECTION}"
        raise SettingsError(text) from error


def run_key() -> tuple[str, str]:
    """(dag_id, run_id) of the Dag run at work."""
    run = get_current_context()["dag_run"]
    return run.dag_id, run.run_id


def label(text: str) -> None:
    """Name the mapped task at work, as the Airflow UI shows it (`map_index_template`)."""
    get_current_context()["label"] = text  # type: ignore[typeddict-unknown-key]
