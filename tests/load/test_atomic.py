"""What a reader sees while a load is under way: none of it or all of it, and never an article without its story."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg2
import pytest

from newsflow.load.step import load
from tests.load.world import World

ARTICLES = 300
LOOK = """select (select count(*) from news.articles), (select count(*) from news.changes where kind = 'insert'),
  (select coalesce(sum(articles), 0) from news.stories), (select count(*) from news.runs where outcome = 'new'),
  (select count(*) from news.articles a left join news.stories s using (story_id) where s.story_id is null),
  (select count(*) from news.articles a
    where not exists (select from news.articles o where o.article_id = a.story_id))"""


@dataclass
class Watcher:
    """A reader that looks again and again, in statements of their own, from before the load until after it."""

    dsn: str
    seen: list[tuple[int, ...]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watcher:
        self.conn = psycopg2.connect(self.dsn)
        self.conn.autocommit = True
        self.look()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.look()
        self.conn.close()

    def watch(self) -> None:
        while not self.over.is_set():
            self.look()

    def look(self) -> None:
        with self.conn.cursor() as cursor:
            cursor.execute(LOOK)
            self.seen.append(tuple(int(value) for value in cursor.fetchone()))


@pytest.fixture
def waiting(world: World) -> Iterator[tuple[World, int]]:
    """A run of many articles, every third a copy of the one before it."""
    run = world.run()
    world.rows("select count(*) from news.articles")
    story = 0
    for number in range(ARTICLES):
        copy = number % 3 == 2
        page = world.clustered(
            run,
            f"https://p{number % 7}.example/{number}",
            f"p{number % 7}.example",
            story=story if copy else None,
            origin=not copy,
        )
        story = story if copy else page
    yield world, run


def test_a_reader_sees_none_of_a_run_or_all_of_it(waiting: tuple[World, int]) -> None:
    world, run = waiting
    with Watcher(world.dsn) as watcher:
        load(world.settings, run)
    states = set(watcher.seen)
    assert states == {(0, 0, 0, 0, 0, 0), (ARTICLES, ARTICLES, ARTICLES, 1, 0, 0)}
    assert len(watcher.seen) > 10


def test_chunks_of_a_large_run_are_each_whole(waiting: tuple[World, int]) -> None:
    """A backfill is published in steps; at each, articles, stories and changes agree."""
    world, run = waiting
    with Watcher(world.dsn) as watcher:
        load(world.settings.model_copy(update={"load_chunk": 60}), run)
    for articles, changes, members, _, storyless, originless in watcher.seen:
        assert articles == changes == members
        assert articles % 60 == 0
        assert (storyless, originless) == (0, 0)
    assert {0, ARTICLES} < {seen[0] for seen in watcher.seen}


def test_a_run_that_breaks_off_was_never_seen(waiting: tuple[World, int]) -> None:
    world, run = waiting
    world.rows(
        "create function fail() returns trigger language plpgsql as"
        " $$ begin raise exception using errcode = '53100', message = 'disk full'; end $$;"
        " create trigger t before insert on news_internal.change execute function fail()"
    )
    with Watcher(world.dsn) as watcher, pytest.raises(psycopg2.OperationalError, match="disk full"):
        load(world.settings, run)
    assert set(watcher.seen) == {(0, 0, 0, 0, 0, 0)}
