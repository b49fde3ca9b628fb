"""Months of nights: bytes a table, and what deduplicate, load and maintenance cost as the store grows.

    make bench PART=storage                                  # a year, three sizes: some minutes and 4 GB of disk
    make bench PART=storage ARGS="--sizes 100000 300000 900000 --night 15000 --days 365"

The store's rows are made in the database (benchmarks.storage_world), and the real steps run on the last night.
What is printed last goes on from there in a straight line: a year of 15,000 articles a day, or a month of 400,000.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from benchmarks.server import Meter, admin, database, served
from benchmarks.storage_chart import draw
from benchmarks.storage_world import NOW, PUBLISHERS, Store, fill
from newsflow.dedupe.step import deduplicate
from newsflow.load.search_index import catch_up
from newsflow.load.step import load
from newsflow.local.postgres import Server
from newsflow.maintain import jobs
from newsflow.settings import Settings
from tests.paths import ROOT

CONSOLE = Console(width=110)
SIZES = (10_000, 30_000, 90_000)
AIMS = {365: ("a year of 15,000 a day", 15_000), 30: ("a month of 400,000 a day", 400_000)}
# These grow with publishers and days, and a small store has hardly an article for each.
BY_DAY = ("news_internal.hourly", "news_internal.day_count", "news_internal.delay")
# Most of it is ANALYZE, which reads 30,000 rows of a table at most: it does not go on growing.
NOT_EXTENDED = "maintenance"
FIGURE = ROOT / "docs" / "figures" / "storage.svg"
_BYTES = """
select n.nspname || '.' || coalesce(parent.relname, c.relname) as name,
  sum(pg_relation_size(c.oid))::bigint as rows,
  sum(coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0))::bigint as texts,
  sum(pg_indexes_size(c.oid))::bigint as indexes
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join pg_inherits i on i.inhrelid = c.oid left join pg_class parent on parent.oid = i.inhparent
where n.nspname in ('ingest', 'news_internal') and c.relkind = 'r'
group by 1 order by sum(pg_total_relation_size(c.oid)) desc"""


@dataclass(frozen=True, slots=True)
class Point:
    """What one size came to: bytes by table (rows, texts out of line, indexes), and by stage CPU and wall seconds."""

    store: Store
    bytes: dict[str, tuple[int, int, int]]
    seconds: dict[str, tuple[float, float]]

    @property
    def by_article(self) -> int:
        """Bytes of the tables that grow with the articles."""
        return sum(sum(parts) for name, parts in self.bytes.items() if name not in BY_DAY)

    @property
    def by_day(self) -> float:
        """Bytes of the others when each publisher has something on each day."""
        held = sum(sum(parts) for name, parts in self.bytes.items() if name in BY_DAY)
        most = PUBLISHERS * self.store.days
        return held * max(1.0, most / self.store.articles)


def measure(server: Server, store: Store) -> Point:
    """Make a store, measure it, and run its last night."""
    dsn, conn = database(server, f"store_{store.articles}")
    run_id = fill(conn, store)
    sizes = _bytes(conn)
    conn.rollback()
    settings, meter = Settings(database_url=SecretStr(dsn), load_search=False), Meter(server)
    with meter.measure("deduplicate"):
        deduplicate(settings, run_id)
    with meter.measure("load"):
        load(settings, run_id)
    with meter.measure("search and counts"):
        catch_up(conn, lambda: NOW)
    with meter.measure("maintenance"):
        jobs.run(settings, ["partitions", "retention", "statistics"], clock=lambda: NOW)
    conn.close()
    admin(server.url(), f"drop database store_{store.articles}")
    return Point(store, sizes, {name: (cpu + ours, wall) for name, (cpu, ours, wall) in meter.figures.items()})


def _bytes(conn: Connection) -> dict[str, tuple[int, int, int]]:
    with conn.cursor() as cursor:
        cursor.execute(_BYTES)
        return {name: (rows, texts, indexes) for name, rows, texts, indexes in cursor.fetchall()}


def show_bytes(point: Point) -> None:
    """Bytes an article of the largest store, by table."""
    count = point.store.articles
    table = Table(title=f"Bytes an article: {count:,} articles in {point.store.days} days")
    for heading in ("table", "rows", "texts", "indexes", "together"):
        table.add_column(heading, justify="left" if heading == "table" else "right")
    for name, parts in point.bytes.items():
        if sum(parts) > 20 * count:
            table.add_row(name, *(f"{part / count:,.0f}" for part in (*parts, sum(parts))))
    sums = [sum(parts[n] for parts in point.bytes.values()) for n in range(3)]
    table.add_row("all", *(f"{part / count:,.0f}" for part in (*sums, sum(sums))))
    CONSOLE.print(table)


def show_seconds(points: list[Point]) -> None:
    """CPU milliseconds an article of the last night, by stage and size."""
    table = Table(title=f"The last night: {points[0].store.night:,} articles; CPU ms an article (wall s)")
    for heading in ("stored", *points[0].seconds):
        table.add_column(heading, justify="right")
    for point in points:
        cells = (f"{cpu / point.store.night * 1e3:.2f} ({wall:.1f})" for cpu, wall in point.seconds.values())
        table.add_row(f"{point.store.articles:,}", *cells)
    CONSOLE.print(table)


def extend(points: list[Point], articles: int) -> tuple[float, dict[str, float]]:
    """Bytes, and CPU ms an article by stage, at another size: in a straight line, and by the logarithm of the size."""
    sizes: Any = np.array([point.store.articles for point in points], dtype=float)
    slope, start = np.polyfit(sizes, [point.by_article for point in points], 1)
    found = {}
    for name in (stage for stage in points[0].seconds if stage != NOT_EXTENDED):
        costs = [point.seconds[name][0] / point.store.night * 1e3 for point in points]
        rise, base = np.polyfit(np.log(sizes), costs, 1)
        found[name] = max(float(base + rise * np.log(articles)), costs[-1])
    return float(slope * articles + start) + points[-1].by_day, found


def main() -> None:
    """Measure all sizes, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="articles stored")
    parser.add_argument("--night", type=int, default=2_000, help="articles of the last night")
    parser.add_argument("--days", type=int, choices=AIMS, default=365, help="days that the store reaches back")
    asked = parser.parse_args()
    with served() as server:
        points = [measure(server, Store(size, asked.days, asked.night)) for size in asked.sizes]
    show_bytes(points[-1])
    show_seconds(points)
    name, daily = AIMS[asked.days]
    size, costs = extend(points, daily * asked.days)
    each = size / daily / asked.days
    CONSOLE.print(f"{name}: {daily * asked.days:,} articles, {size / 1e9:,.0f} GB, {each:,.0f} bytes an article")
    for stage, cost in costs.items():
        CONSOLE.print(f"  {stage}: {cost:.2f} CPU-ms an article, {cost * daily / 60e3:,.1f} CPU-minutes a night")
    if asked.days == max(AIMS):
        FIGURE.write_text(
            draw(
                points[-1].bytes,
                points[-1].store.articles,
                [(p.store.articles, p.store.night, p.seconds) for p in points],
            )
        )


if __name__ == "__main__":
    main()
