"""A publisher that is called otherwise, and two that are one; and both taken back.

An act begins in one transaction: names, hosts and feeds. Pages and articles follow in batches, each a transaction that
locks them as all writers do, keeps stories in line and tells consumers. So a night that runs meanwhile waits for no
more than a batch, and an act that breaks goes on where it stopped (`resume`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from psycopg2.errors import DeadlockDetected, LockNotAvailable
from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock, utcnow
from newsflow.publishers import facts
from newsflow.publishers.store import PublisherError, note, number
from newsflow.store import changes, publisher_days, queries
from newsflow.store.db import transaction
from newsflow.store.locks import lock
from newsflow.store.queries.publishers import ActsRow
from newsflow.web.urls import publisher_name

Result = TypeVar("Result")

BATCH = 2_000  # pages in a transaction
PATIENCE_S = 600.0  # for what was written by transactions that began before; maintenance finds what they left
_POLL_S = 0.05
_LOCK = "newsflow.publishers"


def rename(conn: Connection, name: str, new: str, actor: str, *, clock: Clock = utcnow) -> int:
    """Give a publisher another name; the old one stays an alias. Returns the number of the act.

    :raises PublisherError: for an unknown publisher, and a name that is taken.
    :raises FactError: for what can be no name.
    """
    new = facts.name(new)
    with lock(conn, _LOCK):
        act = _patiently(conn, lambda: _begin_renaming(conn, name, new, actor, clock()))
        _follow(conn, act, clock)
    return act


def _begin_renaming(conn: Connection, name: str, new: str, actor: str, now: datetime) -> int:
    publisher = number(conn, name)
    _check_free(conn, new, publisher)
    old = _name(conn, publisher)
    act: int = queries.publishers.act(
        conn, verb="rename", publisher_id=publisher, into_id=None, new_name=new, actor=actor, now=now
    )
    _call(conn, publisher, old, new)
    note(conn, actor, "rename_publisher", {old: {"new_name": new, "act": act}}, now)
    return act


def _check_free(conn: Connection, name: str, *publishers: int) -> None:
    """
    :raises PublisherError: where a publisher that is none of these has the name.
    """
    for row in queries.publishers.find(conn, names=[name]):
        if row.publisher_id not in publishers:
            owner = _name(conn, row.publisher_id)
            raise PublisherError(f"{name!r} is {owner!r} already: newsflow publishers merge makes two one")


def _name(conn: Connection, publisher: int) -> str:
    return next(row.name for row in queries.publishers.state(conn, publishers=[publisher]))


def _call(conn: Connection, publisher: int, old: str, new: str) -> None:
    if old == new:
        raise PublisherError(f"it is called {new!r} already")
    queries.publishers.drop_aliases(conn, names=[new])
    queries.publishers.rename(conn, publisher_id=publisher, name=new)
    queries.publishers.add_aliases(conn, publisher_id=publisher, names=[old])
    queries.publishers.rename_alarms(conn, publisher_id=publisher, old=old, new=new)


def merge(conn: Connection, name: str, into: str, actor: str, *, clock: Clock = utcnow) -> int:
    """Let a publisher go into another: all that it had is that one's, and its names lead there. Returns the act.

    What is known of the other stands; of the one it is kept for undo.

    :raises PublisherError: for unknown publishers, and for one and the same.
    """
    with lock(conn, _LOCK):
        act = _patiently(conn, lambda: _begin_merger(conn, name, into, actor, clock()))
        _follow(conn, act, clock)
    return act


def _begin_merger(conn: Connection, name: str, into: str, actor: str, now: datetime) -> int:
    gone, left = number(conn, name), number(conn, into)
    if gone == left:
        raise PublisherError(f"{name!r} and {into!r} are one publisher already")
    found = {row.publisher_id: row.name for row in queries.publishers.state(conn, publishers=[gone, left])}
    act: int = queries.publishers.act(
        conn, verb="merge", publisher_id=gone, into_id=left, new_name=found[left], actor=actor, now=now
    )
    _merge(conn, act, found[gone], now)
    note(conn, actor, "merge_publishers", {found[gone]: {"into": found[left], "act": act}}, now)
    return act


def _merge(conn: Connection, number_of_act: int, name: str, now: datetime) -> None:
    act = _act(conn, number_of_act)
    queries.publishers.merge(
        conn,
        act_id=act.act_id,
        publisher_id=act.publisher_id,
        into_id=_into(act),
        name=name,
        into_name=act.new_name,
        # nobody finds it by this, and its own name is free for what people call it by
        gone_name=f"{name[:200]} (merged, act {act.act_id})",
        now=now,
    )
    queries.publishers.add_aliases(conn, publisher_id=_into(act), names=[name, *act.detail["aliases"]])


def _into(act: ActsRow) -> int:
    if act.into_id is None:
        raise ValueError(f"act {act.act_id} is no merger")
    return act.into_id


def undo(conn: Connection, number_of_act: int | None, actor: str, *, clock: Clock = utcnow) -> ActsRow:
    """Take a renaming or a merger back, the newest by default: names, hosts, feeds, pages and articles return.

    What came in since on the hosts that go back goes with them.

    :raises PublisherError: where there is none, or a later act on the same publishers stands.
    """
    with lock(conn, _LOCK):
        resume_held(conn, clock)
        act = _patiently(conn, lambda: _begin_undo(conn, number_of_act, actor, clock()))
        _follow(conn, act.act_id, clock)
    return act


def _begin_undo(conn: Connection, number_of_act: int | None, actor: str, now: datetime) -> ActsRow:
    act = _undoable(conn, number_of_act)
    if act.verb == "rename":
        _rename_back(conn, act)
    else:
        _unmerge(conn, act)
    queries.publishers.set_state(conn, act_id=act.act_id, state="undoing", ended_at=None)
    queries.publishers.note_told(conn, act_id=act.act_id, told_to=0)
    note(conn, actor, "undo_publisher_act", {act.old_name: {"act": act.act_id, "verb": act.verb}}, now)
    return act


def _undoable(conn: Connection, number_of_act: int | None) -> ActsRow:
    done = [act for act in queries.publishers.acts(conn, act_id=None, open=False) if act.state == "done"]
    act = next((act for act in done if number_of_act in (None, act.act_id)), None)
    if act is None:
        raise PublisherError("there is no renaming or merger that could be undone: see newsflow publishers acts")
    of_act = {act.publisher_id, act.into_id} - {None}
    for later in done:
        if later.act_id > act.act_id and of_act & {later.publisher_id, later.into_id}:
            raise PublisherError(f"act {later.act_id} came later, on the same publisher: undo that first")
    return act


def _rename_back(conn: Connection, act: ActsRow) -> None:
    _check_free(conn, act.old_name, act.publisher_id)
    queries.publishers.drop_aliases(conn, names=[act.old_name])
    queries.publishers.rename(conn, publisher_id=act.publisher_id, name=act.old_name)
    if act.new_name in act.detail["aliases"]:
        queries.publishers.add_aliases(conn, publisher_id=act.publisher_id, names=[act.new_name])
    queries.publishers.rename_alarms(conn, publisher_id=act.publisher_id, old=act.new_name, new=act.old_name)


def _unmerge(conn: Connection, act: ActsRow) -> None:
    _check_free(conn, act.old_name, act.publisher_id, _into(act))
    queries.publishers.drop_aliases(conn, names=[act.old_name])
    _note_newer_hosts(conn, act)
    queries.publishers.unmerge(
        conn,
        act_id=act.act_id,
        publisher_id=act.publisher_id,
        into_id=_into(act),
        name=act.old_name,
        into_name=act.new_name,
    )
    queries.publishers.add_aliases(conn, publisher_id=act.publisher_id, names=_names_back(conn, act))


def _note_newer_hosts(conn: Connection, act: ActsRow) -> None:
    """Note for undo what came since the merger and leads to the other publisher by the name of the one alone."""
    names = {act.old_name, *act.detail["aliases"]}
    found = queries.publishers.newer_hosts(conn, act_id=act.act_id, into_id=_into(act), begun_at=act.begun_at)
    back = [row for row in found if publisher_name(row.address) in names]
    queries.publishers.note_moved(
        conn, act_id=act.act_id, kinds=[row.kind for row in back], keys=[row.key for row in back]
    )


def _names_back(conn: Connection, act: ActsRow) -> list[str]:
    """The other names that it had, but those that people gave to a third one since."""
    names = act.detail["aliases"]
    taken = {row.name for row in queries.publishers.find(conn, names=names) if row.publisher_id != _into(act)}
    return [name for name in names if name not in taken]


def resume(conn: Connection, *, clock: Clock = utcnow) -> int:
    """Carry on what broke off, and what steps that ran meanwhile left behind; returns how many acts that were."""
    with lock(conn, _LOCK):
        return resume_held(conn, clock)


def resume_held(conn: Connection, clock: Clock) -> int:
    """As `resume`, for whoever holds the lock."""
    with transaction(conn):
        broken = [act.act_id for act in queries.publishers.acts(conn, act_id=None, open=True)]
        late: list[int] = queries.publishers.leftovers(conn)
    for act in [*reversed(broken), *late]:
        _follow(conn, act, clock)
    return len(broken) + len(late)


def _follow(conn: Connection, number_of_act: int, clock: Clock) -> None:
    """Let pages and articles follow an act that is begun, then end it."""
    with transaction(conn):
        act = _act(conn, number_of_act)
    _wait_for_writers(conn)
    if act.verb == "rename":
        _tell_all(conn, act, clock)
    elif act.state == "undoing":
        _move_all(conn, act, clock, _back(act), from_id=_into(act), to_id=act.publisher_id, noting=False)
    else:
        _move_all(conn, act, clock, _on(act), from_id=act.publisher_id, to_id=_into(act), noting=True)
    with transaction(conn):
        state = "undone" if act.state == "undoing" else "done"
        queries.publishers.set_state(conn, act_id=act.act_id, state=state, ended_at=clock())
        if state == "undone":
            queries.publishers.forget_moved(conn, act_id=act.act_id)


def _act(conn: Connection, number_of_act: int) -> ActsRow:
    return queries.publishers.acts(conn, act_id=number_of_act, open=False)[0]


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


def _patiently(conn: Connection, work: Callable[[], Result]) -> Result:
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
        told = _patiently(conn, partial(_tell_next, conn, act, told, clock))


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
        conn, act_id=act.act_id, into_id=_into(act), begun_at=act.begun_at, most=BATCH
    )


def _move_all(
    conn: Connection, act: ActsRow, clock: Clock, next_pages: _Next, *, from_id: int, to_id: int, noting: bool
) -> None:
    move = partial(queries.publishers.move_pages, conn, act_id=act.act_id, from_id=from_id, to_id=to_id, noting=noting)
    while _patiently(conn, lambda: _move_next(conn, clock, next_pages, move)):
        pass
    lines = partial(queries.publishers.move_lines, conn, act_id=act.act_id, from_id=from_id, to_id=to_id, noting=noting)
    _patiently(conn, lines)
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
