"""A whole backfill as a user runs it, beside trafilatura alone on pages of the same file.

Every so often the backfill is stopped (SIGSTOP) and trafilatura is asked for some pages, so that both sides share
what else the machine does; the time in which it stood still is not counted.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection

from benchmarks.backfill.peers import CORES, Peer, Peers
from benchmarks.backfill.world import cpu_of, database, memory_of, mixed, started
from benchmarks.sheets import Sheet
from benchmarks.watch import Sample, Watch, draw
from newsflow.local.postgres import Server
from newsflow.settings import Settings
from newsflow.store.db import session
from tests.backfill.foreign import write
from tests.paths import ROOT

FIGURE = ROOT / "docs" / "figures" / "backfill-memory.svg"
EVERY_S = 0.5
ASIDE_S = 20.0  # of work between two rounds of the peers
BAR = 0.85
STAGES = ("backfill", "extract", "deduplicate", "load")
STAGE = "select max(stage) from ingest.run_stage where ended_at is null"
ARTICLES = "select count(*) from news.articles"


@dataclass
class Spent:
    """Seconds by stage, CPU and by the clock; moments of memory, and where stages begin, by the second of work."""

    cpu: Counter[str] = field(default_factory=Counter)
    wall: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Of work so far."""
        return sum(self.wall.values())

    def note(self, stage: str, cpu: float, wall: float, memory: Sequence[float]) -> None:
        """A moment more: what it used, and MiB of the parent and of each child."""
        if stage in STAGES:
            self.marks.setdefault(stage, round(self.seconds))
        self.cpu[stage] += max(0.0, cpu)
        self.wall[stage] += wall
        self.samples.append(Sample(time.monotonic(), round(self.seconds), memory[0], tuple(memory[1:])))


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
        report(spent, peers.all, count, _asked(conn, ARTICLES))


def _watched(server: Server, settings: Settings, conn: Connection, file: Path, peers: Peers) -> Spent:
    spent, asked = Spent(), 0
    with started(settings, file) as process:
        used, at = cpu_of(server.pid()), time.monotonic()
        while process.poll() is None:
            time.sleep(EVERY_S)
            now, moment, memory = cpu_of(process.pid) + cpu_of(server.pid()), time.monotonic(), memory_of(process.pid)
            if not memory[0]:
                break
            spent.note(_asked(conn, STAGE) or "start and check", now - used, moment - at, memory)
            if spent.seconds >= ASIDE_S * asked:
                asked += 1
                _aside(process, peers)
            used, at = cpu_of(process.pid) + cpu_of(server.pid()), time.monotonic()
    if process.returncode:
        raise SystemExit(f"the backfill failed with {process.returncode}")
    return spent


def _aside(process: subprocess.Popen[bytes], peers: Peers) -> None:
    """A round of the peers while the backfill and its children stand still."""
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        peers.ask()
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def _asked(conn: Connection, query: str) -> Any:
    with conn.cursor() as cursor:
        cursor.execute(query)
        (row,) = cursor
    conn.rollback()
    return row[0]


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
    watch = Watch(0, lambda: 0, round(spent.seconds), spent.samples, unit="seconds of work", marks=spent.marks)
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
    return (
        f"MiB at three, five, seven tenths of the time, the end: parent {parent}; largest child {child} ({FIGURE.name})"
    )
