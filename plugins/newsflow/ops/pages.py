"""What each page shows: a few statements, then pure judgement; no HTML here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.model import OUTCOMES, Outcome
from newsflow.ops import charts, history
from newsflow.ops.health import Health, Level, State, judge
from newsflow.ops.history import Day
from newsflow.ops.robust import Usual
from newsflow.progress import snapshot
from newsflow.store import queries, runs
from newsflow.verdict import FunnelStage

NIGHTLY = ["news_ingest", "cli"]
DAYS = 28
STALE = timedelta(hours=12)  # a run without an end for so long is dead, not running


def sentence(code: str | None) -> str:
    """What an outcome means; the code itself where it is unknown."""
    try:
        return OUTCOMES[Outcome(code or "")].sentence
    except ValueError:
        return code or ""


def _stage_totals(run: Any) -> dict[str, float]:
    return {stage: float(sum(counts.values())) for stage, counts in run.stages.items()}


def usual_stages(run: Any, earlier: Sequence[Any]) -> dict[str, Usual]:
    """What each stage usually takes on this weekday, from the good runs before."""
    good = [r for r in earlier if r.state == "success" and r.dag_id == run.dag_id and r.run_id != run.run_id]
    found = {}
    for stage in ("fetch", "extract", "deduplicate", "load"):
        points = [(r.started_at.date(), _stage_totals(r).get(stage, 0.0)) for r in good]
        if band := history.weekday_usual(points, run.started_at.date(), floor=1.0):
            found[stage] = band
    return found


def usual_new(run: Any, earlier: Sequence[Any]) -> Usual | None:
    """How many new articles this weekday usually brings."""
    points = [
        (r.started_at.date(), float(r.stages.get("load", {}).get("new", 0)))
        for r in earlier
        if r.state == "success" and r.run_id != run.run_id
    ]
    return history.weekday_usual(points, run.started_at.date(), floor=1.0)


def _is_running(run: Any, now: datetime) -> bool:
    return bool(run.state == "running" and now - run.started_at < STALE)


def _tone(run: Any, now: datetime) -> str:
    if run.state == "success":
        return "good"
    return "running" if _is_running(run, now) else "bad"


def last_night(conn: Connection, now: datetime) -> dict[str, Any]:
    """The start page: the last run in words and as a funnel, what runs now, what is wrong (5 statements)."""
    recent = queries.rows(conn, "ops.runs", since=now - timedelta(days=57), dags=NIGHTLY, limit=80)
    alarms = queries.rows(conn, "ops.open_alarms", since=now - timedelta(days=1), publisher_id=None)
    running = next((r for r in recent if _is_running(r, now)), None)
    last = next((r for r in recent if not _is_running(r, now)), None)
    progress = snapshot(conn, running.run_id, now) if running else []
    stages = runs.funnel(conn, last.run_id) if last else []
    usuals = usual_stages(last, recent) if last else {}
    return {
        "run": last,
        "tone": _tone(last, now) if last else "none",
        "polls": last.stages.get("poll", {}) if last else {},
        "stages": stages,
        "picture": charts.funnel(stages, usuals),
        "usuals": usuals,
        "usual_new": usual_new(last, recent) if last else None,
        "new": _count(stages, "load", "new"),
        "running": running,
        "progress": progress,
        "open": [a for a in alarms if a.resolved_at is None],
        "resolved": [a for a in alarms if a.resolved_at is not None],
        "runs": recent[:14],
    }


def _count(stages: Sequence[FunnelStage], stage: str, code: str) -> int:
    return next((s.outcomes.get(code, 0) for s in stages if s.stage == stage), 0)


def run_page(conn: Connection, dag_id: str, dag_run_id: str | None, now: datetime) -> dict[str, Any]:
    """The Funnel tab of a Dag or a run (5 statements)."""
    run = queries.row(conn, "ops.run_by_name", dag_id=dag_id, dag_run_id=dag_run_id)
    if run is None:
        return {"run": None, "dag_id": dag_id, "dag_run_id": dag_run_id}
    stages = runs.funnel(conn, run.run_id)
    return {
        "run": run,
        "dag_id": dag_id,
        "tone": _tone(run, now),
        "stages": stages,
        "picture": charts.funnel(stages, {}),
        "usuals": {},
        "polls": {p.outcome: p.polls for p in queries.rows(conn, "runs.polls", run_id=run.run_id)},
        "steps": queries.rows(conn, "runs.stages", run_id=run.run_id),
        "publishers": queries.rows(conn, "ops.run_publishers", run_id=run.run_id, limit=60),
        "sentence": sentence,
    }


@dataclass(frozen=True, slots=True)
class PublisherRow:
    """One line of the publishers' list."""

    name: str
    title: str
    health: Health
    new: int
    day_bars: tuple[str, str]
    readable: float | None
    usual_readable: float | None
    last_new_at: datetime | None
    failure: str | None
    failures: int
    cool_until: datetime | None
    paused: bool
    alarms: int


