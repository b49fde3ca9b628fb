"""
# news_reprocess: a better extractor over what we have

Started by hand, in three runs: **compare** (a dry run), a look at its report, then **apply**, and **undo** if wished.
No request is sent: it works on the stored captures.

| action | does |
|---|---|
| `compare` | extracts the chosen captures with the installed extractor beside what stands there; analysts see nothing of it |
| `apply` | gives the changed articles a revision with the cause `reprocess`; rejects that pass now become articles; articles that the new extractor would lose stay |
| `undo` | puts the former contents back: articles, revisions and stories are those before `apply` (`news.changes` only grows and tells consumers) |

The report is a page (News → Reprocesses, with buttons that start `apply` and `undo`), and a file, `reports/reprocess-N.html` in
newsflow's home (`newsflow reprocess report N` writes it anywhere): counts, changed fields, a histogram of similarity, examples side
by side, the least similar first. The numbers also stand in the return value of `begin`.

| task | does | if it is red |
|---|---|---|
| `begin` | the action, in batches; goes on where it was killed | the form is wrong, or the database or the archive is away: its last log line says which |
| `finish` | deduplicates, loads and checks, as `news_ingest` does | as there |

After an upgrade of trafilatura: compare with `extractors` = `%trafilatura-2.3.0%`, look, apply.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task

from newsflow.airflow_glue import context, reprocess_tasks
from newsflow.airflow_glue.params import form
from newsflow.names import POOL
from newsflow.reprocess.request import ReprocessAction, ReprocessRequest


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=context.DEFAULTS | {"pool": POOL, "execution_timeout": timedelta(hours=24)},
    tags=["news", "reprocess"],
    doc_md=__doc__,
    params=form(ReprocessAction) | form(ReprocessRequest, lead="To compare: "),
)
def news_reprocess() -> None:
    """By hand: compare, apply, undo."""

    task(reprocess_tasks.finish)(task(**context.EXTRACTS)(reprocess_tasks.begin)())


DAG = news_reprocess()
