"""What Airflow's triggerer calls when a run has missed its deadline: the alarm `run_late`, told at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from newsflow.ops.alarms.runs import missed_deadline
from newsflow.ops.connection import task_settings
from newsflow.ops.watch import Report, watch


async def missed(context: Mapping[str, Any]) -> str:
    """Raise the alarm and tell people; it lasts until a run has ended.

    :param context: Airflow's: `dag_run` as its API shows it, and `deadline` with its `deadline_time`.
    """
    run, due = context["dag_run"], context["deadline"]["deadline_time"]
    due = datetime.fromisoformat(due) if isinstance(due, str) else due
    report = await asyncio.to_thread(_late, run["dag_run_id"], due)
    return f"alarms: {report.opened} opened, {report.told} messages told"


def _late(dag_run_id: str, due: datetime) -> Report:
    return watch(task_settings(), known=[missed_deadline(dag_run_id, due)])
