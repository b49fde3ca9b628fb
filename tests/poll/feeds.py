"""Feeds written for tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from xml.sax.saxutils import escape

NOON = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Item:
    """An item of a feed."""

    number: int
    at: datetime
    title: str = ""
    link: str = ""
    guid: str = ""
    body: str = "Some words of a summary."


def items(first: int, last: int, *, end: datetime = NOON, every_s: float = 600, **more: str) -> list[Item]:
    """Items numbered `first` to `last` (newest, published at `end`), newest first."""
    return [
        Item(number, end - timedelta(seconds=every_s * (last - number)), **more)
        for number in range(last, first - 1, -1)
    ]


def rss(origin: str, shown: Iterable[Item], *, head: str = "") -> bytes:
    """RSS 2.0."""
    parts = [
        f"<item><title>{escape(i.title or f'Item {i.number}')}</title>"
        f"<link>{escape(i.link or f'{origin}/a/{i.number}')}</link>"
        f"<guid isPermaLink='false'>{escape(i.guid or f'guid-{i.number}')}</guid>"
        f"<pubDate>{format_datetime(i.at)}</pubDate><description>{escape(i.body)}</description></item>"
        for i in shown
    ]
    channel = f"<title>News</title><link>{origin}/</link>{head}" + "".join(parts)
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def news_sitemap(origin: str, shown: Iterable[Item]) -> bytes:
    """A Google News sitemap of the same items."""
    parts = [
        f"<url><loc>{escape(i.link or f'{origin}/a/{i.number}')}</loc><n:news><n:publication><n:name>News</n:name>"
        f"<n:language>en</n:language></n:publication><n:publication_date>{i.at.isoformat()}</n:publication_date>"
        f"<n:title>{escape(i.title or f'Item {i.number}')}</n:title></n:news></url>"
        for i in shown
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{"".join(parts)}</urlset>'
    ).encode()
