"""Where a site's feeds may be, and which of those found is the best. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

import lxml.html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from newsflow.feeds.links import resolve
from newsflow.feeds.parsed import ParsedFeed
from newsflow.feeds.sanitize import squeeze
from newsflow.subscriptions.addresses import feed_address
from newsflow.text.declaration import without_declaration
from newsflow.text.storable import Storable
from newsflow.web import charset
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
# "application/rss+xml", and what sites write for it; of the general types only what looks like a feed's address
_FEED_TYPE = re.compile(
    r"(?:(?:application|text)/)?(?:x[.-])?(?:rss|atom|rdf|feed)(?:[+ -](?:xml|json))?$|application/json\+feed$"
)
_FEED_REL = {"alternate", "alternative", "feed", "rss", "service.feed"}
_PARAMETERS = re.compile("[;,]")
_OTHER_REL = {"edit", "service.post", "service.edit", "replies", "stylesheet", "search"}  # of links with a feed's type
_GENERAL_TYPE = re.compile(r"(?:application|text)/(?:xml|json)$")
_NO_FEED = re.compile(
    r"oembed|/wp-json/|/wp-includes/|opensearch|manifest|\.(?:html?|css|js|png|jpe?g)$", re.IGNORECASE
)
_LOOKS = re.compile(
    r"(?:^|[/._-])(?:rss(?:\d{1,2}|-?feeds?)?|atom(?:10)?|(?:news)?feeds?|rdf)(?:$|[/._?-])|\.(?:rss|rdf|atom)(?:$|\?)|feed\.(?:xml|json)|^feed:|"
    r"[?&](?:format|feed|type|output|outputtype|view|alt|fmt|mode|_format)=(?:feed|rss2?|atom|rdf)\b",
    re.IGNORECASE,
)
# In scripts that put no blanks between words, letters of ours begin and end them.
_SAYS = re.compile(
    r"(?<![a-z])(?:(?:rss|atom|xml|json)[ -]?feeds?|rss|atom|news ?feed|feed)(?![a-z])", re.IGNORECASE | re.ASCII
)
_ICON = re.compile(r"(?:^|[\s/._-])rss(?:$|[\s/._-])", re.IGNORECASE)  # in the class or address of a picture
_LONGEST_WORD = 40  # characters of a link that says RSS; a headline about it is longer
_NOWHERE = ("", "#", "javascript:", "mailto:", "data:")
_LARGEST = 3_000_000  # bytes of a page that are looked at
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario", re.IGNORECASE)
_MOST_IN_PAGE = 12
_MOST_LINKS = 100  # of a feed that are compared with what we know


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
    is_news: bool = True  # False for readers' comments, and for a sitemap of all of a site's pages
    links: tuple[str, ...] = ()  # of its first entries


def in_page(body: bytes, base: str) -> list[FeedCandidate]:
    """Feeds that a page names: `link rel=alternate` first, then links that look like feeds.

    Source: https://www.rssboard.org/rss-autodiscovery; `rel=feed`: HTML 5 drafts, and pages that kept to them.
    """
    try:
        root = lxml.html.document_fromstring(without_declaration(charset.decode(body[:_LARGEST])))
    except (LxmlError, ValueError):
        return []
    start = _joined(base, next((str(b.get("href")) for b in root.iter("base") if b.get("href")), ""))
    named = [
        FeedCandidate(str(node.get("href")), "link rel=alternate", squeeze(str(node.get("title") or ""), 200))
        for node in root.iter("link", "a")
        if _is_declared(node)
    ]
    linked = [
        FeedCandidate(str(node.get("href")), "link in the page", squeeze(_words(node), 200))
        for node in root.iter("a", "area")
        if _leads_to_feed(node)
    ]
    itself = {base, base.partition("#")[0]}
    return [found for found in usable((*named, *linked), start) if found.url not in itself][:_MOST_IN_PAGE]


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return base


def _href(node: HtmlElement) -> str:
    return str(node.get("href") or "").strip()


def _leads_somewhere(node: HtmlElement) -> bool:
    href = _href(node).lower()
    return href not in _NOWHERE and not href.startswith(_NOWHERE[1:]) and not _NO_FEED.search(href)


def _is_declared(node: HtmlElement) -> bool:
    """A feed's type, whatever parameters it has, `rel=feed`, or `rel=alternate` with what looks like a feed."""
    rel = set(str(node.get("rel") or "").lower().replace(",", " ").split())
    kind = _PARAMETERS.split(str(node.get("type") or "").lower().strip(), maxsplit=1)[0].strip()
    if not _leads_somewhere(node) or rel & _OTHER_REL:
        return False
    if "feed" in rel or _FEED_TYPE.match(kind):
        return True
    if not rel & _FEED_REL:
        return False
    if _GENERAL_TYPE.match(kind):
        return node.get("hreflang") is None or bool(_LOOKS.search(_href(node)))
    return not kind and bool(_LOOKS.search(_href(node)))


