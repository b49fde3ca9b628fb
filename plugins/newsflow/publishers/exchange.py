"""Publishers as a table: written from the database, and brought in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.publishers import facts, table
from newsflow.publishers.facts import COLLECTIONS, FIELDS, Value
from newsflow.publishers.store import listing, put_said, unknown_zone, zones
from newsflow.publishers.table import Line, TableError, Trouble
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.queries.publishers import KnownRow


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table did: how many publishers it names, which of them it changed, and which it made."""

    publishers: int
    changed: tuple[str, ...]
    added: tuple[str, ...]


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
        collections = {ids[line.name]: line.collections for line in lines if line.collections is not None}
        details = put_said(conn, given, collections, actor, now)
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
