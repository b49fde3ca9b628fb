"""Pages and articles follow what was decided of their publishers, and consumers are told.

They follow in batches, each a transaction that locks them as all writers do, keeps stories in line and tells consumers.
So a night that runs meanwhile waits for no more than a batch, and what breaks off is carried on (`resume_held`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from psycopg2.errors import DeadlockDetected, LockNotAvailable
from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.store import changes, publisher_days, queries
from newsflow.store.db import transaction
from newsflow.store.queries.publishers import ActsRow

Result = TypeVar("Result")

BATCH = 2_000  # pages in a transaction
PATIENCE_S = 600.0  # for what was written by transactions that began before; maintenance finds what they left
_POLL_S = 0.05


def resume_held(conn: Connection, clock: Clock) -> int:
    """Carry on what broke off and what was left behind, for whoever holds the lock; returns how many acts that were."""
    with transaction(conn):
        broken = [act.act_id for act in queries.publishers.acts(conn, act_id=None, open=True)]
        late: list[int] = queries.publishers.leftovers(conn)
    for act in [*reversed(broken), *late]:
        follow(conn, act, clock)
    return len(broken) + len(late)


def follow(conn: Connection, number_of_act: int, clock: Clock) -> None:
    """Let pages and articles follow an act that is begun, then end it."""
    with transaction(conn):
        act = named_act(conn, number_of_act)
    _wait_for_writers(conn)
    if act.verb == "rename":
        _tell_all(conn, act, clock)
    elif act.state == "undoing":
        _move_all(conn, act, clock, _back(act), from_id=merged_into(act), to_id=act.publisher_id, noting=False)
    else:
        _move_all(conn, act, clock, _on(act), from_id=act.publisher_id, to_id=merged_into(act), noting=True)
    with transaction(conn):
        state = "undone" if act.state == "undoing" else "done"
        queries.publishers.set_state(conn, act_id=act.act_id, state=state, ended_at=clock())
        if state == "undone":
            queries.publishers.forget_moved(conn, act_id=act.act_id)


def named_act(conn: Connection, number_of_act: int) -> ActsRow:
    """The act of a number."""
    return queries.publishers.acts(conn, act_id=number_of_act, open=False)[0]


def merged_into(act: ActsRow) -> int:
    """The publisher that another went into.

    :raises ValueError: for an act that is no merger.
    """
    if act.into_id is None:
        raise ValueError(f"act {act.act_id} is no merger")
    return act.into_id


def _wait_for_writers(conn: Connection) -> None:
    """Wait for the transactions that may have read whose a host is before the act began."""
    with transaction(conn):
        newest = queries.publishers.newest_transaction(conn)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with transaction(conn):
            if queries.publishers.oldest_writer(conn) >= newest:
                return
        time.sleep(_POLL_S)


def patiently(conn: Connection, work: Callable[[], Result]) -> Result:
    """Do this in a transaction that gives way: a night has locks in an order of its own, and must not end for ours."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with transaction(conn):
                queries.publishers.yield_first(conn)
                return work()
        except (LockNotAvailable, DeadlockDetected):
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_S)


def _tell_all(conn: Connection, act: ActsRow, clock: Clock) -> None:
    """Tell consumers of each article that its publisher has another name."""
    told: int | None = act.told_to
    while told is not None:
        told = patiently(conn, partial(_tell_next, conn, act, told, clock))


def _tell_next(conn: Connection, act: ActsRow, told: int, clock: Clock) -> int | None:
    """Of the next articles; returns the last one's number, None where there are no more."""
    pages: list[int] = queries.publishers.next_articles(conn, publisher_id=act.publisher_id, after=told, most=BATCH)
    if not pages:
        return None
    with changes.changing(conn, pages, clock()):
        queries.publishers.tell(conn, pages=pages)
    queries.publishers.note_told(conn, act_id=act.act_id, told_to=pages[-1])
    return pages[-1]


_Next = Callable[[Connection], list[int]]


def _on(act: ActsRow) -> _Next:
    return lambda conn: queries.publishers.next_pages(conn, publisher_id=act.publisher_id, most=BATCH)


def _back(act: ActsRow) -> _Next:
    return lambda conn: queries.publishers.next_pages_back(
        conn, act_id=act.act_id, into_id=merged_into(act), begun_at=act.begun_at, most=BATCH
    )


def _move_all(
    conn: Connection, act: ActsRow, clock: Clock, next_pages: _Next, *, from_id: int, to_id: int, noting: bool
) -> None:
    move = partial(queries.publishers.move_pages, conn, act_id=act.act_id, from_id=from_id, to_id=to_id, noting=noting)
    while patiently(conn, lambda: _move_next(conn, clock, next_pages, move)):
        pass
    lines = partial(queries.publishers.move_lines, conn, act_id=act.act_id, from_id=from_id, to_id=to_id, noting=noting)
    patiently(conn, lines)
    _count_days(conn, [from_id, to_id], clock())


def _move_next(conn: Connection, clock: Clock, next_pages: _Next, move: Callable[..., int]) -> bool:
    """Move the next pages; False where there are no more."""
    pages = next_pages(conn)
    if pages:
        with changes.changing(conn, pages, clock()):
            move(pages=pages)
    return bool(pages)


def _count_days(conn: Connection, publishers: list[int], now: datetime) -> None:
    """Count the days of both anew, as far back as the logs reach; older ones stay with whom they were counted for."""
    with transaction(conn):
        window = (now - publisher_days.WINDOW).date()
        since = queries.publishers.forget_days(conn, publishers=publishers, window=window)
        if since is not None:
            publisher_days.count_since(conn, since, now)
