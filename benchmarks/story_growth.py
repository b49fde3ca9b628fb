"""What a look-up costs as the store grows: sketches of 10,000 new articles against 100 k and 1 M stored.

Stored sketches have random hashes, as those of different texts have; the new ones share some
with stored ones as copies do. A hash that stands in a fifth of all articles is looked up with
the rest. Then the whole stage runs for 15,000 new articles, with bodies, against the million.
CPU seconds are measured beside the wall's, since others may use the machine.

    make bench PART=story_growth ARGS="100000 1000000 5000000"    # the last asks for 9 GB of disk and 4 GB of memory
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import psutil
from psycopg2.extensions import connection as Connection
from rich.console import Console
from rich.table import Table

from benchmarks.server import admin
from benchmarks.stories import rows
from benchmarks.watch import spent
from newsflow.dedupe import store
from newsflow.dedupe.step import deduplicate
from newsflow.importer.file_row import Asked
from newsflow.importer.step import file_rows
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.settings import Settings
from newsflow.store import runs
from newsflow.store.db import connect, transaction
from newsflow.store.migrate import migrate
from tests.paths import ROOT
from tests.worlds.story_world import Item, build, open_texts

SIZES = (100_000, 300_000, 1_000_000)
NEW = 10_000
ARTICLES = 15_000  # of the whole stage
KEPT = 24  # hashes of a stored sketch
BASE = 10_000_000  # the first stored page; ids below are left to the whole stage's pages
HOT = 42  # the hash that stands everywhere
BATCH = Settings.model_fields["dedupe_batch"].default
BUFFERS = (
    "1GB"  # of the server, as docs/deployment.md advises; in 128 MB, its default, the index of a million has no room
)
ROUNDS = 3  # the least counts: others may use the machine
FIGURE = ROOT / "docs" / "figures" / "story-growth.svg"


@dataclass
class Point:
    """One size of the store: CPU and wall seconds of the look-ups, and bytes."""

    stored: int
    cpu: float
    seconds: float
    hot_cpu: float
    heap: int
    index: int


@contextmanager
def served() -> Iterator[tuple[Connection, str]]:
    with tempfile.TemporaryDirectory(prefix="nf-bench-") as base:
        Path(base).chmod(0o755)
        server = Server(data=Path(base) / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
        server.start()
        admin(server.url(), f"alter system set shared_buffers = '{BUFFERS}'")
        server.stop()
        server.start()
        try:
            conn = connect(server.url())
            migrate(conn)
            yield conn, server.url()
        finally:
            server.stop("immediate")


def fill(conn: Connection, first: int, last: int) -> None:
    """Sketches of articles `first` to `last`, a fifth of them with the hot hash; the index is built anew."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("set local maintenance_work_mem = '512MB'")
        cursor.execute("drop index if exists ingest.sketch_hash_h")
        cursor.execute(
            "insert into ingest.sketch_hash select"
            " case when n %% %(fifth)s = 0 then %(hot)s else hashint8extended(n, 1) end, %(base)s + n / %(kept)s,"
            " current_date"
            " from generate_series(%(first)s::bigint, %(last)s::bigint) n",
            {"fifth": 5 * KEPT, "hot": HOT, "kept": KEPT, "base": BASE, "first": first * KEPT, "last": last * KEPT - 1},
        )
        cursor.execute("create index sketch_hash_h on ingest.sketch_hash (h, page_id)")
    conn.autocommit = True
    with conn.cursor() as cursor:
        cursor.execute("vacuum analyze ingest.sketch_hash")
    conn.autocommit = False


