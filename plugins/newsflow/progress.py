"""How far a run is, as people watch it: from the ledger, so it works for any runner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.store import queries
from newsflow.store.runs import funnel


@dataclass(frozen=True, slots=True)
class StageProgress:
    """A stage of a run at one moment; `rate` is pages (or feeds) a second since its start."""

    stage: str
    done: int
    total: int
    seconds: float
    finished: bool
    counts: dict[str, int]

    @property
    def rate(self) -> float:
        """Done a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    def line(self) -> str:
        """One plain line, for logs and pipes."""
        notable = ", ".join(f"{code} {n}" for code, n in sorted(self.counts.items(), key=lambda c: -c[1])[:4])
        mark = "✓" if self.finished else "…"
        total = f"/{self.total}" if self.total else ""
        return f"{mark} {self.stage:<11} {self.done}{total}  {self.rate:.1f}/s  {notable}".rstrip()


def snapshot(conn: Connection, run_id: int, now: datetime) -> list[StageProgress]:
    """The stages that a run has begun, in order."""
    totals = {s.stage: s.taken for s in funnel(conn, run_id)}
    grouped: dict[str, list[queries.runs.StagesRow]] = {}
    for row in queries.runs.stages(conn, run_id=run_id):
        grouped.setdefault(row.stage, []).append(row)
    conn.rollback()
    return [_progress(stage, steps, totals.get(stage, 0), now) for stage, steps in grouped.items()]


def _progress(stage: str, steps: list[queries.runs.StagesRow], total: int, now: datetime) -> StageProgress:
    counts: dict[str, int] = {}
    for step in steps:
        for code, pages in step.counts.items():
            counts[code] = counts.get(code, 0) + int(pages)
    ended = [step.ended_at for step in steps if step.ended_at]
    finished = len(ended) == len(steps)
    end = max(ended) if finished else now
    seconds = (end - min(step.started_at for step in steps)).total_seconds()
    done = sum(counts.values())
    return StageProgress(stage, done, max(total, done), seconds, finished, counts)
