"""Nights on two Celery workers, each with a fault, against one process: `make cluster`; exits 1 where rows differ.

A real Airflow with Celery's executor, two workers on machines of their own (network namespaces; homes only, where the
machine doesn't allow that), Redis, an S3 server for archive and task logs, and a newsroom of 64 origins. After each
night the rows are compared with those of one process.

    make cluster                          (all faults)
    make cluster ARGS="--only Redis"      (those in whose names this regular expression is found)
    make cluster ARGS=--folders           (workers have homes only, as where the machine allows no namespaces)
    make cluster ARGS=--speed             (one night on one worker, one on two: real pages, a core a worker)
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from benchmarks.cluster_speed import compared
from benchmarks.sheets import Sheet
from tests.chaos import machines
from tests.chaos.cluster import Cluster
from tests.chaos.cluster_faults import Recovery

HEADS = (
    "what was hit",
    "in",
    "until whole, s",
    "locks ended, s",
    "tries ended, logs read",
    "recovered by",
    "rows that differ",
)


def struck(only: str, seed: int) -> list[Recovery]:
    """A night for each fault."""
    found = []
    with Cluster(Path(tempfile.mkdtemp(prefix="nf-cluster-")), seed) as cluster:
        for victim, stage in cluster.faults:
            if not re.search(only, f"{victim} {stage}"):
                continue
            night = cluster.night(victim, stage)
            found.append(night)
            print(night.fault, night.stage, night.how, night.logs, file=sys.stderr, flush=True)
            for line in night.differences:
                print(f"    {line}", file=sys.stderr, flush=True)
    return found


def sheet(nights: list[Recovery]) -> Sheet:
    """Faults and recoveries."""
    rows = [
        [
            night.fault,
            night.stage,
            f"{night.whole_s:.0f}",
            f"{night.lock_s:.0f}" if night.lock_s is not None else "–",
            night.log,
            night.how,
            str(len(night.differences)),
        ]
        for night in nights
    ]
    where = "on machines of their own" if machines.possible() else "with homes of their own, on one machine"
    notes = [
        f"Two workers {where}; seconds under the load of this machine.",
        "A task without a heartbeat is tried again after 20 s here (Airflow's own: 300 s),"
        " one that nobody began after 30 s (600 s).",
    ]
    return Sheet("Faults and recoveries", HEADS, rows, notes)


def main() -> None:
    """Run, print, judge."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folders", action="store_true", help="workers are no machines, only homes")
    options.add_argument("--speed", action="store_true", help="measure instead: one worker against two")
    options.add_argument("--pages", type=int, default=10_000, help="with --speed: at most so many")
    given = options.parse_args()
    if given.speed:
        compared(given.pages).show()
        return
    if not given.folders:
        machines.alone(["-m", "benchmarks.cluster", *sys.argv[1:]])
    nights = struck(given.only, given.seed)
    sheet(nights).show()
    sys.exit(any(night.differences for night in nights))


if __name__ == "__main__":
    main()
