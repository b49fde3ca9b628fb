"""Origins made known, with the publishers that they belong to."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg2.extensions import connection as Connection

from newsflow.store import queries

# The id of a publisher that is known, or else the name of one.
Owner = tuple["int | None", "str | None"]


def note(conn: Connection, owners: Mapping[str, Owner]) -> None:
    """Make origins known with their publishers; publishers given by name are made, too. Two statements at most."""
    names = sorted({name for _, name in owners.values() if name})
    if names:
        queries.poll.add_publishers(conn, names=names)
    if owners:
        queries.poll.add_origins(
            conn,
            origins=list(owners),
            publisher_ids=[publisher_id for publisher_id, _ in owners.values()],
            names=[name for _, name in owners.values()],
        )
