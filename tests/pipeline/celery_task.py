"""Steps in a process as a task under Celery is one: `python -m tests.pipeline.celery_task RUN_ID STEP…`.

Celery's prefork pool runs in a daemonic process of billiard; there Airflow's supervisor forks the task.
Told on stdout: the process id of the task.
"""

from __future__ import annotations

import multiprocessing
import os
import sys

import billiard

from newsflow import pipeline
from newsflow.request import RunRequest
from newsflow.settings import get_settings


def take(run_id: int, step: str) -> None:
    """One step, with all its shards."""
    settings = get_settings()
    if step == "poll":
        pipeline.poll(settings, run_id, RunRequest(force=True))
    elif step in ("fetch", "extract"):
        for shard in range(settings.shards):
            getattr(pipeline, step)(settings, run_id, shard)
    else:
        getattr(pipeline, step)(settings, run_id)


def pool_process(run_id: int, steps: list[str]) -> None:
    """What Airflow does in a process of Celery's pool."""
    task = os.fork()
    if not task:
        assert multiprocessing.current_process().daemon, "it is no daemonic process"
        sys.stdout.write(f"{os.getpid()}\n")
        sys.stdout.flush()
        for step in steps:
            take(run_id, step)
        os._exit(0)
    os._exit(os.waitstatus_to_exitcode(os.waitpid(task, 0)[1]))


def main() -> int:
    """The exit code of the task, 1 where it was killed."""
    process = billiard.Process(target=pool_process, args=(int(sys.argv[1]), sys.argv[2:]), daemon=True)
    process.start()
    process.join()
    return int(process.exitcode != 0)


if __name__ == "__main__":
    sys.exit(main())
