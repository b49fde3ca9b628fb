"""The pages without Airflow: users, Dags and tasks are given. Who may do what is tried in test_site.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import uvicorn
from fastapi import FastAPI
from psycopg2.extensions import connection as Connection
from pytest import MonkeyPatch

from newsflow.local.postgres import free_port
from newsflow.ops import app as pages
from newsflow.ops import dependencies, schedules, security
from newsflow.ops.airflow_runs import NO_TASKS, LogEnd, RunTasks, TaskTry, run_path
from newsflow.ops.schedules import DagState
from newsflow.settings import Settings
from newsflow.store.db import session
from tests.waiting import wait_for


class Vera:
    """A reader."""

    def get_name(self) -> str:
        return "vera"

    def get_id(self) -> str:
        return "vera"


@dataclass(frozen=True)
class Given:
    """In place of Airflow's tasks and logs: every run has a task `check`, red with these lines, where there are any."""

    lines: Sequence[str] = ()

    def run(self, dag_id: str, dag_run_id: str, *, logs: bool = True) -> RunTasks:
        if not self.lines:
            return NO_TASKS
        check = TaskTry(dag_id, dag_run_id, "check", -1, "failed", 1)
        return RunTasks(run_path(dag_id, dag_run_id), {("check", -1): check}, [LogEnd(check, tuple(self.lines))])


@dataclass(frozen=True)
class World:
    """What stands in Airflow's stead; `now` is the pages' clock, none of it the machine's."""

    dsn: str
    now: datetime | None = None
    dags: Sequence[DagState] = ()
    log: Sequence[str] = ()
    editor: bool = False


def install(world: World, patch: MonkeyPatch) -> FastAPI:
    """The application over this world, until the patch is undone."""

    def database() -> Iterator[Connection]:
        with session(world.dsn) as conn:
            yield conn

    options = Settings()
    given = {
        security.reader: Vera,
        dependencies.database: database,
        dependencies.settings: lambda: options,
        schedules.read: lambda: list(world.dags),
        pages.airflow_runs: lambda: Given(world.log),
    }
    if world.now is not None:
        given[dependencies.moment] = lambda: world.now
    for dependency, instead in given.items():
        patch.setitem(pages.app.dependency_overrides, dependency, instead)
    patch.setattr(pages, "can_edit", lambda _user: world.editor)
    patch.setattr(pages, "csrf_token", lambda _user: "x")
    return pages.app


@contextmanager
def served(world: World) -> Iterator[str]:
    """The address of the pages over this world, on a port of their own."""
    with MonkeyPatch.context() as patch:
        outer = FastAPI()
        outer.mount("/newsflow", install(world, patch))
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(outer, port=port, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_for(lambda: server.started, "the pages to be served", pause_s=0.05)
        yield f"http://127.0.0.1:{port}/newsflow"
        server.should_exit = True
        thread.join()
