"""The body of the Airflow task `news_watch.watch`, with the figures that it sends (docs/metrics.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsflow.airflow_glue import context
from newsflow.airflow_glue.releases import stats
from newsflow.clock import utcnow
from newsflow.ops import watch as watching
from newsflow.ops.connection import task_settings
from newsflow.ops.summary import summarise
from newsflow.ops.watch import Report
from newsflow.outcomes import Outcome
from newsflow.store.migrate import ready_session

COUNTERS = ("alarms.opened", "alarms.resolved")


class NotifyError(Exception):
    """A notifier did not take a message that the others may have taken."""


def watch() -> dict[str, Any]:
    """Judge the present; what was told stays told though a notifier fails.

    :raises NotifyError: where one did not take a message.
    """
    settings = task_settings()
    report = watching.watch(settings, scheduler=context.scheduler)
    with ready_session(settings.dsn, application="newsflow watch") as conn:
        send(figures(summarise(conn, utcnow()), report), report)
    if report.failures:
        raise NotifyError("; ".join(report.failures))
    return {"opened": report.opened, "resolved": report.resolved, "open": report.lasting, "told": report.told}


def send(gauges: Mapping[str, float], report: Report) -> None:
    """Hand the figures to Airflow's metrics, whatever receives them."""
    for name, value in gauges.items():
        stats.gauge(f"newsflow.{name}", value)
    for name in COUNTERS:
        stats.incr(f"newsflow.{name}", getattr(report, name.rpartition(".")[2]))


def figures(summary: dict[str, Any], report: Report) -> dict[str, float]:
    """The gauges: alarms, the ledger, and the newest ended run."""
    found = {
        "alarms.open": float(report.lasting),
        "pages.pending": float(summary["totals"]["pending"]),
        "pages.rejected": float(summary["totals"]["rejected"]),
    }
    stages = {s["stage"]: s for s in summary["funnel"]}
    if stages:
        found |= {
            "run.fetched": stages["fetch"]["taken"] if "fetch" in stages else 0.0,
            "run.extracted": stages["extract"]["taken"] if "extract" in stages else 0.0,
            "run.new_articles": stages["load"]["outcomes"].get(Outcome.NEW, 0) if "load" in stages else 0.0,
            "run.revised": stages["load"]["outcomes"].get(Outcome.REVISED, 0) if "load" in stages else 0.0,
        }
    last = summary["last"]
    if last and last["ended_at"]:
        found["run.seconds"] = (last["ended_at"] - last["started_at"]).total_seconds()
    return {name: float(value) for name, value in found.items()}
