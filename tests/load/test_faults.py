"""Kills, concurrent loads, and order: the rows are those of one clean run."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pydantic import SecretStr

from newsflow.load.step import load
from newsflow.settings import Settings
from tests.load.world import T0, Ticker, World
from tests.waiting import wait_for

SPAWN = multiprocessing.get_context("spawn")

ROWS = """select a.article_id, a.url, a.title, a.body, a.revision, a.story_id, a.is_origin, a.changed,
    p.state, p.outcome, p.loaded_extraction_id = p.extraction_id, s.title
  from news_internal.article a join ingest.page p on p.page_id = a.article_id
  left join news_internal.search s using (article_id) order by 1"""
CHANGES = "select article_id, kind, revision, story_id from news.changes order by change_id"
FUNNEL = "select stage, outcome, pages from news.runs order by run_id, position, outcome"


def fill(world: World, pages: int) -> int:
    """A run with new, changed and unchanged pages, and stories."""
    first = world.run("r1")
    for number in range(0, pages, 2):
        world.clustered(first, f"https://paper.example/{number}", body=f"Text {number}. " * 20)
    load(world.settings, first, clock=Ticker(T0))
    second = world.run("r2")
    for number in range(pages):
        changed = "New " if number % 4 == 0 else ""
        world.clustered(second, f"https://paper.example/{number}", body=f"{changed}Text {number}. " * 20)
    return second


def work(dsn: str, run: int, chunk: int) -> None:
    load(Settings(database_url=SecretStr(dsn), load_chunk=chunk), run, clock=Ticker(T0 + timedelta(days=1)))


def loading(world: World) -> bool:
    """Whether a load has a session in this database."""
    return bool(
        world.value(
            "select count(*) from pg_stat_activity where application_name like 'newsflow load%%' and datname = %s",
            world.dsn.rsplit("/", 1)[1],
        )
    )


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_and_run_again_gives_the_rows_of_one_clean_run(world: World, seed: int) -> None:
    run = fill(world, 60)
    rng = random.Random(seed)
    for _ in range(4):
        process = SPAWN.Process(target=work, args=(world.dsn, run, 7))
        process.start()
        wait_for(lambda process=process: not process.is_alive() or loading(world), "the load to begin", pause_s=0.002)
        time.sleep(rng.uniform(0, 0.08))
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
    work(world.dsn, run, 7)
    killed = [world.rows(sql) for sql in (ROWS, CHANGES, FUNNEL)]
    assert [(code, n) for _, code, n in killed[2]] == [("new", 30), ("new", 30), ("revised", 15), ("unchanged", 15)]
    assert len(killed[0]) == 60
    assert all((row[8], row[10]) == ("loaded", True) for row in killed[0])
    assert all(row[11] == row[2] for row in killed[0])  # search has them all
    assert [kind for _, kind, _, _ in killed[1]].count("insert") == 60
    assert [kind for _, kind, _, _ in killed[1]].count("revision") == 15


def test_four_loads_of_overlapping_pages_neither_deadlock_nor_double(world: World) -> None:
    """Four runs share all pages; one loads each page, the others find nothing left to do."""
    fill(world, 200)
    runs = [world.run(f"w{n}") for n in range(4)]
    for run in runs:
        world.rows(
            "insert into ingest.run_page (run_id, page_id, shard, entered)"
            " select %s, page_id, 0, 'load' from ingest.page",
            run,
        )
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda run: load(world.settings.model_copy(update={"load_chunk": 23}), run), runs))
    total: dict[str, int] = {}
    for report in reports:
        for outcome, pages in report.counts.items():
            total[outcome] = total.get(outcome, 0) + pages
    assert total == {"new": 100, "revised": 50, "unchanged": 50}
    assert world.value("select count(*) from news.articles") == 200
    changes = world.rows("select article_id, kind, revision from news.changes")
    assert len(changes) == len(set(changes)) == 250


def test_the_order_of_pages_and_chunks_does_not_matter(world: World) -> None:
    """Whatever the chunks, the same articles and the same revisions."""
    run = fill(world, 40)
    load(world.settings.model_copy(update={"load_chunk": 3}), run)
    seen = world.rows("select url, title, body, revision, is_origin from news.articles order by url")
    world.rows("truncate news_internal.article, news_internal.revision, news_internal.change cascade")
    world.rows(
        "update ingest.page set state = 'clustered', loaded_extraction_id = null;"
        " update ingest.run_page set load_outcome = null"
    )
    load(world.settings, run)
    again = world.rows("select url, title, body, 1, is_origin from news.articles order by url")
    assert [row[:3] for row in seen] == [row[:3] for row in again]


def test_a_story_that_changes_while_its_article_loads_is_not_lost(world: World) -> None:
    """Deduplicate regroups a page between another load's decision and its commit."""
    first, second = world.run("r1"), world.run("r2")
    page = world.clustered(first, "https://paper.example/a")
    load(world.settings, first)
    world.member(page, 7, origin=False)
    world.rows("insert into ingest.story_pending values (%s)", page)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda run: load(world.settings, run), [first, second]))
    assert world.rows("select story_id, is_origin from news.articles") == [(7, False)]
    assert world.rows("select kind from news.changes order by change_id") == [("insert",), ("story",)]
