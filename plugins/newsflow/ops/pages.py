"""What each page shows: a few statements, then pure judgement; no HTML here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Query

from newsflow.names import COMMAND, NIGHTLY
from newsflow.ops import charts
from newsflow.ops.airflow_runs import NO_TASKS, AirflowRuns
from newsflow.ops.alarms import TITLES
from newsflow.ops.dependencies import Database, Now, Schedules
from newsflow.ops.run_history import newest, usual_new, usual_stages
from newsflow.ops.schedules import notices
from newsflow.ops.words import sentence
from newsflow.outcomes import Outcome
from newsflow.progress import snapshot
from newsflow.run_check import FunnelStage
from newsflow.store import queries, runs
from newsflow.store.queries.ops import OpenAlarmsRow, OutlookRow, RunByNameRow, RunsRow
from newsflow.text.counted import counted

DAYS = 28
A_NIGHT_AGO = timedelta(hours=36)  # a run before that was not last night's
NO_PAGE = 2**63 - 1  # above the number of any page
PageId = Annotated[int, Query(ge=0, le=NO_PAGE)]
FEW = 6  # alarms that the start page shows one by one; more are shown by cause


def _tone(run: RunsRow | RunByNameRow) -> str:
    if run.state == "success":
        return "good"
    return "running" if run.is_alive else "bad"


def in_airflow(airflow: AirflowRuns, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The tasks of the run that a page shows, and the ends of its red ones' logs."""
    run = shown["run"]
    if run is None or run.dag_id == COMMAND:
        return {"tasks": NO_TASKS}
    return {"tasks": airflow.run(run.dag_id, run.dag_run_id)}


def last_night(conn: Database, now: Now, schedules: Schedules) -> dict[str, Any]:
    """The start page: the last run in words and as a funnel, what runs now, what is wrong (6 statements)."""
    recent = queries.ops.runs(conn, since=now - timedelta(days=57), dags=[*NIGHTLY], limit=80)
    alarms = queries.ops.open_alarms(conn, since=now - timedelta(days=1), publisher_id=None)
    running, last = newest(recent)
    outlook = queries.ops.outlook(conn, now=now)
    lasting = [a for a in alarms if a.resolved_at is None]
    return {
        **_last_run(conn, last, recent),
        "running": running,
        "progress": snapshot(conn, running.run_id, now) if running else [],
        "open": lasting,
        "causes": by_cause(lasting),
        "few": FEW,
        "resolved": [a for a in alarms if a.resolved_at is not None],
        "runs": recent[:14],
        "partial": [r for r in recent if r.is_partial and not r.is_alive and (last is None or r.run_id > last.run_id)],
        "judged_at": outlook.judged_at,
        "outlook": _outlook(outlook),
        "notices": list(notices(schedules, now)),
        "stale": last is not None and running is None and now - last.started_at > A_NIGHT_AGO,
    }


def _last_run(conn: Database, run: RunsRow | None, recent: Sequence[RunsRow]) -> dict[str, Any]:
    """The last run beside what is usual; the same names where there was none yet."""
    stages = runs.funnel(conn, run.run_id) if run else []
    usuals = usual_stages(run, recent) if run else {}
    return {
        "run": run,
        "tone": _tone(run) if run else "none",
        "polls": run.stages.get("poll", {}) if run else {},
        "stages": stages,
        "picture": charts.funnel(stages, usuals),
        "usuals": usuals,
        "usual_new": usual_new(run, recent) if run else None,
        "new": _count(stages, "load", Outcome.NEW),
    }


def _outlook(found: OutlookRow) -> list[tuple[str, str]]:
    """What may become an alarm, each as (where to look, in words)."""
    said = (
        (found.failing, "/publishers?level=warning", f"{counted(found.failing, 'feed')} failing now"),
        (found.cooling, "/publishers", f"{counted(found.cooling, 'publisher')} cooling down"),
        (found.proposals, "/proposals", f"{counted(found.proposals, 'proposal')} waiting for a person"),
    )
    return [(where, words) for number, where, words in said if number]


@dataclass(frozen=True, slots=True)
class Cause:
    """The open alarms of one cause, worst and newest first."""

    cause: str
    title: str
    severity: str
    alarms: tuple[OpenAlarmsRow, ...]


def by_cause(alarms: Sequence[OpenAlarmsRow]) -> list[Cause]:
    """Open alarms by cause, the worst and then the most frequent first."""
    found: dict[str, list[OpenAlarmsRow]] = {}
    for alarm in alarms:
        found.setdefault(alarm.cause, []).append(alarm)
    causes = [
        Cause(cause, TITLES.get(cause, cause), min(a.severity for a in own), tuple(own)) for cause, own in found.items()
    ]
    return sorted(causes, key=lambda c: (c.severity, -len(c.alarms), c.cause))


def _count(stages: Sequence[FunnelStage], stage: str, code: str) -> int:
    return next((s.outcomes.get(code, 0) for s in stages if s.stage == stage), 0)


def newest_run(conn: Database, dag_id: str, now: Now) -> dict[str, Any]:
    """The Funnel tab of a Dag: its newest run (5 statements)."""
    return run_page(conn, dag_id, None, now)


def run_page(conn: Database, dag_id: str, dag_run_id: str | None, now: Now) -> dict[str, Any]:
    """The Funnel tab of a run; None is the Dag's newest one (5 statements)."""
    run = queries.ops.run_by_name(conn, dag_id=dag_id, dag_run_id=dag_run_id)
    if run is None:
        return {"run": None, "dag_id": dag_id, "dag_run_id": dag_run_id}
    stages = runs.funnel(conn, run.run_id)
    return {
        "run": run,
        "dag_id": dag_id,
        "tone": _tone(run),
        "stages": stages,
        "new": _count(stages, "load", Outcome.NEW),
        "picture": charts.funnel(stages, {}),
        "usuals": {},
        "polls": {p.outcome: p.polls for p in queries.runs.polls(conn, run_id=run.run_id)},
        "steps": queries.runs.stages(conn, run_id=run.run_id),
        "publishers": queries.ops.run_publishers(conn, run_id=run.run_id, limit=60),
        "sentence": sentence,
    }


def rejects(
    conn: Database,
    now: Now,
    *,
    outcome: str | None = None,
    publisher: str | None = None,
    before: datetime | None = None,
    below: PageId = NO_PAGE,
) -> dict[str, Any]:
    """Recent failures by outcome, the newest rejected pages, and rows that imports left out (3 statements).

    `before` and `below` are time and number of the last page shown: a run rejects many pages at one moment.
    """
    outcome, publisher = outcome or None, publisher or None  # an empty field of the form asks for all
    counts = queries.ops.reject_counts(conn, since=now.date() - timedelta(days=6), publisher=publisher)
    pages = queries.ops.rejected(
        conn, outcome=outcome, publisher=publisher, before=before or now + timedelta(days=1), below=below, limit=50
    )
    return {
        "counts": counts,
        "most": max((c.pages for c in counts), default=1),
        "pages": pages,
        "more": {"before": pages[-1].changed_at.isoformat(), "below": pages[-1].page_id} if len(pages) == 50 else None,
        "rows": [] if outcome or publisher else queries.ops.rejected_rows(conn, imports=5, limit=20),
        "outcome": outcome,
        "publisher": publisher,
        "sentence": sentence,
    }
