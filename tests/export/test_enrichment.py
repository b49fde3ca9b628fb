"""The example enrichment: killed at random it misses nothing, and nothing is left of what was retracted."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from newsflow.load.step import load
from newsflow.maintain.retraction import retract
from tests.load.world import T0, World
from tests.paths import ROOT
from tests.waiting import wait_for

EXAMPLE = ROOT / "docs/examples/keywords.py"
ROUNDS, ARTICLES = 12, 40
MISSED = """select count(*) from news.articles a
  where not exists (select from keyword_done d where d.article_id = a.article_id and d.revision = a.revision)"""
LEFT = """select count(*) from (select article_id from keyword union select article_id from keyword_done) k
  where not exists (select from news.articles a where a.article_id = k.article_id)"""


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.conn.close()


@pytest.fixture
def small_pages(tmp_path: Path) -> Path:
    """The example with pages so small that a kill finds it at work."""
    made = tmp_path / "keywords.py"
    made.write_text(EXAMPLE.read_text(encoding="utf-8").replace("PAGE = 200", "PAGE = 3"), encoding="utf-8")
    return made


def start(program: Path, dsn: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(program), dsn], text=True, stdout=subprocess.PIPE)


def some_changes(world: World, rng: random.Random, number: int) -> None:
    """New articles and new contents of old ones; now and then one is taken out."""
    run = world.run(f"r{number}")
    for _ in range(ARTICLES // 4):
        words = " ".join(rng.choices(["harbour", "minister", "parliament", "grid"], k=9))
        world.clustered(run, f"https://paper.example/{rng.randint(1, ARTICLES)}", body=f"{words} {rng.random()}")
    load(world.settings, run)
    there = [page for (page,) in world.rows("select article_id from news.articles order by 1")]
    if number % 2 and there:
        retract(world.conn, [rng.choice(there)], "wrong", T0)


def position(world: World) -> int:
    if world.value("select to_regclass('keyword_position')") is None:
        return -1
    return int(world.value("select coalesce(max(change_id), -1) from keyword_position"))


def test_killed_at_random_it_misses_nothing_and_leaves_nothing(world: World, small_pages: Path) -> None:
    rng = random.Random(7)
    killed = 0
    for number in range(ROUNDS):
        some_changes(world, rng, number)
        before, work = position(world), start(small_pages, world.dsn)
        steps = rng.randint(0, 3)  # how far it gets is chance: it is killed when it has moved, or is done
        wait_for(lambda: work.poll() is not None or position(world) >= before + steps, "it to move")  # noqa: B023
        work.send_signal(signal.SIGKILL)
        killed += work.wait() == -signal.SIGKILL
    assert killed > ROUNDS // 3
    done = start(small_pages, world.dsn)
    assert done.wait() == 0
    assert world.value(MISSED) == 0
    assert world.value(LEFT) == 0
    assert world.value("select count(*) from news.changes where kind = 'retraction'") > 2
    assert world.value("select count(*) from keyword") > 0


def test_a_retraction_empties_all_revisions(world: World) -> None:
    for number, text in enumerate(["The harbour was closed.", "The harbour is open again."]):
        run = world.run(f"r{number}")
        page = world.clustered(run, "https://paper.example/a", body=text)
        load(world.settings, run)
        assert start(EXAMPLE, world.dsn).wait() == 0
    assert world.rows("select revision, word from keyword order by 1, 2") == [
        (1, "closed"),
        (1, "harbour"),
        (2, "harbour"),
    ]
    retract(world.conn, [page], "wrong", T0)
    assert start(EXAMPLE, world.dsn).wait() == 0
    assert world.rows("select * from keyword") == []
    assert world.rows("select * from keyword_done") == []


def test_two_at_once_do_not_hinder_each_other(world: World, small_pages: Path) -> None:
    some_changes(world, random.Random(1), 2)
    both = [start(small_pages, world.dsn) for _ in range(2)]
    told = sum(int((work.communicate()[0] or "0").split()[0]) for work in both)
    assert [work.returncode for work in both] == [0, 0]
    assert told == world.value("select count(*) from news.changes")
    assert world.value(MISSED) == 0


def test_the_dag_waits_for_the_articles() -> None:
    code = (
        "import sys; sys.path.insert(0, 'docs/examples'); import news_keywords as found;"
        "print(found.DAG.dag_id, sorted(found.DAG.task_dict),"
        " 'news/articles' in str(found.DAG.timetable.asset_condition))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "news_keywords ['catch_up'] True"


def test_the_table_is_made_twice_without_harm(world: World) -> None:
    with psycopg2.connect(world.dsn) as conn, conn.cursor() as cursor:
        for _ in range(2):
            cursor.execute(EXAMPLE.read_text(encoding="utf-8").split('TABLES = """')[1].split('"""')[0])
        cursor.execute("select count(*) from keyword_position")
        assert cursor.fetchone() == (1,)
    conn.close()