SORTS = {
    "health": lambda r: (r.health.level, -r.alarms, -r.new, r.name),
    "name": lambda r: r.name,
    "articles": lambda r: (-r.new, r.name),
    "yield": lambda r: (r.readable if r.readable is not None else 2.0, r.name),
    "fresh": lambda r: (-(r.last_new_at.timestamp() if r.last_new_at else 0.0), r.name),
    "failures": lambda r: (-r.failures, r.name),
}


def _state(row: Any) -> State:
    return State(
        paused=row.paused,
        feeds=row.feeds,
        paused_feeds=row.paused_feeds,
        failing=row.failing,
        feed_sentence=sentence(row.feed_outcome),
        cool_until=row.cool_until,
        cool_reason=row.cool_reason or "",
    )


def _share(days: Sequence[Day]) -> float | None:
    extracted = sum(d.extracted for d in days)
    return sum(d.readable for d in days) / extracted if extracted else None


def publisher_row(row: Any, days: Sequence[Day], alarms: Sequence[Any]) -> PublisherRow:
    """One publisher judged, from its last days and open alarms."""
    week, before = days[-7:], days[:-7]
    failure = history.dominant(week)
    return PublisherRow(
        row.name,
        row.title,
        judge(_state(row), days, [(a.severity, a.sentence) for a in alarms]),
        sum(d.new_articles for d in week),
        charts.spark([float(d.new_articles) for d in days]),
        _share(week),
        _share(before),
        row.last_new_at,
        failure[0] if failure else None,
        failure[1] if failure else 0,
        row.cool_until,
        row.paused,
        len(alarms),
    )


def _by_publisher(alarms: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for alarm in alarms:
        if alarm.publisher_id is not None and alarm.resolved_at is None:
            found.setdefault(alarm.publisher_id, []).append(alarm)
    return found


def publishers(
    conn: Connection, now: datetime, *, find: str = "", level: str = "", sort: str = "health"
) -> dict[str, Any]:
    """The list of publishers (3 statements)."""
    known = queries.rows(conn, "ops.publishers", now=now, name=None)
    days = history.read(queries.rows(conn, "ops.days", since=now.date() - timedelta(days=DAYS - 1), publisher_id=None))
    alarms = _by_publisher(queries.rows(conn, "ops.open_alarms", since=now, publisher_id=None))
    found = [
        publisher_row(r, history.series(days.get(r.publisher_id, []), now.date(), DAYS), alarms.get(r.publisher_id, []))
        for r in known
    ]
    levels = {lv.word: sum(r.health.level == lv for r in found) for lv in Level}
    shown = [r for r in found if _matches(r, find, level)]
    return {
        "rows": sorted(shown, key=SORTS.get(sort, SORTS["health"])),
        "total": len(found),
        "levels": levels,
        "find": find,
        "level": level,
        "sort": sort if sort in SORTS else "health",
        "sorts": list(SORTS),
        "sentence": sentence,
    }


def _matches(row: PublisherRow, find: str, level: str) -> bool:
    wanted = find.casefold().strip()
    return (not level or row.health.level.word == level) and (
        not wanted or wanted in row.name.casefold() or wanted in row.title.casefold()
    )


def rejects(
    conn: Connection, now: datetime, *, outcome: str | None, publisher: str | None, before: datetime | None
) -> dict[str, Any]:
    """Recent failures by outcome, and the newest rejected pages (2 statements)."""
    counts = queries.rows(conn, "ops.reject_counts", since=now.date() - timedelta(days=6), publisher=publisher)
    pages = queries.rows(
        conn, "ops.rejected", outcome=outcome, publisher=publisher, before=before or now + timedelta(days=1), limit=50
    )
    return {
        "counts": counts,
        "most": max((c.pages for c in counts), default=1),
        "pages": pages,
        "more": pages[-1].changed_at.isoformat() if len(pages) == 50 else None,
        "outcome": outcome,
        "publisher": publisher,
        "sentence": sentence,
    }


def counts_line(counts: Mapping[str, int], limit: int = 4) -> str:
    """Counts as a short line: "ok 12, not_found 3"."""
    ordered = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    rest = sum(n for _, n in ordered[limit:])
    shown = [f"{code.replace('_', ' ')} {n}" for code, n in ordered[:limit]]
    return ", ".join([*shown, f"others {rest}"] if rest else shown)
