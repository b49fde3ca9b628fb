"""SIGKILL of the command, five times midway, the same command again each time: the rows of an undisturbed run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import pytest
from pydantic import SecretStr

from newsflow.settings import Settings
from newsflow.store.archive import Archive
from newsflow.store.archive_audit import audit
from newsflow.store.db import connect
from tests.backfill.foreign import pages, write
from tests.paths import ROOT
from tests.pipeline.night import differences, left
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

RECORDS = 60
# Where the process dies: twice while it reads, at the file's and the database's commit, then in extract and in load.
KILLS = (("seal-before", 3), ("seal-after", 2), ("commit-before", 14), ("commit-after", 31), ("query", 75))
NEVER = {"point": "", "number": 0, "act": "none"}


def backfill(settings: Settings, file: Path, plan: dict[str, object]) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}",
        "NEWSFLOW_DATABASE_URL": settings.dsn,
        "NEWSFLOW_ARCHIVE": settings.archive,
        "NEWSFLOW_SHARDS": "1",
    }
    words = [sys.executable, "-m", "tests.backfill.child", json.dumps(plan), "run", "--warc", str(file), "--json"]
    return subprocess.run(words, env=env, cwd=ROOT, text=True, capture_output=True, check=False, timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("past") / "past.warc.gz", pages(RECORDS))


@dataclass
class Twin:
    """A backfill that nothing disturbed: its settings, its rows, and what it said."""

    settings: Settings
    rows: dict[str, list[tuple[object, ...]]]
    said: str


@pytest.fixture(scope="module")
def twin(module_dsn: str, tmp_path_factory: pytest.TempPathFactory, file: Path) -> Twin:
    settings = Settings(database_url=SecretStr(module_dsn), archive=str(tmp_path_factory.mktemp("twin")))
    return Twin(settings, said=whole(settings, file).stderr, rows=left(settings.dsn))


def whole(settings: Settings, file: Path) -> subprocess.CompletedProcess[str]:
    """The command to its good end."""
    done = backfill(settings, file, NEVER)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["articles"] == RECORDS
    return done


def test_five_kills_leave_no_trace(dsn: str, tmp_path: Path, file: Path, twin: Twin) -> None:
    struck = Settings(database_url=SecretStr(dsn), archive=str(tmp_path / "struck"))
    for point, number in KILLS:
        done = backfill(struck, file, {"point": point, "number": number, "act": "kill"})
        assert done.returncode == -signal.SIGKILL, (point, number, done.stderr[-1000:])
    whole(struck, file)
    assert differences(left(struck.dsn), twin.rows) == []
    with connect(struck.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select count(*), min(state) from ingest.run")
        assert tuple(cursor.fetchone()) == (1, "success")  # the same command went on with its run
        now = datetime.now(timezone.utc)
        assert audit(conn, Archive(struck.archive_url), now, grace_s=-60).faults == []


def test_progress_tells_bytes_and_records(twin: Twin) -> None:
    assert f"{RECORDS} records, {RECORDS} taken; 1 of 1 files" in twin.said
    assert [stage for stage in ("read, MB", "extract", "deduplicate", "load") if stage not in twin.said] == []


def test_a_finished_request_begins_a_new_run_and_finds_nothing_new(twin: Twin, file: Path) -> None:
    whole(twin.settings, file)
    with connect(twin.settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select array_agg(state) from ingest.run")
        assert cursor.fetchone()[0] == ["success", "success"]
