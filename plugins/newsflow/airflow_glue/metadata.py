"""`airflow db clean` by a setting: `python -m newsflow.airflow_glue.metadata`, where Airflow is ours alone.

Airflow's tasks can't reach its database, so this is no Dag: the service `cleaner` and the chart's cron job run it.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone

from newsflow.settings import get_settings

# Airflow deletes runs and tasks by their start, those at work too; a task of a backfill may take 24 hours.
LEAST_DAYS = 7


def words(days: int, now: datetime) -> list[str]:
    """The command. It keeps the last scheduled run of each Dag, whatever its age, and all of the last `LEAST_DAYS`."""
    before = (now - timedelta(days=max(days, LEAST_DAYS))).isoformat(timespec="seconds")
    return ["db", "clean", "--clean-before-timestamp", before, "--skip-archive", "--yes", "--batch-size", "10000"]


def main() -> int:
    """The exit code."""
    days = get_settings().retain_airflow_days
    if not days:
        sys.stdout.write("NEWSFLOW_RETAIN_AIRFLOW_DAYS is 0: Airflow's database is kept for ever\n")
        return 0
    from airflow.__main__ import main as airflow

    sys.argv = ["airflow", *words(days, datetime.now(timezone.utc))]
    airflow()  # type: ignore[no-untyped-call]
    return 0


if __name__ == "__main__":
    sys.exit(main())
