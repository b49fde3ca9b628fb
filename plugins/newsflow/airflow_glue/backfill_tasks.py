"""The bodies of news_backfill's tasks: each one step, in the Dag run at work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from newsflow.airflow_glue import context
from newsflow.backfill import pipeline
from newsflow.backfill.request import BackfillRequest
from newsflow.pipeline import find_run

POOL = "news_backfill"


def plan(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Open the run, list the files, register the pages to fetch."""
    settings, request = context.settings(), BackfillRequest.from_params(params)
    dag_id, dag_run_id = context.run_key()
    run_id = pipeline.open_run(settings, dag_run_id, request, dag_id=dag_id)
    return [asdict(shard) for shard in pipeline.plan(settings, run_id, request)]


def read(shard: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Read a shard's files."""
    settings = context.settings()
    run_id = find_run(settings, *context.run_key())
    report = pipeline.read(settings, run_id, shard["shard"], BackfillRequest.from_params(params))
    context.label(report.label or str(shard["label"]))
    return {"taken": report.taken, "counts": dict(report.counts), "seconds": report.seconds}


def shards() -> list[dict[str, Any]]:
    """The shards of fetch and extract."""
    settings = context.settings()
    return [asdict(shard) for shard in pipeline.shards(settings, find_run(settings, *context.run_key()))]


def check() -> dict[str, Any]:
    """Judge the run; its funnel goes into the asset event."""
    settings = context.settings()
    return pipeline.check(settings, find_run(settings, *context.run_key())).as_dict()
