"""The crash campaign: `make chaos` (FAULTS=80 NIGHTS=6 SEED=3); prints the table, ends with 1 where rows differ."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.chaos.campaign import Campaign
from tests.chaos.nights import Nights
from tests.chaos.result import Result, table


def struck(faults: int, nights: int, seed: int) -> Iterator[Result]:
    """Faults in steps of their own, then nights in a real Airflow whose servers are killed."""
    if faults:
        with Campaign(Path(tempfile.mkdtemp(prefix="nf-chaos-")), seed) as campaign:
            yield from campaign.run(faults)
    if nights:
        with Nights(Path(tempfile.mkdtemp(prefix="nf-nights-")), seed) as disturbed:
            yield from disturbed.run(nights)


def main() -> None:
    """Strike, print, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--faults", type=int, default=50, help="in steps, each in a process of its own")
    options.add_argument("--nights", type=int, default=3, help="in a real Airflow, about a minute each")
    options.add_argument("--seed", type=int, default=1)
    given, _ = options.parse_known_args()
    results, started = [], time.monotonic()
    for result in struck(given.faults, given.nights, given.seed):
        results.append(result)
        print(f"{len(results):>3} {result.fault}, {result.step}, {result.where}", file=sys.stderr, flush=True)
        for line in result.differences:
            print(f"    {line}", file=sys.stderr, flush=True)
    print(table(results))
    wrong = sum(bool(r.differences) for r in results)
    print(f"{len(results)} faults in {time.monotonic() - started:.0f} s; {wrong} with differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
