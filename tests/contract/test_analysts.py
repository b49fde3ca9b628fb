"""Each query of docs/analysts.md, run as it stands there, with its answer."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

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

# Answers that are counted in Python, over the rows that the newsroom's pages gave: title, body, publisher, time, …
Fact = tuple[int, str, str, str, Any, str]
FACTS = """select p.page_id, e.title, e.body, b.name, e.published_at, e.language
  from ingest.page p join ingest.extraction e using (extraction_id) join ingest.publisher b using (publisher_id)
  where p.state = 'loaded' order by p.page_id"""


def facts(world: World) -> list[Fact]:
    return cast("list[Fact]", world.rows(FACTS))


def says(fact: Fact, *words: str) -> bool:
    found = re.findall(r"[a-z]+", f"{fact[1]} {fact[2]}".lower())
    return all(word in found for word in words)


def term_by_hour(world: World) -> list[tuple[Any, ...]]:
    hours = Counter(fact[4].replace(minute=0) for fact in facts(world) if says(fact, "power", "grid"))
    return [(hour, count, count) for hour, count in sorted(hours.items())]


def share_of_voice(world: World) -> list[tuple[Any, ...]]:
    papers = Counter(fact[3] for fact in facts(world) if says(fact, "quake") or says(fact, "grid"))
    total = sum(papers.values())
    ordered = sorted(papers.items(), key=lambda item: (-item[1], item[0]))
    return [(paper, count, round(Decimal(100 * count) / total, 1)) for paper, count in ordered]


def first_mention(world: World) -> list[tuple[Any, ...]]:
    first: dict[str, tuple[Any, ...]] = {}
    for fact in sorted((fact for fact in facts(world) if says(fact, "coast")), key=lambda fact: (fact[4], fact[0])):
        first.setdefault(fact[3], (fact[3], fact[4], fact[0]))
    return sorted(first.values())


def sample_of_half(world: World) -> list[tuple[Any, ...]]:
    def key(number: int) -> float:
        return int(hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()[:13], 16) / 2**52

    chosen = sorted((key(fact[0]), fact[0], fact[1]) for fact in facts(world) if key(fact[0]) < 0.5)
    return [(number, title) for _, number, title in chosen]


def watched_hours(world: World) -> list[tuple[Any, ...]]:
    """Only herald.example has a feed: watched until 20:00, with a gap of two hours."""
    seen = Counter((fact[3], "watched" if fact[3] == "herald.example" else "not_watched") for fact in facts(world))
    hours = {"watched": 18, "gap": 2, "not_watched": 4}
    rows = [("herald.example", state, count, seen["herald.example", state]) for state, count in hours.items()]
    others = [(paper, state, 24, count) for (paper, state), count in seen.items() if paper != "herald.example"]
    return sorted(rows + others)


def counts_by_day(world: World) -> list[tuple[Any, ...]]:
    """The two copies of the wire's text are no originals; the budget and the grid were changed."""
    groups: dict[tuple[Any, ...], list[Fact]] = {}
    for fact in facts(world):
        groups.setdefault((fact[4].date(), fact[3], fact[5]), []).append(fact)
    return [
        (
            *key,
            len(found),
            sum(not fact[1].startswith("Coast shaken") for fact in found),
            sum(fact[1] in {"Budget passes", "Grid saved"} for fact in found),
            sum(len(fact[2].split()) for fact in found),
        )
        for key, found in sorted(groups.items())
    ]


COUNTED: dict[str, Callable[[World], list[tuple[Any, ...]]]] = {
    "a term by hour": term_by_hour,
    "share of voice": share_of_voice,
    "first mention": first_mention,
    "closed pages": lambda _: [("herald.example", "rejected", "closed", 2)],
    "a reproducible sample": sample_of_half,
    "watched hours": watched_hours,
    "sources of times": lambda world: [
        ("json-ld", "exact", "A time of day with its zone, as the source gave it.", len(facts(world)))
    ],
    "counts by day": counts_by_day,
}


@pytest.fixture(scope="module")
def sample(module_dsn: str) -> Iterator[World]:
    world = World(module_dsn)
    newsroom(world)
    yield world
    world.conn.close()


def test_there_are_twenty_and_each_has_its_answer() -> None:
    assert len(QUERIES) == 20
    assert list(QUERIES) == [*ANSWERS, *COUNTED]


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_query_gives_its_answer(sample: World, name: str) -> None:
    assert sample.rows(QUERIES[name]) == ANSWERS[name]


@pytest.mark.parametrize("name", list(COUNTED))
def test_the_query_counts_what_python_counts(sample: World, name: str) -> None:
    expected = COUNTED[name](sample)
    assert expected
    assert sample.rows(QUERIES[name]) == expected


def test_the_guide_names_only_what_exists(sample: World) -> None:
    """Each `news.x` in the guide is a view or a function."""
    there = {name for (name,) in sample.rows("select relname from pg_class where relnamespace = 'news'::regnamespace")}
    there |= {name for (name,) in sample.rows("select proname from pg_proc where pronamespace = 'news'::regnamespace")}
    assert set(re.findall(r"\bnews\.([a-z_]+)", GUIDE)) <= there
