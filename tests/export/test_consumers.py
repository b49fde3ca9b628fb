"""Consumers of the change log: none misses a committed change, whatever the writers do."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from newsflow.load.step import load
from newsflow.maintain.retraction import retract
from newsflow.store import queries
from tests.load.world import T0, World
from tests.paths import ROOT
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

WRITERS, TRANSACTIONS = 6, 60
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    made.rows(
        # the naive cursors' table: what one would write without our change log
        "create table naive (id bigint generated always as identity, at timestamptz default now(), writer int)"
    )
    yield made
    made.conn.close()


def write(dsn: str, writer: int) -> None:
    """So many load-like transactions: some long, some rolled back; the real queries of the change log at their end."""
    rng = random.Random(writer)
    conn = psycopg2.connect(dsn)
    cursor = conn.cursor()
    cursor.execute(queries.sql("load.make_plan"))
    conn.commit()
    article = writer * 1_000_000
    for _ in range(TRANSACTIONS):
        rows = rng.randint(1, 4)
        cursor.execute("insert into naive (writer) select %s from generate_series(1, %s)", (writer, rows))
        for _ in range(rows):
            article += 1
            cursor.execute(
                "insert into load_plan (page_id, story_id, similarity, is_origin, verdict)"
                " values (%s, 1, 1, true, 'new')",
                (article,),
            )
        time.sleep(rng.choice([0, 0.001, 0.01, 0.15]))
        cursor.execute(queries.sql("changes.lock"))
        cursor.execute(queries.sql("load.log_changes"), {"run_id": writer, "now": T0})
        time.sleep(rng.choice([0, 0, 0.003]))
        if rng.random() < 0.2:
            conn.rollback()
        else:
            conn.commit()


def follow(conn: psycopg2.extensions.connection, sql: str, last: object) -> list[tuple[object, ...]]:
    with conn.cursor() as cursor:
        cursor.execute(sql, (last,))
        found = cursor.fetchall()
    conn.commit()
    return found


def test_no_committed_change_is_missed_and_none_is_out_of_order(world: World) -> None:
    """Six writers with rollbacks, long transactions and SIGKILLs; beside our cursor the two naive ones."""
    writers = [SPAWN.Process(target=write, args=(world.dsn, n)) for n in range(1, WRITERS + 1)]
    for process in writers:
        process.start()
    reader = psycopg2.connect(world.dsn)
    ours: list[int] = []
    by_id: set[object] = set()
    by_time: set[object] = set()
    last_id, last_at = 0, T0
    killed = 0
    while any(p.is_alive() for p in writers):
        ours += [
            r[0] for r in follow(reader, "select change_id from news.changes_since(%s, 50)", ours[-1] if ours else 0)
        ]  # type: ignore[misc]
        for row_id, _ in follow(reader, "select id, at from naive where id > %s order by id", last_id):
            by_id.add(row_id)
            last_id = row_id  # type: ignore[assignment]
        for row_id, at in follow(reader, "select id, at from naive where at > %s order by at", last_at):
            by_time.add(row_id)
            last_at = at  # type: ignore[assignment]
        if killed < 2 and len(ours) > 200 * (killed + 1):
            os.kill(writers[killed].pid or 0, signal.SIGKILL)
            killed += 1
    while rows := follow(reader, "select change_id from news.changes_since(%s, 50)", ours[-1] if ours else 0):
        ours += [r[0] for r in rows]  # type: ignore[misc]
    reader.close()
    committed = [r[0] for r in world.rows("select change_id from news_internal.change order by 1")]
    naive = {r[0] for r in world.rows("select id from naive")}
    assert len(committed) > 100
    assert killed
    assert ours == committed
    assert naive - by_id, "the naive cursor on an id missed nothing: this test can't tell a good one from a bad one"
    assert naive - by_time, "the naive cursor on a time missed nothing: this test can't tell a good one from a bad one"


@pytest.fixture
def mirror(world: World, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "mirror.sqlite"


def start_consumer(dsn: str, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(ROOT / "docs/examples/consumer.py"), dsn, str(path)])


def applied(path: Path) -> list[tuple[int, str]]:
    if not path.exists():
        return []
    with sqlite3.connect(path) as conn:
        try:
            return conn.execute("select change_id, kind from applied order by rowid").fetchall()
        except sqlite3.OperationalError:
            return []


def test_the_example_consumer_survives_kills_without_missing_or_repeating(world: World, mirror: Path) -> None:
    consumer = start_consumer(world.dsn, mirror)
    try:
        for number in range(8):
            run = world.run(f"r{number}")
            for page in range(6):
                world.clustered(run, f"https://paper.example/{page}", title=f"Round {number} of {page}")
            load(world.settings.model_copy(update={"load_search": False}), run)
            if number % 2:
                time.sleep(0.05 * number)
                consumer.send_signal(signal.SIGKILL)
                consumer.wait()
                consumer = start_consumer(world.dsn, mirror)
        retract(world.conn, [world.page("https://paper.example/3")], "wrong", T0)
        expected = world.rows("select change_id, kind from news.changes order by 1")
        wait_for(lambda: len(applied(mirror)) >= len(expected), "the consumer to catch up")
    finally:
        consumer.kill()
        consumer.wait()
    assert applied(mirror) == expected
    with sqlite3.connect(mirror) as conn:
        kept = conn.execute("select article_id, url, publisher, title, revision, story_id from article").fetchall()
    assert kept == world.rows(
        "select article_id, url, publisher, title, revision, story_id from news.articles order by 1"
    )


def test_listeners_are_woken(world: World) -> None:
    listener = psycopg2.connect(world.dsn)
    listener.autocommit = True
    listener.cursor().execute("listen news_changes")
    run = world.run()
    world.clustered(run, "https://paper.example/a")
    load(world.settings, run)
    listener.poll()
    assert [n.payload for n in listener.notifies] == [str(world.value("select max(change_id) from news.changes"))]
    listener.close()


def test_a_load_that_changes_nothing_wakes_nobody(world: World) -> None:
    listener = psycopg2.connect(world.dsn)
    listener.autocommit = True
    listener.cursor().execute("listen news_changes")
    load(world.settings, world.run())
    listener.poll()
    assert listener.notifies == []
    listener.close()
