"""The list of publishers: the database counts, the health rule judges, one part of the list is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Query
from psycopg2.extensions import connection as Connection

from newsflow.ops import charts, history
from newsflow.ops.dependencies import Database, Now
from newsflow.ops.health import Health, Level, State, judge
from newsflow.ops.pages import DAYS
from newsflow.ops.words import sentence
from newsflow.store import queries

SHOWN = 50  # publishers on one page of the list
LONGEST = 100  # characters that are searched for: no name is longer, and the form shows them again


@dataclass(frozen=True, slots=True)
class PublisherRow:
    """One line of the list; `found` is the row of `ops.publishers`, shares are 0 to 1."""

    found: queries.ops.PublishersRow
    health: Health
    share: float | None
    usual_share: float | None


SORTS: dict[str, Callable[[PublisherRow], Any]] = {
    "health": lambda r: (r.health.level, -r.found.alarms, -r.found.new_articles, r.found.name),
    "name": lambda r: r.found.name,
    "articles": lambda r: (-r.found.new_articles, r.found.name),
    "yield": lambda r: (r.share if r.share is not None else 2.0, r.found.name),
    "fresh": lambda r: (-(r.found.last_new_at.timestamp() if r.found.last_new_at else 0.0), r.found.name),
    "failures": lambda r: (-r.found.failures, r.found.name),
}


def row(found: queries.ops.PublishersRow) -> PublisherRow:
    """A row of `ops.publishers` with its health."""
    return PublisherRow(
        found,
        judge(_state(found)),
        _share(found.readable, found.extracted),
        _share(found.usual_readable, found.usual_extracted),
    )


def read(conn: Connection, now: datetime, name: str | None) -> list[queries.ops.PublishersRow]:
    """All publishers, or the one of a name: figures of the last seven days beside those of the three weeks before."""
    return queries.ops.publishers(
        conn,
        now=now,
        name=name,
        week=now.date() - timedelta(days=6),
        since=now.date() - timedelta(days=DAYS - 1),
    )


def publishers(
    conn: Database,
    now: Now,
    *,
    find: str = "",
    level: str = "",
    sort: str = "health",
    page: Annotated[int, Query(alias="at")] = 1,
) -> dict[str, Any]:
    """One page of the list (2 statements); the page nearest to the one asked for, where there are fewer."""
    find, sort = find[:LONGEST], sort if sort in SORTS else "health"
    known = [row(found) for found in read(conn, now, None)]
    matching = chosen(known, find, level, sort)
    pages = max(-(-len(matching) // SHOWN), 1)
    page = min(max(page, 1), pages)
    shown = matching[(page - 1) * SHOWN : page * SHOWN]
    return {
        "rows": shown,
        "bars": _bars(conn, [r.found.publisher_id for r in shown], now),
        "total": len(known),
        "matching": len(matching),
        "first": (page - 1) * SHOWN + 1,
        "page": page,
        "pages": pages,
        "levels": {level.word: sum(r.health.level == level for r in known) for level in Level},
        "asked": {"find": find, "level": level, "sort": sort},
        "sentence": sentence,
    }


def chosen(known: Sequence[PublisherRow], find: str, level: str, sort: str) -> list[PublisherRow]:
    """Those that match, in their order; an unknown order is that by health."""
    matching = (r for r in known if _matches(r, find[:LONGEST], level))
    return sorted(matching, key=SORTS.get(sort, SORTS["health"]))


def _bars(conn: Connection, numbers: Sequence[int], now: datetime) -> dict[int, tuple[str, str]]:
    """Sparklines of new articles by day, by publisher_id."""
    since = now.date() - timedelta(days=DAYS - 1)
    days = history.read(queries.ops.days(conn, since=since, publishers=list(numbers)))
    return {
        number: charts.spark([float(d.new_articles) for d in history.series(days.get(number, []), now.date(), DAYS)])
        for number in numbers
    }


def _state(found: queries.ops.PublishersRow) -> State:
    return State(
        paused=found.paused,
        paused_by=found.paused_by,
        lost_feeds=found.lost_feeds,
        feeds=found.feeds,
        paused_feeds=found.paused_feeds,
        failing=found.failing,
        feed_sentence=sentence(found.feed_outcome),
        cool_until=found.cool_until,
        asked=found.asked,
        alarm=(found.severity, found.sentence) if found.severity is not None and found.sentence is not None else None,
    )


def _share(readable: int | None, extracted: int | None) -> float | None:
    return (readable or 0) / extracted if extracted else None


def _matches(row: PublisherRow, find: str, level: str) -> bool:
    wanted = find.casefold().strip()
    return (not level or row.health.level.word == level) and (
        wanted in row.found.name.casefold() or wanted in row.found.title.casefold()
    )
