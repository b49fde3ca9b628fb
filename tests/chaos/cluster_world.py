"""The newsroom of a cluster's nights: 64 origins whose sizes follow Zipf's law, with copies among them."""

from __future__ import annotations

import random
from datetime import timedelta
from math import ceil

from newsflow.local.newsroom.script import EPOCH, Article, ArticleText, FeedKind, Publisher, ScriptedWorld
from tests.worlds.story_writer import Event, account, headline

ORIGINS = 64
LARGEST = 40  # articles of the largest origin; the second has half of them, the third a third, …
WIRES = 6
KINDS = tuple(FeedKind)


def zipf_world(seed: int = 1) -> ScriptedWorld:
    """Equal seeds give equal worlds; each article has a time of its own, so that a story's first page is certain."""
    rng = random.Random(seed)
    wires = [_text(rng) for _ in range(WIRES)]
    return ScriptedWorld(tuple(_publisher(rank, wires, rng) for rank in range(1, ORIGINS + 1)))


def _text(rng: random.Random) -> ArticleText:
    body = [account(rng, Event(rng), 5) for _ in range(4)]
    return ArticleText(headline(rng, body[0]), tuple(body))


def _publisher(rank: int, wires: list[ArticleText], rng: random.Random) -> Publisher:
    articles = [_article(rank, number, _text(rng)) for number in range(ceil(LARGEST / rank))]
    if rank <= ORIGINS // 2:
        articles.append(_article(rank, len(articles), wires[rank % WIRES]))
    return Publisher(f"outlet-{rank:02}", f"The Outlet {rank}", kind=KINDS[rank % len(KINDS)], articles=tuple(articles))


def _article(rank: int, number: int, text: ArticleText) -> Article:
    return Article(f"item-{number}", text, published_at=EPOCH - timedelta(minutes=rank + ORIGINS * number))
