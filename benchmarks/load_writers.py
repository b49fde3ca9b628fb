"""Deadlocks: four loads of the same pages at once, beside four that upsert in no order.

make bench PART=load_writers ARGS="--articles 10000 --server /usr/lib/postgresql/15/bin"
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from psycopg2.extras import execute_values
from pydantic import SecretStr
from rich.console import Console

from benchmarks.load_peers import peer_table, records, upsert
from benchmarks.load_world import Texts, fill_ledger, new_run
from benchmarks.server import admin, database, options, served
from newsflow.load.step import load
from newsflow.local.postgres import Server
from newsflow.settings import Settings

CONSOLE = Console(width=110)


def four_writers(server: Server, count: int) -> None:
    """Four loads of the same pages at once, beside four that upsert in no order."""
    dsn, conn = database(server, "scheduler")
    bodies = list(Texts(seed=9).bodies(count, 1_000))[:count]
    fill_ledger(conn, bodies)
    names = [new_run(conn, f"w{n}") for n in range(4)]
    settings = Settings(database_url=SecretStr(dsn), load_search=False, load_chunk=500)
    with ThreadPoolExecutor(4) as pool:
        taken = [r.taken for r in pool.map(lambda run: load(settings, run), names)]
    admin(dsn, "select pg_sleep(1)")
    ours = _deadlocks(dsn)
    peer_table(conn, "peer")
    with ThreadPoolExecutor(4) as pool:
        failed = sum(pool.map(lambda seed: _unordered(dsn, bodies, seed), range(4)))
    admin(dsn, "select pg_sleep(1)")
    CONSOLE.print(f"four writers, the same {count:,} keys: ours took {sum(taken):,} pages with {ours} deadlocks;")
    CONSOLE.print(f"unordered upserts of 500 rows: {failed} transactions lost to {_deadlocks(dsn) - ours} deadlocks")
    conn.close()


def _unordered(dsn: str, bodies: list[str], seed: int) -> int:
    rows, failed = list(records(bodies)), 0
    random.Random(seed).shuffle(rows)
    conn = psycopg2.connect(dsn)
    for start in range(0, len(rows), 500):
        try:
            with conn, conn.cursor() as cursor:
                execute_values(cursor, upsert("peer"), rows[start : start + 500], page_size=500)
        except psycopg2.errors.DeadlockDetected:
            failed += 1
    conn.close()
    return failed


def _deadlocks(dsn: str) -> int:
    return int(admin(dsn, "select deadlocks from pg_stat_database where datname = current_database()")[0][0])


def main() -> None:
    """Run both, and print the deadlocks."""
    asked = options(__doc__, 10_000).parse_args()
    with served(asked.server) as server:
        four_writers(server, asked.articles)


if __name__ == "__main__":
    main()
