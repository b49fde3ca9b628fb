"""What becomes of rows that the database refuses: the batch is halved until the bad row is alone. For every step.

A row is at fault where PostgreSQL says so of its values, or where they can't even be written. All else (a lost
connection, a full disk, a deadlock, a missing table) is trouble of our own and is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection

T = TypeVar("T")
Write = Callable[[Sequence[T]], object]
Refuse = Callable[[T, str], object]

# SQLSTATE classes in which a row is at fault, not the server: data exceptions, violated constraints, limits of the
# server's own formats, what a trigger raises.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_ROW_ERRORS = ("22", "23", "54", "P0")
_UNWRITABLE = (ValueError, ArithmeticError, RecursionError)  # raised while values are made ready for the server
_LONGEST = 500  # characters of an explanation


def is_refusal(error: Exception) -> bool:
    """Whether an error is a row's fault."""
    if isinstance(error, psycopg2.Error):
        return (error.pgcode or "")[:2] in _ROW_ERRORS
    return isinstance(error, _UNWRITABLE)


def explain(error: Exception) -> str:
    """Why a row was refused, on one line; what PostgreSQL adds of the row's values is left out."""
    told = error.diag.message_primary if isinstance(error, psycopg2.Error) else None
    text = told or f"{type(error).__name__}: {error}"
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST]


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """A part of the caller's transaction: undone by itself where it raises."""
    with conn.cursor() as cursor:
        cursor.execute("savepoint rows")
        try:
            yield
        except BaseException:
            if not conn.closed:
                cursor.execute("rollback to savepoint rows; release savepoint rows")
            raise
        cursor.execute("release savepoint rows")


def halved(
    rows: Sequence[T], write: Write[T], refuse: Refuse[T], within: Callable[[], AbstractContextManager[object]]
) -> None:
    """Write rows; a set that the database refuses is halved until the bad row is alone.

    :param write: what it changes outside of the database it changes last, or such changes are undone by `within`.
    :param refuse: is told a row that can't be written alone, and why, after its write was undone.
    :param within: what each write runs in; undoes it where it raises: `savepoint` or a transaction.
    :raises Exception: where the trouble is our own.
    """
    if not rows:
        return
    try:
        with within():
            write(rows)
    except Exception as error:
        if not is_refusal(error):
            raise
        if len(rows) == 1:
            refuse(rows[0], explain(error))
            return
        middle = len(rows) // 2
        halved(rows[:middle], write, refuse, within)
        halved(rows[middle:], write, refuse, within)


def write(conn: Connection, rows: Sequence[T], put: Write[T], refuse: Refuse[T]) -> None:
    """`halved` inside of the caller's transaction."""
    halved(rows, put, refuse, partial(savepoint, conn))


def refused(conn: Connection, rows: Sequence[T], put: Write[T]) -> list[tuple[T, str]]:
    """The rows that the database would refuse, with its reasons; nothing is written."""
    found: list[tuple[T, str]] = []
    with _undone(conn):
        write(conn, rows, put, lambda row, why: found.append((row, why)))
    return found


@contextmanager
def _undone(conn: Connection) -> Iterator[None]:
    with conn.cursor() as cursor:
        cursor.execute("savepoint trial")
        yield
        cursor.execute("rollback to savepoint trial; release savepoint trial")


def accepted(conn: Connection, put: Callable[[], object]) -> str:
    """Write one thing in the caller's transaction; '' where it was taken, else why the database refused it."""
    found: list[str] = []
    write(conn, [None], lambda _: put(), lambda _, why: found.append(why))
    return "".join(found)
