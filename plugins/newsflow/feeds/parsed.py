"""What reading a feed gives: the feed, its own polling_hints about polling, and its entries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from newsflow.feeds.pages.memory import PageKnowledge, PageLook
from newsflow.model import Entry
from newsflow.outcomes import Outcome
from newsflow.text.storable import Storable

# What is asked for, as a header: the types that we read, best first.
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.1"  # of pages that are read as feeds
MAX_ENTRIES = 10_000
MAX_TITLE = 1_000
MAX_SUMMARY = 10_000
MAX_CONTENT = 1_000_000
MAX_URL = 4_000
MAX_NAME = 300
MAX_LIST = 50


class FeedError(ValueError):
    """A document that can't be read as a feed; `outcome` says in which way."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


@dataclass(frozen=True, slots=True)
class PollingHints:
    """What a feed says about polling: seconds, hours of the day (UTC) and weekdays (Monday = 0).

    RSS 2.0 `ttl`, `skipHours`, `skipDays`; RSS 1.0 syndication module `sy:update*`.
    """

    ttl_s: float | None = None
    update_s: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SitemapPart(Storable):
    """A sitemap that an index points at."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed(Storable):
    """A feed as read; `reader` says which code read it (xml, json, feedparser)."""

    kind: str  # rss | atom | json | sitemap | sitemapindex | page
    title: str = ""
    home: str = ""
    language: str = ""
    polling_hints: PollingHints = field(default_factory=PollingHints)
    entries: tuple[Entry, ...] = ()
    children: tuple[SitemapPart, ...] = ()
    news: bool = True  # False for a plain sitemap, which lists all of a site's pages
    reader: str = "xml"
    repairs: tuple[str, ...] = ()  # what was wrong with the document, and read all the same
    look: PageLook | None = None  # of a page: what is to be remembered of it


def repaired(feed: ParsedFeed, repair: str) -> ParsedFeed:
    """The feed with one more thing that was wrong with its document; "" for none."""
    return replace(feed, repairs=(*feed.repairs, repair)) if repair else feed


class FeedReader(Protocol):
    """Whatever turns bytes into a feed: in this process, or in a child that can be killed."""

    def parse(
        self,
        body: bytes,
        base: str,
        content_type: str = "",
        *,
        known: bytes = b"",
        page: PageKnowledge | None = None,
        zone: str = "",
    ) -> ParsedFeed:
        """As `parse.parse`, with times that name no zone in the given one.

        :raises FeedError: where the bytes can't be read as a feed.
        """
