"""
# news_ingest: the nightly run

**claim → poll → plan → fetch → extract → deduplicate → load → check → publish** (the asset `news/articles`).

| task | does | if it is red |
|---|---|---|
| `claim` | takes the feeds that are due in hand, cut into shards by origin and publisher | the database is away; it retries by itself |
| `poll` | asks each shard's feeds, registers new pages | the database or the network is away; it retries by itself |
| `plan` | waits for feeds that `news_poll` asks just then, takes the due pages into the run, cut into shards | the database is away |
| `fetch` | fetches each shard's pages politely and stores each exchange in the archive (WARC) | as above, or the archive's disk is full |
| `extract` | turns captures into title, body, authors, dates, or a typed outcome | a bad page never makes it red: see the rejects |
| `deduplicate` | finds the copies of a text and keeps them as stories | the database is away |
| `load` | brings new and changed articles to the schema `news`, in one transaction | the database is away |
| `check` | counts the funnel; red when pages are missing or the yield is too low | its last log line is the verdict |
| `publish` | sends the asset event; skipped where no article changed | it retries by itself |

**Whatever broke: clear the red task, or do nothing: the next run carries on.** Each step takes up
exactly what is not yet done; nothing is lost and nothing is loaded twice.

*Trigger with params* to run some publishers or feeds only, to limit the pages, or to ask all feeds now (`force`).
The funnel stands in the asset event, in `news.runs`, and in `newsflow status`.
"""

from __future__ import annotations

from airflow.sdk import dag, task

from newsflow.airflow_glue import context, steps, tasks
from newsflow.airflow_glue.params import form
from newsflow.airflow_glue.releases import supported
from newsflow.request import RunRequest
from newsflow.settings import get_settings


@dag(
    schedule=context.times(get_settings().schedule),
    catchup=False,
    max_active_runs=1,
    # Airflow's Backfill dialog would ask today's feeds once for each day
    **supported(allowed_run_types=["scheduled", "manual"]),
    default_args=context.DEFAULTS,
    tags=["news", "nightly"],
    doc_md=__doc__,
    params=form(RunRequest),
)
def news_ingest() -> None:
    """Nightly: feeds in, articles out."""

    polling = task(map_index_template="{{ label }}", **context.FETCHES)(tasks.poll).expand(shard=task(tasks.claim)())
    planned = task(trigger_rule="all_done")(tasks.plan)()
    polling >> planned
    steps.bring_in(planned, tasks.judge)


news_ingest()
