"""
# news_maintain: care of the database

Runs every hour; each job has its own rhythm and runs when it is due.

| job | does | how often |
|---|---|---|
| `reap` | ends readers' sessions whose query or open transaction takes too long | each run |
| `search` | indexes what a broken load left unindexed | each run |
| `figures` | measures sizes, dead rows, lags and free space (`news_internal.figure`) | each run |
| `partitions` | makes the monthly partitions ahead | daily |
| `retention` | deletes what is older than its `NEWSFLOW_RETAIN_…` setting | daily |
| `task_logs` | deletes log files of our Dags' tasks that are older than `NEWSFLOW_RETAIN_TASK_LOGS_DAYS`, on the machine that it runs on | each run |
| `statistics` | renews the planner's statistics | daily |

**When it is red**, the log names the job and why; the other jobs were done nevertheless. A job that
waits for a lock gives up after two seconds rather than hold up readers, and is tried again in an hour.
By hand: `newsflow maintain run`, or *Trigger with params* and `force`. What each job did last stands in
`news_internal.maintenance`.
"""

from __future__ import annotations

from airflow.sdk import dag, task

from newsflow.airflow_glue import context, tasks
from newsflow.airflow_glue.params import form
from newsflow.request import MaintainRequest
from newsflow.settings import get_settings


@dag(
    schedule=context.times(get_settings().maintain_schedule),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    default_args={**context.DEFAULTS, "retries": 1},
    tags=["news", "maintenance"],
    doc_md=__doc__,
    params=form(MaintainRequest),
)
def news_maintain() -> None:
    """Hourly: partitions, retention, statistics, reaper."""

    task(tasks.maintain)()


news_maintain()
