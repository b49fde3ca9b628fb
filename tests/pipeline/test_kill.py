"""SIGKILL in the middle of a step, then the step again: the rows of an undisturbed run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from newsflow import pipeline
from newsflow.local.newsroom import Newsroom
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import connect
from tests.paths import ROOT
from tests.pipeline.night import differences, left, orphans, quick_world, register, settings_for
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

STEPS = ("fetch", "extract", "deduplicate", "load")
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
TAKES = {
    "fetch": "pending",
    "extract": "captured",
    "deduplicate": "extracted",
    "load": "clustered",
}  # pages in this state
BEFORE = {step: STEPS[:number] for number, step in enumerate(STEPS)}


def take(settings: Settings, run_id: int, step: str) -> None:
    for shard in (0, 1):
        if step in ("fetch", "extract"):
            getattr(pipeline, step)(settings, run_id, shard)
        elif shard == 0:
            getattr(pipeline, step)(settings, run_id)


def start(settings: Settings, run_id: int, step: str) -> subprocess.Popen[bytes]:
    """The step in a process of its own, as an Airflow task runs it."""
    shard = ", 0" if step in ("fetch", "extract") else ""
    code = (
        "from newsflow import pipeline; from newsflow.settings import get_settings\n"
        f"pipeline.{step}(get_settings(), {run_id}{shard})"
    )
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "plugins"),
        "NEWSFLOW_DATABASE_URL": settings.dsn,
        "NEWSFLOW_ARCHIVE": settings.archive,
        "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
        "NEWSFLOW_DELAY_S": str(settings.delay_s),
        "NEWSFLOW_FETCH_BATCH": str(settings.fetch_batch),
    }
    return subprocess.Popen([sys.executable, "-c", code], env=env, start_new_session=True)


@contextmanager
def barrier(settings: Settings, run_id: int, step: str, place: str) -> Iterator[Connection]:
    """Hold the row of the first or last page that the step has still to do, so that it stands still in mid-batch."""
    conn = connect(settings.dsn)
    order = "asc" if place == "first" else "desc"
    shard = "extract_shard" if step == "extract" else "shard"
    with conn.cursor() as cursor:
        cursor.execute(
            f"select from ingest.page where page_id = (select page_id from ingest.run_page x join ingest.page p"
            f" using (page_id) where run_id = %s and {shard} = 0 and p.state = %s"
            f" and (x.fetch_outcome is null or p.state <> 'pending') order by page_id {order} limit 1) for update",
            (run_id, TAKES[step]),
        )
        assert cursor.rowcount == 1
    yield conn
    conn.rollback()
    conn.close()


def wait_until_blocked(settings: Settings, process: subprocess.Popen[bytes]) -> None:
    conn = connect(settings.dsn)
    conn.autocommit = True

    def blocked() -> bool:
        assert process.poll() is None, "the step ended before the barrier"
        with conn.cursor() as cursor:
            cursor.execute(WAITING)
            return bool(cursor.fetchone()[0])

    wait_for(blocked, "the step to reach the barrier")
    conn.close()


def wait_until_gone(settings: Settings) -> None:
    """The server notices a dead client once it is let on; its open transaction is rolled back."""
    conn = connect(settings.dsn)
    conn.autocommit = True

    def alone() -> bool:
        with conn.cursor() as cursor:
            cursor.execute(OTHERS)
            return not cursor.fetchone()[0]

    wait_for(alone, "the killed step's session to end")
    conn.close()


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(quick_world()) as running:
        yield running


def begun(dsn: str, archive: Path, newsroom: Newsroom) -> tuple[Settings, int]:
    newsroom.advance(newsroom.world.editions[0])
    register(dsn, newsroom.feeds())
    settings = settings_for(dsn, archive, newsroom)
    run_id = pipeline.open_run(settings, "test", "night")
    pipeline.poll(settings, run_id, RunRequest(force=True))
    return settings, run_id


@pytest.fixture(scope="module")
def undisturbed(
    module_dsn: str, tmp_path_factory: pytest.TempPathFactory, newsroom: Newsroom
) -> dict[str, list[tuple[object, ...]]]:
    settings, run_id = begun(module_dsn, tmp_path_factory.mktemp("twin"), newsroom)
    for step in STEPS:
        take(settings, run_id, step)
    return left(settings.dsn)


@pytest.mark.parametrize("step", STEPS)
def test_killed_twice_in_the_middle_and_tried_again(
    step: str,
    make_dsn: Callable[[], str],
    tmp_path: Path,
    newsroom: Newsroom,
    undisturbed: dict[str, list[tuple[object, ...]]],
) -> None:
    """At its first page, then in its second try at its last."""
    settings, run_id = begun(make_dsn(), tmp_path / "archive", newsroom)
    for earlier in BEFORE[step]:
        take(settings, run_id, earlier)
    for place in ("first", "last"):
        with barrier(settings, run_id, step, place):
            process = start(settings, run_id, step)
            wait_until_blocked(settings, process)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        wait_until_gone(settings)
    for again in (step, *STEPS[STEPS.index(step) + 1 :]):
        take(settings, run_id, again)
    assert pipeline.check(settings, run_id).verdict.ok
    assert differences(left(settings.dsn), undisturbed) == []
    assert orphans(settings) == set()
