"""The bodies of news_reprocess' tasks: each one step, in the Dag run at work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsflow import pipeline
from newsflow.airflow_glue import context
from newsflow.reprocess import pipeline as reprocess
from newsflow.reprocess import report, step
from newsflow.reprocess.request import ReprocessRequest
from newsflow.store.db import session


def begin(params: Mapping[str, Any]) -> dict[str, Any]:
    """Compare, or take the pages of an apply or undo into the run.

    :raises ValueError: where the form is wrong.
    """
    settings = context.settings()
    dag_id, dag_run_id = context.run_key()
    action, number = str(params["action"]), params.get("reprocess")
    if action == "compare":
        number = reprocess.compare(settings, dag_run_id, ReprocessRequest.from_params(params), dag_id=dag_id)
        with session(settings.dsn) as conn:
            _, page = report.write(conn, number, settings.home.expanduser() / "reports")
            return {"action": action, "reprocess": number, "report": str(page), **report.summary(conn, number)}
    if not number:
        raise ValueError(f"to {action}, give the number of a compared reprocess")
    run_id = reprocess.open_run(settings, dag_run_id, {action: number}, dag_id=dag_id)
    pages = {"apply": step.apply, "undo": step.undo}[action](settings, run_id, int(number))
    return {"action": action, "reprocess": int(number), "pages": pages}


def finish(begun: Mapping[str, Any]) -> dict[str, Any]:
    """Deduplicate, load and judge what apply or undo took in; nothing to do after a comparison."""
    if begun["action"] == "compare":
        return {}
    settings = context.settings()
    run_id = pipeline.find_run(settings, *context.run_key())
    state = {"apply": "applied", "undo": "undone"}[str(begun["action"])]
    return reprocess.finish(settings, run_id, int(begun["reprocess"]), state).as_dict()
