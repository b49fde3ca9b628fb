"""
# news_backfill: bring in the past

Started by hand, with a form. **plan → read → fetch → extract → deduplicate → load → check**, then the asset
`news/articles`. WARC files enter at extract; pages of sitemaps and lists are fetched first, as politely as at night.

| parameter | means |
|---|---|
| `warc` | WARC files, a line each: a file, a folder, an http(s) URL, `s3://bucket/prefix`, or a list of them such as CC-NEWS' `https://data.commoncrawl.org/crawl-data/CC-NEWS/2026/01/warc.paths.gz` |
| `sitemaps`, `urls` | sitemaps (indexes too); pages, or files with one page a line |
| `publishers`, `languages`, `since`, `until` | filters, applied before anything is extracted; empty: all |
| `limit` | take at most so many pages now; trigger again with the same form to go on |
| `anonymous` | ask S3 without credentials |

| task | does | if it is red |
|---|---|---|
| `plan` | lists the files, registers the pages to fetch | a source is not there, or the form is wrong: its last log line says which |
| `read` | streams the files, copies the wanted records into our archive; goes on at the byte where it was killed | the database or the archive's disk is away |
| `fetch` … `load` | as in `news_ingest` | as there |
| `check` | counts the funnel; red when pages are missing, or a file could not be read to its end | `newsflow backfill status` names the file; trigger again to go on |

Progress by bytes and records: labels of the `read` tasks, and `newsflow backfill status`. All tasks run in the pool
`news_backfill` (2 slots), so that the nightly run is never starved; widen it under Admin → Pools.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task

from newsflow.airflow_glue import backfill_tasks, context, steps
from newsflow.airflow_glue.params import form
from newsflow.backfill.request import BackfillRequest
from newsflow.names import POOL


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=2,
    default_args=context.DEFAULTS | {"pool": POOL, "priority_weight": 1, "execution_timeout": timedelta(hours=24)},
    tags=["news", "backfill"],
    doc_md=__doc__,
    params=form(BackfillRequest),
)
def news_backfill() -> None:
    """By hand: WARC files, sitemaps and lists of pages in, articles out."""

    read = task(map_index_template="{{ label }}", **context.FETCHES)(backfill_tasks.read)
    waiting = task(trigger_rule="all_done")(backfill_tasks.shards)()
    read.expand(shard=task(backfill_tasks.plan)()) >> waiting
    steps.bring_in(waiting, backfill_tasks.judge, fetch=backfill_tasks.fetch)


DAG = news_backfill()
