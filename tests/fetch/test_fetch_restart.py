"""SIGKILL anywhere and run again: the rows, and the archive's files, of one clean run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsflow.fetch.step import fetch
from newsflow.model import CapturePointer
from newsflow.store.archive import Archive
from tests.ledger import Ledger
from tests.paths import ROOT
from tests.waiting import PATIENCE_S
from tests.webserver import says

pytestmark = pytest.mark.slow

CHILD = """
import os, signal, sys
from newsflow.fetch import step, store
from newsflow.settings import Settings
from newsflow.store.archive import ArchiveWriter

def dies(calls, then):
    left = [calls]
    def wrapper(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return then(*args, **kwargs)
    return wrapper

where, calls = sys.argv[2], int(sys.argv[3])
owner, name = {
    "add": (ArchiveWriter, "add"),  # in the middle of a file
    "seal": (ArchiveWriter, "seal"),  # the file is written, not sealed
    "commit": (store, "add_captures"),  # sealed, not noted
    "log": (store, "log_tries"),  # in the middle of the transaction
}[where]
setattr(owner, name, dies(calls, getattr(owner, name)))
step.fetch(Settings(), int(sys.argv[1]), 0)
"""


def run_and_die(ledger: Ledger, run_id: int, where: str, calls: int) -> None:
    settings = ledger.settings(fetch_batch=4)
    env = os.environ | {
        "PYTHONPATH": str(ROOT / "plugins"),
        "NEWSFLOW_DATABASE_URL": ledger.dsn,
        "NEWSFLOW_ARCHIVE": str(ledger.archive),
        "NEWSFLOW_ALLOW_ORIGINS": " ".join(settings.allow_origins),
        "NEWSFLOW_DELAY_S": "0.02",
        "NEWSFLOW_FETCH_BATCH": "4",
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(run_id), where, str(calls)], check=False, env=env, timeout=PATIENCE_S
    )
    assert done.returncode == -signal.SIGKILL


@pytest.fixture
def world(ledger: Ledger, page: Callable[[str], Any]) -> Ledger:
    for _ in range(3):
        server = ledger.server(robots=b"User-agent: *\nDisallow: /no\n")
        server.plays |= {f"/{n}": page(f"text {n}") for n in range(5)}
        server.plays |= {"/no": page("no"), "/gone": says("410 Gone")}
        ledger.pages(*(server.url(f"/{path}") for path in (*range(5), "no", "gone", "missing")))
    server.plays["/e"] = says("500 Oops")
    ledger.pages(server.url("/e"))
    return ledger


def rows(ledger: Ledger) -> dict[str, list[Any]]:
    """All that a run leaves, but for times, sizes of files and the order in which pages were fetched."""
    return {
        "pages": ledger.all(
            "select p.url, state, p.outcome, detail, attempts, x.fetch_outcome, count(c.*), min(c.payload_digest) "
            "from ingest.page p join ingest.run_page x using (page_id) left join ingest.capture c using (page_id) "
            "group by p.page_id, x.fetch_outcome order by p.url"
        ),
        "stage": ledger.all("select counts, label from ingest.run_stage where stage = 'fetch'"),
        "records": ledger.all("select sum(records) from ingest.warc_file"),
    }


EXPECTED = {"ok": 15, "server_error": 1, "robots_denied": 3, "gone": 3, "not_found": 3}


@pytest.mark.parametrize(("where", "calls"), [("add", 6), ("seal", 1), ("commit", 0), ("commit", 1), ("log", 1)])
def test_killed_and_run_again(where: str, calls: int, world: Ledger) -> None:
    run_id = world.plan()
    run_and_die(world, run_id, where, calls)
    before = {path.name for path in world.archive.rglob("*.warc.gz*")}
    report = fetch(world.settings(fetch_batch=4), run_id, 0)
    assert dict(report.counts) == EXPECTED
    assert report.label == "sample.example · 25/25"
    found = rows(world)
    assert [(row[6], row[5] == "ok") for row in found["pages"]].count((1, True)) == 15
    assert all(row[6] == 0 or row[5] == "ok" for row in found["pages"])
    assert found["stage"] == [(EXPECTED, "sample.example · 25/25")]
    assert found["records"] == [(15,)]
    assert_archive_is_the_ledger(world)
    assert before  # it did die in the middle of something


def assert_archive_is_the_ledger(ledger: Ledger) -> None:
    archive = Archive(str(ledger.archive))
    assert {found.file for found in archive.list()} == {
        row[0] for row in ledger.all("select file from ingest.warc_file")
    }
    for pointer in ledger.all('select file, "offset", length, payload_digest from ingest.capture'):
        assert b"text" in archive.read(CapturePointer(*pointer)).body


def test_each_attempt_has_names_of_its_own_and_spares_its_successors(world: Ledger) -> None:
    """One that lost its lock without noticing it neither overwrites nor deletes what its successor sealed."""
    run_id = world.plan()
    run_and_die(world, run_id, "commit", 1)
    [folder] = world.archive.glob(f"db-*/run-{run_id:08d}/shard-00")
    others = {"009-0badcafe-00001.warc.gz": b"a successor's", "001-deadbeef-00001.warc.gz": b"of a night that was lost"}
    for name, data in others.items():
        (folder / name).write_bytes(data)
    fetch(world.settings(fetch_batch=4), run_id, 0)
    files = {row[0].rpartition("/")[2] for row in world.all("select file from ingest.warc_file")}
    assert {name[:4] for name in files} == {"001-", "002-"}
    assert {path.name for path in folder.iterdir()} == files | others.keys()
    assert {name: (folder / name).read_bytes() for name in others} == others


def test_second_run_of_a_finished_step_changes_nothing(world: Ledger) -> None:
    run_id = world.plan()
    fetch(world.settings(), run_id, 0)
    before, asked = rows(world), [len(server.requests) for server in world.servers]
    report = fetch(world.settings(), run_id, 0)
    assert dict(report.counts) == EXPECTED
    assert rows(world) == before
    assert [len(server.requests) for server in world.servers] == asked


def test_same_rows_whatever_threads_and_batches(world: Ledger, tmp_path: Path) -> None:
    run_id = world.plan()
    fetch(world.settings(fetch_threads=1, fetch_batch=1), run_id, 0)
    first = rows(world)
    world.do("delete from ingest.run")
    world.do("delete from ingest.capture")
    world.do("delete from ingest.warc_file")
    world.do("update ingest.page set state = 'pending', outcome = null, attempts = 0, next_attempt_at = '-infinity'")
    world.do("update ingest.origin set cool_until = null, cool_reason = null, failures = 0")
    fetch(world.settings(fetch_threads=32, fetch_batch=1000), world.plan(), 0)
    assert rows(world)["pages"] == first["pages"]


def test_database_that_goes_away_stops_the_step(world: Ledger) -> None:
    """Trouble of our own raises, at once, and leaves no open file."""
    run_id = world.plan()
    for server in world.servers:
        ask = server.plays["/1"]

        def play(sock: Any, request: Any, ask: Any = ask) -> None:
            world.do(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'newsflow fetch%%'"
            )
            ask(sock, request)

        server.plays["/1"] = play
    with pytest.raises(Exception, match=r"terminat|closed|lost"):
        fetch(world.settings(), run_id, 0)
    assert not list(world.archive.rglob("*.open"))
    for server in world.servers:
        server.plays["/1"] = server.plays["/2"]
    assert dict(fetch(world.settings(), run_id, 0).counts)["ok"] == 15
