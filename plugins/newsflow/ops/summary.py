"""The state of the whole in one mapping, for `newsflow status` and programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.model import SECOND_LOOKS
from newsflow.names import NIGHTLY
from newsflow.ops.run_history import newest
from newsflow.ops.words import counts_line
from newsflow.progress import snapshot
from newsflow.run_check import unasked_since
from newsflow.store import queries, runs


def summarise(conn: Connection, now: datetime) -> dict[str, Any]:
    """The last run with its funnel, what runs, open alarms and totals."""
    recent = queries.ops.runs(conn, since=now - timedelta(days=3650), dags=[*NIGHTLY], limit=20)
    running, last = newest(recent)
    alarms = queries.ops.open_alarms(conn, since=now, publisher_id=None)
    return {
        "last": _run(last) if last else None,
        "funnel": _funnel(conn, last.run_id) if last else [],
        "second_looks": _second_looks(conn, last.run_id) if last else {},
        "running": [stage.line() for stage in snapshot(conn, running.run_id, now)] if running else [],
        "alarms": [_alarm(a) for a in alarms if a.resolved_at is None],
        "warning": _warning(conn, now),
        "totals": queries.runs.totals(conn)._asdict(),
    }


def _second_looks(conn: Connection, run_id: int) -> dict[str, int]:
    """How many texts of a run only a second look at their pages found."""
    return queries.runs.second_looks(conn, run_id=run_id, found_by=SECOND_LOOKS)._asdict()


def _warning(conn: Connection, now: datetime) -> str:
    """That nobody asks the feeds any more, whatever the last run said; empty where they are asked."""
    feeds = queries.ops.last_asked(conn)
    return "; ".join(unasked_since(feeds.active, feeds.last_asked_at, now))


def _run(run: queries.ops.RunsRow) -> dict[str, Any]:
    keys = {"run_id", "dag_id", "dag_run_id", "state", "started_at", "ended_at", "verdict"}
    return {key: value for key, value in run._asdict().items() if key in keys}


def _alarm(alarm: queries.ops.OpenAlarmsRow) -> dict[str, Any]:
    return {key: getattr(alarm, key) for key in ("cause", "subject", "severity", "sentence", "opened_at")}


def _funnel(conn: Connection, run_id: int) -> list[dict[str, Any]]:
    return [
        {
            "stage": s.stage,
            "taken": s.taken,
            "passed": s.passed,
            "outcomes": dict(s.outcomes),
            "reasons": counts_line(dict(s.outcomes if s.stage == "load" else s.left)),
        }
        for s in runs.funnel(conn, run_id)
    ]
