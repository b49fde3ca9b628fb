"""One night on one Celery worker and the same on two, a core a worker: how much sooner it ends.

All open pages, on 64 loopback origins whose sizes follow Zipf's law. A worker runs one task at a time, bound to its
core; Airflow's servers, PostgreSQL, Redis and the newsroom take what they need of both. By the clock, from the moment
that the run is triggered to its end: only a machine with nothing else to do gives a true figure. Needs the open data
beside the project.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks import real_pages
from benchmarks.first_night import feeds_file
from benchmarks.night import ALONE, read
from benchmarks.sheets import Sheet
from newsflow.local.home import Home
from newsflow.local.terminal import Terminal
from newsflow.settings import Settings
from newsflow.store.db import session
from newsflow.text.counted import counted
from tests.chaos.cluster import WORKERS
from tests.chaos.cluster_servers import Broker, CeleryLauncher

ORIGINS = 64
CUT = ("fetch", "extract")  # stages that are cut into tasks for all workers
GOAL = 1.85
SPANS = """
select stage, extract(epoch from max(ended_at) - min(started_at))::float8, sum(cpu_s)::float8
from ingest.run_stage group by stage order by min(started_at)
"""
Shelves = dict[str, dict[str, real_pages.Page]]


@dataclass(frozen=True)
class Timed:
    """A night by the clock: the whole of it, and for each stage its seconds and CPU seconds."""

    whole_s: float
    stages: dict[str, tuple[float, float]]
    articles: int


def by_zipf(pages: Sequence[real_pages.Page], origins: int = ORIGINS) -> Shelves:
    """The pages on origins, the n-th of which has an n-th of the largest one's; pages of a publisher stay together."""
    shares = [1 / rank for rank in range(1, origins + 1)]
    ends = [round(len(pages) * sum(shares[:n]) / sum(shares)) for n in range(origins + 1)]
    ordered = [page for shelf in real_pages.by_publisher(list(pages)).values() for page in shelf.values()]
    return {
        f"origin-{n:02}.example": {page.path: page for page in ordered[ends[n] : ends[n + 1]]} for n in range(origins)
    }


def timed(workers: Sequence[str], shelves: Shelves, folder: Path) -> Timed:
    """A night on these workers."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        origins = stack.enter_context(real_pages.served(shelves))
        settings = {
            **dict.fromkeys(ALONE, ""),
            "NEWSFLOW_ALLOW_ORIGINS": " ".join(origins.values()),
            "NEWSFLOW_ARCHIVE": str(folder / "archive"),
            "NEWSFLOW_CONTACT": "https://example.org/bench",
            "NEWSFLOW_DELAY_S": "0.01",
            "NEWSFLOW_HOME": str(folder / "home"),
            "NEWSFLOW_SHARDS": "4",
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        launcher = CeleryLauncher(
            Home(folder / "home"),
            Settings(),
            Terminal(),
            feeds_file(folder, origins),
            celery=Broker(folder).start(stack),
            concurrency=1,
            cores=dict(zip(WORKERS, sorted(os.sched_getaffinity(0)), strict=False)),
        )
        stack.enter_context(launcher.open())
        for name in workers:
            launcher.start_worker(name)
        for name in workers:
            launcher.await_worker(name)
        return _night(launcher)


def _night(launcher: CeleryLauncher) -> Timed:
    begun = time.monotonic()
    launcher.show_run()
    whole_s = time.monotonic() - begun
    with session(launcher.database_url) as conn, conn.cursor() as cursor:
        cursor.execute(SPANS)
        stages = {stage: (seconds or 0.0, cpu_s or 0.0) for stage, seconds, cpu_s in cursor.fetchall()}
        cursor.execute("select count(*) from news.articles")
        (articles,) = cursor.fetchone() or (0,)
    return Timed(whole_s, stages, articles)


def compared(pages: int) -> Sheet:
    """Both nights, one after the other."""
    shelves, found = by_zipf(read(pages)), []
    for count in (1, 2):
        folder = Path(tempfile.mkdtemp(prefix="nf-speed-"))
        folder.chmod(0o755)
        try:
            found.append(timed(WORKERS[:count], shelves, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return sheet(found[0], found[1], sum(map(len, shelves.values())))


def sheet(one: Timed, two: Timed, pages: int) -> Sheet:
    """Seconds by the clock, and how many times sooner."""
    rows = [
        [stage, f"{seconds:.1f}", f"{two.stages[stage][0]:.1f}", f"{seconds / max(0.01, two.stages[stage][0]):.2f}"]
        for stage, (seconds, _cpu) in one.stages.items()
    ]
    gain = one.whole_s / two.whole_s
    rows.append(["the whole night", f"{one.whole_s:.1f}", f"{two.whole_s:.1f}", f"{gain:.2f}"])
    cpu = sum(cpu for _seconds, cpu in one.stages.values())
    notes = [
        f"{pages} pages on {ORIGINS} origins; {one.articles} articles on one worker, {two.articles} on two; "
        f"{cpu:.0f} CPU seconds in our stages.",
        f"Two workers: {gain:.2f} times (goal {GOAL}). Load of the machine at the end: {os.getloadavg()[0]:.1f}.",
        *(_projection(one, workers) for workers in (1, 4, 16)),
    ]
    return Sheet("A night on one worker and on two", ("", "one, s", "two, s", "times sooner"), rows, notes)


def _projection(one: Timed, workers: int) -> str:
    """The same night on other numbers of workers, by arithmetic: what is cut by them, and what is not, as measured."""
    shares = {stage: seconds / (workers if stage in CUT else 1) for stage, (seconds, _cpu) in one.stages.items()}
    between_s = one.whole_s - sum(seconds for seconds, _cpu in one.stages.values())
    night_s = between_s + sum(shares.values())
    longest = max(shares, key=shares.__getitem__)
    return (
        f"{counted(workers, 'worker')}, by arithmetic: {night_s:.0f} s, "
        f"{one.articles / night_s * 3600:,.0f} articles an hour; "
        f"the longest stage is {longest} ({shares[longest]:.0f} s), {between_s:.0f} s pass between tasks."
    )
