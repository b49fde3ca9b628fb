"""What must never matter: order, batches, kills, repetition, the number of workers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys

import pytest

from newsflow.dedupe import comparer, text_cache
from tests.dedupe.conftest import Desk
from tests.paths import ROOT
from tests.waiting import wait_for
from tests.worlds.story_world import Item, build

pytestmark = pytest.mark.slow


def world(stories: int = 5) -> list[Item]:
    """Copies and look-alikes, small enough to be clustered forty times."""
    found = build(77, stories=stories, texts=[]).items
    kept = [i for i in found if i.kind != "template" or int(i.url.rsplit("/", 1)[1]) % 9 == 0]
    kinds: dict[str, int] = {}
    return [i for i in kept if kinds.setdefault(i.kind, 0) < 5 and not kinds.update({i.kind: kinds[i.kind] + 1})]


@pytest.mark.parametrize("order", range(3))
def test_order_and_batches_make_no_difference(desk: Desk, order: int) -> None:
    items = world()
    desk.file_world(items)
    desk.deduplicate()
    expected = desk.members()
    assert any(not row[2] for row in expected)
    desk.execute("truncate ingest.page, ingest.extraction, ingest.sketch_hash, ingest.run cascade")
    rng = random.Random(order)
    rng.shuffle(items)
    desk.file_world(items)
    for batch in (4, 6, 11, 21, 48, 500):
        desk.forget_stories()
        desk.deduplicate(pages=rng.randrange(len(items)), dedupe_batch=batch)
        desk.deduplicate(dedupe_batch=batch)
        assert desk.members() == expected


def test_a_double_run_changes_nothing(desk: Desk) -> None:
    desk.file_world(world())
    desk.deduplicate()
    tables = ("story_member", "story_edge", "sketch", "sketch_hash", "sketch_stop", "credit", "story_alarm")
    before = {t: desk.rows(f"select * from ingest.{t} order by 1, 2") for t in tables}
    desk.execute("update ingest.page set state = 'extracted' where state = 'clustered'")
    desk.deduplicate()
    assert {t: desk.rows(f"select * from ingest.{t} order by 1, 2") for t in tables} == before


def test_one_worker_and_four_give_the_same(desk: Desk) -> None:
    desk.file_world(world())
    desk.deduplicate(dedupe_workers=1, dedupe_batch=20)
    one = desk.members(), desk.rows("select page_id, hashes from ingest.sketch order by 1")
    desk.forget_stories()
    desk.deduplicate(dedupe_workers=4, dedupe_batch=20)
    assert (desk.members(), desk.rows("select page_id, hashes from ingest.sketch order by 1")) == one


KILLED = """
import os, sys, datetime
from newsflow.dedupe import cluster
from newsflow.dedupe.step import deduplicate
from newsflow.settings import Settings
done = cluster.Clusterer._regroup
def slow(self, *args):
    found = done(self, *args)
    print("batch", flush=True)
    sys.stdin.readline()
    return found
cluster.Clusterer._regroup = slow
settings = Settings(database_url=sys.argv[1], dedupe_batch=15, dedupe_workers=int(sys.argv[3]))
deduplicate(settings, int(sys.argv[2]))
"""


@pytest.mark.parametrize(("after", "workers"), [(1, 1), (3, 1), (2, 2)])
def test_killed_in_the_middle_and_run_again(desk: Desk, dsn: str, after: int, workers: int) -> None:
    """SIGKILL within a batch's transaction, after some batches were committed; its workers die with it."""
    desk.file_world(world())
    desk.deduplicate()
    expected = desk.members()
    desk.forget_stories()
    run_id = desk.open_run()
    step = subprocess.Popen(
        [sys.executable, "-c", KILLED, dsn, str(run_id), str(workers)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")},
    )  # fmt: skip
    assert step.stdin
    assert step.stdout
    for number in range(after):
        assert step.stdout.readline() == "batch\n"
        if number + 1 < after:
            step.stdin.write("\n")
            step.stdin.flush()
    step.send_signal(signal.SIGKILL)
    step.wait()
    waiting = desk.rows("select count(*) from ingest.page where state = 'extracted'")[0][0]
    assert waiting == desk.rows("select count(*) - %s from ingest.page", 15 * (after - 1))[0][0]
    sessions = "select 1 from pg_stat_activity where application_name like 'newsflow deduplicate%%'"
    wait_for(lambda: not desk.rows(sessions), "PostgreSQL to notice the kill")
    desk.finish(run_id)
    desk.deduplicate()
    assert desk.members() == expected


def test_a_cache_of_one_text_gives_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.file_world(world())
    desk.deduplicate(dedupe_batch=20)
    edges = "select lo, hi, containment, rule, joins from ingest.story_edge order by 1, 2"
    ample = desk.members(), desk.rows(edges)
    desk.forget_stories()
    for room, name, bound in (
        (text_cache, "TEXTS", 1),
        (text_cache, "PLACES", 1),
        (text_cache, "AT_ONCE", 2),
        (comparer, "AT_ONCE", 2),
    ):
        monkeypatch.setattr(room, name, bound)
    desk.deduplicate(dedupe_batch=20)
    assert (desk.members(), desk.rows(edges)) == ample
