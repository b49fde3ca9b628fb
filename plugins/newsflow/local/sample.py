"""The sample newsroom of a home: it keeps its addresses, its dates and its edition from start to start.

An article is known by its address, so the ports of the first start are kept: otherwise a
second run would take every article for a new one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

from psycopg2.extensions import connection as Connection

from newsflow.clock import utcnow
from newsflow.local.newsroom import Newsroom, sample_world
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.migrate import ready_session

PAUSED_BY = "newsflow, while its sample newsroom is not open"


@dataclass(frozen=True)
class SampleNotes:
    """What a home remembers of its newsroom."""

    epoch: str
    edition: str = ""
    ports: list[int] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, now: datetime) -> SampleNotes:
        """The notes, or fresh ones whose world begins now."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return cls(now.astimezone(timezone.utc).replace(minute=0, second=0, microsecond=0).isoformat())

    def write(self, path: Path) -> SampleNotes:
        """Keep it."""
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self), indent=1))
        fresh.rename(path)
        return self

    def after_a_run(self) -> SampleNotes:
        """With the edition that the next run will see."""
        editions = sample_world().editions
        place = editions.index(self.edition) if self.edition in editions else 0
        return replace(self, edition=editions[min(place + 1, len(editions) - 1)])


def open_newsroom(path: Path, now: datetime) -> tuple[Newsroom, bool]:
    """The newsroom of a home at its old addresses; False where a port was taken and all are new."""
    notes = SampleNotes.read(path, now)
    world = sample_world(datetime.fromisoformat(notes.epoch))
    edition = notes.edition or world.editions[0]
    try:
        newsroom, kept = Newsroom(world, edition=edition, ports=notes.ports), True
    except OSError:
        newsroom, kept = Newsroom(world, edition=edition), False
    feeds = sorted({*notes.feeds, *(url for _name, url in newsroom.feeds())})
    replace(notes, edition=edition, ports=newsroom.ports, feeds=feeds).write(path)
    return newsroom, kept


def register(conn: Connection, newsroom: Newsroom) -> None:
    """Make the newsroom's feeds those of the database, under the names of their publishers."""
    publishers = {p.name: p for p in newsroom.world.publishers}
    with transaction(conn):
        for name, url in newsroom.feeds():
            known = publishers[name]
            key = queries.local.add_publisher(conn, name=name, title=known.title, language=known.language)
            queries.local.add_feed(conn, publisher_id=key, url=url)
        queries.local.resume_sample(conn, by=PAUSED_BY, sample=[url for _name, url in newsroom.feeds()])


def has_own_feeds(conn: Connection, notes: SampleNotes) -> bool:
    """Whether the user has named feeds of their own, now or earlier."""
    with transaction(conn):
        return bool(queries.local.own_feeds(conn, sample=notes.feeds))


def pause(conn: Connection, notes: SampleNotes) -> None:
    """Leave the newsroom's publishers alone: their servers are not running."""
    with transaction(conn):
        queries.local.pause_sample(conn, by=PAUSED_BY, sample=notes.feeds)


def runs(settings: Settings, path: Path) -> bool:
    """Whether the newsroom of these notes is what runs are made of: it exists, and the user has no feeds."""
    if not path.is_file():
        return False
    with ready_session(settings.dsn) as conn:
        return not has_own_feeds(conn, SampleNotes.read(path, utcnow()))


def turn_page(path: Path) -> None:
    """After a good run: the next one sees the next edition."""
    SampleNotes.read(path, utcnow()).after_a_run().write(path)
