"""What is known of publishers, in the database: list it, and set it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.errors import NewsflowError
from newsflow.publishers import facts
from newsflow.publishers.facts import COLLECTIONS, FIELDS, FactError, Value, Word
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.queries.publishers import KnownRow

_SET = "set_publisher"


class PublisherError(NewsflowError):
    """Something that can't be done to a publisher; the message says why."""


def listing(
    conn: Connection, names: Sequence[str] | None = None, collections: Sequence[str] | None = None
) -> list[KnownRow]:
    """All publishers with what is known of them, or those of some names (aliases too), or of some collections."""
    return queries.publishers.known(
        conn, names=list(names) if names else None, collections=list(collections) if collections else None
    )


def number(conn: Connection, name: str) -> int:
    """The publisher of a name or alias.

    :raises PublisherError: where there is none.
    """
    found = {row.name: row.publisher_id for row in queries.publishers.find(conn, names=[name])}
    if name not in found:
        raise PublisherError(f"there is no publisher {name!r}: newsflow publishers list names them")
    return found[name]


def set_facts(
    conn: Connection, name: str, given: Mapping[str, str], collections: Sequence[str] | None, actor: str, now: datetime
) -> list[str]:
    """Write what a person says of a publisher, with a line in the audit; returns the fields that changed.

    :param given: by field, as the person writes it; an empty text empties the field.
    :param collections: all that it is in from now on; None leaves them as they are.
    :raises PublisherError: for an unknown publisher.
    :raises FactError: for a text that can't be read; nothing is written then.
    """
    with transaction(conn):
        return put_person(conn, name, given, collections, actor, now)


def put_person(
    conn: Connection, name: str, given: Mapping[str, str], collections: Sequence[str] | None, actor: str, now: datetime
) -> list[str]:
    """As `set_facts`, in the caller's transaction."""
    values = {field: _read(field, text) for field, text in given.items()}
    values = _with_zones(conn, values)
    publisher = number(conn, name)
    members = {publisher: collections} if collections is not None else {}
    details = put_said(conn, {publisher: values}, members, actor, now)
    return [field for detail in details.values() for field in detail]


def put_said(
    conn: Connection,
    given: Mapping[int, Mapping[str, Value]],
    collections: Mapping[int, Sequence[str]],
    actor: str,
    now: datetime,
) -> dict[str, dict[str, Any]]:
    """Write what a person says of publishers, with lines in the audit, in the caller's transaction.

    Returns what changed: publisher → field → [before, after].
    """
    details = _details(put(conn, given, "person"), _put_collections(conn, collections))
    note(conn, actor, _SET, details, now)
    return details


def _read(field: str, text: str) -> Value:
    try:
        return facts.read(field, text)
    except FactError as error:
        raise FactError(f"{field}: {error}") from None


def _with_zones(conn: Connection, values: Mapping[str, Value]) -> dict[str, Value]:
    zone = values.get("time_zone")
    if not isinstance(zone, str):
        return dict(values)
    found = zones(conn, [zone])
    if zone not in found:
        raise FactError(f"time_zone: {unknown_zone(zone)}")
    return {**values, "time_zone": found[zone]}


def unknown_zone(zone: str) -> str:
    """Why a zone can't be taken, for people."""
    return f"{zone!r} is no time zone of the database's IANA list (pg_timezone_names), such as Europe/Lisbon"


def zones(conn: Connection, names: Iterable[str]) -> dict[str, str]:
    """Of time zones as people write them, those that the database has, each as it writes it."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    known = {row.given: row.name for row in queries.publishers.zones(conn, names=[name.lower() for name in wanted])}
    return {name: known[name.lower()] for name in wanted if name.lower() in known}


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of a publisher: its name, and each field as it was and as it is."""

    name: str
    fields: Mapping[str, tuple[Value, Value]]


def put(conn: Connection, given: Mapping[int, Mapping[str, Value]], word: Word) -> dict[int, Change]:
    """Write fields on a word, where it counts (`facts.stands`), in the caller's transaction; returns what changed.

    Zones must be the database's.
    """
    if not given:
        return {}
    rows = {row.publisher_id: row for row in queries.publishers.lock(conn, publishers=sorted(given))}
    before = {publisher: row._asdict() for publisher, row in rows.items()}
    new = {publisher: facts.changed(row, given[publisher], word) for publisher, row in before.items()}
    written = [{**before[publisher], **columns} for publisher, columns in new.items() if columns]
    if written:
        queries.publishers.put_facts(conn, given={"rows": written})
    return {publisher: _change(before[publisher], columns) for publisher, columns in new.items() if columns}


def _change(before: Mapping[str, Any], columns: Mapping[str, Any]) -> Change:
    differ = (field for field in FIELDS if field in columns and before[field] != columns[field])
    return Change(str(before["name"]), {field: (before[field], columns[field]) for field in differ})


def join_collections(conn: Connection, given: Mapping[int, Iterable[str]]) -> None:
    """Put publishers into collections beside those that they are in, in the caller's transaction."""
    pairs = [(publisher, name) for publisher, names in sorted(given.items()) for name in sorted(set(names))]
    if pairs:
        queries.publishers.add_collections(conn, names=[name for _, name in pairs])
        queries.publishers.put_members(conn, publishers=[p for p, _ in pairs], names=[name for _, name in pairs])


def _put_collections(conn: Connection, given: Mapping[int, Sequence[str]]) -> dict[int, Change]:
    """Let publishers be in these collections and no others; returns what changed."""
    if not given:
        return {}
    before = {row.publisher_id: row for row in queries.publishers.known(conn, names=None, collections=None)}
    moved = {p: sorted(set(names)) for p, names in given.items() if sorted(set(names)) != before[p].collections}
    pairs = [(publisher, name) for publisher, names in sorted(moved.items()) for name in names]
    if moved:
        queries.publishers.leave_collections(
            conn, publishers=sorted(moved), members=[p for p, _ in pairs], names=[name for _, name in pairs]
        )
        join_collections(conn, moved)
        queries.publishers.drop_empty_collections(conn)
    return {p: Change(before[p].name, {COLLECTIONS: (before[p].collections, names)}) for p, names in moved.items()}


def _details(*done: Mapping[int, Change]) -> dict[str, dict[str, Any]]:
    """For the audit: publisher → field → [before, after]."""
    found: dict[str, dict[str, Any]] = {}
    for changes in done:
        for change in changes.values():
            found.setdefault(change.name, {}).update({name: list(pair) for name, pair in change.fields.items()})
    return {name: fields for name, fields in found.items() if fields}


def note(conn: Connection, actor: str, action: str, details: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """Lines in the audit: publisher → what was done to it, in the caller's transaction."""
    rows = [{"subject": name, "detail": detail} for name, detail in details.items()]
    if rows:
        queries.publishers.note(conn, now=now, actor=actor, action=action, given={"rows": rows})
