"""Damaged inputs of all kinds through the steps and the database for as long as asked.

    make fuzz MINUTES=30 SEED=3

A fifth of the time goes to pages alone, each twice through the extract pool (crashes, broken promises, second answers);
the rest to whole nights: feeds, pages with their heads, robots.txt, WARC files, lists and imports, through poll, fetch,
extract, deduplicate, load, backfill and import into a throw-away PostgreSQL. Says at the end how many inputs of each
kind there were and how they ended. A step that ended, or an input without an outcome, ends the run with 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.progress import Progress, TaskID

from benchmarks.fuzzing import pages
from benchmarks.fuzzing.night import Tally, nights
from benchmarks.server import served
from benchmarks.sheets import Sheet
from newsflow.store.db import session
from newsflow.store.migrate import migrate

ALONE = 0.2  # share of the time for pages alone
PAGES = 40  # of a night


def main() -> None:
    """Print inputs, outcomes and findings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    bases, seconds = pages.bases(), asked.minutes * 60
    outcomes, findings = pages.campaign(bases, asked.seed, seconds * ALONE)
    note = f"{outcomes.total():,} damaged pages, each twice; {len(findings)} findings."
    rows = [(name, f"{count:,}") for name, count in outcomes.most_common()]
    Sheet(f"Pages through the extract pool, seed {asked.seed}", ("outcome", "pages"), rows, [note, *findings]).show()
    tally = through_the_steps(bases, asked.seed, seconds * (1 - ALONE))
    _show(tally, asked.seed)
    sys.exit(bool(findings or tally.findings))


def through_the_steps(bases: list[bytes], seed: int, seconds: float) -> Tally:
    """Nights in a throw-away database until the time is over."""
    until = time.monotonic() + seconds
    with (
        served() as server,
        tempfile.TemporaryDirectory(prefix="nf-fuzz-") as folder,
        Progress(transient=True, auto_refresh=False) as bar,
    ):
        server.ensure_database("news")
        with session(server.url("news")) as conn:
            migrate(conn)
        task = bar.add_task("  nights", total=seconds)

        def go_on(tally: Tally) -> bool:
            _advance(bar, task, tally, seconds - (until - time.monotonic()))
            return time.monotonic() < until

        return nights(server.url("news"), Path(folder), seed, bases, go_on, PAGES)


def _advance(bar: Progress, task: TaskID, tally: Tally, passed: float) -> None:
    found = f"{tally.inputs.total():,} inputs, {len(tally.findings)} findings"
    bar.update(task, completed=passed, description=f"  {found}", refresh=True)


def _show(tally: Tally, seed: int) -> None:
    rows = [(f"{kind}: {outcome}", f"{count:,}") for (kind, outcome), count in sorted(tally.outcomes.items())]
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(tally.inputs.items()))
    notes = [f"Inputs: {kinds}.", f"{len(tally.findings)} findings.", *tally.findings]
    Sheet(
        f"All kinds through the steps and the database, seed {seed}", ("input: how it ended", "inputs"), rows, notes
    ).show()


if __name__ == "__main__":
    main()
