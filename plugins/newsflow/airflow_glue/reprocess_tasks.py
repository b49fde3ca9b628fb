"""The tasks of news_reprocess: each one step, in the Dag run at work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsflow.airflow_glue import context
from newsflow.ops.connection import task_settings
from newsflow.reprocess import pipeline, report, step
from newsflow.reprocess.request import ReprocessAction, ReprocessRequest
from newsflow.settings import Settings
from newsflow.store.migrate import ready_session

_STATES = {"apply": "applied", "undo": "undone"}


def begin(params: Mapping[str, Any]) -> dict[str, Any]:
    """Compare, or take the pages of an apply or undo into the run.

    :raises RequestError: where the form is wrong.
    """
    settings, asked = task_settings(), ReprocessAction.from_params(params)
    if asked.action == "compare":
        return _compare(settings, ReprocessRequest.from_params(params))
    dag_id, dag_run_id = context.run_key()
    number = asked.number
    run_id = pipeline.open_run(settings, dag_run_id, {asked.action: number}, dag_id=dag_id, scheduler=context.scheduler)
    pages = {"apply": step.apply, "undo": step.undo}[asked.action](settings, run_id, number)
    return {"action": asked.action, "reprocess": number, "pages": pages}


def _compare(settings: Settings, selection: ReprocessRequest) -> dict[str, Any]:
    dag_id, dag_run_id = context.run_key()
    run_id = pipeline.open_run(settings, dag_run_id, selection.as_params(), dag_id=dag_id, scheduler=context.scheduler)
    number = pipeline.compare_in(settings, run_id, selection)
    with ready_session(settings.dsn) as conn:
        _, page = report.write(conn, number, settings.home.expanduser() / "reports")
        return {"action": "compare", "reprocess": number, "report": str(page), **report.summary(conn, number)}


def finish(begun: dict[str, Any]) -> dict[str, Any]:
    """Deduplicate, load and judge what apply or undo took in; nothing to do after a comparison."""
    if begun["action"] == "compare":
        return {}
    settings = task_settings()
    run_id, state = context.run_id(settings), _STATES[str(begun["action"])]
    return pipeline.finish(settings, run_id, int(begun["reprocess"]), state).as_dict()
