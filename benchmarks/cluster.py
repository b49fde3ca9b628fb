"""Nights on two Celery workers, some of which lose one: `make cluster` (NIGHTS=4 SEED=3); exits 1 where rows differ.

A real Airflow with Celery's executor, workers with homes of their own, Redis where the machine has it, and the sample
newsroom; after each night the rows are compared with those of one process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.cluster import Cluster
from tests.chaos.result import table


def main() -> None:
    """Run, print, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--nights", type=int, default=4)
    options.add_argument("--seed", type=int, default=1)
    given, _ = options.parse_known_args()
    with Cluster(Path(tempfile.mkdtemp(prefix="nf-cluster-")), given.seed) as cluster:
        results = list(cluster.run(given.nights))
    print(table(results))
    for line in (line for result in results for line in result.differences):
        print(f"    {line}", file=sys.stderr)
    sys.exit(any(result.differences for result in results))


if __name__ == "__main__":
    main()
