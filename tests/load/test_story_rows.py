"""news.stories is kept as rows: whatever is loaded, moved or taken out, they say what the articles say."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from newsflow.load.step import load
from newsflow.maintain.retraction import retract
from tests.load.world import T0, World

DIFFERENCE = """select count(*) from (
  (table news_internal.story except select * from news_internal.count_stories(null)) union all
  (select * from news_internal.count_stories(null) except table news_internal.story)) d"""


def stories(world: World) -> list[tuple[object, ...]]:
    return world.rows("select story_id, title, articles, publishers from news.stories order by 1")


def test_a_story_of_two_publishers(world: World) -> None:
    run = world.run()
    first = world.clustered(run, "https://a.example/1", "a.example", title="First", language="en")
    second = world.clustered(
        run, "https://b.example/1", "b.example", title="Copy", language="de", story=first, origin=False, similarity=0.7
    )
    load(world.settings, run)
    assert world.rows("select * from news.stories") == [
        (first, first, "a.example", "First", 2, 2, ["de", "en"], T0 - timedelta(hours=1), T0 - timedelta(hours=1), 0.7)
    ]
    assert second not in [s[0] for s in stories(world)]


def test_a_member_that_leaves_makes_a_story_of_its_own(world: World) -> None:
    first, later = world.run("r1"), world.run("r2")
    a = world.clustered(first, "https://a.example/1", "a.example", title="A")
    b = world.clustered(first, "https://b.example/1", "b.example", title="B", story=a, origin=False)
    load(world.settings, first)
    world.member(b)
    world.rows("insert into ingest.story_pending values (%s)", b)
    load(world.settings, later)
    assert stories(world) == [(a, "A", 1, 1), (b, "B", 1, 1)]
    assert world.value(DIFFERENCE) == 0


def test_a_new_headline_of_the_origin_is_the_story_s(world: World) -> None:
    first, later = world.run("r1"), world.run("r2")
    page = world.clustered(first, "https://a.example/1", title="Old")
    load(world.settings, first)
    world.clustered(later, "https://a.example/1", title="New")
    load(world.settings, later)
    assert stories(world) == [(page, "New", 1, 1)]


def test_a_refused_row_makes_no_story(world: World) -> None:
    run = world.run()
    page = world.clustered(run, "https://a.example/1")
    world.rows("update ingest.extraction set published_at = 'infinity' where page_id = %s", page)
    load(world.settings, run)
    assert stories(world) == []


def test_an_emptied_story_goes_with_its_last_article(world: World) -> None:
    run = world.run()
    pages = [world.clustered(run, f"https://a.example/{n}", title=f"Title {n}") for n in range(2)]
    load(world.settings, run)
    retract(world.conn, pages[:1], "wrong", T0)
    assert [s[0] for s in stories(world)] == pages[1:]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_events_leaves_what_the_articles_say(world: World, seed: int) -> None:
    rng = random.Random(seed)
    known: list[int] = []
    for step in range(8):
        run = world.run(f"r{step}")
        for _ in range(rng.randint(1, 5)):
            paper = rng.choice("abc")
            story = rng.choice([None, *known])
            page = world.clustered(
                run,
                f"https://{paper}.example/{rng.randint(1, 9)}",
                f"{paper}.example",
                title=f"Title {rng.random()}",
                story=story,
                origin=story is None,
                published_at=T0 - timedelta(hours=rng.randint(1, 50)),
            )
            known = sorted({*known, page})
        load(world.settings, run)
        if known and rng.random() < 0.4:
            gone = rng.choice(known)
            retract(world.conn, [gone], "wrong", T0)
            known.remove(gone)
        assert world.value(DIFFERENCE) == 0


def test_loads_that_add_to_one_story_at_once_miss_none(world: World) -> None:
    seed = world.run("seed")
    story = world.clustered(seed, "https://origin.example/1", "origin.example")
    load(world.settings, seed)
    runs = [world.run(f"r{n}") for n in range(12)]
    for run in runs:
        for number in range(3):
            world.clustered(run, f"https://p{run}.example/{number}", f"p{run}.example", story=story, origin=False)
    settings = world.settings.model_copy(update={"load_search": False})
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda run: load(settings, run), runs))
    assert world.rows("select articles, publishers from news.stories") == [(37, 13)]


def test_whereabouts_tells_what_became_of_an_address(world: World) -> None:
    run = world.run()
    page = world.clustered(run, "https://paper.example/a")
    world.page("https://paper.example/waiting")
    twin = world.page("https://paper.example/amp/a")
    world.rows(
        "update ingest.page set (state, outcome, canonical_page_id) = ('rejected', 'same_page', %s) where page_id = %s",
        page,
        twin,
    )
    load(world.settings, run)
    asked = "select article_id, publisher, state, outcome, means, same_as from news.whereabouts(%s)"
    assert world.rows(asked, "https://paper.example/a") == [
        (page, "paper.example", "loaded", "new", "A new article.", None)
    ]
    assert [r[2:4] for r in world.rows(asked, "https://paper.example/waiting")] == [("pending", None)]
    assert [(r[3], r[5]) for r in world.rows(asked, "https://paper.example/amp/a")] == [("same_page", page)]
    assert world.rows(asked, "https://paper.example/never-seen") == []
