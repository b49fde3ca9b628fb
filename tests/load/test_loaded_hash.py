"""The ledger's copy of an article's content hash is the article's, whatever becomes of it: extract relies on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from newsflow.clock import utcnow
from newsflow.load.step import load
from newsflow.maintain.jobs import run as maintain
from newsflow.maintain.retraction import restore, retract
from tests.load.world import STRAY_HASHES, T0, World

URL = "https://paper.example/a"


@pytest.fixture
def page(world: World) -> int:
    """The page of an article, and another one beside it."""
    run = world.run()
    world.clustered(run, "https://paper.example/other")
    page = world.clustered(run, URL, title="First")
    load(world.settings, run)
    return page


def again(world: World, title: str, **content: object) -> dict[str, int]:
    run = world.run(f"again {title} {content}")
    world.clustered(run, URL, title=title, **content)
    return dict(load(world.settings, run).counts)


def refused(world: World, page: int) -> None:
    run = world.run("refused")
    world.clustered(run, URL, title="Refused")
    world.rows("update ingest.extraction set published_at = 'infinity' where title = 'Refused'")
    assert load(world.settings, run).counts == {"bad_row": 1}


def revised(world: World, page: int) -> None:
    assert again(world, "Second") == {"revised": 1}


def retracted(world: World, page: int) -> None:
    retract(world.conn, [page], "wrong", T0)


def came_again(world: World, page: int) -> None:
    retract(world.conn, [page], "wrong", T0)
    assert again(world, "Third") == {"retracted": 1}


def restored(world: World, page: int) -> None:
    retract(world.conn, [page], "wrong", T0)
    assert restore(world.conn, page, T0)
    assert world.value(STRAY_HASHES) == 0
    assert again(world, "Fourth") == {"new": 1}


def purged(world: World, page: int) -> None:
    world.rows("update news_internal.article set loaded_at = now() - interval '40 days' where article_id = %s", page)
    maintain(world.settings.model_copy(update={"retain_articles_days": 30}), ["retention"], clock=utcnow)
    assert world.value("select count(*) from news_internal.article") == 1


def emptied(world: World, page: int) -> None:
    later = utcnow() + timedelta(days=40)
    maintain(world.settings.model_copy(update={"retain_bodies_days": 30}), ["retention"], clock=lambda: later)
    assert again(world, "First") == {"unchanged": 1}


@pytest.mark.parametrize("event", [refused, revised, retracted, came_again, restored, purged, emptied])
def test_the_hash_is_the_article_s(world: World, page: int, event: Callable[[World, int], None]) -> None:
    assert world.value("select count(loaded_content_hash) from ingest.page") == 2
    assert world.value(STRAY_HASHES) == 0
    event(world, page)
    assert world.value(STRAY_HASHES) == 0
