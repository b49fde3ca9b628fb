"""A whole backfill as a user runs it, beside trafilatura alone on pages of the same file.

Every so often the backfill is stopped (SIGSTOP) and trafilatura is asked for some pages, so that both sides share
what else the machine does; the time in which it stood still is not counted.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from psycopg2.extensions import connection as Connection

from benchmarks.backfill.peers import CORES, Peer, Peers
from benchmarks.backfill.world import cpu_of, database, environment, mixed
from benchmarks.sheets import Sheet
from benchmarks.watch import Sample, Watch, draw
from newsflow.local.postgres import Server
from newsflow.settings import ROOT, Settings
from newsflow.store.db import session
from tests.backfill.foreign import write

FIGURE = ROOT / "docs" / "figures" / "backfill-memory.svg"
EVERY_S = 0.5
ASIDE_S = 20.0  # of work between two rounds of the peers
BAR = 0.85
STAGES = ("backfill", "extract", "deduplicate", "load")
NOW = """select (select stage from ingest.run_stage where ended_at is null order by started_at desc limit 1),
  (select coalesce(sum(records), 0) from ingest.backfill_file)
  + (select coalesce(sum(n.pages::bigint), 0) from ingest.run_stage s, jsonb_each_text(s.counts) n (outcome, pages)
     where s.stage = 'extract')"""
ARTICLES = "select count(*) from news.articles"


@dataclass
class Spent:
    """Seconds by stage, CPU and by the clock, and moments of memory over steps of pages."""

    cpu: Counter[str] = field(default_factory=Counter)
    wall: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)


def overall(folder: Path, count: int) -> None:
    """Bring a file of `count` records in, and print what it took."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "news.warc.gz"
    for earlier in ("pg", "archive"):
        shutil.rmtree(folder / earlier, ignore_errors=True)
    if not file.exists():
        write(folder / "new", mixed(count)).rename(file)
    with Peers(file, count) as peers, database(folder) as (server, settings), session(settings.dsn) as conn:
        spent = _watched(server, settings, conn, file, peers)
        report(spent, peers.all, count, int(_asked(conn, ARTICLES)[0]))


def _watched(server: Server, settings: Settings, conn: Connection, file: Path, peers: Peers) -> Spent:
    spent, asked = Spent(), 0
    with _started(settings, file) as process:
        used, at = cpu_of(server.pid()), time.monotonic()
        while process.poll() is None:
            time.sleep(EVERY_S)
            try:
                now, moment = cpu_of(process.pid) + cpu_of(server.pid()), time.monotonic()
                stage, done = _asked(conn, NOW)
                spent.samples.append(_sample(process.pid, int(done)))
            except psutil.NoSuchProcess:
                break
            spent.cpu[stage or "start and check"] += max(0.0, now - used)
            spent.wall[stage or "start and check"] += moment - at
            if sum(spent.wall.values()) >= ASIDE_S * asked:
                asked += 1
                _aside(process, peers)
            used, at = cpu_of(process.pid) + cpu_of(server.pid()), time.monotonic()
    return spent


@contextmanager
def _started(settings: Settings, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "newsflow.cli", "backfill", "run", "--warc", str(file), "--json"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, env=environment(settings), start_new_session=True, **quiet) as process:
        yield process
    if process.returncode:
        raise SystemExit(f"the backfill failed with {process.returncode}")


def _aside(process: subprocess.Popen[bytes], peers: Peers) -> None:
    """A round of the peers while the backfill and its children stand still."""
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        peers.ask()
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def _asked(conn: Connection, query: str) -> tuple[object, ...]:
    with conn.cursor() as cursor:
        cursor.execute(query)
        (row,) = cursor
    conn.rollback()
    return tuple(row)


def _sample(pid: int, done: int) -> Sample:
    top = psutil.Process(pid)
    if top.status() == psutil.STATUS_ZOMBIE:  # it has ended, and holds nothing any more
        raise psutil.NoSuchProcess(pid)
    sizes = [p.memory_info().rss / 2**20 for p in (top, *top.children())]
    return Sample(time.monotonic(), done, sizes[0], tuple(sizes[1:]))


def report(spent: Spent, peers: tuple[Peer, ...], count: int, articles: int) -> None:
    """The figures, and the memory's plot."""
    cpu, wall = (1000 * sum(of.values()) / count for of in (spent.cpu, spent.wall))
    stages = [*STAGES, *sorted(spent.cpu.keys() - set(STAGES))]
    lines = [(name, 1000 * spent.cpu[name] / count, 1000 * spent.wall[name] / count) for name in stages]
    lines += [("all", cpu, wall), *((f"trafilatura alone, {peer.name}", *peer.ms) for peer in peers)]
    Sheet(
        f"A whole backfill of {count:,} records: {articles:,} articles",
        ("stage", "CPU ms a page", "ms a page by the clock"),
        [(name, f"{used:.2f}", f"{took:.2f}") for name, used, took in lines],
        notes=[*(_ratio(peer, cpu, wall) for peer in peers), _memory(spent)],
    ).show()
    watch = Watch(0, lambda: 0, 2 * count)
    watch.samples = spent.samples
    FIGURE.write_text(draw({"backfill": watch}))


def _ratio(peer: Peer, cpu: float, wall: float) -> str:
    used, took = peer.ms
    cores = CORES / peer.processes
    return (
        f"of the articles of trafilatura alone ({peer.name}): {used / cpu:.2f} a CPU second, "
        f"{took / cores / wall:.2f} by the clock on {CORES} cores{f' as {cores:g} ×' if cores > 1 else ''} (bar {BAR})"
    )


def _memory(spent: Spent) -> str:
    moments = [spent.samples[len(spent.samples) * part // 10] for part in (3, 5, 7)] + [spent.samples[-1]]
    parent = " · ".join(f"{m.parent_mb:.0f}" for m in moments)
    child = " · ".join(f"{max(m.children_mb, default=0.0):.0f}" for m in moments)
    return f"MiB at three, five, seven tenths and the end: parent {parent}; largest child {child} ({FIGURE.name})"
