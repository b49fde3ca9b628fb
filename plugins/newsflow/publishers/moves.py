"""A publisher that is called otherwise, and two that are one; and both taken back.

An act begins in one transaction: names, hosts and feeds. Pages and articles follow (`following`). An act that breaks
goes on where it stopped (`resume`).
"""

from __future__ import annotations

from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock, utcnow
from newsflow.publishers import facts
from newsflow.publishers.following import follow, merged_into, named_act, patiently, resume_held
from newsflow.publishers.store import PublisherError, note, number
from newsflow.store import queries
from newsflow.store.locks import lock
from newsflow.store.queries.publishers import ActsRow
from newsflow.web.urls import publisher_name

_LOCK = "newsflow.publishers"


def rename(conn: Connection, name: str, new: str, actor: str, *, clock: Clock = utcnow) -> int:
    """Give a publisher another name; the old one stays an alias. Returns the number of the act.

    :raises PublisherError: for an unknown publisher, and a name that is taken.
    :raises FactError: for what can be no name.
    """
    new = facts.name(new)
    with lock(conn, _LOCK):
        act = patiently(conn, lambda: _begin_renaming(conn, name, new, actor, clock()))
        follow(conn, act, clock)
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
        act = patiently(conn, lambda: _begin_merger(conn, name, into, actor, clock()))
        follow(conn, act, clock)
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
    act = named_act(conn, number_of_act)
    queries.publishers.merge(
        conn,
        act_id=act.act_id,
        publisher_id=act.publisher_id,
        into_id=merged_into(act),
        name=name,
        into_name=act.new_name,
        # nobody finds it by this, and its own name is free for what people call it by
        gone_name=f"{name[:200]} (merged, act {act.act_id})",
        now=now,
    )
    queries.publishers.add_aliases(conn, publisher_id=merged_into(act), names=[name, *act.detail["aliases"]])


def undo(conn: Connection, number_of_act: int | None, actor: str, *, clock: Clock = utcnow) -> ActsRow:
    """Take a renaming or a merger back, the newest by default: names, hosts, feeds, pages and articles return.

    What came in since on the hosts that go back goes with them.

    :raises PublisherError: where there is none, or a later act on the same publishers stands.
    """
    with lock(conn, _LOCK):
        resume_held(conn, clock)
        act = patiently(conn, lambda: _begin_undo(conn, number_of_act, actor, clock()))
        follow(conn, act.act_id, clock)
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
    _check_free(conn, act.old_name, act.publisher_id, merged_into(act))
    queries.publishers.drop_aliases(conn, names=[act.old_name])
    _note_newer_hosts(conn, act)
    queries.publishers.unmerge(
        conn,
        act_id=act.act_id,
        publisher_id=act.publisher_id,
        into_id=merged_into(act),
        name=act.old_name,
        into_name=act.new_name,
    )
    queries.publishers.add_aliases(conn, publisher_id=act.publisher_id, names=_names_back(conn, act))


def _note_newer_hosts(conn: Connection, act: ActsRow) -> None:
    """Note for undo what came since the merger and leads to the other publisher by the name of the one alone."""
    names = {act.old_name, *act.detail["aliases"]}
    found = queries.publishers.newer_hosts(conn, act_id=act.act_id, into_id=merged_into(act), begun_at=act.begun_at)
    back = [row for row in found if publisher_name(row.address) in names]
    queries.publishers.note_moved(
        conn, act_id=act.act_id, kinds=[row.kind for row in back], keys=[row.key for row in back]
    )


def _names_back(conn: Connection, act: ActsRow) -> list[str]:
    """The other names that it had, but those that people gave to a third one since."""
    names = act.detail["aliases"]
    taken = {row.name for row in queries.publishers.find(conn, names=names) if row.publisher_id != merged_into(act)}
    return [name for name in names if name not in taken]


def resume(conn: Connection, *, clock: Clock = utcnow) -> int:
    """Carry on what broke off, and what steps that ran meanwhile left behind; returns how many acts that were."""
    with lock(conn, _LOCK):
        return resume_held(conn, clock)
