"""A healthcheck of this machine's Celery worker: does it answer over the broker? Exits 0 or 1.

Without Airflow: `celery inspect` with Airflow's app imports all of it each time.
"""

from __future__ import annotations

import os
import socket
import sys

from celery import Celery


def main() -> int:
    """The exit code."""
    app = Celery(broker=os.environ["AIRFLOW__CELERY__BROKER_URL"])
    answers = app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=10, limit=1)
    sys.stdout.write(f"{answers}\n")
    return 0 if answers else 1


if __name__ == "__main__":
    sys.exit(main())
