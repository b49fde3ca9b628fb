"""Feeds whose address is dead or leads to another site: other addresses are proposed; a person decides."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.errors import NewsflowError
from newsflow.store import bad_rows, queries
from newsflow.store.db import transaction
from newsflow.subscriptions import owners, store
from newsflow.subscriptions.autodiscovery import FoundFeed
from newsflow.subscriptions.finder import Finder
from newsflow.subscriptions.lists import Listed
from newsflow.web.urls import LONGEST, origin_of, sendable

log = logging.getLogger(__name__)

_MOST_FEEDS = 10  # searched for in one run, so that a dying host does not make polls slow
_MOST_PROPOSALS = 3  # for one feed


class DeadFeed(Protocol):
    """What is asked of a feed that no longer answers: its number, its address and its site."""

    @property
    def feed_id(self) -> int:
        """Its number."""

    @property
    def url(self) -> str:
        """Where it was."""

    @property
    def home(self) -> str:
        """The home page that it named; empty where it named none."""


def propose(conn: Connection, finder: Finder, dead: Sequence[DeadFeed], clock: Clock) -> int:
    """Look for feeds on the sites of dead ones and note what is found; returns the number of proposals."""
    found = [_row(feed, one, clock()) for feed in dead[:_MOST_FEEDS] for one in _elsewhere(finder, feed)]
    note(conn, found)
    if found:
        log.info("%d dead feeds: %d other addresses proposed", len({row.feed_id for row in found}), len(found))
    return len(found)


def note(conn: Connection, found: Sequence[queries.poll.ProposeValues]) -> None:
    """Write proposals; one that the database refuses costs no other."""
    with transaction(conn):
        bad_rows.write(conn, found, partial(queries.poll.propose, conn), _unproposed)


def _unproposed(row: queries.poll.ProposeValues, why: str) -> None:
    log.warning("feed %d: another address is not proposed, the database refuses it: %s", row.feed_id, why)


def _elsewhere(finder: Finder, feed: DeadFeed) -> list[FoundFeed]:
    found = finder.of_site(feed.home, feed.url)
    return [one for one in found if one.url != feed.url and len(one.url) <= LONGEST][:_MOST_PROPOSALS]


def _row(feed: DeadFeed, found: FoundFeed, now: datetime) -> queries.poll.ProposeValues:
    return queries.poll.ProposeValues(
        feed_id=feed.feed_id, url=found.url, kind=found.kind, title=found.title, reason=found.how, at=now, beside=False
    )


def waiting(conn: Connection) -> list[queries.poll.ProposalsRow]:
    """Proposals that wait for a decision."""
    return queries.poll.proposals(conn)


class ProposalError(NewsflowError):
    """The proposal can't be decided so."""


def settle(conn: Connection, proposal_id: int, now: datetime, *, accepted: bool) -> str:
    """Accept a proposal or decline it; returns the address.

    :raises ProposalError: where no such proposal waits.
    """
    with transaction(conn):
        return decide(conn, proposal_id, now, accepted=accepted)


def decide(conn: Connection, proposal_id: int, now: datetime, *, accepted: bool) -> str:
    """As `settle`, in the caller's transaction.

    Accepted, the feed gets that address; where another feed has it already, this one ends as gone. A feed proposed
    beside others is added to its publisher's.
    """
    found = queries.poll.decide_proposal(conn, proposal_id=proposal_id, accepted=accepted, now=now)
    if found is None:
        raise ProposalError(f"no proposal {proposal_id} waits for a decision")
    if accepted and found.beside:
        store.put(conn, [Listed(found.url, found.publisher, found.title)], now)
    elif accepted:
        _move(conn, found.feed_id, sendable(found.url))
    return found.url


def _move(conn: Connection, feed_id: int, url: str) -> None:
    feed = queries.poll.move_feed(conn, feed_id=feed_id, url=url)
    if feed and not feed.taken:
        owners.note(conn, {origin_of(url): owners.Owner(feed.publisher_id, None, "feed")})
