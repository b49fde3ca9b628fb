"""A second world of stories, written without regard to the first (`story_world`): does ours hold where it was not made?

Wire pieces are open texts where they are at hand, and prose of patterns; copies are what
`desk_copies` does to them; beside them stand pages of forms (`desk_pages`) and rivals
(`desk_rivals`). Where people would disagree on the label, the item is `debatable`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count

import xxhash

from tests.worlds import desk_rivals as rivals
from tests.worlds.desk_copies import EDITS, SPACELESS
from tests.worlds.desk_pages import FORMS
from tests.worlds.desk_prose import Cast, Piece, prose, spaceless
from tests.worlds.shared import SHARED
from tests.worlds.story_world import Item

START = datetime(2026, 3, 2, 6, 0, tzinfo=timezone.utc)
DEBATABLE = frozenset({"combined", "live", "follow_up_long"})
PUBLISHERS = 60


@dataclass
class World:
    """Files pieces under publishers, times and story numbers."""

    rng: random.Random
    items: list[Item] = field(default_factory=list)
    _stories: Iterator[int] = field(default_factory=lambda: count(1))
    _pages: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.furniture = [self._lines() for _ in range(PUBLISHERS)]

    def _lines(self) -> tuple[list[str], list[str]]:
        """What some publishers put above and below each of their pages."""
        cast = Cast(self.rng)
        if self.rng.random() < 0.7:
            return [], []
        name = f"the {cast.places[0]} {self.rng.choice(('Courier', 'Echo', 'Times'))}"
        head = (
            f"You are reading {name}, the independent voice of {cast.places[0]} and its neighbours since 18{len(name)}."
        )
        foot = f"{name} relies on its readers. {cast.paragraph(1, 2)} Support us from 3 a month."
        return [head], [foot]

    def story(self) -> int:
        return next(self._stories)

    def when(self) -> datetime:
        return START + timedelta(minutes=self.rng.randrange(10 * 24 * 60))

    def file(self, piece: Piece, story: int, kind: str, at: datetime, publisher: int | None = None) -> None:
        """One article more."""
        n = self.rng.randrange(PUBLISHERS) if publisher is None else publisher
        head, foot = self.furniture[n] if piece.language == "en" else ([], [])
        body = "\n".join([*head, *piece.paragraphs, *foot])
        url = f"https://paper{n}.example/{piece.language}/{next(self._pages)}"
        self.items.append(Item(url, piece.title, body, at, f"paper{n}.example", piece.language, story, kind))

    def wire(self, piece: Piece, copies: int, kinds: Sequence[str] = tuple(EDITS)) -> tuple[int, datetime]:
        """A piece and so many copies of it, hours to two days later, mostly under another headline."""
        story, at, chosen = self.story(), self.when(), self.rng.sample(range(PUBLISHERS), copies + 1)
        self.file(piece, story, "wire", at, chosen[0])
        for publisher in chosen[1:]:
            kind = self.rng.choice(kinds)
            copy = EDITS[kind](self.rng, piece)
            title = piece.title if self.rng.random() < 0.3 else Cast(self.rng).headline()
            later = at + timedelta(minutes=min(2800, self.rng.expovariate(1 / 400)))
            self.file(Piece(title, copy.paragraphs, copy.language), story, kind, later, publisher)
        return story, at


def open_pieces(part: int) -> list[Piece]:
    """Half of the open texts (by their hash), each once; empty where there are none."""
    found = dict[str, Piece]()
    for path, key in (
        ("pages/ground-truth.json", ""),
        ("pages_meta/articles.json", "text"),
        ("sites/articles.json", "text"),
    ):
        file = SHARED / path
        rows = json.loads(file.read_text()) if file.exists() else []
        for row in rows.values() if isinstance(rows, dict) else rows:
            lines = [line.strip() for line in row[key or "articleBody"].split("\n") if line.strip()]
            words = sum(len(line.split()) for line in lines)
            if 80 <= words <= 1500 and xxhash.xxh3_64_intdigest(lines[0].encode(), seed=7) % 2 == part:
                language = row.get("language") or "en"
                found.setdefault(
                    " ".join(lines)[:200], Piece(row.get("title") or lines[0][:80], tuple(lines), language)
                )
    return sorted(found.values(), key=lambda p: p.paragraphs)


def _wires(world: World, stories: int, texts: Sequence[Piece]) -> list[Piece]:
    rng = world.rng
    pieces = list(rng.sample(texts, min(len(texts), stories // 2)))
    pieces += [prose(rng, rng.choice((90, 160, 300, 600))) for _ in range(stories - len(pieces))]
    for piece in pieces:
        world.wire(piece, rng.choice((1, 2, 3, 5, 8)))
    for language in ("zh", "ja", "th"):
        for _ in range(stories // 15):
            world.wire(spaceless(rng, language, rng.randint(8, 24)), rng.randint(1, 4), SPACELESS)
    for _ in range(stories // 6):
        world.wire(
            rivals.brief(rng), rng.randint(1, 3), ("verbatim", "credited", "typography", "comment_form", "capitals")
        )
    return pieces


def _rivals(world: World, stories: int, wires: Sequence[Piece]) -> None:
    rng = world.rng
    for _ in range(stories // 4):
        at = world.when()
        for piece in rivals.two_agencies(rng):
            story = world.story()
            for kind in ("same_event", *rng.sample(("verbatim", "cut_tail", "credited", "synonyms", "added_tail"), 2)):
                world.file(
                    EDITS.get(kind, EDITS["verbatim"])(rng, piece), story, "same_event", at + timedelta(hours=len(kind))
                )
    by_text = {item.body: item for item in world.items}
    for piece in rng.sample(list(wires), stories // 4):
        if item := by_text.get("\n".join(piece.paragraphs)):
            world.file(
                rivals.follow_up(rng, piece), world.story(), "follow_up", item.published_at + timedelta(hours=20)
            )
    for _ in range(stories // 6):
        world.file(
            rivals.briefing(rng, rng.sample(list(wires), rng.randint(3, 6))), world.story(), "briefing", world.when()
        )
        one, other = rng.sample(list(wires), 2)
        world.file(rivals.combined(rng, one, other), world.story(), "combined", world.when())


def _series(world: World, stories: int) -> None:
    rng = world.rng
    for kind, made in (("press_release", rivals.press_releases), ("column", rivals.column)):
        for _ in range(max(2, stories // 30)):
            publisher, at = rng.randrange(PUBLISHERS), world.when()
            for n, piece in enumerate(made(rng, rng.randint(3, 6))):
                where = publisher if kind == "column" or rng.random() < 0.5 else None
                world.file(piece, world.story(), kind, at + timedelta(hours=20 * n), where)
    for _ in range(max(1, stories // 60)):
        at, story, publisher = world.when(), world.story(), rng.randrange(PUBLISHERS)
        for n, piece in enumerate(rivals.live_blog(rng)):
            world.file(piece, story, "live", at + timedelta(hours=3 * n), publisher)


def _forms(world: World, pages: int) -> None:
    """Each form at one publisher day after day, and at others; some pages are syndicated themselves."""
    rng = world.rng
    for kind, form in FORMS.items():
        publisher, at = rng.randrange(PUBLISHERS), world.when()
        for n in range(pages):
            piece, story = form(rng), world.story()
            where = publisher if n % 2 else None
            world.file(piece, story, kind, at + timedelta(hours=12 * n), where)
            if kind in ("stocks", "earnings", "match") and n % 4 == 0:
                copy = EDITS[rng.choice(("verbatim", "credited", "related"))](rng, piece)
                world.file(copy, story, kind, at + timedelta(hours=12 * n + 2), (publisher + 1) % PUBLISHERS)


def build(seed: int, part: int = 0, stories: int = 120, pages: int = 14) -> list[Item]:
    """A world, in an order that says nothing.

    :param part: half of the open texts that it is made of: 0 to look at, 1 to report.
    """
    world = World(random.Random(seed))
    wires = _wires(world, stories, open_pieces(part))
    _rivals(world, stories, wires)
    _series(world, stories)
    _forms(world, pages)
    world.rng.shuffle(world.items)
    return world.items
