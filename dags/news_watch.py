"""
# news_watch: is anything wrong?

Every quarter of an hour: counts each publisher's days, compares them with the publisher's own past,
keeps the alarms, and tells people once when one begins and once when it is over.

| it is red | then |
|---|---|
| `psycopg2.OperationalError` | the database is away; it retries by itself |
| *a notifier failed* | the message went out by the others; the log names the one that did not take it |

What each alarm means and what to do stands in the runbooks (News → the alarm → *what to do*, or `docs/runbooks/`).
Who is told is the setting `NEWSFLOW_NOTIFIERS`, see `docs/operations.md`.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task

from newsflow.airflow_glue import context, watch_tasks
from newsflow.settings import get_settings


@dag(
    schedule=context.times(get_settings().watch_schedule),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    default_args=context.DEFAULTS | {"execution_timeout": timedelta(minutes=10)},
    tags=["news", "alarms"],
    doc_md=__doc__,
)
def news_watch() -> None:
    """Every quarter of an hour: judge, and tell."""

    task(watch_tasks.watch)()


news_watch()
