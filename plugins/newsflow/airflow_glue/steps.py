"""The steps from fetch to the asset as Airflow tasks: the part that all Dags share which bring in articles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import Asset, task

from newsflow.airflow_glue import context, tasks

ARTICLES = Asset(name="news/articles", uri="newsflow://news/articles", group="news")


def bring_in(
    shards: Any, judge: Callable[[], dict[str, Any]], *, fetch: Callable[[dict[str, Any]], dict[str, Any]] = tasks.fetch
) -> None:
    """fetch → extract → deduplicate → load → check → publish; call it within a Dag.

    Each step runs whatever the one before did, since it takes on just what is there; `check` is the gate. `publish`
    sends the asset event with the funnel, and is skipped where the consumers know of all changes already.

    :param shards: the task that gives the shards, one mapped task each.
    :param judge: body of `check`, gives the funnel; raises where the run is not good.
    :param fetch: body of `fetch`, for a shard.
    """

    fetching = task(map_index_template="{{ label }}", **context.FETCHES)(fetch)
    extract = task(map_index_template="{{ label }}", trigger_rule="all_done", **context.EXTRACTS)(tasks.extract)
    deduplicate = task(trigger_rule="all_done")(tasks.deduplicate)
    load = task(trigger_rule="all_done")(tasks.load)

    check = task(trigger_rule="all_done", task_id="check")(judge)

    @task(outlets=[ARTICLES])
    def publish(funnel: dict[str, Any], *, outlet_events: Any = None) -> None:
        tasks.tell()
        outlet_events[ARTICLES].extra = funnel

    checked: Any = check()
    fetching.expand(shard=shards) >> extract.expand(shard=shards) >> deduplicate() >> load() >> checked
    publish(checked)
