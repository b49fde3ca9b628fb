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
        gc.freeze()  # a child's collections pass over what the parent holds, and copy no page of it
        try:
            with _allowed_children():
                super().start()
        finally:
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