def _words(node: HtmlElement) -> str:
    """What a link says: its text, or what stands for it where it is a picture."""
    return next((text for text in _texts(node) if text.strip()), "")


def _texts(node: HtmlElement) -> list[str]:
    pictures = (str(image.get("alt") or "") for image in node.iter("img"))
    titles = (str(node.get(name) or "") for name in ("title", "aria-label"))
    return [str(node.text_content()).strip(), *titles, *pictures]


def _leads_to_feed(node: HtmlElement) -> bool:
    if not _leads_somewhere(node):
        return False
    if _LOOKS.search(_href(node)):
        return True
    texts = _texts(node)
    says = any(len(text) <= _LONGEST_WORD and _SAYS.search(text) for text in texts)
    return says or (not any(text.strip() for text in texts) and _is_icon(node))


def _is_icon(node: HtmlElement) -> bool:
    """Of a link without words, whether its picture is named after RSS."""
    marks = (str(inner.get(name) or "") for inner in node.iter() for name in ("class", "src"))
    return any(_ICON.search(mark) for mark in marks)


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
            url = sendable(resolve(feed_address(candidate.url), base), base)
        except BadUrl:
            continue
        found.setdefault(url, FeedCandidate(url, candidate.how, candidate.title))
    return list(found.values())


def site_of(url: str) -> str:
    """The home page of an address's origin.

    :raises BadUrl: for an unusable address.
    """
    return origin_of(url) + "/"


_OF_A_KIND = {"rss": 10.0, "atom": 10.0, "json": 10.0, "sitemap": 6.0, "sitemapindex": 4.0}


def judge(candidate: FeedCandidate, url: str, parsed: ParsedFeed, now: datetime) -> FoundFeed:
    """How good a feed is for us: dated news of its own, fresh, and not only comments."""
    dates = [entry.published_at for entry in parsed.entries if entry.published_at and entry.published_at <= now]
    newest = max(dates, default=None)
    comments = bool(_COMMENTS.search(f"{url} {candidate.title} {parsed.title}"))
    score = sum((
        _OF_A_KIND.get(parsed.kind, 0.0),
        min(len(parsed.entries), 50) / 10,
        4.0 * (newest is not None and newest > now - timedelta(days=7)),
        2.0 * (candidate.how == "link rel=alternate"),
        -12.0 * comments,
        -5.0 * (not parsed.news),
        -min(len(url), 200) / 100,  # of a site's many feeds the one of all news mostly has the shortest address
    ))  # fmt: skip
    links = tuple(entry.link for entry in parsed.entries[:_MOST_LINKS] if entry.link)
    title = parsed.title or candidate.title
    return FoundFeed(
        url, parsed.kind, title, len(parsed.entries), newest, candidate.how, score, parsed.news and not comments, links
    )


def ranked(found: Sequence[FoundFeed]) -> list[FoundFeed]:
    """Best first; of several addresses that show the same feed, the best one only."""
    best: dict[tuple[str, str, int, datetime | None], FoundFeed] = {}
    for one in sorted(found, key=lambda f: -f.score):
        best.setdefault((one.kind, one.title, one.entries, one.newest_at), one)
    return list(best.values())
