"""The bodies of our Airflow tasks: each one step of `pipeline`, in the Dag run at work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from newsflow import pipeline
from newsflow.airflow_glue import context
from newsflow.model import StageReport
from newsflow.pipeline import RunRequest


def _xcom(report: StageReport) -> dict[str, Any]:
    return {"taken": report.taken, "counts": dict(report.counts), "seconds": report.seconds}


def _run_id() -> int:
    return pipeline.find_run(context.settings(), *context.run_key())


def poll(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Open the run, ask the feeds, plan the shards."""
    settings, request = context.settings(), RunRequest.from_params(params)
    run_id = pipeline.open_run(settings, *context.run_key(), request, alone=True)
    return [asdict(shard) for shard in pipeline.poll(settings, run_id, request)]


def ask(params: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the feeds that are due; the next nightly run takes the pages on."""
    return _xcom(pipeline.ask_only(context.settings(), *context.run_key(), RunRequest.from_params(params)))


def fetch(shard: Mapping[str, Any]) -> dict[str, Any]:
    """Fetch a shard."""
    report = pipeline.fetch(context.settings(), _run_id(), shard["shard"])
    context.label(_shard_label(shard, report))
    return _xcom(report)


def extract(shard: Mapping[str, Any]) -> dict[str, Any]:
    """Extract a shard."""
    report = pipeline.extract(context.settings(), _run_id(), shard["shard"])
    context.label(_shard_label(shard, report))
    return _xcom(report)


def _shard_label(shard: Mapping[str, Any], report: StageReport) -> str:
    hosts = str(shard["label"]).partition(" · ")[0] or "nothing to do"
    return f"{hosts} · {report.counts.get('ok', 0)}/{report.taken}"


def deduplicate() -> dict[str, Any]:
    """Find the stories."""
    return _xcom(pipeline.deduplicate(context.settings(), _run_id()))


def load() -> dict[str, Any]:
    """Load the articles."""
    return _xcom(pipeline.load(context.settings(), _run_id()))


def check() -> dict[str, Any]:
    """Judge the run; its funnel goes into the asset event."""
    return pipeline.check(context.settings(), _run_id(), steps=pipeline.NIGHT).as_dict()
