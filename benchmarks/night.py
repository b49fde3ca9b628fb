"""A whole night over some 3,100 real pages: CPU of each stage and of Airflow, against trafilatura's bare extraction.

    make bench PART=night                 (all open pages, 96 origins)
    make bench PART=night ARGS="--pages 400 --origins 60"

All pages of the open sets, served on loopback, go through the real scheduler once: feeds asked, pages fetched,
extracted, deduplicated, loaded, and the asset event sent. CPU seconds are those of all processes below this one from
the moment that the run is triggered to its end, those of the PostgreSQL server told apart; what the servers take to
start is not part of a night. Then trafilatura alone extracts the bodies of the same pages, in the same run of this
command. Needs the open data beside the project.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import process_tree, real_pages
from benchmarks.extraction import sets
from benchmarks.first_night import running, trafilatura_alone
from benchmarks.server import Meter
from benchmarks.sheets import Sheet
from newsflow.local.database import server
from newsflow.store import queries
from newsflow.store.db import session
from tests.worlds.shared import SHARED

SETS = ("pages", "pages_meta", "sites", "foreign", "wcxb")
ALONE = ("NEWSFLOW_POLL_SCHEDULE", "NEWSFLOW_WATCH_SCHEDULE", "NEWSFLOW_MAINTAIN_SCHEDULE", "NEWSFLOW_SCHEDULE")


@dataclass(frozen=True)
class Spent:
    """CPU seconds of a night: of all processes, of PostgreSQL among them, and by stage; `wall` is by the clock."""

    whole: float
    postgres: float
    stages: dict[str, tuple[int, float]]
    wall: float
    loaded: int
    sentence: str

    @property
    def airflow(self) -> float:
        """What is neither a stage's nor the database's: Airflow's servers, and its tasks around our steps."""
        return self.whole - self.postgres - sum(cpu for _pages, cpu in self.stages.values())


def read(most: int) -> list[real_pages.Page]:
    """The first pages of each open set, evenly, without the two or three whose address is none of the web's."""
    found = [sets.load(name) for name in SETS if (SHARED / name).is_dir()]
    total = sum(map(len, found))
    taken = [one for gold in found for one in gold[: max(1, round(len(gold) * min(1.0, most / total)))]]
    return [
        real_pages.Page(f"{number}", one.url, one.html(), one.text)
        for number, one in enumerate(taken)
        if one.url.startswith(("http://", "https://"))
    ]


def on_origins(pages: Sequence[real_pages.Page], most: int) -> dict[str, dict[str, real_pages.Page]]:
    """The publishers' pages on at most so many origins, each with about as many; one at a path is kept."""
    publishers = sorted(real_pages.by_publisher(list(pages)).items(), key=lambda one: -len(one[1]))
    origins: list[dict[str, real_pages.Page]] = [{} for _ in range(min(most, len(publishers)))]
    for _name, shelf in publishers:
        emptiest = min(origins, key=len)
        emptiest.update({path: page for path, page in shelf.items() if path not in emptiest})
    return {f"origin-{number:03}.example": shelf for number, shelf in enumerate(origins)}


def measure(shelves: dict[str, dict[str, real_pages.Page]], folder: Path) -> Spent:
    """One night; what it spent."""
    os.environ.update(dict.fromkeys(ALONE, ""))
    os.environ.setdefault("NEWSFLOW_CONTACT", "https://example.org/bench")
    with real_pages.served(shelves) as origins, running(folder, origins, delay_s=0.05) as local:
        database = Meter(server(local.home))
        before, served, begun = process_tree.below(), database.cpu(), time.monotonic()
        local.show_run()
        whole, postgres = process_tree.below() - before, database.cpu() - served
        wall = time.monotonic() - begun
        with session(local.database_url) as conn, conn.cursor() as cursor:
            run = queries.ops.run_by_name(conn, dag_id="news_ingest", dag_run_id=None)
            assert run is not None
            cursor.execute(STAGES, {"run_id": run.run_id})
            stages = {row.stage: (row.pages or 0, row.cpu_s or 0.0) for row in cursor.fetchall()}
            cursor.execute("select count(*) from news.articles")
            (loaded,) = cursor.fetchone() or (0,)
        return Spent(whole, postgres, stages, wall, loaded, str(run.verdict))


STAGES = """
select stage, sum(cpu_s)::float8 as cpu_s,
  sum((select sum(value::int) from jsonb_each_text(counts) join ingest.outcome on code = key))::int as pages
from ingest.run_stage where run_id = %(run_id)s group by stage order by min(started_at)
"""


def sheet(spent: Spent, bare: float, pages: int) -> Sheet:
    """CPU by stage, an article and a part of the whole."""

    def row(name: str, cpu: float, handled: str = "") -> list[Any]:
        return [name, handled, f"{cpu:.1f}", f"{1000 * cpu / max(1, spent.loaded):.1f}", f"{cpu / bare:.2f}"]

    rows = [row(stage, cpu, str(count)) for stage, (count, cpu) in spent.stages.items()]
    rows += [row("PostgreSQL", spent.postgres), row("Airflow", spent.airflow), row("the whole night", spent.whole)]
    rows += [row("trafilatura alone, bodies", bare, str(pages))]
    notes = [
        f"{spent.loaded} articles of {pages} pages, {spent.wall:.0f} s by the clock: {spent.sentence}",
        f"The whole night costs {spent.whole / bare:.2f} times trafilatura's bare extraction (goal: 1.25).",
    ]
    heads = ("", "handled", "CPU s", "ms an article", "of trafilatura alone")
    return Sheet("CPU of a night", heads, rows, notes)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, default=10_000)
    options.add_argument("--origins", type=int, default=96)
    asked = options.parse_args()
    if not (SHARED / "pages").is_dir():
        sys.exit(f"night: no open pages at {SHARED}")
    process_tree.adopt()
    shelves = on_origins(read(asked.pages), asked.origins)
    pages = [page for shelf in shelves.values() for page in shelf.values()]
    with tempfile.TemporaryDirectory(prefix="nf-night-") as folder:
        spent = measure(shelves, Path(folder))
    process_tree.bury()
    _bodies, bare = trafilatura_alone(pages)
    sheet(spent, bare, len(pages)).show()


if __name__ == "__main__":
    main()
