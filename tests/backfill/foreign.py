"""Somebody else's archive: CC-NEWS-like WARC files, made from the sample newsroom's texts with edits."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from newsflow.local.newsroom import Article, ArticleText, Publisher, documents, sample_world
from newsflow.local.newsroom.documents import Item
from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.store import warc

EPOCH = datetime(2024, 5, 1, tzinfo=timezone.utc)


def pages(count: int, *, seed: int = 1, publishers: int = 20, start: int = 0) -> Iterator[tuple[Exchange, datetime]]:
    """Articles of many invented papers; each mixes paragraphs of the newsroom with numbers of its own."""
    world = sample_world(EPOCH)
    pool: dict[str, list[str]] = {}
    titles: dict[str, list[str]] = {}
    for publisher in world.publishers:
        for article in publisher.articles:
            pool.setdefault(publisher.language, []).extend(t for t in article.text.paragraphs if len(t) > 60)
            titles.setdefault(publisher.language, []).append(article.text.title)
    for number in range(start, start + count):
        chance = random.Random(f"{seed}/{number}")
        base = world.publishers[number % len(world.publishers)]
        paper = f"paper{number % publishers}.example"
        when = EPOCH + timedelta(minutes=number)
        texts = chance.sample(pool[base.language], k=min(8, len(pool[base.language])))
        body = tuple(_edited(text, chance) for text in texts)
        title = f"{chance.choice(titles[base.language])} ({number})"
        yield exchange(paper, base, f"story-{number}", ArticleText(title, body), when), when


def _edited(text: str, chance: random.Random) -> str:
    words = text.split()
    for _ in range(max(2, len(words) // 3)):
        words[chance.randrange(len(words))] = f"{chance.choice(words)}{chance.randrange(1000)}"
    return " ".join(words)


def exchange(paper: str, base: Publisher, slug: str, text: ArticleText, when: datetime) -> Exchange:
    """The exchange of an article's page."""
    publisher = replace(base, name=paper, title=paper.title())
    url = f"https://www.{paper}/news/{when:%Y/%m/%d}/{slug}"
    item = Item(Article(slug, text, "Ada Example", when), text, when, url)
    body = documents.page(publisher, item, []).encode()
    headers = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
    return Exchange(url, Outcome.OK, 200, headers, body, url, (url,), reason="OK", ip="192.0.2.7")


def junk(number: int, when: datetime) -> Exchange:
    """A record that no article can come from."""
    url = f"https://www.paper{number % 20}.example/img/{number}.jpg"
    kind, status = (("image/jpeg", 200), ("text/html", 404))[number % 2]
    return Exchange(url, Outcome.OK, status, {"content-type": kind}, b"\xff\xd8" * 50, url, (url,), reason="?")


def write(path: Path, records: Iterable[tuple[Exchange, datetime]], *, packed: str = "members") -> Path:
    """A WARC file; `packed` is members (a gzip member a record, as the standard says), whole or plain."""
    import gzip
    import zlib

    builder = warc.Builder(path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        whole = gzip.GzipFile(fileobj=out, mode="wb", mtime=0) if packed == "whole" else None
        for member in (m for e, when in records for m in builder.exchange(e, when)):
            plain = member if packed == "members" else zlib.decompress(member, 31)
            (whole or out).write(plain)
        if whole:
            whole.close()
    return path
