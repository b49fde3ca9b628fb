"""The real pages through the real scheduler, against trafilatura alone over the same files.

Serves `shared/pages` on loopback (an origin and a feed a publisher), runs `news_ingest` in a real local
Airflow, and prints pages a second by stage, what did not become an article and why, the F1 of the stored
bodies, and the same for trafilatura alone in this process. Needs the open data beside the project.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import real_pages
from benchmarks.scores import f1
from newsflow import pipeline
from newsflow.local.home import Home
from newsflow.local.launcher import Launcher
from newsflow.local.terminal import Terminal
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import session
from tests.worlds.shared import SHARED

QUERY = """
select p.url, p.state, p.outcome, a.body
from ingest.page p left join news_internal.article a on a.article_id = p.page_id order by p.url
"""


def trafilatura_alone(pages: Sequence[real_pages.Page]) -> tuple[dict[str, str], float]:
    """Bodies by page, and CPU seconds on one core."""
    import trafilatura

    trafilatura.extract("<html><body><p>warm</p></body></html>")
    started = time.process_time()
    bodies = {page.id: trafilatura.extract(page.html, url=page.url) or "" for page in pages}
    return bodies, time.process_time() - started


def feeds_file(folder: Path, origins: dict[str, str]) -> Path:
    """The feeds as a YAML list with the publishers' names."""
    path = folder / "feeds.yaml"
    path.write_text("".join(f"- publisher: {name}\n  url: {url}/feed.xml\n" for name, url in origins.items()))
    return path


@contextmanager
def running(folder: Path, origins: dict[str, str], *, delay_s: float) -> Iterator[Launcher]:
    """A local Airflow for one run, as `make run ONCE=1` has it; its feeds are those of the origins.

    :param delay_s: seconds between two requests to an origin, unless the environment says otherwise.
    """
    os.environ["NEWSFLOW_ALLOW_ORIGINS"] = " ".join(origins.values())
    os.environ["NEWSFLOW_HOME"] = str(folder / "home")
    os.environ.setdefault("NEWSFLOW_DELAY_S", str(delay_s))
    launcher = Launcher(Home(folder / "home"), Settings(), Terminal(), feeds_file(folder, origins), once=True)
    with launcher.open():
        yield launcher


def measure(pages: list[real_pages.Page], folder: Path) -> tuple[list[Any], list[Any], pipeline.Funnel]:
    """Run the Dag once; gives the pages' rows, the stages' rows and the funnel."""
    shelves = real_pages.by_publisher(pages)
    with real_pages.served(shelves) as origins, running(folder, origins, delay_s=0.2) as launcher:
        launcher.show_run()
        with session(launcher.database_url) as conn, conn.cursor() as cursor:
            run = queries.ops.run_by_name(conn, dag_id="news_ingest", dag_run_id=None)
            assert run is not None
            stages = queries.runs.stages(conn, run_id=run.run_id)
            cursor.execute(QUERY)
            return cursor.fetchall(), stages, pipeline.funnel(launcher.settings, run.run_id)


def rates(stages: list[Any]) -> Table:
    """Pages a second by stage: its steps together, from the first start to the last end."""
    table = Table("stage", "pages", "seconds", "pages/s", title="stages in the real scheduler")
    for name in dict.fromkeys(s.stage for s in stages):
        steps = [s for s in stages if s.stage == name]
        done = sum(sum(s.counts.values()) for s in steps)
        seconds = (max(s.ended_at for s in steps) - min(s.started_at for s in steps)).total_seconds()
        table.add_row(name, str(done), f"{seconds:.1f}", f"{done / max(seconds, 0.001):.1f}")
    return table


def main() -> None:
    """Measure and print."""
    source = SHARED / "pages"
    if not source.is_dir():
        sys.exit(f"first_night: no open pages at {source}")
    pages = real_pages.read(source)
    with tempfile.TemporaryDirectory() as folder:
        found, stages, funnel = measure(pages, Path(folder))
    alone, cpu = trafilatura_alone(pages)
    console = Console()
    console.print(rates(stages))
    report(console, pages, found, alone)
    begun, ended = min(s.started_at for s in stages), max(s.ended_at for s in stages)
    whole = (ended - begun).total_seconds()
    console.print(f"{funnel.verdict.sentence}")
    console.print(f"whole run {whole:.1f} s, {len(found) / whole:.1f} pages/s; trafilatura alone {cpu:.1f} CPU-s")
    console.print(f"the whole run took {whole / cpu:.1f} times trafilatura alone on one core")


def report(console: Console, pages: list[real_pages.Page], found: list[Any], alone: dict[str, str]) -> None:
    """What became of each page, and how good the stored bodies are."""
    shelves = real_pages.by_publisher(pages)
    by_path = {path: page for shelf_ in shelves.values() for path, page in shelf_.items()}
    bodies = {
        by_path["/" + row.url.split("/", 3)[3]].id: row for row in found if "/" + row.url.split("/", 3)[3] in by_path
    }
    for outcome, count in Counter((row.state, row.outcome) for row in found).most_common():
        console.print(f"  {outcome[0]:<9} {outcome[1]:<16} {count}")
    for row in found:
        if row.state != "loaded":
            console.print(f"    {row.outcome:<16} {real_pages.path_of(row.url)[:90]}", highlight=False)
    gold = {page.id: page.gold for page in pages}
    stored = {key: bodies[key].body or "" if key in bodies else "" for key in gold}
    console.print(f"F1 of the stored bodies {f1(gold, stored):.3f}, of trafilatura alone {f1(gold, alone):.3f}")


if __name__ == "__main__":
    main()
