"""What differs between the releases of Airflow that newsflow runs under, 3.1 to 3.3: each difference stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from inspect import signature
from typing import Any

from airflow.sdk import DAG

try:
    from airflow.sdk.exceptions import AirflowSkipException
except ImportError:  # 3.1
    from airflow.exceptions import AirflowSkipException  # type: ignore[no-redef]

try:
    from airflow.sdk.observability import stats
except ImportError:  # 3.1
    from airflow.stats import Stats as stats  # type: ignore[no-redef]  # noqa: N813

try:
    from airflow.sdk import CronTriggerTimetable
except ImportError:  # 3.1
    from airflow.timetables.trigger import CronTriggerTimetable  # type: ignore[assignment]

try:
    from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule
except ImportError:  # 3.1, 3.2
    ExceptionRetryPolicy = None  # type: ignore[assignment, misc]

__all__ = ["AirflowSkipException", "CronTriggerTimetable", "retry_by", "stats", "supported"]


def supported(**arguments: Any) -> dict[str, Any]:
    """Those arguments of a Dag that this release knows: `allowed_run_types` came with 3.2."""
    known = signature(DAG).parameters
    return {name: value for name, value in arguments.items() if name in known}


def retry_by(
    again: Sequence[tuple[type[Exception], timedelta, str]], hopeless: Mapping[type[Exception], str]
) -> dict[str, Any]:
    """Arguments of tasks that are tried again by the kind of their failure, each with its reason.

    Before Airflow 3.3 there are no such policies: each failure is tried again alike, a hopeless one in vain.
    """
    if ExceptionRetryPolicy is None:
        return {}
    rules = [
        RetryRule(exception=kind, action=RetryAction.RETRY, retry_delay=delay, reason=reason)
        for kind, delay, reason in again
    ]
    rules += [RetryRule(exception=kind, action=RetryAction.FAIL, reason=reason) for kind, reason in hopeless.items()]
    return {"retry_policy": ExceptionRetryPolicy(rules=rules)}
