"""A whole backfill as a user runs it, in pieces: killed when a piece's time is over, gone on with by the next.

Each piece asks trafilatura for the same pages in as many processes as there are cores, before and after, so
that both sides share what else the machine does.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import psutil

from benchmarks.backfill.world import cpu_of, database, environment, mixed, rows
from benchmarks.sheets import Sheet
from benchmarks.watch import Sample, Watch, draw
from newsflow.local.postgres import Server
from newsflow.settings import ROOT, Settings
from tests.backfill.foreign import write

FIGURE = ROOT / "docs" / "figures" / "backfill-memory.svg"
EVERY_S = 0.5
PEER_PAGES = 240  # of a piece, spread over the whole file
BAR = 0.85
STAGES = ("backfill", "extract", "deduplicate", "load")
STAGE = "select stage from ingest.run_stage where ended_at is null order by started_at desc limit 1"
DONE = "select coalesce(sum(records), 0) from ingest.backfill_file", "select count(*) from ingest.extraction"
ARTICLES = "select count(*) from news.articles"


@dataclass
class Ledger:
    """What the pieces so far have used: seconds by stage, seconds of the peer, moments of memory."""

    count: int
    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    peer: dict[str, list[float]] = field(default_factory=dict)  # pages, wall, CPU
    samples: list[tuple[float, int, float, tuple[float, ...]]] = field(default_factory=list)
    pieces: int = 0
    ended: bool = False

    @classmethod
    def read(cls, folder: Path, count: int) -> Ledger:
        """That of an earlier piece, or a new one."""
        file = folder / "ledger.json"
        return cls(**json.loads(file.read_text())) if file.exists() else cls(count)

    def keep(self, folder: Path) -> None:
        """For the next piece."""
        (folder / "ledger.json").write_text(json.dumps(asdict(self)))


def overall(folder: Path, count: int, seconds: float) -> None:
    """One piece; prints the figures once the last one has ended."""
    folder.mkdir(parents=True, exist_ok=True)
    file, ledger = folder / "news.warc.gz", Ledger.read(folder, count)
    if not file.exists():
        write(folder / "new", mixed(count)).rename(file)
    _ask_peers(ledger)
    with database(folder) as (server, settings):
        _piece(ledger, server, settings, file, time.monotonic() + seconds)
        articles = rows(settings, ARTICLES)[0][0]
    _ask_peers(ledger)
    ledger.keep(folder)
    if ledger.ended:
        report(ledger, articles)
    else:
        print(f"piece {ledger.pieces} is over: {ledger.samples[-1][1]} steps of pages done; run again to go on")


def _piece(ledger: Ledger, server: Server, settings: Settings, file: Path, until: float) -> None:
    words = [sys.executable, "-m", "newsflow.cli", "backfill", "run", "--warc", str(file), "--json"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, env=environment(settings), start_new_session=True, **quiet)
    ledger.pieces += 1
    used, at = cpu_of(server.pid()), time.monotonic()
    while process.poll() is None and time.monotonic() < until:
        time.sleep(EVERY_S)
        try:
            now = cpu_of(process.pid) + cpu_of(server.pid())
        except psutil.NoSuchProcess:
            break
        stage, moment = _stage(settings), time.monotonic()
        ledger.cpu[stage] = ledger.cpu.get(stage, 0.0) + max(0.0, now - used)
        ledger.wall[stage] = ledger.wall.get(stage, 0.0) + moment - at
        used, at = now, moment
        _note_memory(ledger, process.pid, settings)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    ledger.ended = process.wait() == 0
    if process.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(f"the backfill failed with {process.returncode}")


def _stage(settings: Settings) -> str:
    found = rows(settings, STAGE)
    return str(found[0][0]) if found else "start and check"


def _note_memory(ledger: Ledger, pid: int, settings: Settings) -> None:
    try:
        top = psutil.Process(pid)
        sizes = [p.memory_info().rss / 2**20 for p in (top, *top.children())]
    except psutil.NoSuchProcess:
        return
    done = sum(int(rows(settings, query)[0][0]) for query in DONE)
    ledger.samples.append((time.time(), done, sizes[0], tuple(sizes[1:])))


def _ask_peers(ledger: Ledger) -> None:
    sample = [e.body.decode("utf-8", "replace") for e, _ in islice(mixed(ledger.count), 0, None, _step(ledger))]
    for name, fast in (("its defaults", False), ("its fast mode", True)):
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(_extract, sample[:8], [fast] * 8))  # imports and models
            began = time.monotonic()
            used = sum(pool.map(_extract, sample, [fast] * len(sample), chunksize=4))
        found = ledger.peer.setdefault(name, [0, 0.0, 0.0])
        for n, more in enumerate((len(sample), time.monotonic() - began, used)):
            found[n] += more


def _step(ledger: Ledger) -> int:
    return max(1, ledger.count // PEER_PAGES) | 1  # odd: written and real pages take turns


def _extract(html: str, fast: bool) -> float:
    """CPU seconds of trafilatura alone on a page."""
    from trafilatura import bare_extraction

    before = time.process_time()
    bare_extraction(html, with_metadata=True, fast=fast)
    return time.process_time() - before


def report(ledger: Ledger, articles: int) -> None:
    """The figures, and the memory's plot."""
    stages = [*STAGES, *sorted(ledger.cpu.keys() - set(STAGES))]
    total, wall, count = sum(ledger.cpu.values()), sum(ledger.wall.values()), ledger.count
    line = "{:.2f}".format
    body = [
        (name, line(1000 * ledger.cpu[name] / count), line(1000 * ledger.wall[name] / count))
        for name in stages
        if name in ledger.cpu
    ]
    peers = [
        (f"trafilatura alone, {name}", line(1000 * cpu / pages), line(1000 * took / pages))
        for name, (pages, took, cpu) in ledger.peer.items()
    ]
    ratios = [
        f"of the articles of trafilatura alone ({name}): {count * cpu / pages / total:.2f} a CPU second, "
        f"{count * took / pages / wall:.2f} by the clock on {os.cpu_count()} cores (bar {BAR})"
        for name, (pages, took, cpu) in ledger.peer.items()
    ]
    Sheet(
        f"A whole backfill of {count:,} records: {articles:,} articles, in {ledger.pieces} pieces",
        ("stage", "CPU ms a page", "ms a page by the clock"),
        [*body, ("all", line(1000 * total / count), line(1000 * wall / count)), *peers],
        notes=[*ratios, _memory(ledger)],
    ).show()
    FIGURE.write_text(draw({"backfill": _watch(ledger)}))


def _watch(ledger: Ledger) -> Watch:
    found = Watch(0, lambda: 0, 2 * ledger.count)
    found.samples = [Sample(*sample) for sample in ledger.samples]
    return found


def _memory(ledger: Ledger) -> str:
    moments: list[Any] = [ledger.samples[len(ledger.samples) * part // 10] for part in (3, 5, 7)] + [ledger.samples[-1]]
    parent = " · ".join(f"{m[2]:.0f}" for m in moments)
    child = " · ".join(f"{max(m[3], default=0.0):.0f}" for m in moments)
    return f"MiB at three, five, seven tenths and the end: parent {parent}; largest child {child} ({FIGURE.name})"
