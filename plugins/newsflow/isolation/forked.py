"""Forked children for pools that take a multiprocessing context.

fork, because spawned and forkserver children import `__main__` again, which under Airflow is all of Airflow.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkContext, ForkProcess

from newsflow.isolation.child_lifetime import in_lasting_thread


class _Process(ForkProcess):
    """A process that any thread, of any process, may start."""

    def start(self) -> None:
        in_lasting_thread(self._start)

    def _start(self) -> None:
        with _frozen(), _allowed_children():
            super().start()


@contextmanager
def _frozen() -> Iterator[None]:
    """Keep what the parent holds out of the child's collections, which would copy every page of it.

    Where somebody has frozen objects before, as Airflow's executor does, they stay so.
    """
    before = gc.get_freeze_count()
    gc.freeze()
    try:
        yield
    finally:
        if not before:
            gc.unfreeze()


@contextmanager
def _allowed_children() -> Iterator[None]:
    """Lift the ban of multiprocessing on children of a daemonic process.

    The ban is there because such children could be left behind: a daemonic process is ended without ceremony. Ours
    die with their parent however it ends. multiprocessing offers no other way; Celery's own advice is the same.
    """
    config: dict[str, object] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    daemonic = config.get("daemon")
    config["daemon"] = False
    try:
        yield
    finally:
        config["daemon"] = daemonic


class _Context(ForkContext):
    Process = _Process


FORK = _Context()
