"""What follows a load: the full-text side table and the kept counts.

Search is a consumer of the change log like any other: it remembers the last change that it
has dealt with, so it misses nothing when it is killed, and needs no queue of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.isolation.cores import cores
from newsflow.store import bad_rows, queries
from newsflow.store.db import session, transaction
from newsflow.store.locks import lock

log = logging.getLogger(__name__)

BATCH = 1_000  # changes a transaction; an article costs two to three milliseconds, most of them the server's parser
MANY = 60  # new articles from which more connections are worth their opening, which costs the server five
MOST = 4  # connections that index at once


@contextmanager
def helpers(dsn: str, articles: int) -> Iterator[list[Connection]]:
    """Further connections for `catch_up`: one for each further core where many articles wait, else none.

    Fewer where the server has no more to give: they only save time.
    """
    wanted = min(cores(), MOST) - 1 if articles >= MANY else 0
    with ExitStack() as opened:
        beside: list[Connection] = []
        try:
            for _ in range(wanted):
                beside.append(opened.enter_context(session(dsn, application="newsflow search")))
        except psycopg2.OperationalError as error:
            log.warning("search is indexed over %d connections, not %d: %s", 1 + len(beside), 1 + wanted, error)
        yield beside


def catch_up(conn: Connection, clock: Clock, beside: Sequence[Connection] = ()) -> int:
    """Bring search and counts up to the newest change; returns the number of articles indexed.

    :param beside: further connections, over which the server indexes at the same time.
    """
    batches: list[int] = []
    with lock(conn, "newsflow.search"):
        while (indexed := _index_next(conn, clock, beside)) is not None:
            batches.append(indexed)
        if batches:
            with transaction(conn):
                queries.load.flush_search(conn)
        with transaction(conn):
            queries.load.renew_counts(conn)
    return sum(batches)


def _index_next(conn: Connection, clock: Clock, beside: Sequence[Connection]) -> int | None:
    """Index one batch; None where search has seen all changes. What a helper committed for nothing is written again."""
    with transaction(conn):
        found = queries.load.next_to_index(conn, limit=BATCH)
        if found.cursor is None:
            return None
        queries.load.index_languages(conn, articles=found.articles)
        shares = [found.articles[n :: 1 + len(beside)] for n in range(1 + len(beside))]
        with ThreadPoolExecutor(max_workers=len(shares)) as pool:
            others = pool.map(_index, beside, shares[1:])
            indexed = _put(conn, shares[0])
        for share, done in zip(shares[1:], others, strict=True):
            indexed += _put(conn, share) if done is None else done
        queries.load.move_cursor(conn, cursor=found.cursor, now=clock())
        return indexed


def _index(conn: Connection, articles: Sequence[int]) -> int | None:
    """Index a helper's share; None where its connection is lost, or waits for another's lock too long."""
    try:
        with transaction(conn):
            return _put(conn, articles)
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        log.warning("a further connection of search's is lost, its share goes on over the first: %s", error)
        return None


def _put(conn: Connection, articles: Sequence[int]) -> int:
    """Index articles in the caller's transaction; search does not find one that the database refuses."""
    indexed: list[int] = []

    def put(some: Sequence[int]) -> None:
        indexed.append(queries.load.index_articles(conn, articles=some))

    bad_rows.write(conn, articles, put, lambda one, why: log.warning("article %d is not in search: %s", one, why))
    return sum(indexed)
