"""The log files of our Dags' tasks, which Airflow itself keeps for ever."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from newsflow import resources
from newsflow.clock import Clock, utcnow


def prune(folder: Path, days: int, *, clock: Clock = utcnow) -> int:
    """Delete the logs of runs in which nothing was written for so long; returns their number.

    Runs of other people's Dags are left alone, and so is a folder that is laid out in another way. A log that can't be
    deleted stays for the next time.

    :param folder: `[logging] base_log_folder` on this machine; Airflow writes `dag_id=…/run_id=…/task_id=…` below it
        (`log_filename_template`).
    :param days: 0 for ever.
    """
    old = [run for run in _runs(folder) if days and _written(run) < (clock() - timedelta(days=days)).timestamp()]
    for run in old:
        shutil.rmtree(run, ignore_errors=True)
    return sum(not run.exists() for run in old)


def _runs(folder: Path) -> Iterator[Path]:
    for dag in resources.listed(resources.DAGS, ".py"):
        yield from (run for run in (folder / f"dag_id={dag.stem}").glob("run_id=*") if not run.is_symlink())


def _written(run: Path) -> float:
    """When something was last written there, seconds since 1970; files may go meanwhile."""
    times = [run.stat().st_mtime]
    for path in run.rglob("*"):
        try:
            times.append(path.lstat().st_mtime)
        except OSError:
            continue
    return max(times)
