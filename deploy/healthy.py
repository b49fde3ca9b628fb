"""A healthcheck: does Airflow's monitor call a component healthy? `healthy.py URL COMPONENT` exits 0 or 1.

Much cheaper than `airflow jobs check`, which imports Airflow each time.
"""

from __future__ import annotations

import json
import sys
import urllib.request


def main() -> int:
    """The exit code."""
    url, component = sys.argv[1:]
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        state = json.load(answer)[component]
    sys.stdout.write(f"{component}: {state}\n")
    return 0 if state["status"] == "healthy" else 1


if __name__ == "__main__":
    sys.exit(main())
