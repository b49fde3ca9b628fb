"""What we make of a feed, told to a person: its entries, how each date was read, and what is odd. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsflow.feeds.parsed import MAX_ENTRIES, ParsedFeed
from newsflow.model import Entry
from newsflow.text.storable import Storable
from newsflow.web.urls import BadUrl, canonicalise

_AHEAD = timedelta(hours=1)  # clocks of publishers are wrong by minutes
_OLD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class EntryReport(Storable):
    """An entry: the page that it leads to ("" for none), its date as read and as written, and what is odd."""

    page: str
    title: str
    guid: str
    authors: tuple[str, ...]
    published_at: datetime | None
    published_raw: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedReport(Storable):
    """A feed and its entries; `warnings` are about the whole."""

    kind: str
    title: str
    home: str
    language: str
    reader: str
    entries: tuple[EntryReport, ...]
    warnings: tuple[str, ...]


def report(parsed: ParsedFeed, now: datetime) -> FeedReport:
    """A feed as a run of this moment would read it."""
    entries = tuple(_entry(entry, now, dated=parsed.look is None) for entry in parsed.entries)
    return FeedReport(
        parsed.kind,
        parsed.title,
        parsed.home,
        parsed.language,
        parsed.reader,
        entries,
        (*parsed.repairs, *_warnings(parsed, now)),
    )


def _entry(entry: Entry, now: datetime, *, dated: bool) -> EntryReport:
    """What is made of an entry; one of a page is never dated."""
    page, trouble = _page(entry.link)
    return EntryReport(
        page,
        entry.title,
        entry.guid,
        entry.authors,
        entry.published_at,
        entry.published_raw,
        tuple(filter(None, (trouble, _date_trouble(entry, now) if dated else ""))),
    )


def _page(link: str) -> tuple[str, str]:
    """The address of an entry's page, or why it has none."""
    if not link:
        return "", "no link: there is no page to ask for"
    try:
        return canonicalise(link), ""
    except BadUrl as error:
        return "", f"the link is unusable: {error}"


def _date_trouble(entry: Entry, now: datetime) -> str:
    if entry.published_at is None:
        return "the date can't be read" if entry.published_raw else "no date: first sight will stand for it"
    return "the date lies ahead" if entry.published_at > now + _AHEAD else ""


def _warnings(parsed: ParsedFeed, now: datetime) -> Iterator[str]:
    dates = [entry.published_at for entry in parsed.entries if entry.published_at]
    if not parsed.entries and not parsed.children:
        yield "it has no entries"
    if len(parsed.entries) >= MAX_ENTRIES:
        yield f"it has more than {MAX_ENTRIES} entries: the newest are read"
    if parsed.children:
        yield f"it is an index of {len(parsed.children)} sitemaps, which a poll asks in their turn"
    if not parsed.news:
        yield "it lists all of a site's pages: a poll takes those that changed in the last days"
    if dates and max(dates) < now - _OLD:
        yield f"its newest entry is of {max(dates):%Y-%m-%d}"
