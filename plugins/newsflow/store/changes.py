"""Change articles by other ways than load: lock first, and at the end bring stories in line and tell consumers.

A transaction that forgets the end leaves rows of `news.stories` that say what no article says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.store import queries


@dataclass(frozen=True, slots=True)
class Touched:
    """What some pages hang together with, all of it locked: their stories, and the pages of these."""

    stories: list[int]
    pages: list[int]


def lock(conn: Connection, pages: Sequence[int]) -> Touched:
    """Lock pages and the other members of their stories, in the order in which all do."""
    stories = queries.changes.list_stories(conn, pages=pages)
    return Touched(stories, queries.changes.lock_pages(conn, pages=pages, stories=stories))


@contextmanager
def changing(conn: Connection, pages: Sequence[int], now: datetime) -> Iterator[Touched]:
    """The whole of the caller's transaction: the block changes articles and notes in `change_plan` what it did."""
    queries.changes.make_plan(conn)
    touched = lock(conn, pages)
    yield touched
    regrouped = queries.changes.list_stories(conn, pages=touched.pages)
    queries.changes.lock(conn)
    queries.changes.renew_stories(conn, stories=[*touched.stories, *regrouped])
    queries.changes.log(conn, now=now)


def take_out(conn: Connection, pages: Sequence[int]) -> None:
    """Delete the articles of some pages, noted as retractions; inside `changing`."""
    queries.changes.note_gone(conn, pages=pages)
    queries.changes.delete_articles(conn, pages=pages)


def regroup(conn: Connection, touched: Touched, gone: Sequence[int], now: datetime) -> None:
    """Give what is left of the stories their number and origin, after `gone` have left them; inside `changing`."""
    queries.changes.regroup(conn, stories=touched.stories, now=now)
    queries.changes.move_articles(conn, mates=sorted({*touched.pages} - {*gone}))
