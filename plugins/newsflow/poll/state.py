"""What is kept of a feed between polls, and what a poll saw of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from newsflow.feeds.pages.memory import PageKnowledge
from newsflow.feeds.parsed import ParsedFeed, PollingHints
from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome
from newsflow.poll.sitemap_parts import Parts
from newsflow.poll.window import Window
from newsflow.text.storable import Storable


@dataclass(frozen=True, slots=True)
class FeedState(Storable):
    """A feed as the last poll left it; times aware, UTC."""

    feed_id: int
    publisher_id: int
    url: str
    kind: str = ""
    home: str = ""
    state: str = "active"
    reason: str = ""
    etag: str | None = None
    last_modified: str | None = None
    interval_s: float | None = None
    last_poll_at: datetime | None = None
    last_ok_at: datetime | None = None
    failures: int = 0
    window: Window = field(default_factory=Window)
    body_hash: bytes | None = None
    validators_lie: bool = False
    polls_unaudited: int = 0
    full_at: datetime | None = None  # when an answer last had a body
    audits_passed: int = 0  # answers in a row that showed what its validators had told
    known_items: bytes = b""  # of those that the last poll showed what tells them again (`feeds.known_items`)
    sitemap_parts: Parts = field(default_factory=dict)
    moved_to: str | None = None
    moved_polls: int = 0
    gap_open: bool = False  # an open gap says that we are blind since
    page: PageKnowledge | None = None  # of a page that is read as a feed of what it links to
    zone: str = ""  # the publisher's, as the tz database names it; "" for not known: UTC
    unknown: bool = False  # of its publisher something is not known that a feed may say


@dataclass(frozen=True, slots=True)
class PollResult(Storable):
    """One poll of one feed before the database was asked: the exchange (body dropped) and the feed read."""

    feed: FeedState
    exchange: Exchange
    outcome: Outcome
    at: datetime
    detail: str = ""
    parsed: ParsedFeed | None = None
    entries: tuple[Entry, ...] = ()
    body_hash: bytes | None = None
    size: int = 0
    same: bool = False  # 304, or the bytes of last time
    audited: bool = False  # asked without validators although there were some
    whole: bool = True  # False: an index of sitemaps has more parts that may list news than were asked
    known_items: bytes = b""
    unsettled: bool = False  # some of its entries were left as they were, for the next poll to write
    wait_s: float = 0.0  # how long the origin wants to be left alone
    refused: frozenset[str] = frozenset()  # guids of entries that the database refuses: kept as guid and link

    @property
    def turnover_s(self) -> int | None:
        """The shortest time in which half of what a page shows came; None for feeds, whose dates tell it."""
        return self.parsed.look.turnover_s if self.parsed and self.parsed.look else None

    @property
    def polling_hints(self) -> PollingHints:
        """What the feed says about polling; nothing where it was not read."""
        return self.parsed.polling_hints if self.parsed else PollingHints()


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """What the database knew of a poll's entries."""

    new: int = 0
    changed: int = 0

    def known(self, entries: int) -> int:
        """Entries that we had; changed ones are among them."""
        return entries - self.new
