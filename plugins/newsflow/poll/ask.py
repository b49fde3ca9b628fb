"""One poll of one feed over the network: the exchange, the reading, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsflow.clock import Clock
from newsflow.model import Entry, Exchange, Outcome
from newsflow.poll.child import Children
from newsflow.poll.decide import conditional
from newsflow.poll.feed import Child, FeedError, ParsedFeed
from newsflow.poll.state import FeedState, Polled
from newsflow.settings import Settings
from newsflow.web import pace
from newsflow.web.origins import Origin
from newsflow.web.transport import Transport

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_RECENT = timedelta(days=3)  # what a plain sitemap lists as changed before is archive, not news
_MOST_CHILDREN = 3  # sitemaps of an index asked in one poll


@dataclass(frozen=True, slots=True)
class Asker:
    """What polls need: shared by all threads."""

    settings: Settings
    transport: Transport
    children: Children
    clock: Clock
    jitter: Callable[[], float]
    sleep: Callable[[float], None]

    def poll(self, feed: FeedState, origin: Origin) -> Polled:
        """Ask a feed and read it; the origin's pace moves on with each request."""
        now = self.clock()
        if origin.pace.cooling(now):
            wait = origin.pace.wait_s(now)
            unasked = Exchange(feed.url, Outcome.COOLING)
            detail = (
                f"the origin is left alone until {origin.pace.cool_until:%Y-%m-%d %H:%M} ({origin.pace.cool_reason})"
            )
            return Polled(feed, unasked, Outcome.COOLING, now, detail, wait_s=wait)
        send = conditional(feed)
        exchange = self._exchange(origin, feed.url, feed if send else None)
        polled = replace(
            self._read(feed, exchange, origin),
            audited=not send and bool(feed.etag or feed.last_modified),
            wait_s=origin.pace.wait_s(self.clock()) if origin.pace.cooling(self.clock()) else 0.0,
        )
        return replace(polled, exchange=replace(exchange, body=b""))

    def rest_s(self, origin: Origin) -> float:
        """Seconds until the origin's next feed; none while it cools, as then nothing is sent."""
        now = self.clock()
        return 0.0 if origin.pace.cooling(now) else origin.pace.wait_s(now)

    def _exchange(self, origin: Origin, url: str, validators: FeedState | None) -> Exchange:
        exchange = self.transport.exchange(
            url,
            etag=validators.etag if validators else None,
            last_modified=validators.last_modified if validators else None,
            accept=ACCEPT,
        )
        s = self.settings
        origin.pace = pace.after(
            origin.pace, exchange, self.clock(), self.jitter(), least=s.delay_s, most=s.max_delay_s
        )
        return exchange

    def _read(self, feed: FeedState, exchange: Exchange, origin: Origin) -> Polled:
        polled = Polled(feed, exchange, exchange.outcome, self.clock(), exchange.detail, size=len(exchange.body))
        if exchange.outcome is Outcome.NOT_MODIFIED:
            return replace(polled, same=True)
        if exchange.outcome is not Outcome.OK:
            return polled
        digest = hashlib.sha256(exchange.body).digest()
        if digest == feed.body_hash and feed.kind != "sitemapindex":
            return replace(polled, same=True, body_hash=digest)
        try:
            parsed = self.children.parse(
                exchange.body, exchange.final_url or feed.url, exchange.headers.get("content-type", "")
            )
        except FeedError as error:
            return replace(polled, outcome=error.outcome, detail=error.detail[:500])
        entries = self._entries(parsed, feed, origin)
        return replace(polled, parsed=parsed, entries=entries, body_hash=digest)

    def _entries(self, parsed: ParsedFeed, feed: FeedState, origin: Origin) -> tuple[Entry, ...]:
        if parsed.kind != "sitemapindex":
            return news_of(parsed, self.clock())
        found: dict[str, Entry] = {}
        for child in worth_asking(parsed.children, feed.last_ok_at):
            self.sleep(origin.pace.wait_s(self.clock()))
            exchange = self._exchange(origin, child.url, None)
            if exchange.outcome is not Outcome.OK:
                continue
            try:
                inner = self.children.parse(exchange.body, exchange.final_url, exchange.headers.get("content-type", ""))
            except FeedError:
                continue
            for entry in news_of(inner, self.clock()):
                found.setdefault(entry.guid, entry)
        return tuple(found.values())


def news_of(parsed: ParsedFeed, now: datetime) -> tuple[Entry, ...]:
    """The entries that are news: all of a feed, and of a plain sitemap those that changed lately."""
    if parsed.news:
        return parsed.entries
    return tuple(e for e in parsed.entries if e.updated_at and e.updated_at > now - _RECENT)


def worth_asking(children: tuple[Child, ...], since: datetime | None) -> list[Child]:
    """The sitemaps of an index to ask now: news first, then the newest; not those unchanged since `since`."""
    changed = [c for c in children if since is None or c.modified_at is None or c.modified_at > since - _RECENT]
    changed.sort(key=lambda c: ("news" not in c.url.lower(), -(c.modified_at.timestamp() if c.modified_at else 0.0)))
    return changed[:_MOST_CHILDREN]
