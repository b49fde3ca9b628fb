"""A month of nights in figures, and their trends over one axis of days. Pure; the template writes the SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from newsflow.ops.day_chart import WIDTH, DayChart, Figure, figure, highest
from newsflow.ops.run_history import CountedRun
from newsflow.outcomes import WENT_WELL, Outcome

NIGHTS = 30


class WholeRun(CountedRun, Protocol):
    """What the figures of a night are taken from besides."""

    @property
    def dag_run_id(self) -> str: ...
    @property
    def verdict(self) -> str | None: ...
    @property
    def took(self) -> timedelta | None: ...
    @property
    def cpu_s(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Night:
    """A whole run in figures: counts, and seconds for `took_s` and `cpu_s`."""

    run_id: int
    dag_id: str
    dag_run_id: str
    started_at: datetime
    good: bool
    new: int
    revised: int
    captures: int
    readable: int
    feeds: int
    failing: int
    took_s: float | None
    cpu_s: float | None
    verdict: str

    @property
    def share(self) -> float | None:
        """The yield: share of the captures that were articles; None where nothing was extracted."""
        return self.readable / self.captures if self.captures else None


def night(run: WholeRun) -> Night:
    """A run's figures, from what its stages counted."""
    poll, extract, load = (run.stages.get(stage, {}) for stage in ("poll", "extract", "load"))
    asked = sum(poll.values())
    return Night(
        run.run_id,
        run.dag_id,
        run.dag_run_id,
        run.started_at,
        run.state == "success",
        load.get(Outcome.NEW, 0),
        load.get(Outcome.REVISED, 0),
        sum(extract.values()),
        _well(extract),
        asked,
        asked - _well(poll),
        run.took.total_seconds() if run.took else None,
        run.cpu_s,
        run.verdict or "It broke off before its check.",
    )


def _well(counts: Mapping[str, int]) -> int:
    return sum(n for code, n in counts.items() if code in WENT_WELL)


def night_chart(nights: Sequence[Night], last: date) -> DayChart:
    """The trends of thirty days up to `last`: runs of one day together, days with a run that was not good marked."""
    days = [last - timedelta(days=back) for back in range(NIGHTS - 1, -1, -1)]
    by_day: dict[date, list[Night]] = {}
    for each in nights:
        by_day.setdefault(each.started_at.date(), []).append(each)
    columns = [by_day.get(day, []) for day in days]
    step = WIDTH / NIGHTS
    bad = (i for i, column in enumerate(columns) if column and not all(n.good for n in column))
    return DayChart(
        (
            _bars("New articles", "articles", columns, lambda n: n.new),
            figure("Yield", "share", [_share(column) for column in columns], 1.0),
            _bars("Feeds failing", "feeds", columns, lambda n: n.failing),
            _bars("Duration", "seconds", columns, lambda n: n.took_s),
            _bars("CPU", "seconds", columns, lambda n: n.cpu_s),
        ),
        (),
        tuple((i * step, day) for i, day in enumerate(days) if day.weekday() == 0),
        tuple((i + 0.5) * step for i in bad),
        step,
    )


def _bars(title: str, unit: str, columns: Sequence[Sequence[Night]], of: Callable[[Night], float | None]) -> Figure:
    values = [_sum([of(n) for n in column]) for column in columns]
    return figure(title, unit, values, highest(values))


def _sum(values: Sequence[float | None]) -> float | None:
    known = [float(v) for v in values if v is not None]
    return sum(known) if known else None


def _share(column: Sequence[Night]) -> float | None:
    captures = sum(n.captures for n in column)
    return sum(n.readable for n in column) / captures if captures else None
