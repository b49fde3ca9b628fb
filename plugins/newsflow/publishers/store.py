"""What is known of publishers, in the database: list it, set it, bring it in as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.errors import NewsflowError
from newsflow.publishers import facts, table
from newsflow.publishers.facts import COLLECTIONS, FIELDS, FactError, Value, Word
from newsflow.publishers.table import Line, TableError, Trouble
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.queries.publishers import KnownRow

_SET = "set_publisher"


class PublisherError(NewsflowError):
    """Something that can't be done to a publisher; the message says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table did: how many publishers it names, which of them it changed, and which it made."""

    publishers: int
    changed: tuple[str, ...]
    added: tuple[str, ...]


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
    done = put(conn, {publisher: values}, "person")
    moved = _put_collections(conn, {publisher: collections} if collections is not None else {})
    details = _details(done, moved)
    note(conn, actor, _SET, details, now)
    return [field for detail in details.values() for field in detail]


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
    return {
        publisher: Change(
            str(before[publisher]["name"]),
            {
                field: (before[publisher][field], columns[field])
                for field in FIELDS
                if field in columns and before[publisher][field] != columns[field]
            },
        )
        for publisher, columns in new.items()
        if columns
    }


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


def export(conn: Connection, names: Sequence[str] | None = None, collections: Sequence[str] | None = None) -> str:
    """Publishers as a table that `bring_in` takes back."""
    rows = listing(conn, names, collections)
    return table.write(
        {
            table.NAME: row.name,
            **{name: facts.written(getattr(row, name)) for name in FIELDS},
            COLLECTIONS: "; ".join(row.collections),
        }
        for row in rows
    )


def bring_in(conn: Connection, text: str, actor: str, now: datetime, *, add: bool = False) -> Imported:
    """Take a table of publishers over, all of it or nothing.

    A cell that says what is known already leaves the word on which it stands; an empty cell empties the field.

    :param add: publishers that are not there are made.
    :raises TableError: for cells that can't be taken; it names line and column of each.
    """
    lines = table.read(text)
    with transaction(conn):
        added = _added(conn, lines) if add else ()
        known = {row.name: row for row in listing(conn)}
        ids = {row.name: row.publisher_id for row in queries.publishers.find(conn, names=[one.name for one in lines])}
        lines = _checked(conn, lines, ids)
        rows = {row.publisher_id: row for row in known.values()}
        given = {ids[line.name]: _news(line, rows[ids[line.name]]) for line in lines}
        done = put(conn, given, "person")
        moved = _put_collections(conn, {ids[one.name]: one.collections for one in lines if one.collections is not None})
        details = _details(done, moved)
        note(conn, actor, _SET, details, now)
    return Imported(len(lines), tuple(sorted(details)), added)


def _added(conn: Connection, lines: Sequence[Line]) -> tuple[str, ...]:
    names = [line.name for line in lines]
    known = {row.name for row in queries.publishers.find(conn, names=names)}
    queries.publishers.add(conn, names=names)
    return tuple(sorted({*names} - known))


def _news(line: Line, row: KnownRow) -> dict[str, Value]:
    """The cells of a line that say something else than is known."""
    return {field: value for field, value in line.given.items() if getattr(row, field) != value}


def _checked(conn: Connection, lines: Sequence[Line], ids: Mapping[str, int]) -> list[Line]:
    """The lines with their zones as the database writes them.

    :raises TableError: for zones and publishers that it has not, and for two lines of one publisher.
    """
    given = [zone for line in lines if isinstance(zone := line.given.get("time_zone"), str)]
    known = zones(conn, given)
    troubles = [*_strangers(lines, ids), *_no_zones(lines, known)]
    if troubles:
        raise TableError(sorted(troubles, key=lambda one: one.line))
    return [
        Line(one.number, one.name, {**one.given, "time_zone": known[zone]}, one.collections)
        if isinstance(zone := one.given.get("time_zone"), str)
        else one
        for one in lines
    ]


def _strangers(lines: Sequence[Line], ids: Mapping[str, int]) -> Iterable[Trouble]:
    first: dict[int, Line] = {}
    for line in lines:
        if line.name not in ids:
            why = f"there is no publisher {line.name[:80]!r} (--add makes it)"
            yield Trouble(line.number, table.NAME, why)
        elif first.setdefault(ids[line.name], line) is not line:
            twin = first[ids[line.name]]
            yield Trouble(line.number, table.NAME, f"{line.name!r} is {twin.name!r} of line {twin.number}, too")


def _no_zones(lines: Sequence[Line], known: Mapping[str, str]) -> Iterable[Trouble]:
    for line in lines:
        zone = line.given.get("time_zone")
        if isinstance(zone, str) and zone not in known:
            yield Trouble(line.number, "time_zone", unknown_zone(zone))
