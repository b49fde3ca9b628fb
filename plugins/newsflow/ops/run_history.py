"""Which run is at work, which was the last one, and what is usual on its weekday. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from newsflow.ops import history
from newsflow.ops.robust_statistics import Usual
from newsflow.outcomes import Outcome

STAGES = ("fetch", "extract", "deduplicate", "load")  # those that count pages


class Run(Protocol):
    """Of a run: how it ended, whether it lives, and whether it was a part only (`ingest.is_alive`, `is_partial`)."""

    @property
    def state(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def is_alive(self) -> bool: ...
    @property
    def is_partial(self) -> bool: ...


class CountedRun(Run, Protocol):
    """A run of `ops.runs`."""

    @property
    def run_id(self) -> int: ...
    @property
    def dag_id(self) -> str: ...
    @property
    def stages(self) -> Mapping[str, Mapping[str, int]]: ...


RunT = TypeVar("RunT", bound=Run)


def newest(runs: Sequence[RunT]) -> tuple[RunT | None, RunT | None]:
    """(the run at work, the last whole one before it); None where there is none.

    :param runs: newest first. One for some publishers only is no night's run.
    """
    running = next((r for r in runs if r.is_alive), None)
    last = next((r for r in runs if not r.is_alive and not r.is_partial), None)
    return running, last


def usual_stages(run: CountedRun, earlier: Sequence[CountedRun]) -> dict[str, Usual]:
    """What each stage usually takes on this weekday, from the good runs before of the same Dag."""
    good = [r for r in _good(run, earlier) if r.dag_id == run.dag_id]
    found = {}
    for stage in STAGES:
        points = [(r.started_at.date(), _taken(r, stage)) for r in good]
        if band := history.weekday_usual(points, run.started_at.date()):
            found[stage] = band
    return found


def usual_new(run: CountedRun, earlier: Sequence[CountedRun]) -> Usual | None:
    """How many new articles this weekday usually brings."""
    points = [(r.started_at.date(), float(r.stages.get("load", {}).get(Outcome.NEW, 0))) for r in _good(run, earlier)]
    return history.weekday_usual(points, run.started_at.date())


def _good(run: CountedRun, earlier: Sequence[CountedRun]) -> list[CountedRun]:
    return [r for r in earlier if r.state == "success" and r.run_id != run.run_id and not r.is_partial]


def _taken(run: CountedRun, stage: str) -> float:
    return float(sum(run.stages.get(stage, {}).values()))
