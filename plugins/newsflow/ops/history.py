"""A publisher's days and what is usual for it: the pure ground of health and alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from newsflow.ops.robust_statistics import Usual, usual


@dataclass(frozen=True, slots=True)
class Day:
    """One publisher's day in numbers (a row of `ingest.publisher_day`)."""

    day: date
    polls: int = 0
    polls_ok: int = 0
    new_entries: int = 0
    fetched: int = 0
    captured: int = 0
    refused: int = 0
    extracted: int = 0
    readable: int = 0
    new_articles: int = 0
    revised: int = 0
    words: float | None = None
    failures: Mapping[str, int] = field(default_factory=dict)
    poll_failures: Mapping[str, int] = field(default_factory=dict)

    @property
    def tried(self) -> int:
        """Pages that could have become articles: captures, and those that the publisher refused."""
        return self.extracted + self.refused

    @property
    def share(self) -> float | None:
        """Share of the pages that were articles; None where nothing was tried."""
        return self.readable / self.tried if self.tried else None


class DayRow(Protocol):
    """A row of `ops.days`: the fields of `Day`, and whose they are."""

    def _asdict(self) -> dict[str, Any]: ...


def read(rows: Iterable[DayRow]) -> dict[int, list[Day]]:
    """Rows of `ops.days` by publisher_id, each in the order of days."""
    found: dict[int, list[Day]] = {}
    for row in rows:
        values = row._asdict()
        found.setdefault(values.pop("publisher_id"), []).append(Day(**values))
    return found


def series(days: Sequence[Day], last: date, length: int) -> list[Day]:
    """The `length` days up to `last`, with empty days where there is no row."""
    known = {d.day: d for d in days}
    wanted = (last - timedelta(days=back) for back in range(length - 1, -1, -1))
    return [known.get(day) or Day(day) for day in wanted]


def weekday_usual(points: Sequence[tuple[date, float]], day: date) -> Usual | None:
    """The usual range of a count on this weekday; of all days where the weekday has too few.

    :param points: (day, value) of the days before.
    """
    same = [value for when, value in points if when.weekday() == day.weekday()]
    return usual(same) or usual([value for _, value in points])
