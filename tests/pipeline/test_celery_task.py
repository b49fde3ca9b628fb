"""A night in task processes of Celery, which are daemonic: multiprocessing refuses them children. Some are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.settings import Settings
from newsflow.store.db import session
from tests.isolation.processes import gone
from tests.paths import ROOT
from tests.pipeline.night import quick_world, register, settings_for
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

# What each task does, and the table that its last step waits for while its children are there: then it is killed.
TASKS = (
    (("poll",), "ingest.entry"),
    (("poll", "fetch", "extract"), "ingest.extraction"),
    (("extract", "deduplicate"), "ingest.story_member"),
)
REST = ("deduplicate", "load", "check")
BLOCKED = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(quick_world()) as running:
        running.advance(running.world.editions[0])
        yield running


def start(settings: Settings, run_id: int, *steps: str) -> subprocess.Popen[str]:
    env = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
        "NEWSFLOW_DATABASE_URL": settings.dsn,
        "NEWSFLOW_ARCHIVE": settings.archive,
        "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
        "NEWSFLOW_DELAY_S": str(settings.delay_s),
        "NEWSFLOW_SHARDS": str(settings.shards),
        "NEWSFLOW_SHARD_PAGES": str(settings.shard_pages),
        "NEWSFLOW_EXTRACT_WORKERS": "2",
        "NEWSFLOW_DEDUPE_WORKERS": "2",
    }
    command = [sys.executable, "-m", "tests.pipeline.celery_task", str(run_id), *steps]
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_night_in_a_daemonic_process_whose_tasks_are_killed_and_tried_again(
    dsn: str, tmp_path: Path, newsroom: Newsroom
) -> None:
    register(dsn, newsroom.feeds())
    settings = settings_for(dsn, tmp_path / "archive", newsroom)
    run_id = pipeline.open_run(settings, "test", "night")
    for steps, table in TASKS:
        kill(settings, run_id, steps, table)
    with start(settings, run_id, *REST) as process:
        assert process.wait() == 0
    funnel = pipeline.funnel(settings, run_id, steps=pipeline.NIGHT)
    assert funnel.verdict.ok
    assert funnel.extra["articles"] > 20


def kill(settings: Settings, run_id: int, steps: tuple[str, ...], table: str) -> None:
    """Kill the task's process alone, while its children are at hand: none of them is left."""
    with session(settings.dsn) as barrier, barrier.cursor() as cursor, start(settings, run_id, *steps) as process:
        cursor.execute(f"lock table {table} in exclusive mode")
        assert process.stdout is not None
        task = psutil.Process(int(process.stdout.readline()))
        wait_until_blocked(settings, process)
        children = task.children(recursive=True)
        assert children, f"{steps[-1]} has no children"
        task.kill()
        assert [child for child in children if not gone(child.pid)] == []
        assert process.wait() == 1


def wait_until_blocked(settings: Settings, process: subprocess.Popen[str]) -> None:
    with session(settings.dsn) as conn, conn.cursor() as cursor:
        conn.autocommit = True

        def blocked() -> bool:
            assert process.poll() is None, "the step ended before the barrier"
            cursor.execute(BLOCKED)
            return bool(cursor.fetchone()[0])

        wait_for(blocked, "the step to reach the barrier")
