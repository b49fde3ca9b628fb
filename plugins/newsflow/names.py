"""Names that our Dags, commands, pages and the ledger of runs share."""

from __future__ import annotations

from datetime import datetime

CONNECTION = "news_db"  # the Airflow connection that names the news database

NEWS_INGEST = "news_ingest"
NEWS_POLL = "news_poll"
NEWS_WATCH = "news_watch"
NEWS_MAINTAIN = "news_maintain"
NEWS_BACKFILL = "news_backfill"
NEWS_REPROCESS = "news_reprocess"
COMMAND = "cli"  # stands for the Dag where `newsflow run` did the nightly run
NIGHTLY = (NEWS_INGEST, COMMAND)  # whose runs bring in the day's news

POOL = "news_backfill"  # of the tasks of backfill and reprocess; airflow_glue/pool.py makes it
POOL_SLOTS = 2  # so many of them at once leave the nightly run its cores

COMMAND_PREFIX = f"{COMMAND}__"  # begins the names of all runs that a command started


def command_run(now: datetime, verb: str = "") -> str:
    """Name of a run that a command starts, such as `cli__2026-01-31T02:00:00+00:00`."""
    return COMMAND_PREFIX + (f"{verb}__" if verb else "") + now.isoformat()
