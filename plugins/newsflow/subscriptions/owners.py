"""Whose the origins are that feeds and their links lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from psycopg2.extensions import connection as Connection

from newsflow.poll.state import PollResult
from newsflow.store import queries
from newsflow.web.urls import BadUrl, publisher_name

# The id of a publisher that is known, or else the name of one.
Owner = tuple["int | None", "str | None"]


def note(conn: Connection, owners: Mapping[str, Owner]) -> None:
    """Make origins known with their publishers; publishers given by name are made, too. Two statements at most."""
    names = sorted({name for _, name in owners.values() if name})
    if names:
        queries.run(conn, "poll.add_publishers", names=names)
    if owners:
        queries.run(
            conn,
            "poll.add_origins",
            origins=list(owners),
            publisher_ids=[publisher_id for publisher_id, _ in owners.values()],
            names=[name for _, name in owners.values()],
        )


def of_links(linked: Iterable[tuple[str | None, PollResult]]) -> dict[str, Owner]:
    """Owners of the origins that links lead to, each with the poll that showed it; the first showing counts."""
    found: dict[str, Owner] = {}
    for origin, polled in linked:
        if origin and origin not in found:
            found[origin] = _owner(origin, polled)
    return found


def _owner(origin: str, polled: PollResult) -> Owner:
    """The feed's publisher where the origin is of its site, else the one of the origin's domain."""
    name = publisher_name(origin)
    home = polled.parsed.home if polled.parsed else polled.feed.home
    for own in (polled.feed.url, home):
        try:
            if own and publisher_name(own) == name:
                return polled.feed.publisher_id, None
        except BadUrl:
            continue
    return None, name
