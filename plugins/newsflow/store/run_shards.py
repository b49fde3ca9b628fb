"""Which pages a run takes on, and how they are cut into shards: fetch by origin, extract by page."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow import sharding
from newsflow.isolation.cores import tasks_at_once
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction


def plan(
    conn: Connection,
    run_id: int,
    settings: Settings,
    now: datetime,
    *,
    publishers: list[str] | None = None,
    limit: int | None = None,
) -> list[queries.runs.ShardsRow]:
    """Take due pages and stragglers into the run; returns its shards.

    For fetch, an origin belongs to exactly one shard, so that politeness needs no lock between tasks. Extract asks
    nobody: the pages of each origin are dealt out to all shards, so that what costs much and what fails is, too.
    """
    with transaction(conn):
        sizes = {row.origin_id: row.pages for row in queries.runs.due_origins(conn, now=now, publishers=publishers)}
        due = min(sum(sizes.values()), limit or sys.maxsize)
        places = _places(conn, run_id, sizes, _shards(settings, due))
        to_extract = _shards(settings, due + queries.runs.count_captured(conn))
        queries.runs.plan_fetch(
            conn,
            run_id=run_id,
            now=now,
            publishers=publishers,
            limit=limit,
            origins=list(places),
            shards=list(places.values()),
            extract_shards=to_extract,
        )
        queries.runs.plan_waiting(conn, run_id=run_id, shards=to_extract)
        return queries.runs.shards(conn, run_id=run_id)


def _shards(settings: Settings, pages: int) -> int:
    return sharding.count(pages, settings.shard_pages, tasks_at_once(settings.shards))


def _places(conn: Connection, run_id: int, sizes: Mapping[int, int], shards: int) -> dict[int, int]:
    """The shard of each origin; those that an earlier attempt has placed stay where they are."""
    placed = {row.origin_id: (row.shard, row.pages) for row in queries.runs.placed_origins(conn, run_id=run_id)}
    return sharding.spread(sizes, shards, placed)


def place_origins(conn: Connection, run_id: int, settings: Settings) -> None:
    """Cut the pages that a run is to fetch into shards anew, by origin; none of them may be at work."""
    with transaction(conn):
        sizes = {row.origin_id: row.pages for row in queries.runs.placed_origins(conn, run_id=run_id)}
        places = sharding.spread(sizes, _shards(settings, sum(sizes.values())))
        queries.runs.place(conn, run_id=run_id, origins=list(places), shards=list(places.values()))
