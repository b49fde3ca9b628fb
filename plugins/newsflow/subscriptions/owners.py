"""Whose the origins are, and on whose word.

A host belongs to a publisher since a person said so, or since a feed that a person added is served from its site.
What a feed says of other sites gives it nothing there: their origins get the publisher of their own domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from psycopg2.extensions import connection as Connection

from newsflow.store import queries
from newsflow.web.urls import shared_by

Word = Literal["person", "feed", "link"]
"""On whose word an origin is a publisher's; `ingest.owner_rank` orders them.

person: a person named the publisher of a feed there. feed: a feed that a person added is served from its site.
link: a link led there, and the origin got the publisher of its domain's name.
"""


class Owner(NamedTuple):
    """A publisher, by its number or else by its name, and the word that it rests on."""

    publisher_id: int | None = None
    name: str | None = None
    word: Word = "link"


def note(conn: Connection, owners: Mapping[str, Owner]) -> None:
    """Make origins known with their publishers; a stronger word than the one before takes an origin over.

    Publishers given by name are made, too. Two statements at most. A host that many share by their paths is none of
    theirs, whoever says so.
    """
    owners = {o: Owner(None, name, "link") if (name := shared_by(o)) else owner for o, owner in owners.items()}
    names = sorted({owner.name for owner in owners.values() if owner.name})
    if names:
        queries.poll.add_publishers(conn, names=names)
    if owners:
        queries.poll.add_origins(
            conn,
            origins=list(owners),
            publisher_ids=[owner.publisher_id for owner in owners.values()],
            names=[owner.name for owner in owners.values()],
            words=[owner.word for owner in owners.values()],
        )
