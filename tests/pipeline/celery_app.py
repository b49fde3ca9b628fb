"""A Celery app whose tasks are steps of a run: what a worker runs, without Airflow around it.

The broker is a Redis server where this machine has one, else its stand-in: a folder (kombu's file system transport).
"""

from __future__ import annotations

import multiprocessing
import os
from typing import Any

from celery import Celery

from newsflow import pipeline
from newsflow.request import RunRequest
from newsflow.settings import get_settings

STEP = "step"


def app_of(broker: str, folder: str) -> Celery:
    """The app, for workers and for who sends tasks.

    :param folder: where results are, and the queue where the broker is `filesystem://`; it has `results` and `queue`.
    """
    found = Celery("newsflow", broker=broker, backend=f"file://{folder}/results")
    found.conf.update(task_acks_late=True, worker_prefetch_multiplier=1)  # as Airflow has them
    if broker == "filesystem://":
        queue = f"{folder}/queue"
        options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": queue, "polling_interval": 0.05}
        found.conf.update(broker_transport_options=options)
    found.task(name=STEP)(step)
    return found


def step(run_id: int, name: str, *shard: int) -> Any:
    """One step of a run; `poll` gives the shards."""
    assert multiprocessing.current_process().daemon, "Celery's process is no daemonic one any more"
    if name == "poll":
        return [found.shard for found in pipeline.poll(get_settings(), run_id, RunRequest(force=True))]
    getattr(pipeline, name)(get_settings(), run_id, *shard)
    return os.getpid()


def __getattr__(name: str) -> Celery:
    """The worker's `app`; who imports this module for `app_of` has no need of one."""
    if name != "app":
        raise AttributeError(name)
    return app_of(os.environ["TEST_BROKER"], os.environ["TEST_FOLDER"])
