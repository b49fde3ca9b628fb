"""Each query of docs/analysts.md, run as it stands there, with its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from newsflow.local.postgres import Server
from tests.contract.sample import at, newsroom
from tests.load.world import World
from tests.paths import ROOT

GUIDE = (ROOT / "docs/analysts.md").read_text(encoding="utf-8")
QUERIES = dict(re.findall(r"```sql\n-- ([^\n]+)\n(.*?);\n```", GUIDE, re.DOTALL))
FEED_DOWN = "feed_down"

ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "volume by hour": [(at(8), 1, 1), (at(9), 2, 1), (at(10), 2, 1), (at(11), 2, 2)],
    "who broke it": [("Quake shakes the coast", "wire.example", at(8), 3, timedelta(hours=2.5))],
    "how it spread": [
        ("wire.example", "Quake shakes the coast", timedelta(0), Decimal("1.00")),
        ("gazette.example", "Coast shaken, says gazette", timedelta(hours=1), Decimal("0.95")),
        ("courier.example", "Coast shaken, says courier", timedelta(hours=2.5), Decimal("0.80")),
    ],
    "who copies the agencies": [
        ("courier.example", 1, 100, 100),
        ("gazette.example", 2, 50, 0),
        ("herald.example", 2, 0, 0),
        ("kurier.example", 1, 0, 0),
        ("wire.example", 1, 0, 0),
    ],
    "headline changes": [("herald.example", at(19.5), "Grid", "Grid saved")],
    "silent corrections": [("gazette.example", "Budget passes", at(19), 4, 2)],
    "what was changed": [
        ("body", "-", "The budget passed by ten votes."),
        ("body", "+", "The budget passed by two votes."),
    ],
    "share by language": [("en", 2, Decimal("66.7")), ("de", 1, Decimal("33.3"))],
    "holes in coverage": [
        ("herald.example", at(12), "gap", 0, None, [FEED_DOWN], 2),
        ("herald.example", at(13), "gap", 0, None, [FEED_DOWN], 2),
    ],
    "search": [("herald.example", at(10), "Grid saved", "**power** **grid** held through the storm")],
    "time to publish": [
        ("wire.example", 1, 15, 285),
        ("gazette.example", 2, 23, 203),
        ("courier.example", 1, 30, 120),
        ("herald.example", 2, 60, 90),
        ("kurier.example", 1, 60, 30),
    ],
    "what was rejected": [
        ("paywall", "The page shows a paywall instead of the article.", 2, "https://herald.example/wall"),
        ("not_found", "The server says that there is no such page (404).", 1, "https://herald.example/gone"),
    ],
}


@pytest.fixture(scope="module")
def sample(postgres: Server, template: str) -> Iterator[World]:
    admin = World(postgres.url())
    admin.conn.autocommit = True
    with admin.conn.cursor() as cursor:
        cursor.execute(f"create database nf_sample template {template}")
    world = World(postgres.url("nf_sample"))
    newsroom(world)
    yield world
    world.conn.close()
    with admin.conn.cursor() as cursor:
        cursor.execute("drop database nf_sample with (force)")
    admin.conn.close()


def test_there_are_twelve_and_each_has_its_answer() -> None:
    assert len(QUERIES) == 12
    assert list(QUERIES) == list(ANSWERS)


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_query_gives_its_answer(sample: World, name: str) -> None:
    assert sample.rows(QUERIES[name]) == ANSWERS[name]


def test_the_guide_names_only_what_exists(sample: World) -> None:
    """Each `news.x` in the guide is a view or a function."""
    there = {name for (name,) in sample.rows("select relname from pg_class where relnamespace = 'news'::regnamespace")}
    there |= {name for (name,) in sample.rows("select proname from pg_proc where pronamespace = 'news'::regnamespace")}
    assert set(re.findall(r"\bnews\.([a-z_]+)", GUIDE)) <= there
