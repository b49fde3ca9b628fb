"""Other names of publishers, by which lists, links, imports and searches find them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.publishers import facts
from newsflow.publishers.store import PublisherError, number
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
        for row in queries.publishers.find(conn, names=wanted):
            if row.publisher_id != publisher:
                raise PublisherError(f"{row.name!r} is another publisher: newsflow publishers merge makes two one")
        known = {row.name for row in queries.publishers.find(conn, names=wanted)}
        queries.publishers.add_aliases(
            conn, publisher_id=publisher, names=[each for each in wanted if each not in known]
        )
        _note(conn, "add_alias", name, wanted, actor, now)


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
        _note(conn, "remove_alias", name, wanted, actor, now)


def _clean(aliases: Sequence[str]) -> list[str]:
    return sorted({facts.name(alias) for alias in aliases})


def _note(conn: Connection, action: str, name: str, aliases: list[str], actor: str, now: datetime) -> None:
    rows = {"rows": [{"subject": name, "detail": {"aliases": aliases}}]}
    queries.publishers.note(conn, now=now, actor=actor, action=action, given=rows)
