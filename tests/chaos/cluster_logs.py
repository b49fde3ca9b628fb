"""The log of a worker that died, as Airflow's pages ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newsflow.local.airflow import Client
from newsflow.names import NEWS_INGEST


def dead_logs(client: Client, dag_run_id: str, host: str) -> list[tuple[str, int]]:
    """Tries on a host that did not end well: name of the task, and lines of its log that the API gives.

    :param host: the worker's host name; empty for any.
    """
    return [
        (f"{tried['task_id']}[{tried['map_index']}] try {tried['try_number']}", len(_lines(client, dag_run_id, tried)))
        for tried in _tries(client, dag_run_id)
        if tried["state"] != "success" and tried["start_date"] and host in ("", tried["hostname"])
    ]


def _tries(client: Client, dag_run_id: str) -> Iterator[dict[str, Any]]:
    for task in client.tasks(NEWS_INGEST, dag_run_id):
        if task["try_number"] > 1:
            yield from _asked(client, dag_run_id, task, f"{task['map_index']}/tries")["task_instances"]


def _lines(client: Client, dag_run_id: str, tried: dict[str, Any]) -> list[dict[str, Any]]:
    """What the task said; lines without a time are Airflow's, of where it looked."""
    found = _asked(
        client, dag_run_id, tried, f"logs/{tried['try_number']}?map_index={tried['map_index']}&full_content=true"
    )
    return [line for line in found["content"] if isinstance(line, dict) and line.get("timestamp")]


def _asked(client: Client, dag_run_id: str, task: dict[str, Any], what: str) -> dict[str, Any]:
    address = f"/dags/{NEWS_INGEST}/dagRuns/{dag_run_id}/taskInstances/{task['task_id']}/{what}"
    answer = client._call("GET", address)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
