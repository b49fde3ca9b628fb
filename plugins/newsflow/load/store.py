"""What follows a load: the full-text side table and the kept counts.

Search is a consumer of the change log like any other: it remembers the last change that it
has dealt with, so it misses nothing when it is killed, and needs no queue of its own.
"""

from __future__ import annotations

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.store import queries
from newsflow.store.db import advisory_lock, transaction

BATCH = 1_000  # changes a transaction; an article costs about a millisecond


def catch_up(conn: Connection, clock: Clock) -> int:
    """Bring search and counts up to the newest change; returns the number of articles indexed."""
    batches: list[int] = []
    with advisory_lock(conn, "newsflow.search"):
        while (indexed := _index_next(conn, clock)) is not None:
            batches.append(indexed)
        if batches:
            with transaction(conn):
                queries.run(conn, "load.flush_search")
        with transaction(conn):
            queries.run(conn, "load.renew_counts")
    return sum(batches)


def _index_next(conn: Connection, clock: Clock) -> int | None:
    """Index one batch; None where search has seen all changes."""
    with transaction(conn):
        found = queries.row(conn, "load.next_to_index", limit=BATCH)
        if found.cursor is None:
            return None
        queries.run(conn, "load.index_languages", articles=found.articles)
        indexed = queries.run(conn, "load.index_articles", articles=found.articles)
        queries.run(conn, "load.move_cursor", cursor=found.cursor, now=clock())
        return indexed
