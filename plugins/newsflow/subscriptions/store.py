"""The feeds that we mean to poll: add, list, remove."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.publishers import listed
from newsflow.publishers.listed import ListedFacts
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.subscriptions import owners
from newsflow.subscriptions.addresses import feed_address
from newsflow.subscriptions.lists import Listed
from newsflow.subscriptions.owners import Owner
from newsflow.web.urls import LONGEST, LONGEST_NAME, BadUrl, origin_of, publisher_name, sendable


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a list: addresses that are new, known already, and unusable (with the reason).

    `unread`: what it says of publishers that can't be read, and why; their feeds are taken all the same.
    """

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


def kept_address(url: str) -> str:
    """The address as a feed is asked for, and kept.

    :raises BadUrl: where it is unusable, or too long to be a key of ours.
    """
    sent = sendable(feed_address(url))
    if len(sent) > LONGEST:
        raise BadUrl(f"the URL is {len(sent)} bytes long, more than {LONGEST}")
    return sent


def add(conn: Connection, feeds: Sequence[Listed], now: datetime) -> Added:
    """Add feeds with their publishers and origins; a feed that was gone or paused is active again.

    The publisher of a feed without a name is the registrable domain of its address. A person's name for it wins
    over all that was known, and holds when the feed is listed again without one. A home page that the list names
    is the publisher's too, and so is what else it says of it (`newsflow.publishers.listed`).
    """
    with transaction(conn):
        return put(conn, feeds, now)


def put(conn: Connection, feeds: Sequence[Listed], now: datetime) -> Added:
    """As `add`, in the caller's transaction."""
    good: dict[str, tuple[Listed, str]] = {}
    refused: list[tuple[str, str]] = []
    for feed in feeds:
        try:
            url = kept_address(feed.url)
            good.setdefault(url, (feed, feed.publisher[:LONGEST_NAME] or publisher_name(url)))
        except BadUrl as error:
            refused.append((feed.url, str(error)))
    new, unread = _save(conn, good, now) if good else (frozenset[str](), ())
    return Added(
        new=tuple(url for url in good if url in new),
        known=tuple(url for url in good if url not in new),
        refused=tuple(refused),
        unread=tuple(unread),
    )


def _save(conn: Connection, good: dict[str, tuple[Listed, str]], now: datetime) -> tuple[frozenset[str], Sequence[str]]:
    urls = list(good)
    names = [name for _, name in good.values()]
    queries.poll.add_publishers(conn, names=sorted(set(names)))
    rows = queries.poll.add_feeds(
        conn,
        urls=urls,
        names=names,
        named=[bool(feed.publisher) for feed, _ in good.values()],
        titles=[feed.title for feed, _ in good.values()],
        homes=[feed.homepage for feed, _ in good.values()],
        kinds=[feed.kind for feed, _ in good.values()],
        now=now,
    )
    named = {url for url, (feed, _) in good.items() if feed.publisher}
    homes = {url: feed.homepage for url, (feed, _) in good.items()}
    owners.note(conn, _owners(rows, named, homes))
    told = [(row.publisher_id, _of_publisher(good[row.url][0])) for row in rows]
    return frozenset(row.url for row in rows if row.new), listed.put(conn, told)


def _of_publisher(feed: Listed) -> ListedFacts:
    return ListedFacts({**feed.facts, "homepage": feed.homepage}, feed.title)


def _owners(
    rows: Sequence[queries.poll.AddFeedsRow], named: Collection[str], homes: Mapping[str, str]
) -> dict[str, Owner]:
    """Whose the origins of feeds, and of the home pages that a person gave, are; of several feeds the first counts."""
    found: dict[str, Owner] = {}
    for row in rows:
        owner = Owner(row.publisher_id, None, "person" if row.url in named else "feed")
        for url in (row.url, homes[row.url]):
            if url and (origin := _origin(url)):
                found[origin] = max(found.get(origin, owner), owner, key=lambda one: one.word == "person")
    return found


def _origin(url: str) -> str:
    """The origin of an address that a person wrote; '' for one that is none."""
    try:
        return origin_of(url)
    except BadUrl:
        return ""


def listing(conn: Connection, publishers: Sequence[str] | None = None) -> list[queries.poll.ListFeedsRow]:
    """All feeds with their state, by publisher."""
    return queries.poll.list_feeds(conn, publishers=list(publishers) if publishers else None)


def remove(conn: Connection, urls: Sequence[str]) -> list[str]:
    """Stop polling these; their entries and pages stay. Returns the addresses that were known."""
    with transaction(conn):
        return [row.url for row in queries.poll.remove_feeds(conn, urls=list(urls))]


def pause(conn: Connection, urls: Sequence[str], *, paused: bool) -> list[str]:
    """Pause or resume feeds; returns the addresses that were changed."""
    with transaction(conn):
        return [row.url for row in queries.poll.pause_feeds(conn, urls=list(urls), paused=paused)]
