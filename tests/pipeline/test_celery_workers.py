"""A night on two real Celery workers leaves the rows of a night in one process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.local.postgres import free_port
from newsflow.settings import Settings
from tests.paths import ROOT
from tests.pipeline.celery_app import STEP, app_of
from tests.pipeline.night import differences, left, quick_world, register, settings_for
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

WORKERS = ("one", "two")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(quick_world()) as running:
        running.advance(running.world.editions[0])
        yield running


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    with process:
        yield
        process.terminate()


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """Redis, where the machine has it; its stand-in else."""
    program = shutil.which("redis-server")
    if program is None:
        yield "filesystem://"
        return
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--requirepass", "secret"]
    with stopped(subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)):
        yield f"redis://:secret@127.0.0.1:{port}/0"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Celery]:
    for name in ("results", "queue"):
        (tmp_path / name).mkdir()
    with broker(tmp_path) as found:
        yield app_of(found, str(tmp_path))


def worker(name: str, app: Celery, settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
        "TEST_BROKER": app.conf.broker_url,
        "TEST_FOLDER": str(folder),
        "NEWSFLOW_DATABASE_URL": settings.dsn,
        "NEWSFLOW_ARCHIVE": settings.archive,
        "NEWSFLOW_HOME": str(folder / name),
        "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
        "NEWSFLOW_DELAY_S": str(settings.delay_s),
        "NEWSFLOW_SHARDS": str(settings.shards),
        "NEWSFLOW_SHARD_PAGES": str(settings.shard_pages),
        "NEWSFLOW_DEDUPE_WORKERS": "2",
    }
    quiet = ("--without-gossip", "--without-mingle", "--loglevel", "warning")
    command = [
        "-m",
        "celery",
        "-A",
        "tests.pipeline.celery_app",
        "worker",
        "-c",
        "1",
        "-n",
        f"{name}@here",
        "-Q",
        name,
        *quiet,
    ]
    return subprocess.Popen([sys.executable, *command], env=env, cwd=ROOT)


def night(app: Celery, settings: Settings) -> set[int]:
    """A whole run, its steps sent to the workers in turn; process ids of those that extracted."""
    run_id = pipeline.open_run(settings, "test", "night")

    def ask(name: str, *shards: int) -> Any:
        if not shards:
            return app.send_task(STEP, (run_id, name), queue=WORKERS[0]).get(timeout=PATIENCE_S)
        sent = [app.send_task(STEP, (run_id, name, n), queue=WORKERS[n % len(WORKERS)]) for n in shards]
        return [task.get(timeout=PATIENCE_S) for task in sent]

    shards = ask("poll")
    ask("fetch", *shards)
    found = set(ask("extract", *shards))
    for name in ("deduplicate", "load", "check"):
        ask(name)
    return found


def test_two_workers_leave_the_rows_of_one_process(
    make_dsn: Callable[[], str], app: Celery, tmp_path: Path, newsroom: Newsroom
) -> None:
    alone, shared = (
        settings_for(make_dsn(), tmp_path / name, newsroom, shards=4, shard_pages=5) for name in ("alone", "shared")
    )
    for settings in (alone, shared):
        register(settings.dsn, newsroom.feeds())
    pipeline.run_all(alone, "alone")
    with ExitStack() as workers:
        for name in WORKERS:
            workers.enter_context(stopped(worker(name, app, shared, tmp_path)))
        assert len(night(app, shared)) == len(WORKERS)
    assert differences(left(shared.dsn), left(alone.dsn)) == []
