"""The tasks of the nightly run, of news_poll and of news_maintain: each one step, in the Dag run at work.

The Dags make tasks of these functions themselves, so that nothing stands between a task and its pipeline function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from airflow.configuration import conf

from newsflow import pipeline
from newsflow.airflow_glue import context, task_logs
from newsflow.airflow_glue.releases import AirflowSkipException
from newsflow.model import StageReport
from newsflow.ops.connection import task_settings
from newsflow.outcomes import Outcome
from newsflow.request import MaintainRequest, RunRequest
from newsflow.text.counted import counted


def xcom(report: StageReport) -> dict[str, Any]:
    """A report as XCom carries it: counts and seconds."""
    return {"taken": report.taken, "counts": dict(report.counts), "seconds": report.seconds}


def told(name: str, report: StageReport) -> dict[str, Any]:
    """A shard's report for XCom, and its label in the Airflow UI.

    :param name: what the shard holds.
    """
    context.label(f"{name} · {report.counts.get(Outcome.OK, 0)}/{report.taken}")
    return xcom(report)


def claim(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Open the run and take the feeds that are due in hand, cut into shards."""
    settings, request = task_settings(), RunRequest.from_params(params)
    run_id = pipeline.open_run(settings, *context.run_key(), request, alone=True, scheduler=context.scheduler)
    return [asdict(shard) for shard in pipeline.claim(settings, run_id, request)]


def poll(shard: dict[str, Any]) -> dict[str, Any]:
    """Ask the feeds of a shard."""
    settings = task_settings()
    report = pipeline.ask(settings, context.run_id(settings), shard["shard"])
    context.label(f"{hosts(shard)} · {counted(report.taken, 'feed')} asked")
    return xcom(report)


def plan(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """End the polling, and take the due pages into the run, cut into shards."""
    settings, request = task_settings(), RunRequest.from_params(params)
    run_id = context.run_id(settings)
    pipeline.await_polls(settings, run_id, request)
    pipeline.close_polls(settings)
    return [asdict(shard) for shard in pipeline.plan(settings, run_id, request)]


def finish_polls() -> dict[str, Any]:
    """End a run of news_poll; the next nightly run takes the pages on."""
    settings = task_settings()
    run_id = context.run_id(settings)
    pipeline.close_polls(settings)
    return {"asked": pipeline.end_polls(settings, run_id)}


def fetch(shard: dict[str, Any]) -> dict[str, Any]:
    """Fetch a shard."""
    settings = task_settings()
    return told(hosts(shard), pipeline.fetch(settings, context.run_id(settings), shard["shard"]))


def extract(shard: dict[str, Any]) -> dict[str, Any]:
    """Extract a shard."""
    settings = task_settings()
    return told(f"part {shard['shard'] + 1}", pipeline.extract(settings, context.run_id(settings), shard["shard"]))


def hosts(shard: Mapping[str, Any]) -> str:
    """The first of the hosts that a shard asks, and how many there are beside it."""
    return str(shard["label"]).partition(" · ")[0] or "nothing to do"


def deduplicate() -> dict[str, Any]:
    """Find the stories."""
    settings = task_settings()
    return xcom(pipeline.deduplicate(settings, context.run_id(settings)))


def load() -> dict[str, Any]:
    """Load the articles."""
    settings = task_settings()
    return xcom(pipeline.load(settings, context.run_id(settings)))


def judge() -> dict[str, Any]:
    """Judge the nightly run; its funnel goes into the asset event."""
    settings = task_settings()
    return pipeline.check(settings, context.run_id(settings), steps=pipeline.NIGHT).as_dict()


def tell() -> None:
    """Note that the asset event tells of the changes up to now.

    :raises AirflowSkipException: where there is none that was not told; then no event goes out.
    """
    settings = task_settings()
    if pipeline.tell(settings, context.run_id(settings)) is None:
        raise AirflowSkipException("no change since the last asset event")


def maintain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Run the jobs of maintenance that are due."""
    from newsflow.maintain import jobs

    request, settings = MaintainRequest.from_params(params), task_settings()
    logs = task_logs.prune(Path(conf.get_mandatory_value("logging", "base_log_folder")), settings.retain_task_logs_days)
    done = {report.job: dict(report.result) for report in jobs.run(settings, force=request.force)}
    return {**done, "task_logs": {"runs": logs}}
