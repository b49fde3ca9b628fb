"""Invented sites without feeds: their stories hour by hour, their home pages, and the feed that they hide."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from tests.worlds.page_layouts import (
    Layout,
    Shown,
    Story,
    card_article,
    card_below,
    card_block,
    card_definition,
    card_figure,
    card_line,
    card_row,
    card_spans,
    frame_divs,
    frame_roles,
    frame_semantic,
    frame_table,
)
from tests.worlds.page_words import Writer, key, own_slug, slug

BEGAN = datetime(2026, 3, 2, 6, tzinfo=timezone.utc)
ARCHIVE_H = 24 * 20  # how far back a site's older stories go

Address = Callable[["Site", str, datetime, int], str]  # of a story: its section's path, its time, its number

_WORDS = "politics sport business culture science world local opinion travel health economy media".split()


def _dated(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{at:%Y/%m/%d}/{slug(site.rng, 3, 7)}/"


def _section_slug(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{section}/{slug(site.rng)}"


def _section_slug_id(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{section}/{slug(site.rng, 2, 6)}-{number}.html"


def _article_id(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/artikel/{number}"


def _query(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/news.php?id={number}"


def _root_slug(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{own_slug(site.writer, site.rng) if not site.is_latin else slug(site.rng)}/"


def _iso(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{section}/{at:%Y-%m-%d}/{slug(site.rng, 2, 3)}.html"


def _opaque(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/n/{key(site.rng)}"


def _deep(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{section}/{site.rng.choice(('region', 'national'))}/{slug(site.rng, 2, 5)}_{number}.html"


def _plain_query(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/?p={number}"


def _compact_date(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{at:%Y%m%d}/{slug(site.rng, 2, 6)}.shtml"


def _id_first(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/{number}/{slug(site.rng, 2, 6)}"


def _story_key(site: Site, section: str, at: datetime, number: int) -> str:
    return f"/nyheter/i/{key(site.rng, 6)}/{slug(site.rng, 2, 6)}"


def _subdomain(site: Site, section: str, at: datetime, number: int) -> str:
    return f"https://{section}.{site.host}/{slug(site.rng, 3, 6)}-{number}"


@dataclass(frozen=True)
class Manner:
    """What a world of sites is drawn from."""

    languages: tuple[str, ...]
    addresses: tuple[Address, ...]
    layouts: tuple[Layout, ...]
    short: float  # share of headlines of two or three words
    daily: tuple[int, ...]
    hard: float = 0.3  # share of sites with lists and services that look like stories, and pages of comments


TUNING = Manner(
    ("en", "de", "ru", "ar", "ja", "hi"),
    (_dated, _section_slug, _section_slug_id, _article_id, _query, _root_slug),
    (
        Layout(frame_semantic, card_article, card_line),
        Layout(frame_divs, card_block, card_block, "ul"),
        Layout(frame_table, card_row, card_row, "tbody"),
        Layout(frame_divs, card_below, card_line),
    ),
    0.05,
    (3, 12, 30),
)
REPORTED = Manner(
    ("fi", "es", "tr", "el", "he", "ko", "zh", "th", "en"),
    (_iso, _opaque, _deep, _plain_query, _compact_date, _id_first, _story_key, _subdomain, _root_slug),
    (
        Layout(frame_roles, card_spans, card_line, "section"),
        Layout(frame_roles, card_figure, card_definition),
        Layout(frame_divs, card_definition, card_spans),
        Layout(frame_semantic, card_figure, card_block, "ul"),
        Layout(frame_semantic, card_below, card_spans),
        Layout(frame_table, card_article, card_line),
    ),
    0.08,
    (2, 8, 20, 40),
)


@dataclass
class Site:
    """A site of the world; at `redesigned_h` it gets its second layout, and now and then new addresses."""

    number: int
    manner: Manner
    rng: random.Random
    stories: list[Story] = field(default_factory=list)
    redesigned_h: float = 72.0

    def __post_init__(self) -> None:
        self.language = self.rng.choice(self.manner.languages)
        self.host = "example.org"
        self.base = f"https://{self.host}/"
        self.writer = Writer(self.language, self.rng)
        self.is_latin = self.language in ("en", "de", "fi", "es", "tr")
        self.address = self.rng.choice(self.manner.addresses)
        self.layouts = self.rng.sample(self.manner.layouts, 2)
        self.daily = self.rng.choice(self.manner.daily)
        paths = self.rng.sample(_WORDS, 7)
        self.sections = [(f"/{path}/", self.writer.words(1, 2)) for path in paths]
        self.authors = [(f"/author/{slug(self.rng, 2, 2)}", self.writer.name()) for _ in range(8)]
        # some topics have names as long as headlines
        self.tags = [
            (f"/tag/{slug(self.rng, n // 8 + 1, n // 8 + 2)}", self.writer.words(n // 8 + 1, n // 8 + 2))
            for n in range(24)
        ]
        self.legal = [(f"/{slug(self.rng, 1, 4)}", self.writer.words(1, 4)) for _ in range(9)] + [
            ("/rss.xml", "RSS"),
            ("/login", self.writer.words(1, 1)),
        ]
        self.promotions = [(f"/{slug(self.rng, 1, 2)}?offer=spring", self.writer.words(4, 8))]
        self.dossiers = [
            (f"/dossier/{slug(self.rng, 2, 4)}-{self.rng.randint(10_000, 99_999)}", self.writer.words(3, 5))
            for _ in range(4 * (self.rng.random() < self.manner.hard))
        ]
        self.services = [
            (f"/{self.rng.choice(('letters', 'games'))}/{slug(self.rng, 1, 3)}", self.writer.words(4, 7))
            for _ in range(3 * (self.rng.random() < self.manner.hard))
        ]
        self.comments = self.rng.random() < self.manner.hard
        self._write()

    def _write(self) -> None:
        at, number = -float(ARCHIVE_H), self.rng.randint(100_000, 900_000)
        while at < 24 * 8:
            at += self.rng.expovariate(self.daily / 24)
            number += self.rng.randint(1, 40)
            self.stories.append(self._story(at, number))

    def _story(self, at: float, number: int) -> Story:
        section = self.rng.choice(self.sections)
        path = self.address(self, section[0].strip("/"), BEGAN + timedelta(hours=at), number)
        return Story(
            path if path.startswith("https://") else self.base.rstrip("/") + path,
            self.writer.headline(self.manner.short),
            self.writer.words(12, 25),
            section,
            self.rng.choice(self.authors),
            tuple(self.rng.sample(self.tags, 3)),
            at,
        )

    def out(self, hour: float) -> list[Story]:
        """What is published, newest first."""
        return [story for story in reversed(self.stories) if story.at <= hour]

    def shown(self, hour: float) -> Shown:
        """What the home page shows at an hour."""
        out, rng = self.out(hour), random.Random(f"{self.number} {hour}")
        feed = out[:30]
        blocks = [
            (section, [story for story in out[12:80] if story.section == section][:4]) for section in self.sections[:4]
        ]
        return Shown(
            title=self.writer.script.syllables[0] * 3,
            language=self.language,
            direction=self.writer.script.direction,
            sections=[*self.sections, ("/", self.sections[0][1]), ("/weather", self.sections[1][1] + "!")],
            top=feed[:18],
            ticker=feed[:30],
            most_read=rng.sample(out[5:90], 8),
            blocks=blocks,
            topics=rng.sample(self.tags, 6),
            promotions=[*self.promotions, (f"https://shop{self.number}.example/{slug(rng)}", self.tags[-1][1])],
            partners=[(f"https://partner{n}.example/2026/{slug(rng)}", f"{self.tags[n][1]} {n} ?") for n in range(4)],
            legal=self.legal,
            dossiers=self.dossiers,
            services=self.services,
            comments=self.comments,
            pages=[(f"/?page={n}", str(n)) for n in range(2, 6)] + [("/archive/2026/03/", "»»")],
            more=self.sections[2][1] + " »",
        )

    def linked(self, hour: float) -> frozenset[str]:
        """The articles that the home page links to at an hour."""
        shown = self.shown(hour)
        blocks = [story for _, stories in shown.blocks for story in stories]
        return frozenset(story.url for story in (*shown.top, *shown.ticker, *shown.most_read, *blocks))

    def page(self, hour: float) -> bytes:
        """The home page at an hour."""
        layout = self.layouts[hour >= self.redesigned_h]
        return layout.page(self.shown(hour), random.Random(f"{self.number} {hour} page")).encode()

    def lists(self, url: str) -> bool:
        """Whether an address is a list of stories: fetched, it ends as no article."""
        path = url.removeprefix(self.base.rstrip("/"))
        return any(
            path.rstrip("/") == each[0].rstrip("/")
            for each in (*self.sections, *self.authors, *self.tags, *self.dossiers)
        )


def sites(number: int, manner: Manner, seed: int) -> Iterator[Site]:
    """So many sites of a world."""
    for at in range(number):
        yield Site(at, manner, random.Random(f"{seed} {at}"))
