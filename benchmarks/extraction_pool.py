"""20,000 pages through the extract step and through `extract --batch`: memory over pages, and how busy the cores are.

    make bench PART=extraction_pool ARGS="--pages 20000 --ways step batch"

Real pages again and again, from a WARC file and a ledger in a throw-away PostgreSQL, or from a manifest. The kernel's
scheduler statistics tell a worker that waits for work from one that waits for a core, so that what else the machine
does is not counted. Draws `docs/figures/extraction-memory.svg`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from psycopg2.extensions import connection as Connection

from benchmarks.extraction.sets import Gold, load
from benchmarks.server import database, served
from benchmarks.sheets import Sheet
from benchmarks.watch import Watch, draw
from newsflow.clock import utcnow
from newsflow.isolation.cores import cores
from newsflow.model import CapturePointer, Exchange
from newsflow.outcomes import Outcome
from newsflow.store import queries, runs, warc
from newsflow.store.archive import Archive
from tests.paths import ROOT

FIGURE = ROOT / "docs" / "figures" / "extraction-memory.svg"
FILE = "bench.warc.gz"
STEP = "from newsflow import pipeline, settings; pipeline.extract(settings.get_settings(), 1, 0)"
PUBLISHERS = """insert into ingest.publisher (name) select 'p' || n from generate_series(1, 100) n;
  insert into ingest.origin (origin) values ('https://p.example')"""
PAGES = """insert into ingest.page (url, url_hash, origin_id, publisher_id, state)
  select u.url || '#' || u.n, sha256((u.url || u.n)::bytea), 1, 1 + u.n %% 100, 'captured'
  from unnest(%(urls)s::text[]) with ordinality u (url, n) order by u.n"""
CAPTURES = """insert into ingest.capture
    (page_id, fetched_at, final_url, status, file, "offset", length, payload_digest, bytes)
  select n, now(), url, 200, file, "offset", length, digest, 0
  from unnest(%(urls)s::text[], %(files)s::text[], %(offsets)s::bigint[], %(lengths)s::int[], %(digests)s::text[])
    with ordinality c (url, file, "offset", length, digest, n) order by n"""
PLAN = """update ingest.page p set capture_id = c.capture_id from ingest.capture c where c.page_id = p.page_id;
  insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome)
  select 1, page_id, 0, 'fetch', 'ok' from ingest.page;
  analyze ingest.page, ingest.capture, ingest.run_page"""


def pages(count: int, largest_kb: float) -> list[Gold]:
    """So many pages: the open ones of at most a size, again and again, or those written for the tests."""
    opened = [one for name in ("pages", "pages_meta", "sites") for one in load(name)] or list(load("generated"))
    found = [one for one in opened if len(one.html()) <= largest_kb * 1024]
    return (found * (count // len(found) + 1))[:count]


def captured(archive: Archive, gold: Sequence[Gold]) -> list[CapturePointer]:
    """The pages in one WARC file; a page that comes again is packed once."""
    builder, headers = warc.Builder(FILE), {"content-type": "text/html"}

    @cache
    def packed(one: Gold) -> tuple[bytes, str]:
        exchange = Exchange(one.url, Outcome.OK, 200, headers, one.html(), one.url)
        return next(iter(builder.exchange(exchange, utcnow(), None))), warc.digest(exchange.body)

    with archive.writer(FILE) as writer:
        found = [writer.add_member(*packed(one), utcnow()) for one in gold]
        writer.seal()
    return found


def fill(conn: Connection, archive: Archive, gold: Sequence[Gold]) -> None:
    """A run whose pages are fetched."""
    found = captured(archive, gold)
    runs.start(conn, "bench", "pool", utcnow(), {})
    columns = {
        "urls": [one.url for one in gold],
        "files": [pointer.file for pointer in found],
        "offsets": [pointer.offset for pointer in found],
        "lengths": [pointer.length for pointer in found],
        "digests": [pointer.payload_digest for pointer in found],
    }
    with conn.cursor() as cursor:
        for statement in (PUBLISHERS, PAGES, CAPTURES, PLAN):
            cursor.execute(statement, columns)
    conn.commit()


@contextmanager
def step(gold: Sequence[Gold], workers: int) -> Iterator[tuple[subprocess.Popen[str], Callable[[], int]]]:
    """The stage's own step in a process of its own, and how many pages it has stored."""
    with served() as server, tempfile.TemporaryDirectory() as folder:
        dsn, conn = database(server, "pool")
        fill(conn, Archive(folder), gold)
        settings = {"DATABASE_URL": dsn, "ARCHIVE": folder, "EXTRACT_WORKERS": str(workers)}
        given = {**os.environ, **{f"NEWSFLOW_{key}": value for key, value in settings.items()}}

        def done() -> int:
            stages = queries.runs.stages(conn, run_id=1)
            conn.rollback()
            return sum(sum(stage.counts.values()) for stage in stages)

        yield subprocess.Popen([sys.executable, "-c", STEP], env=given, text=True), done
        conn.close()


@contextmanager
def batch(gold: Sequence[Gold], workers: int) -> Iterator[tuple[subprocess.Popen[str], Callable[[], int]]]:
    """`newsflow extract --batch` without its second pass, and how many lines it has printed."""
    with tempfile.TemporaryDirectory() as folder:
        manifest, made = Path(folder) / "manifest.jsonl", Path(folder) / "made.jsonl"
        manifest.write_text("".join(json.dumps({"path": str(one.path), "url": one.url}) + "\n" for one in gold))
        command = [str(Path(sys.executable).with_name("newsflow")), "extract", "--no-site-lines"]
        command += ["--workers", str(workers), "--batch", str(manifest)]
        with made.open("w") as out:
            child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, text=True)

        def done() -> int:
            with made.open("rb") as lines:
                return sum(1 for _ in lines)

        yield child, done


WAYS = {"step": step, "batch": batch}


def measure(way: str, gold: Sequence[Gold], workers: int) -> Watch:
    """One way, watched until it ends.

    :raises RuntimeError: where it ends before all pages are done.
    """
    with WAYS[way](gold, workers) as (child, done):
        watch = Watch(child.pid, done, len(gold))
        watch.until(lambda: child.poll() is not None, way)
        if child.returncode or done() != len(gold):
            raise RuntimeError(f"{way} ended with {child.returncode} after {done()} of {len(gold)} pages")
    return watch


def main() -> None:
    """Print a table, draw the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS))
    parser.add_argument("--largest-kb", type=float, default=float("inf"), help="leave out larger pages")
    asked = parser.parse_args()
    gold = pages(asked.pages, asked.largest_kb)
    watches = {way: measure(way, gold, asked.workers) for way in asked.ways}
    rows = [
        (name, *(watch.figures()[name] for watch in watches.values()))
        for name in next(iter(watches.values())).figures()
    ]
    size = sum(len(one.html()) for one in set(gold)) / len(set(gold)) / 1024
    note = f"{len(set(gold))} different pages of {size:.0f} KB on average."
    Sheet(f"{asked.pages:,} pages, {asked.workers} workers, {cores()} cores", ("", *watches), rows, [note]).show()
    FIGURE.write_text(draw(watches), encoding="utf-8")
    print(f"drawn: {FIGURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
