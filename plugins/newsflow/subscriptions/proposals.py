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
from newsflow.subscriptions import owners
from newsflow.subscriptions.autodiscovery import FoundFeed
from newsflow.subscriptions.finder import Finder
from newsflow.web.urls import LONGEST, BadUrl, origin_of, sendable

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
    found = [(feed, one) for feed in dead[:_MOST_FEEDS] for one in _elsewhere(finder, feed)]
    now = clock()
    with transaction(conn):
        rows = [_row(feed, one, now) for feed, one in found]
        bad_rows.write(conn, rows, partial(queries.poll.propose, conn), _unproposed)
    if found:
        log.info("%d dead feeds: %d other addresses proposed", len({f.feed_id for f, _ in found}), len(found))
    return len(found)


def _unproposed(row: queries.poll.ProposeValues, why: str) -> None:
    log.warning("feed %d: another address is not proposed, the database refuses it: %s", row.feed_id, why)


def _elsewhere(finder: Finder, feed: DeadFeed) -> list[FoundFeed]:
    try:
        found = finder.find(feed.home or origin_of(feed.url) + "/")
    except BadUrl:
        return []
    return [one for one in found if one.url != feed.url and len(one.url) <= LONGEST][:_MOST_PROPOSALS]


def _row(feed: DeadFeed, found: FoundFeed, now: datetime) -> queries.poll.ProposeValues:
    return queries.poll.ProposeValues(
        feed_id=feed.feed_id, url=found.url, kind=found.kind, title=found.title, reason=found.how, at=now
    )


def waiting(conn: Connection) -> list[queries.poll.ProposalsRow]:
    """Proposals that wait for a decision."""
    return queries.poll.proposals(conn)


class ProposalError(NewsflowError):
    """The proposal can't be decided so."""


def settle(conn: Connection, proposal_id: int, now: datetime, *, accepted: bool) -> str:
    """Accept a proposal (the feed gets that address) or decline it; returns the address.

    :raises ProposalError: where no such proposal waits, or its address is polled by now.
    """
    with transaction(conn):
        found = queries.poll.decide_proposal(conn, proposal_id=proposal_id, accepted=accepted, now=now)
        if found is None:
            raise ProposalError(f"no proposal {proposal_id} waits for a decision")
        if accepted:
            url = sendable(found.url)
            publisher_id = queries.poll.replace_feed(conn, feed_id=found.feed_id, url=url)
            if publisher_id is None:
                cure = f"decline proposal {proposal_id}, and remove the dead feed"
                raise ProposalError(f"{url} is polled already: {cure}")
            owners.note(conn, {origin_of(url): owners.Owner(publisher_id, None, "feed")})
    return found.url
