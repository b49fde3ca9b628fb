"""The figures of each publisher's days (`ingest.publisher_day`), which health and alarms are judged by."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from psycopg2.extensions import connection as Connection

from newsflow.names import NIGHTLY
from newsflow.store import queries
from newsflow.store.db import transaction

WINDOW = timedelta(days=98)  # how far back the first count goes and the alarms look: fourteen of each weekday


def count(conn: Connection, now: datetime) -> None:
    """Bring the figures up to now, in one transaction; yesterday is counted again, for runs over midnight."""
    with transaction(conn):
        last: date | None = queries.ops.last_counted(conn)
        since = min(last, now.date()) - timedelta(days=1) if last else (now - WINDOW).date()
        count_since(conn, since, now)


def count_since(conn: Connection, since: date, now: datetime) -> None:
    """Count the days from one on anew, in the caller's transaction."""
    begin = datetime.combine(since, time(), timezone.utc)
    queries.ops.count_days(conn, since=begin, until=now + timedelta(days=1), nightly=[*NIGHTLY])
