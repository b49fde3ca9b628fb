"""Where a site's feeds may be, and which of those found is the best. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

import lxml.html
from lxml.etree import LxmlError

from newsflow.feeds.parsed import ParsedFeed
from newsflow.feeds.sanitize import squeeze
from newsflow.text.storable import Storable
from newsflow.web.urls import BadUrl, origin_of, sendable

# Where WordPress, Ghost, Hugo, Drupal, Arc and their like put feeds.
COMMON = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/arc/outboundfeeds/rss/?outputType=xml",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
)
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml")
_LOOKS = re.compile(r"(?:^|[/._-])(?:rss|atom|feed|feeds|rdf)(?:$|[/._?-])|\.rss$|feed\.(?:xml|json)", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario", re.IGNORECASE)
_MOST_IN_PAGE = 12


@dataclass(frozen=True, slots=True)
class FeedCandidate(Storable):
    """An address that may be a feed, and how we came upon it."""

    url: str
    how: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class FoundFeed(Storable):
    """A candidate that is a feed; a higher `score` is better."""

    url: str
    kind: str
    title: str
    entries: int
    newest_at: datetime | None
    how: str
    score: float


def in_page(body: bytes, base: str) -> list[FeedCandidate]:
    """Feeds that a page names: `link rel=alternate` first, then links that look like feeds.

    Source: https://www.rssboard.org/rss-autodiscovery.
    """
    try:
        root = lxml.html.document_fromstring(body)
    except (LxmlError, ValueError):
        return []
    base = urljoin(base, next((str(b.get("href")) for b in root.iter("base") if b.get("href")), ""))
    named = [
        FeedCandidate(str(node.get("href")), "link rel=alternate", squeeze(str(node.get("title") or ""), 200))
        for node in root.iter("link")
        if "alternate" in str(node.get("rel", "")).lower() and str(node.get("type", "")).lower() in _TYPES
    ]
    linked = [
        FeedCandidate(str(node.get("href")), "link in the page", squeeze("".join(map(str, node.itertext())), 200))
        for node in root.iter("a")
        if _LOOKS.search(str(node.get("href", "")))
    ]
    return usable((*named, *linked), base)[:_MOST_IN_PAGE]


def at_common_paths(site: str) -> list[FeedCandidate]:
    """Where feeds usually are."""
    return usable((FeedCandidate(path, "usual path") for path in COMMON), site)


def in_robots(sitemaps: Iterable[str], site: str) -> list[FeedCandidate]:
    """The sitemaps of robots.txt, those of news first."""
    ordered = sorted(sitemaps, key=lambda url: "news" not in url.lower())
    return usable((FeedCandidate(url, "Sitemap in robots.txt") for url in ordered), site)[:5]


def usable(candidates: Iterable[FeedCandidate], base: str) -> list[FeedCandidate]:
    """Candidates with absolute addresses, each once."""
    found: dict[str, FeedCandidate] = {}
    for candidate in candidates:
        try:
            url = sendable(candidate.url, base)
        except BadUrl:
            continue
        found.setdefault(url, FeedCandidate(url, candidate.how, candidate.title))
    return list(found.values())


def site_of(url: str) -> str:
    """The home page of an address's origin.

    :raises BadUrl: for an unusable address.
    """
    return origin_of(url) + "/"


def judge(candidate: FeedCandidate, url: str, parsed: ParsedFeed, now: datetime) -> FoundFeed:
    """How good a feed is for us: dated news of its own, fresh, and not only comments."""
    dates = [entry.published_at for entry in parsed.entries if entry.published_at and entry.published_at <= now]
    newest = max(dates, default=None)
    score = {"rss": 10.0, "atom": 10.0, "json": 10.0, "sitemap": 6.0, "sitemapindex": 4.0}.get(parsed.kind, 0.0)
    score += min(len(parsed.entries), 50) / 10
    score += 4.0 if newest and newest > now - timedelta(days=7) else 0.0
    score += 2.0 if candidate.how == "link rel=alternate" else 0.0
    score -= 12.0 if _COMMENTS.search(f"{url} {candidate.title} {parsed.title}") else 0.0
    score -= 5.0 if not parsed.news else 0.0
    # of a site's many feeds the one of all news mostly has the shortest address
    score -= min(len(url), 200) / 100
    return FoundFeed(
        url, parsed.kind, parsed.title or candidate.title, len(parsed.entries), newest, candidate.how, score
    )


def ranked(found: Sequence[FoundFeed]) -> list[FoundFeed]:
    """Best first; of several addresses that show the same feed, the best one only."""
    best: dict[tuple[str, str, int, datetime | None], FoundFeed] = {}
    for one in sorted(found, key=lambda f: -f.score):
        best.setdefault((one.kind, one.title, one.entries, one.newest_at), one)
    return list(best.values())
