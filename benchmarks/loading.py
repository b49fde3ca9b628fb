"""Loading: server CPU against the physical limit (COPY into an unlogged table) and against peers.

make bench PART=loading ARGS="--articles 100000 --server /usr/lib/postgresql/15/bin"
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from psycopg2.extensions import connection as Connection
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from benchmarks.load_peers import by_execute_values, copy_unlogged, peer_table, row_by_row
from benchmarks.load_unchanged import cost_of_comparing
from benchmarks.load_world import NOW, Texts, fill_ledger, new_run
from benchmarks.server import Meter, admin, database, options, served
from newsflow.load.step import load
from newsflow.local.postgres import Server
from newsflow.settings import Settings
from newsflow.store import named_query, queries, query_files, runs

CONSOLE = Console(width=110)
FORCED = "ordered upsert of unchanged rows (no probe)"
PROBED = "finding that pages are unchanged, beyond the ledger"
MOVED = "  extract.move as a whole, with the ledger"
NOTHING = "newsflow load after it: nothing is left to load"
TICK = 0.01  # seconds; the kernel counts CPU no finer
_NAMES = {query.sql: name for name, query in query_files.load().items()}
LEDGER = {"load.lock_pages", "load.close_pages", "load.close_run_pages", "runs.progress", "runs.begin_stage"}


@contextmanager
def by_query(meter: Meter) -> Iterator[dict[str, float]]:
    """Server CPU by named query, while the step runs."""
    spent: dict[str, float] = {}
    original = named_query.QueryCursor.execute

    def execute(cursor: named_query.QueryCursor, query: Any, params: Any = None) -> None:
        before = meter.cpu()
        original(cursor, query, params)
        name = _NAMES.get(query, "others")
        spent[name] = spent.get(name, 0.0) + meter.cpu() - before

    with patch.object(named_query.QueryCursor, "execute", execute):
        yield spent


def loading(server: Server, count: int) -> None:
    """The table of loading: limit, ours, peers, and an unchanged reload."""
    bodies = list(Texts().bodies(count, 4_000))[:count]
    dsn, conn = database(server, "bench")
    meter = Meter(server)
    settings = Settings(database_url=SecretStr(dsn), load_search=False)
    with meter.measure("COPY into an unlogged table, no index (the limit)"):
        copy_unlogged(conn, bodies)
    run_id = fill_ledger(conn, bodies)
    with by_query(meter) as spent, meter.measure("newsflow load: all new, whole step"):
        load(settings, run_id)
    _unchanged(conn, meter, bodies)
    with meter.measure(NOTHING):
        load(settings, runs.start(conn, "bench", "nothing", NOW, {}))
    late = new_run(conn, "late")
    with meter.measure("newsflow load: unchanged pages that extract did not end"):
        load(settings, late)
    _forced(conn, meter, count)
    peer_table(conn, "peer")
    with meter.measure("execute_values upsert, all new"):
        by_execute_values(conn, bodies)
    with meter.measure("execute_values upsert, all unchanged"):
        by_execute_values(conn, bodies)
    few = bodies[: max(count // 20, 1)]
    admin(dsn, "truncate peer")
    with meter.measure(f"row by row, a commit each ({len(few):,} articles)"):
        row_by_row(conn, few)
    with meter.measure(f"full text, apart ({len(few):,} articles)"), conn.cursor() as cursor:
        cursor.execute(queries.sql("load.index_articles"), {"articles": list(range(1, len(few) + 1))})
    conn.commit()
    conn.close()
    _report(server, meter, count, len(few), spent)


def _unchanged(conn: Connection, meter: Meter, bodies: list[str]) -> None:
    """All pages end in extract, in its batches: what comparing costs, and what the whole statement does."""
    for name, cost in zip(
        (PROBED, MOVED), cost_of_comparing(conn, new_run(conn, "unchanged", "captured"), bodies), strict=True
    ):
        meter.figures[name] = (cost[0] * len(bodies), cost[1] * len(bodies), 0.0)


def _forced(conn: Connection, meter: Meter, count: int) -> None:
    """Our own ordered upsert, run over rows that did not change: what the probe saves."""
    with conn.cursor() as cursor:
        cursor.execute(queries.sql("load.make_plan"))
        cursor.execute(
            "insert into load_plan (page_id, extraction_id, story_id, similarity, is_origin, revision, verdict)"
            " select page_id, extraction_id, page_id, 1, true, 1, 'revised' from ingest.page"
        )
        cursor.execute("analyze load_plan")
        with meter.measure(FORCED):
            cursor.execute(queries.sql("load.put_articles"), {"first": 1, "last": count, "now": NOW, "run_id": 1})
    conn.rollback()


def _report(server: Server, meter: Meter, count: int, few: int, spent: dict[str, float]) -> None:
    version = admin(server.url(), "show server_version")[0][0]
    table = Table(title=f"{count:,} articles of 4 KB, PostgreSQL {version}")
    for heading in ("", "server CPU s", "µs an article", "ratio to the limit", "client CPU s", "wall s"):
        table.add_column(heading, justify="left" if not heading else "right")
    limit = next(iter(meter.figures.values()))[0] / count

    def add(
        name: str, cpu: float, client: float | None = None, wall: float | None = None, articles: int = count
    ) -> None:
        rest = [f"{x:.1f}" if x is not None else "" for x in (client, wall)]
        table.add_row(name, f"{cpu:.2f}", f"{cpu / articles * 1e6:.1f}", f"{cpu / articles / limit:.2f}", *rest)

    for name, (cpu, client, wall) in meter.figures.items():
        add(name, cpu, client, wall, few if name.endswith("articles)") else count)
        if name.endswith("all new, whole step"):
            add("  of it: decide, write with keys, change log", sum(v for k, v in spent.items() if k not in LEDGER))
            add("  of it: the work ledger", sum(v for k, v in spent.items() if k in LEDGER))
    CONSOLE.print(table)
    _report_unchanged(meter)
    CONSOLE.print({k: round(v, 2) for k, v in sorted(spent.items(), key=lambda x: -x[1]) if v > 0.05})


def _report_unchanged(meter: Meter) -> None:
    """How much dearer than an unchanged reload its upserts would be; server and client CPU together."""
    cost = {name: server + client for name, (server, client, _wall) in meter.figures.items()}
    ours = cost[PROBED] + cost[NOTHING]
    for name in (FORCED, "execute_values upsert, all unchanged"):
        CONSOLE.print(f"{name}: {cost[name] / max(ours, TICK):.0f} × the unchanged reload")


def main() -> None:
    """Load, and print the table."""
    asked = options(__doc__, 100_000).parse_args()
    with served(asked.server) as server:
        loading(server, asked.articles)


if __name__ == "__main__":
    main()
