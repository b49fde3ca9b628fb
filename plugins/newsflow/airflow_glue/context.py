"""What our Dag files share: defaults, the retry policy, the run at work. Dag files stay declarations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg2
from airflow.sdk import get_current_context

from newsflow import pipeline
from newsflow.airflow_glue.releases import CronTriggerTimetable, retry_by
from newsflow.names import COMMAND_PREFIX
from newsflow.request import RequestError
from newsflow.settings import Settings, get_settings
from newsflow.store.migrate import MigrationError

_NO_CRON = ("@once", "@continuous")  # names of schedules that are none of times
_UNFINISHED = ["queued", "running"]  # states of a Dag run that has tasks to run

RETRY_DELAY = timedelta(seconds=get_settings().retry_delay_s)

BY_FAILURE = retry_by(
    again=[
        (psycopg2.OperationalError, RETRY_DELAY, "the database is not there"),
        (OSError, RETRY_DELAY * 2, "trouble of this machine (disk, network)"),
    ],
    hopeless={
        pipeline.RunFailedError: "the run is not good; a retry would not change it",
        RequestError: "the run can't be what was asked for; a retry would not change it",
        MigrationError: "the database's schema is not that of this release; a retry would not change it",
    },
)

DEFAULTS: dict[str, Any] = {
    "owner": "newsflow",
    "retries": get_settings().retries,
    "retry_delay": RETRY_DELAY,
    **BY_FAILURE,
    "execution_timeout": timedelta(hours=3),
}


def _on(queue: str) -> dict[str, Any]:
    return {"queue": queue} if queue else {}


# Arguments of tasks that ask others, and of those that extract: which workers take them
FETCHES = _on(get_settings().fetch_queue)
EXTRACTS = _on(get_settings().extract_queue)


def times(cron: str) -> CronTriggerTimetable | str | None:
    """When a Dag runs: by cron in UTC, whatever Airflow's own zone is, and first at the next such time.

    For a bare string, Airflow would begin a new Dag with the time that has just passed, beside what the user starts.
    """
    if cron in _NO_CRON:
        return cron
    return CronTriggerTimetable(cron, timezone="UTC", run_immediately=timedelta()) if cron else None


def run_id(settings: Settings) -> int:
    """Number of the Dag run at work, in our ledger.

    :raises LookupError: where its first task never began.
    """
    return pipeline.find_run(settings, *run_key())


def run_key() -> tuple[str, str]:
    """(dag_id, run_id) of the Dag run at work."""
    run = get_current_context()["dag_run"]
    return run.dag_id, run.run_id


def scheduler(dag_id: str, dag_run_id: str) -> bool | None:
    """Whether Airflow still works on a run of ours, or will; None for a run that is none of Airflow's."""
    if dag_run_id.startswith(COMMAND_PREFIX):
        return None
    waiting = get_current_context()["ti"].get_dr_count(dag_id=dag_id, run_ids=[dag_run_id], states=_UNFINISHED)
    return waiting > 0


def label(text: str) -> None:
    """Name the mapped task at work, as the Airflow UI shows it (`map_index_template`)."""
    get_current_context()["label"] = text  # type: ignore[typeddict-unknown-key]
