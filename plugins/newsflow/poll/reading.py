"""From an exchange to what a feed showed: read, or known to be the same as last time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from newsflow.feeds import sameness
from newsflow.feeds.parsed import FeedError, FeedReader, ParsedFeed, SitemapPart
from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome
from newsflow.poll import sitemap_parts
from newsflow.poll.sitemap_parts import RECENT
from newsflow.poll.state import FeedState, PollResult
from newsflow.text.storable import replaced

_AHEAD = timedelta(days=1)  # what is dated further ahead tells nothing of a sitemap's age
_CONDITIONS = frozenset(("If-None-Match", "If-Modified-Since"))


def read(feed: FeedState, exchange: Exchange, reader: FeedReader, at: datetime, wait_s: float = 0.0) -> PollResult:
    """What came of asking a feed; never raises for what the web does.

    :param wait_s: how long the origin now wants to be left alone, seconds.
    """
    polled = PollResult(
        feed,
        replaced(exchange, body=b""),
        exchange.outcome,
        at,
        exchange.detail,
        size=len(exchange.body),
        audited=bool(feed.etag or feed.last_modified) and _CONDITIONS.isdisjoint(exchange.request_headers),
        wait_s=wait_s,
    )
    if exchange.outcome is Outcome.NOT_MODIFIED:
        return replaced(polled, same=True)
    return _read_body(polled, exchange.body, reader) if exchange.outcome is Outcome.OK else polled


def _read_body(polled: PollResult, body: bytes, reader: FeedReader) -> PollResult:
    digest = hashlib.sha256(body).digest() if polled.feed.page else sameness.digest(body)
    if digest == polled.feed.body_hash and polled.feed.kind != "sitemapindex":
        return replaced(polled, same=True, body_hash=digest)
    exchange = polled.exchange
    try:
        page = replaced(polled.feed.page, now=polled.at) if polled.feed.page else None
        known = polled.feed.known_items
        zone = polled.feed.zone
        parsed = reader.parse(body, exchange.address, exchange.content_type, known=known, page=page, zone=zone)
    except FeedError as error:
        return replaced(polled, outcome=error.outcome, detail=error.detail[:500])
    seen = replaced(polled, parsed=parsed, entries=news_of(parsed, polled.at), body_hash=digest)
    if parsed.look and parsed.look.trouble:
        return replaced(seen, outcome=Outcome.PAGE_CHANGED, detail=parsed.look.trouble, body_hash=None)
    return seen


def bad_poll(polled: PollResult, why: str) -> PollResult:
    """The poll of a feed that the database refuses: nothing is kept of what it showed."""
    bare = replaced(polled.exchange, headers={}, final_url="", permanent=False)
    return replaced(
        polled, exchange=bare, outcome=Outcome.BAD_ROW, detail=why, parsed=None, entries=(), body_hash=None, same=False
    )


def with_children(index: PollResult, answers: Mapping[str, PollResult], *, whole: bool) -> PollResult:
    """A sitemap index with the entries of the sitemaps that were asked for it.

    :param answers: by the sitemap's address as its index has it.
    :param whole: no other sitemap of it may list news.
    """
    found: dict[str, Entry] = {}
    for answer in answers.values():
        for entry in answer.entries:
            found.setdefault(entry.guid, entry)
    times = {url: _newest(answer, answers) for url, answer in answers.items() if answer.outcome is Outcome.OK}
    listed = [child.url for each in (index, *answers.values()) for child in children_of(each)]
    parts = sitemap_parts.remembered(index.feed.sitemap_parts, times, listed, index.at)
    return replaced(
        index,
        feed=replaced(index.feed, sitemap_parts=parts),
        entries=tuple(found.values()),
        size=index.size + sum(answer.size for answer in answers.values()),
        whole=whole,
    )


def children_of(polled: PollResult) -> tuple[SitemapPart, ...]:
    """The sitemaps that an index points at."""
    return polled.parsed.children if polled.parsed else ()


def _newest(polled: PollResult, answers: Mapping[str, PollResult]) -> datetime | None:
    """The newest time that a sitemap lists, be it news or not; of an index, that its sitemaps list."""
    inner = [answers[child.url] for child in children_of(polled) if child.url in answers]
    listed = [entry for each in (polled, *inner) if each.parsed for entry in each.parsed.entries]
    times = [at for entry in listed for at in (entry.published_at, entry.updated_at) if at and at <= polled.at + _AHEAD]
    return max(times, default=None)


def news_of(parsed: ParsedFeed, now: datetime) -> tuple[Entry, ...]:
    """The entries that are news: all of a feed, and of a plain sitemap those that changed lately."""
    if parsed.news:
        return parsed.entries
    return tuple(e for e in parsed.entries if e.updated_at and e.updated_at > now - RECENT)