def newcomers(conn: Connection, rng: np.random.Generator) -> list[list[int]]:
    """Sketches of new articles: a third are copies that share half their hashes with a stored one."""
    found = rng.integers(-(2**63), 2**63, (NEW, KEPT))
    with conn.cursor() as cursor:
        cursor.execute("select h from ingest.sketch_hash where h <> %s limit %s", (HOT, NEW * 4))
        known = np.array([row[0] for row in cursor.fetchall()])
    conn.rollback()
    found[: NEW // 3, : KEPT // 2] = rng.choice(known, (NEW // 3, KEPT // 2))
    return found.tolist()  # type: ignore[no-any-return]


def look_up(conn: Connection, sketches: list[list[int]], *, hot: bool) -> tuple[float, float]:
    """CPU seconds of the server's process, and seconds on the wall."""
    process = psutil.Process(conn.info.backend_pid)
    before, started = process.cpu_times(), time.perf_counter()
    for start in range(0, len(sketches), BATCH):
        hashes = [h for one in sketches[start : start + BATCH] for h in one]
        store.postings(conn, [*hashes, HOT] if hot else hashes)
    conn.rollback()
    after = process.cpu_times()
    return after.user + after.system - before.user - before.system, time.perf_counter() - started


def measure(conn: Connection, stored: int, rng: np.random.Generator) -> Point:
    sketches = newcomers(conn, rng)
    look_up(conn, sketches, hot=False)  # warm
    cpu, seconds = min(look_up(conn, sketches, hot=False) for _ in range(ROUNDS))
    hot_cpu, _ = min(look_up(conn, sketches, hot=True) for _ in range(ROUNDS))
    with conn.cursor() as cursor:
        cursor.execute(
            "select pg_table_size(t), pg_indexes_size(t) from (select 'ingest.sketch_hash_default'::regclass) x (t)"
        )
        heap, index = cursor.fetchone()
    conn.rollback()
    return Point(stored, cpu, seconds, hot_cpu, heap, index)


def plot(points: list[Point]) -> None:
    """Look-up time over stored articles, as an SVG drawn by hand: two lines, one with the hot hash."""
    top = max(max(p.cpu, p.hot_cpu) for p in points) * 1.2
    across = {p.stored: 70 + 500 * (i / (len(points) - 1)) for i, p in enumerate(points)}

    def line(values: list[float], colour: str, label: str, at: int) -> str:
        spots = " ".join(
            f"{across[p.stored]:.0f},{260 - 220 * v / top:.0f}" for p, v in zip(points, values, strict=True)
        )
        return (
            f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="80" y="{at}" fill="{colour}">{label}</text>'
        )

    ticks = "".join(f'<text x="{x:.0f}" y="280" text-anchor="middle">{n:,}</text>' for n, x in across.items())
    levels = "".join(
        f'<text x="60" y="{264 - 220 * i / 4:.0f}" text-anchor="end">{top * i / 4:.2f}</text>' for i in range(5)
    )
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 310" font-family="sans-serif" font-size="12">'
        '<rect width="640" height="310" fill="white"/>'
        '<text x="70" y="20" font-size="14">CPU seconds to look up 10,000 new articles</text>'
        f"{line([p.cpu for p in points], '#1f5fa8', 'ordinary', 44)}"
        f"{line([p.hot_cpu for p in points], '#b3402a', 'with a hash of a fifth of all articles', 60)}"
        f'{ticks}{levels}<text x="320" y="302" text-anchor="middle">stored articles</text></svg>\n'
    )
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.write_text(drawing)


@dataclass
class Whole:
    """The whole stage: pages, seconds on the wall, CPU seconds of our processes and of the server's."""

    pages: int
    seconds: float
    client: float
    server: float


def whole_stage(conn: Connection, dsn: str, count: int) -> Whole:
    """Deduplicate `count` new articles with bodies against what is stored."""
    settings = Settings(database_url=dsn)  # type: ignore[arg-type]
    run_id = runs.start(conn, "bench", "whole", datetime.now(timezone.utc), {})
    conn.commit()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_text(rows(newcomers_with_bodies(count)))
        file_rows(settings, run_id, path, Asked())
    postmaster = psutil.Process(conn.info.backend_pid).parent()
    started, client, server = time.perf_counter(), spent(psutil.Process()), _server(postmaster)
    report = deduplicate(settings, run_id)
    return Whole(
        report.taken,
        time.perf_counter() - started,
        spent(psutil.Process()) - client,
        _server(postmaster) - server,
    )


def newcomers_with_bodies(count: int) -> list[Item]:
    """Items of as many worlds as it takes, each with texts and addresses of its own."""
    texts, items = open_texts(), list[Item]()
    while len(items) < count:
        seed = 200 + len(items)
        items += build(seed, texts=_reworded(texts, seed)).items
    return [replace(item, url=f"{item.url}-{n}") for n, item in enumerate(items[:count])]


def _server(postmaster: psutil.Process) -> float:
    return spent(postmaster, *postmaster.children())


def _reworded(texts: list[tuple[str, str]], seed: int) -> list[tuple[str, str]]:
    """The open texts with a quarter of their words turned round, so that each seed's wires are other texts."""
    rng = random.Random(seed)
    found = []
    for language, text in texts:
        words = text.split(" ")
        found.append((language, " ".join(w if rng.random() > 0.25 else w[::-1] for w in words)))
    return found


def main() -> None:
    console, rng = Console(width=120), np.random.default_rng(1)
    points: list[Point] = []
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    with served() as (conn, dsn):
        done = 0
        for size in sizes:
            fill(conn, done, size)
            done = size
            points.append(measure(conn, size, rng))
        show(console, points)
        console.print(
            "whole stage against the last: {0.pages:,} articles, {0.seconds:.1f} s;"
            " CPU {0.client:.1f} s here, {0.server:.1f} s of the server".format(whole_stage(conn, dsn, ARTICLES))
        )
    if sizes == SIZES:
        plot(points)


def show(console: Console, points: list[Point]) -> None:
    table = Table(title=f"Looking up {NEW:,} new articles ({NEW * KEPT:,} hashes)")
    for column in ("stored", "server CPU-s", "wall s", "µs a hash", "with hot hash, CPU-s", "heap MB", "index MB"):
        table.add_column(column, justify="right")
    for p in points:
        table.add_row(
            f"{p.stored:,}", f"{p.cpu:.2f}", f"{p.seconds:.2f}", f"{p.cpu / NEW / KEPT * 1e6:.1f}", f"{p.hot_cpu:.2f}",
            f"{p.heap / 1e6:,.0f}", f"{p.index / 1e6:,.0f}",
        )  # fmt: skip
    console.print(table)
    first, last = points[0], points[-1]
    console.print(f"from {first.stored:,} to {last.stored:,} stored: look-up {last.cpu / first.cpu:.2f} times the CPU")


if __name__ == "__main__":
    main()
