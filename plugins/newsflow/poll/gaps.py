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
    ended = [
        queries.poll.EndGapsValues(
            feed_id=p.feed.feed_id, at=now, whole=d.gap is None, missed=d.gap.missed if d.gap else 0
        )
        for p, d in decided
        if d.sees_again
    ]
    if ended:
        queries.poll.end_gaps(conn, sorted(ended))
    opened = [row for polled, decision in decided for row in _rows(polled, decision, now)]
    if opened:
        queries.poll.open_gaps(conn, sorted(opened, key=lambda row: row.feed_id))


def _rows(polled: PollResult, decision: PollDecision, now: datetime) -> list[queries.poll.OpenGapsValues]:
    feed = polled.feed
    row = queries.poll.OpenGapsValues(
        feed_id=feed.feed_id,
        cause="feed_down",
        from_at=now,
        to_at=None,
        missed=0,
        opened_at=now,
        detail=polled.detail[:500],
    )
    if decision.blind_since is not None:
        return [row._replace(from_at=decision.blind_since)]
    if decision.gap is None or decision.sees_again:
        return []
    gap = decision.gap
    detail = f"none of the {len(feed.window.heads)} newest entries of the poll before was still shown"
    return [row._replace(cause=decision.cause, from_at=gap.from_at, to_at=gap.to_at, missed=gap.missed, detail=detail)]


def own_outage(conn: Connection, now: datetime, origins: int) -> None:
    """Our own network is down: one gap and one alarm for all feeds, however long it lasts."""
    sentence = f"{origins} origins failed at once and nobody answered: our own network is down"
    queries.poll.begin_outage(conn, now=now, sentence=sentence)


def outage_over(conn: Connection, now: datetime) -> None:
    """Somebody answers again."""
    if queries.poll.end_outage(conn, now=now):
        log.info("our own network is back")


def close(conn: Connection, now: datetime) -> int:
    """Close the gaps that what came in since has filled; returns their number. Two statements."""
    queries.poll.close_fleet_gaps(conn, now=now)
    return queries.poll.fill_gaps(conn, now=now)
