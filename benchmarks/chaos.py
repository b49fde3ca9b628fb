"""The long crash campaign: `make chaos` (FAULTS=80 SEED=3). Prints the table; ends with 1 where anything differs."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.campaign import Campaign
from tests.chaos.result import table


def main() -> None:
    """Strike, print, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--faults", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    given, _ = options.parse_known_args()
    results, started = [], time.monotonic()
    with Campaign(Path(tempfile.mkdtemp(prefix="nf-chaos-")), given.seed) as campaign:
        for result in campaign.run(given.faults):
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
