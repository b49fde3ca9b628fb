"""Other names of publishers, by which lists, links, imports and searches find them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.publishers import facts
from newsflow.publishers.store import PublisherError, note, number
from newsflow.store import queries
from newsflow.store.db import transaction


def add(conn: Connection, name: str, aliases: Sequence[str], actor: str, now: datetime) -> None:
    """Give a publisher further names.

    :raises PublisherError: for a name of another publisher.
    :raises FactError: for what can be no name.
    """
    wanted = _clean(aliases)
    with transaction(conn):
        publisher = number(conn, name)
        owners = {row.name: row.publisher_id for row in queries.publishers.find(conn, names=wanted)}
        for taken in (each for each, owner in owners.items() if owner != publisher):
            raise PublisherError(f"{taken!r} is another publisher: newsflow publishers merge makes two one")
        queries.publishers.add_aliases(conn, publisher_id=publisher, names=[x for x in wanted if x not in owners])
        note(conn, actor, "add_alias", {name: {"aliases": wanted}}, now)


def remove(conn: Connection, name: str, aliases: Sequence[str], actor: str, now: datetime) -> None:
    """Take names from a publisher.

    :raises PublisherError: for one that it has not.
    """
    wanted = _clean(aliases)
    with transaction(conn):
        number(conn, name)
        own = {alias for row in queries.publishers.known(conn, names=[name], collections=None) for alias in row.aliases}
        if missing := sorted({*wanted} - own):
            raise PublisherError(f"{missing[0]!r} is no other name of {name!r}")
        queries.publishers.drop_aliases(conn, names=wanted)
        note(conn, actor, "remove_alias", {name: {"aliases": wanted}}, now)


def _clean(aliases: Sequence[str]) -> list[str]:
    return sorted({facts.name(alias) for alias in aliases})
