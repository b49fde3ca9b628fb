"""A night's work cut into shards: by what there is to do, not by who publishes it."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timezone

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.settings import Settings
from newsflow.store import queries, run_shards, runs
from newsflow.store.db import transaction

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=timezone.utc)
PAGES = 3000


def zipf(origins: int) -> list[int]:
    """Pages of each origin: the nth has an nth of the first's."""
    whole = sum(1 / rank for rank in range(1, origins + 1))
    return [max(1, round(PAGES / rank / whole)) for rank in range(1, origins + 1)]


def add(conn: Connection, sizes: list[int], state: str = "pending") -> None:
    """Origins with so many pages each; pages are registered in any order, as feeds show them."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values (%s) returning publisher_id", (state,))
        cursor.execute(
            "with o as (insert into ingest.origin (origin, publisher_id)"
            "  select %s || n, %s from generate_series(1, %s) n returning origin_id, origin)"
            " insert into ingest.page (url, url_hash, origin_id, publisher_id, state)"
            " select origin || '/' || n, sha256((origin || '/' || n)::bytea), origin_id, %s, %s"
            " from o join unnest(%s::text[], %s::integer[]) as g (name, pages) on g.name = origin,"
            "   generate_series(1, pages) n order by sha256((origin || n)::bytea)",
            (
                *(f"https://{state}", publisher := cursor.fetchone()[0], len(sizes), publisher, state),
                *([f"https://{state}{n}" for n in range(1, len(sizes) + 1)], sizes),
            ),
        )


def planned(conn: Connection, name: str = "night", **settings: int) -> tuple[int, list[queries.runs.ShardsRow]]:
    run_id = runs.start(conn, "news_ingest", name, NOW, {})
    return run_id, run_shards.plan(conn, run_id, Settings(**settings), NOW)


def taken(conn: Connection, run_id: int) -> list[tuple[int, int, int]]:
    """(origin, shard of fetch, shard of extract) of each page."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(
            "select origin_id, shard, extract_shard from ingest.run_page join ingest.page using (page_id)"
            " where run_id = %s order by page_id",
            (run_id,),
        )
        return [tuple(row) for row in cursor.fetchall()]


def share_of_ideal(work: Counter[int], shards: int) -> float:
    """How near a cut is to equal parts: 1 where no shard has more to do than another."""
    return sum(work.values()) / shards / max(work.values())


@pytest.mark.parametrize("shards", [4, 16])
@pytest.mark.parametrize("origins", [12, 60, 400])
def test_extraction_is_cut_evenly_whatever_the_origins_are_and_whichever_fail(
    conn: Connection, origins: int, shards: int
) -> None:
    add(conn, zipf(origins))
    run_id, _found = planned(conn, shards=shards, shard_pages=100)
    pages, chance = taken(conn, run_id), random.Random(origins * shards)
    of_origin = {page[0] for page in pages}
    # an origin's pages cost about the same, one origin's several times another's; some fail, and some origins are down
    cost = {origin: chance.lognormvariate(0, 0.6) for origin in of_origin}
    fails = {origin: chance.choice((0.0,) * 5 + (0.01, 0.03, 0.1) * 5 + (1.0,)) for origin in of_origin}
    work = Counter[int]()
    for origin, _fetch, extract in pages:
        if chance.random() >= fails[origin]:
            work[extract] += cost[origin] * chance.lognormvariate(0, 0.3)
    assert len(work) == shards
    assert share_of_ideal(work, shards) >= 0.9


@pytest.mark.parametrize("shards", [4, 16])
def test_an_origin_is_fetched_by_one_shard_and_no_cut_of_whole_origins_is_much_better(
    conn: Connection, shards: int
) -> None:
    sizes = zipf(60)
    add(conn, sizes)
    run_id, found = planned(conn, shards=shards, shard_pages=100)
    places = {(origin, fetch) for origin, fetch, _extract in taken(conn, run_id)}
    assert len(places) == len(sizes)
    best = max(sum(sizes) / shards, sizes[0])
    assert best / max(row.to_fetch for row in found) >= 0.95


def test_a_backlog_is_not_one_task(conn: Connection) -> None:
    add(conn, [PAGES], state="captured")
    add(conn, [3, 4])
    _run, found = planned(conn, shards=4)
    assert [row.to_fetch for row in found] == [7, 0, 0, 0]
    assert max(row.to_extract for row in found) - min(row.to_extract for row in found) <= 2
    assert sum(row.to_extract for row in found) == PAGES + 7


def test_an_origin_whose_pages_came_later_stays_in_its_shard(conn: Connection) -> None:
    add(conn, zipf(30))
    run_id, _found = planned(conn, shards=4, shard_pages=100)
    before = {(origin, fetch) for origin, fetch, _extract in taken(conn, run_id)}
    with transaction(conn), conn.cursor() as cursor:  # one has a page now, which was the smallest: it would move
        cursor.execute(
            "insert into ingest.page (url, url_hash, origin_id, publisher_id)"
            " select url || '/' || n, sha256((url || '/' || n)::bytea), origin_id, publisher_id"
            " from (select * from ingest.page order by origin_id desc limit 1) p, generate_series(1, 2000) n"
        )
    run_shards.plan(conn, run_id, Settings(shards=4, shard_pages=100), NOW)
    pages = taken(conn, run_id)
    assert len(pages) == sum(zipf(30)) + 2000
    assert {(origin, fetch) for origin, fetch, _extract in pages} == before


def test_a_backfill_s_origins_are_placed_when_all_are_known(conn: Connection) -> None:
    add(conn, sizes := zipf(60))
    run_id, _found = planned(conn, shards=1)
    run_shards.place_origins(conn, run_id, Settings(shards=4))
    found = queries.runs.shards(conn, run_id=run_id)
    assert sum(sizes) / 4 / max(row.to_fetch for row in found) >= 0.95
    assert sum(row.origins for row in found) == 60
