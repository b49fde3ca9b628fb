"""
# news_poll: the feeds, between the nightly runs

Every ten minutes: asks the feeds that are **due** (each has its own interval, from ten minutes to a
day, by how fast it moves), notes new and changed entries, and registers their pages for the next
`news_ingest`. Feeds forget: who looks once a night loses what passed through the window by day.

| task | does | if it is red |
|---|---|---|
| `claim` | takes the due feeds in hand, cut into shards by origin and publisher | the database is away; it retries by itself |
| `poll` | asks each shard's feeds politely, stores entries, decides when to look again | the database is away, or the disk is full; it retries by itself |
| `finish` | closes gaps that are filled, looks over some sites, ends the run; red where a shard did not end: its feeds are due again at the next run | as above, or its last log line names the shard |

A broken feed never makes it red: it is an outcome in `ingest.poll`, seen in `newsflow feeds list`. When
nearly all feeds fail at once, that is our own network: nobody is punished, an alarm and a gap are noted.

**Whatever broke: clear the red task, or do nothing: the next run carries on.** Missed spans are
rows of `ingest.gap`, with cause and an estimate of what was missed.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task

from newsflow.airflow_glue import context, tasks
from newsflow.airflow_glue.params import form
from newsflow.request import RunRequest
from newsflow.settings import get_settings


@dag(
    schedule=context.times(get_settings().poll_schedule),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    default_args=context.DEFAULTS | {"execution_timeout": timedelta(minutes=55)},
    tags=["news", "feeds"],
    doc_md=__doc__,
    params=form(RunRequest, without={"limit"}),
)
def news_poll() -> None:
    """Every ten minutes: the feeds that are due."""

    polling = task(map_index_template="{{ label }}", **context.FETCHES)(tasks.poll).expand(shard=task(tasks.claim)())
    polling >> task(task_id="finish", trigger_rule="all_done")(tasks.finish_polls)()


news_poll()
