"""The body of the Airflow task `news_watch.watch`, with its metrics."""

from __future__ import annotations

from typing import Any

from airflow.sdk.observability import stats

from newsflow import dagkit
from newsflow.ops import watch as watching


class NotifyError(Exception):
    """A notifier did not take a message that the others may have taken."""


def watch() -> dict[str, Any]:
    """Judge the present; what was told stays told though a notifier fails.

    :raises NotifyError: where one did; a retry would not tell it again, so none is made.
    """
    report = watching.watch(dagkit.settings())
    stats.gauge("newsflow.alarms.open", report.lasting)
    stats.incr("newsflow.alarms.opened", report.opened)
    stats.incr("newsflow.alarms.resolved", report.resolved)
    if report.failures:
        raise NotifyError("; ".join(report.failures))
    return {"opened": report.opened, "resolved": report.resolved, "open": report.lasting, "told": report.told}
