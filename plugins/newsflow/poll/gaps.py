"""The gap ledger: spans in which entries may have been missed, opened and closed set by set."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.poll.decide import PollDecision
from newsflow.poll.state import PollResult
from newsflow.store import queries

log = logging.getLogger(__name__)


def note(conn: Connection, decided: Sequence[tuple[PollResult, PollDecision]], now: datetime) -> None:
    """Open and end the gaps of a batch; two statements at most."""
    ended = [(p.feed.feed_id, now, d.gap is None, d.gap.missed if d.gap else 0) for p, d in decided if d.sees_again]
    if ended:
        queries.values(conn, "poll.end_gaps", sorted(ended))
    opened = [row for polled, decision in decided for row in _rows(polled, decision, now)]
    if opened:
        queries.values(conn, "poll.open_gaps", sorted(opened, key=lambda row: row[0]))


def _rows(polled: PollResult, decision: PollDecision, now: datetime) -> list[tuple[object, ...]]:
    feed = polled.feed
    if decision.blind_since is not None:
        return [(feed.feed_id, feed.publisher_id, "feed_down", decision.blind_since, None, 0, now, polled.detail[:500])]
    if decision.gap is None or decision.sees_again:
        return []
    gap = decision.gap
    detail = f"none of the {len(feed.window.heads)} newest entries of the poll before was still shown"
    return [(feed.feed_id, feed.publisher_id, decision.cause, gap.from_at, gap.to_at, gap.missed, now, detail)]


def own_outage(conn: Connection, now: datetime, origins: int) -> None:
    """Our own network is down: one gap and one alarm for all feeds, however long it lasts."""
    sentence = f"{origins} origins failed at once and nobody answered: our own network is down"
    queries.run(conn, "poll.begin_outage", now=now, sentence=sentence)


def outage_over(conn: Connection, now: datetime) -> None:
    """Somebody answers again."""
    if queries.run(conn, "poll.end_outage", now=now):
        log.info("our own network is back")


def close(conn: Connection, now: datetime) -> int:
    """Close the gaps that what came in since has filled; returns their number. Two statements."""
    queries.run(conn, "poll.close_fleet_gaps", now=now)
    return queries.run(conn, "poll.fill_gaps", now=now)
