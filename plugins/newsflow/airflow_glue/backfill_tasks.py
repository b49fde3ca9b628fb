"""The tasks of news_backfill: each one step, in the Dag run at work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from newsflow.airflow_glue import context
from newsflow.airflow_glue.tasks import hosts, told, xcom
from newsflow.backfill import pipeline
from newsflow.backfill.request import BackfillRequest
from newsflow.ops.connection import task_settings
from newsflow.pipeline import open_run


def plan(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Open the run, list the files, register the pages to fetch."""
    settings, request = task_settings(), BackfillRequest.from_params(params)
    run_id = open_run(settings, *context.run_key(), request, scheduler=context.scheduler)
    return [asdict(shard) for shard in pipeline.plan(settings, run_id, request)]


def read(shard: dict[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Read a shard's files."""
    settings, request = task_settings(), BackfillRequest.from_params(params)
    report = pipeline.read(settings, context.run_id(settings), shard["shard"], request)
    context.label(report.label or str(shard["label"]))
    return xcom(report)


def shards() -> list[dict[str, Any]]:
    """The shards of fetch and extract."""
    settings = task_settings()
    return [asdict(shard) for shard in pipeline.shards(settings, context.run_id(settings))]


def judge() -> dict[str, Any]:
    """Judge the run; its funnel goes into the asset event."""
    settings = task_settings()
    return pipeline.check(settings, context.run_id(settings)).as_dict()


def fetch(shard: dict[str, Any]) -> dict[str, Any]:
    """Fetch a shard; it has more time than the nightly run's."""
    settings = task_settings()
    return told(hosts(shard), pipeline.fetch(settings, context.run_id(settings), shard["shard"]))
