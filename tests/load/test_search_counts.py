"""news.hits and news.search_daily against counts that Python makes of the same texts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from newsflow.load.step import load
from tests.load.world import T0, World

WORDS = [
    "oil",
    "opec",
    "gas",
    "price",
    "barrel",
    "bank",
    "market",
    "harbour",
    "ferry",
    "storm",
    "river",
    "train",
    "school",
    "vote",
    "judge",
    "mill",
]
PUBLISHERS = ["north.example", "south.example", "west.example"]
STORIES, ARTICLES, DAYS = 60, 150, 12


@dataclass(frozen=True)
class Text:
    """One article as Python knows it."""

    publisher: str
    language: str
    story: int
    at: datetime
    title: list[str]
    body: list[str]

    @property
    def words(self) -> list[str]:
        return [*self.title, *self.body]


def texts() -> list[Text]:
    """Articles of random words: every tenth of a story is in German, for it is asked in stems of its own."""
    chance = random.Random(20)
    stories = [(chance.choices(WORDS, k=3), chance.choices(WORDS, k=9)) for _ in range(STORIES)]
    found = []
    for _ in range(ARTICLES):
        story = chance.randrange(STORIES)
        at = T0 - timedelta(minutes=chance.randrange(DAYS * 24 * 60))
        language = "de" if story % 10 == 0 else "en"
        found.append(Text(chance.choice(PUBLISHERS), language, story, at, *stories[story]))
    return found


TEXTS = texts()


def near(text: Text, a: str, b: str, most: int) -> bool:
    return any(
        x == a and y == b and 0 < abs(n - m) <= most
        for part in (text.title, text.body)
        for n, x in enumerate(part)
        for m, y in enumerate(part)
    )


def phrase(words: list[str], *asked: str) -> bool:
    return any(tuple(words[n : n + len(asked)]) == asked for n in range(len(words)))


ASKED: dict[str, Callable[[Text], bool]] = {
    "oil": lambda t: "oil" in t.words,
    "oil AND NOT opec": lambda t: "oil" in t.words and "opec" not in t.words,
    "oil -opec -gas": lambda t: "oil" in t.words and not {"opec", "gas"} & set(t.words),
    "oil or gas": lambda t: bool({"oil", "gas"} & set(t.words)),
    "oil OR gas storm": lambda t: "oil" in t.words or {"gas", "storm"} <= set(t.words),
    "(oil OR gas) storm": lambda t: bool({"oil", "gas"} & set(t.words)) and "storm" in t.words,
    "ma*": lambda t: any(word.startswith("ma") for word in t.words),
    "title:oil": lambda t: "oil" in t.title,
    "title:(oil OR ma*) bank": lambda t: any(w == "oil" or w[:2] == "ma" for w in t.title) and "bank" in t.words,
    '"oil price"': lambda t: phrase(t.title, "oil", "price") or phrase(t.body, "oil", "price"),
    '"oil bank"~3': lambda t: near(t, "oil", "bank", 3),
    'bank -"bank vote"~8': lambda t: "bank" in t.words and not near(t, "bank", "vote", 8),
}


@pytest.fixture(scope="module")
def library(module_dsn: str) -> Iterator[World]:
    world = World(module_dsn)
    run = world.run()
    stories: dict[int, int] = {}
    for number, text in enumerate(TEXTS):
        page = world.clustered(
            run,
            f"https://{text.publisher}/{number}",
            text.publisher,
            story=stories.get(text.story),
            title=" ".join(text.title),
            body=" ".join(text.body),
            language=text.language,
            published_at=text.at,
        )
        stories.setdefault(text.story, page)
    load(world.settings, run)
    yield world
    world.conn.close()


@pytest.mark.parametrize("q", ASKED)
def test_hits_are_those_that_python_finds(library: World, q: str) -> None:
    own = sorted((t.at, t.publisher, t.language) for t in TEXTS if ASKED[q](t))
    assert own
    assert library.rows("select published_at, publisher, language from news.hits(%s) order by 1, 2, 3", q) == own
    assert library.value("select count(*) from news.search(%s, max_rows => null)", q) == len(own)
    assert library.value("select count(*) from news.search(%s, max_rows => 100000, ranked => true)", q) == len(own)


@pytest.mark.parametrize("q", ASKED)
def test_days_are_those_that_python_counts(library: World, q: str) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    articles = Counter(t.at.astimezone(zone).date() for t in TEXTS if ASKED[q](t))
    unique = Counter(day for day, _ in {(t.at.astimezone(zone).date(), t.story) for t in TEXTS if ASKED[q](t)})
    found = library.rows(
        "select (starts_at at time zone 'Asia/Tokyo')::date, articles, unique_texts"
        " from news.search_daily(%s, %s, %s, zone => 'Asia/Tokyo')",
        q, T0 - timedelta(days=DAYS + 2), T0,
    )  # fmt: skip
    assert len(found) == DAYS + 3
    assert {day: (n, m) for day, n, m in found if n} == {day: (articles[day], unique[day]) for day in articles}


@pytest.mark.parametrize(("by", "field"), [("publisher", "publisher"), ("language", "language")])
@pytest.mark.parametrize(("step", "hours"), [("hour", 1), ("6 hours", 6), ("day", 24)])
def test_steps_by_publisher_and_language(library: World, by: str, field: str, step: str, hours: int) -> None:
    since = datetime(2026, 2, 10, tzinfo=timezone.utc)
    own = Counter(
        (since + (t.at - since) // timedelta(hours=hours) * timedelta(hours=hours), getattr(t, field))
        for t in TEXTS
        if "oil" in t.words
    )
    asked = "select starts_at, value, articles from news.search_daily('oil', %s, null, %s, %s)"
    found = library.rows(asked, since, step, by)
    assert {(at, value): n for at, value, n in found} == own
    length = {"hour": "1 hour", "day": "1 day"}.get(step, step)
    assert library.rows(asked.replace("null, %s", "null, %s::interval"), since, length, by) == found


def test_bounds_of_time_and_publisher_hold(library: World) -> None:
    since, until = T0 - timedelta(days=7), T0 - timedelta(days=3)
    own = sum("oil" in t.words and since <= t.at < until and t.publisher == "west.example" for t in TEXTS)
    named = "('oil', since => %s, until => %s, publisher => 'West.example'"
    assert own > 0
    assert library.value(f"select count(*) from news.hits{named})", since, until) == own
    assert library.value(f"select sum(articles) from news.search_daily{named}, step => 'hour')", since, until) == own
    assert library.value(f"select count(*) from news.search{named}, max_rows => 1000)", since, until) == own


def test_a_story_that_moves_is_followed(library: World) -> None:
    ((article, story),) = library.rows(
        "select article_id, story_id from news.hits('oil') where story_id <> article_id limit 1"
    )
    with library.conn.cursor() as cursor:
        cursor.execute(
            "update news_internal.article set story_id = %s, is_origin = true where article_id = %s", (article, article)
        )
        cursor.execute("select story_id, is_origin from news.hits('oil') where article_id = %s", (article,))
        assert tuple(cursor.fetchone()) == (article, True)
    library.conn.rollback()
    assert library.value("select story_id from news.hits('oil') where article_id = %s", article) == story


@pytest.mark.parametrize(
    ("zone", "step", "first"),
    [
        ("Europe/Berlin", "2 days", datetime(2026, 3, 27)),
        ("Europe/Berlin", "2 days", datetime(2026, 10, 23, 7)),
        ("Europe/Berlin", "36 hours", datetime(2026, 3, 27)),
        ("Europe/Berlin", "24 hours", datetime(2026, 3, 27)),
        ("Africa/Cairo", "day", datetime(2026, 4, 24, 5)),  # begins at one o'clock
        ("Africa/Cairo", "3 days", datetime(2026, 4, 22)),
        ("Asia/Beirut", "week", datetime(2026, 3, 29, 1)),
        ("America/Havana", "day", datetime(2026, 10, 31)),
        ("Australia/Lord_Howe", "10 days", datetime(2026, 4, 1)),
    ],
)
def test_steps_without_a_match_stand_where_those_with_one_would(
    world: World, zone: str, step: str, first: datetime
) -> None:
    since = first.replace(tzinfo=ZoneInfo(zone))
    run = world.run()
    for number in range(60):
        at = since + timedelta(hours=4 * number)
        world.clustered(run, f"https://a.example/{number}", body="oil", published_at=at, seen_at=at)
    load(world.settings, run)
    found = world.rows(
        "select starts_at, articles from news.search_daily('oil', %s, %s, %s::text, zone => %s)",
        since, since + timedelta(days=10), step, zone,
    )  # fmt: skip
    assert sum(n for _, n in found) == 60
    assert all(n for _, n in found[:-1])
    if step.endswith("days"):
        assert {at.astimezone(ZoneInfo(zone)).time() for at, _ in found} == {first.time()}
