"""From an exchange to what a feed showed: read, or known to be the same as last time."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from newsflow.feeds.parsed import FeedError, FeedReader, ParsedFeed, SitemapPart
from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome
from newsflow.poll.decide import conditional
from newsflow.poll.state import FeedState, PollResult

_RECENT = timedelta(days=3)  # what a plain sitemap lists as changed before is archive, not news
_MOST_CHILDREN = 3  # sitemaps of an index asked in one poll


def read(feed: FeedState, exchange: Exchange, reader: FeedReader, at: datetime, wait_s: float = 0.0) -> PollResult:
    """What came of asking a feed; never raises for what the web does.

    :param wait_s: how long the origin now wants to be left alone, seconds.
    """
    polled = PollResult(
        feed,
        replace(exchange, body=b""),
        exchange.outcome,
        at,
        exchange.detail,
        size=len(exchange.body),
        audited=not conditional(feed) and bool(feed.etag or feed.last_modified),
        wait_s=wait_s,
    )
    if exchange.outcome is Outcome.NOT_MODIFIED:
        return replace(polled, same=True)
    return _read_body(polled, exchange.body, reader) if exchange.outcome is Outcome.OK else polled


def _read_body(polled: PollResult, body: bytes, reader: FeedReader) -> PollResult:
    digest = hashlib.sha256(body).digest()
    if digest == polled.feed.body_hash and polled.feed.kind != "sitemapindex":
        return replace(polled, same=True, body_hash=digest)
    exchange = polled.exchange
    try:
        parsed = reader.parse(body, exchange.final_url or exchange.url, exchange.headers.get("content-type", ""))
    except FeedError as error:
        return replace(polled, outcome=error.outcome, detail=error.detail[:500])
    return replace(polled, parsed=parsed, entries=news_of(parsed, polled.at), body_hash=digest)


def bad_poll(polled: PollResult, why: str) -> PollResult:
    """The poll of a feed that the database refuses: nothing is kept of what it showed."""
    bare = replace(polled.exchange, headers={}, final_url="", permanent=False)
    return replace(
        polled, exchange=bare, outcome=Outcome.BAD_ROW, detail=why, parsed=None, entries=(), body_hash=None, same=False
    )


def with_children(index: PollResult, children: list[PollResult]) -> PollResult:
    """A sitemap index with the entries of the sitemaps that were asked for it."""
    found: dict[str, Entry] = {}
    for child in children:
        for entry in child.entries:
            found.setdefault(entry.guid, entry)
    return replace(index, entries=tuple(found.values()), size=index.size + sum(child.size for child in children))


def news_of(parsed: ParsedFeed, now: datetime) -> tuple[Entry, ...]:
    """The entries that are news: all of a feed, and of a plain sitemap those that changed lately."""
    if parsed.news:
        return parsed.entries
    return tuple(e for e in parsed.entries if e.updated_at and e.updated_at > now - _RECENT)


def worth_asking(children: tuple[SitemapPart, ...], since: datetime | None) -> list[SitemapPart]:
    """The sitemaps of an index to ask now: news first, then the newest; not those unchanged since `since`."""
    changed = [c for c in children if since is None or c.modified_at is None or c.modified_at > since - _RECENT]
    changed.sort(key=lambda c: ("news" not in c.url.lower(), -(c.modified_at.timestamp() if c.modified_at else 0.0)))
    return changed[:_MOST_CHILDREN]
