"""A step in a process of its own, with a trap at a chosen point. The traps live here, not in the product.

Run as `python -m tests.chaos.child STEP RUN_ID SHARD TRAP`; TRAP is JSON: `point`, `number`, `act`.
Points: query, commit-before, commit-after, seal-before, seal-after, write, clock. Acts at the point: kill
(SIGKILL, of itself), freeze (SIGSTOP), full (no space left on device), wait (until the parent closes our input),
jump (all clocks, by `hours`), descriptors (none is left). From the beginning: limit (files may not grow past
`bytes`; the kernel says so), log (tell all to stderr). A plan with `wait_s` waits no longer for the step's lock.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.clock import utcnow
from newsflow.request import RunRequest
from newsflow.settings import get_settings
from newsflow.store import archive, named_query, stage_work

REACHED = "reached the trap"
SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}
DESCRIPTORS = 256  # so many are quickly used up


class Trap:
    """Counts passages of a point and springs at the given one."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.passed = 0
        self.sprung = False

    def pass_by(self, point: str) -> None:
        """Called at each point."""
        if point != self.plan.get("point") or self.sprung:
            return
        self.passed += 1
        if self.passed >= self.plan["number"]:
            self.sprung = True
            print(REACHED, flush=True)  # noqa: T201
            self._act()

    def _act(self) -> None:
        act = self.plan["act"]
        if act in SIGNALS:
            os.kill(os.getpid(), SIGNALS[act])
        elif act == "descriptors":
            use_up_descriptors()
        elif act == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        elif act == "wait":
            sys.stdin.read()

    def clock(self) -> datetime:
        """The system's clock, which jumps where the trap says so."""
        self.pass_by("clock")
        return utcnow() + timedelta(seconds=self.ahead_s)

    @property
    def ahead_s(self) -> float:
        """By how much the clock has jumped, seconds."""
        return 3600.0 * self.plan["hours"] if self.sprung and self.plan["act"] == "jump" else 0.0


def around(owner: Any, name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
    """Wrap a function with two calls."""
    real = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        before()
        found = real(*args, **kwargs)
        after()
        return found

    setattr(owner, name, wrapped)


def arm(trap: Trap) -> None:
    """Put the trap's points into psycopg2 and the archive."""

    def point(name: str) -> Callable[[], None]:
        return lambda: trap.pass_by(name)

    class Watched(Connection):
        def commit(self) -> None:
            trap.pass_by("commit-before")
            super().commit()
            trap.pass_by("commit-after")

    real_time = time.time
    time.time = lambda: real_time() + trap.ahead_s  # the libraries' clock
    real = psycopg2.connect
    psycopg2.connect = lambda *a, **k: real(*a, **{**k, "connection_factory": Watched})  # type: ignore[assignment]
    for name in ("count", "rows", "write", "write_returning"):
        around(named_query, name, point("query"), lambda: None)
    around(archive.Archive, "_publish", point("seal-before"), point("seal-after"))
    around(archive.ArchiveWriter, "_write", point("write"), lambda: None)


def use_up_descriptors() -> None:
    """Open files until the kernel refuses, and keep them."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    try:
        while True:
            os.dup(0)
    except OSError as error:
        if error.errno != errno.EMFILE:
            raise


def prepare(plan: dict[str, Any]) -> None:
    """What a plan wants from the beginning on."""
    if plan["act"] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (plan["bytes"], plan["bytes"]))
    if plan["act"] == "log":
        logging.basicConfig(level=logging.DEBUG)
    if "wait_s" in plan:
        stage_work.lock = partial(stage_work.lock, wait_s=plan["wait_s"])  # type: ignore[assignment]


def main(step: str, run_id: int, shard: int, plan: dict[str, Any]) -> None:
    """Run the step."""
    trap = Trap(plan)
    arm(trap)
    prepare(plan)
    settings = get_settings()
    if step == "poll":
        pipeline.poll(settings, run_id, RunRequest(force=True), clock=trap.clock)
    elif step in ("fetch", "extract"):
        getattr(pipeline, step)(settings, run_id, shard, clock=trap.clock)
    else:
        getattr(pipeline, step)(settings, run_id, clock=trap.clock)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4]))
