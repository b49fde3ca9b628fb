"""Four weeks of eight invented publishers, the same each time: enough for an analyst's figures.

A wire agency that others copy, days and nights, weekends, a topic that grows, headlines that are changed, a feed that
was down for a day and a half, and a night in which we were offline ourselves.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from newsflow.load.step import load
from newsflow.store.copy import copy_rows
from newsflow.store.db import transaction
from tests.load.world import Ticker, World

START, DAYS = datetime(2026, 3, 2, tzinfo=timezone.utc), 28  # a Monday
DOWN = (START + timedelta(days=15, hours=6), START + timedelta(days=16, hours=18))
OFFLINE = (START + timedelta(days=22, hours=1), START + timedelta(days=22, hours=4))
WIRE = "wire.example"
PAPERS = {  # language, articles on a weekday, share of the wire's texts that it carries
    "courier.example": ("en", 9, 0.22),
    "gazette.example": ("en", 11, 0.12),
    "herald.example": ("en", 7, 0.06),
    "tribune.example": ("en", 8, 0.30),
    "kurier.example": ("de", 8, 0.0),
    "zeitblatt.example": ("de", 6, 0.0),
    "lejournal.example": ("fr", 7, 0.0),
}
TOPICS = {
    "energy": ("Grid operator", "Wind farm", "Energy minister", "Gas price"),
    "courts": ("Supreme court", "Prosecutor", "Fraud trial", "Judge"),
    "football": ("United", "City", "Cup final", "Coach"),
    "weather": ("Storm", "Heavy rain", "Late frost", "Flood warning"),
}
VERBS = ("delays", "confirms", "rejects", "surprises", "warns of", "returns to")
OBJECTS = ("the north coast", "parliament", "its own plan", "the capital", "a second week", "the harbour")
WORDS = (
    "harbour",
    "council",
    "minister",
    "rain",
    "court",
    "player",
    "grid",
    "vote",
    "price",
    "line",
    "tower",
    "market",
)


@dataclass
class Item:
    """An article before it is loaded; `page` is its number, `story` that of the article it copies."""

    page: int
    publisher: str
    language: str
    topic: str
    title: str
    body: str
    at: datetime
    seen_at: datetime
    story: int
    similarity: float = 1.0


@dataclass
class Month:
    """Everything that is published, in the order of the page numbers."""

    rng: random.Random = field(default_factory=lambda: random.Random(2026))
    items: list[Item] = field(default_factory=list)

    def add(
        self, publisher: str, language: str, topic: str, title: str, body: str, at: datetime, **more: object
    ) -> Item:
        seen = at + timedelta(minutes=self.rng.lognormvariate(2.4, 0.5))
        page = len(self.items) + 1
        made = Item(page, publisher, language, topic, title, body, at, seen, **{"story": page, **more})  # type: ignore[arg-type]
        self.items.append(made)
        return made

    def headline(self, topic: str) -> str:
        return f"{self.rng.choice(TOPICS[topic])} {self.rng.choice(VERBS)} {self.rng.choice(OBJECTS)}"

    def body(self) -> str:
        return "\n".join(" ".join(self.rng.choices(WORDS, k=40)).capitalize() + "." for _ in range(4))

    def topic(self, day: int) -> str:
        return self.rng.choices(list(TOPICS), weights=(2 + day / 5, 3, 3, 2))[0]

    def hours(self, day: int, count: float) -> Iterator[datetime]:
        """Times of a day: few at night, most before noon, fewer at weekends."""
        wanted = count * (0.55 if day % 7 >= 5 else 1)
        for hour in range(24):
            share = 0.01 if hour < 5 else 0.09 if 6 <= hour <= 11 else 0.04
            for _ in range(int(wanted * share + self.rng.random())):
                yield START + timedelta(days=day, hours=hour, minutes=self.rng.uniform(0, 60))

    def copies(self, original: Item) -> None:
        for paper, (language, _, share) in PAPERS.items():
            at = original.at + timedelta(minutes=self.rng.lognormvariate(3.5 + share * 2, 0.7))
            if self.rng.random() < share and not lost(paper, at):
                title = original.title if self.rng.random() < 0.4 else self.headline(original.topic)
                cut = original.body.rsplit("\n", 1)[0]
                self.add(paper, language, original.topic, title, cut, at, story=original.page, similarity=0.9)

    def write(self) -> list[Item]:
        for day in range(DAYS):
            for at in self.hours(day, 14):
                topic = self.topic(day)
                self.copies(self.add(WIRE, "en", topic, self.headline(topic), self.body(), at))
            for paper, (language, count, _) in PAPERS.items():
                for at in self.hours(day, count):
                    topic = self.topic(day)
                    item = (paper, language, topic, self.headline(topic), self.body(), at)
                    if not lost(paper, at):
                        self.add(*item)
        return self.items


def lost(publisher: str, at: datetime) -> bool:
    """Whether we were blind for it then."""
    return (publisher == "tribune.example" and DOWN[0] <= at < DOWN[1]) or OFFLINE[0] <= at < OFFLINE[1]


def fill(world: World) -> None:
    """The month, night by night, as the pipeline would have loaded it."""
    items = Month().write()
    _ledger(world, items)
    for day in range(DAYS + 1):
        night = START + timedelta(days=day + 1, hours=2)
        _night(world, f"night {day}", night, [i for i in items if night - timedelta(days=1) <= i.seen_at < night])
    rng = random.Random(5)
    changed = [i for i in items if i.publisher != WIRE and rng.random() < 0.04]
    for item in changed:
        verb = next(v for v in VERBS if f" {v} " in item.title)
        item.title = item.title.replace(verb, VERBS[VERBS.index(verb) - 1])
    _extractions(world, changed)
    _night(world, "corrections", START + timedelta(days=DAYS + 1, hours=2), changed)
    _gaps(world)


def _ledger(world: World, items: list[Item]) -> None:
    publishers = {name: world.publisher(name) for name in [WIRE, *PAPERS]}
    pages = [
        (
            i.page,
            url,
            hashlib.sha256(url.encode()).digest(),
            publishers[i.publisher],
            publishers[i.publisher],
            i.seen_at,
        )
        for i in items
        if (url := f"https://{i.publisher}/{i.at:%Y/%m/%d}/{i.page}")
    ]
    with transaction(world.conn):
        columns = ("page_id", "url", "url_hash", "origin_id", "publisher_id", "discovered_at")
        copy_rows(world.conn, "ingest.page", columns, pages)
        members = [(i.page, i.story, i.page == i.story, i.similarity) for i in items]
        copy_rows(world.conn, "ingest.story_member", ("page_id", "story_id", "is_origin", "similarity"), members)
        credited = [(i.page, "Wire", "(Wire)") for i in items if i.story != i.page and i.page % 3]
        copy_rows(world.conn, "ingest.credit", ("page_id", "agency", "evidence"), credited)
    world.rows("select setval(pg_get_serial_sequence('ingest.page', 'page_id'), %s)", len(items))
    _extractions(world, items)


def _extractions(world: World, items: list[Item]) -> None:
    columns = (
        "page_id", "extractor", "outcome", "title", "body", "authors", "published_at", "published_quality", "language",
        "language_confidence", "section", "tags", "word_count", "content_hash", "text_hash",
    )  # fmt: skip
    rows = [
        (
            i.page, "sample", "ok", i.title, i.body, ["Ada Lane"] if i.page % 4 else [], i.at, "exact", i.language,
            0.98, i.topic.title(), [i.topic.title()], len(i.body.split()), _digest(i.title + i.body), _digest(i.body),
        )
        for i in items
    ]  # fmt: skip
    with transaction(world.conn):
        copy_rows(world.conn, "ingest.extraction", columns, rows)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _night(world: World, name: str, now: datetime, items: list[Item]) -> None:
    run, pages = world.run(name, now), [i.page for i in items]
    world.rows(
        "update ingest.page p set state = 'clustered', extraction_id = (select max(extraction_id)"
        " from ingest.extraction e where e.page_id = p.page_id) where page_id = any(%s)",
        pages,
    )
    world.rows(
        "insert into ingest.run_page (run_id, page_id, shard, entered) select %s, unnest(%s::bigint[]), 0, 'load'",
        run,
        pages,
    )
    load(world.settings, run, clock=Ticker(now))


def _gaps(world: World) -> None:
    feed = world.value(
        "insert into ingest.feed (publisher_id, url, first_ok_at, last_ok_at)"
        " values (%s, 'https://tribune.example/feed', %s, %s) returning feed_id",
        world.publisher("tribune.example"),
        START,
        START + timedelta(days=DAYS + 1),
    )
    put = (
        "insert into ingest.gap (feed_id, publisher_id, cause, from_at, to_at, missed_estimate, opened_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)"
    )
    world.rows(put, feed, world.publisher("tribune.example"), "feed_down", *DOWN, 12, DOWN[1])
    world.rows(put, None, None, "own_outage", *OFFLINE, 0, OFFLINE[1])
