"""A publisher's days as one picture: figures, polls and gaps over one axis. Pure; the template writes the SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from newsflow.ops import charts
from newsflow.ops.history import Day

WIDTH = 720.0  # of the days; the labels stand beside them
TALL, SLIM = 64.0, 16.0  # heights of a figure's track and of a feed's
_STATES = {(False, False): "none", (True, True): "mixed", (True, False): "ok", (False, True): "fail"}
LEVELS = ("share", "words")  # units that are drawn as lines
RECENT = 7  # days that a fault may have changed already, so they are not "usual"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by day, in a track of `TALL` pixels; `unit` is articles, share, words, feeds or seconds."""

    title: str
    unit: str
    newest: float | None
    usual: float | None
    usual_y: float | None
    top: float
    bars: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayMark:
    """A feed's day: `state` is ok, fail, mixed or none."""

    day: date
    x: float
    state: str
    new: int


@dataclass(frozen=True, slots=True)
class FeedTrack:
    """A feed's polls by day, and its gaps as (x, width)."""

    title: str
    days: tuple[DayMark, ...]
    gaps: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class DayChart:
    """The picture: tracks from top to bottom over the same days, ticks a week apart, and the alarms' days."""

    figures: tuple[Figure, ...]
    feeds: tuple[FeedTrack, ...]
    ticks: tuple[tuple[float, date], ...]
    marks: tuple[float, ...]
    step: float
    width: float = WIDTH
    tall: float = TALL
    slim: float = SLIM


def day_chart(days: Sequence[Day], feeds: Sequence[Any], opened: Sequence[date], now: datetime) -> DayChart:
    """Lay out a publisher's days.

    :param days: without holes, oldest first.
    :param feeds: rows of `ops.publisher_feeds`.
    :param opened: days on which alarms began.
    """
    first, step = days[0].day, WIDTH / len(days)
    shown = [d.day for d in days]
    return DayChart(
        (
            _articles(days),
            _share(days),
            _words(days),
        ),
        tuple(_feed(f, shown, step, now) for f in feeds[:8]),
        tuple((i * step, day) for i, day in enumerate(shown) if day.weekday() == 0),
        tuple(((day - first).days + 0.5) * step for day in sorted(set(opened)) if day >= first),
        step,
    )


def _usual(values: Sequence[float | None]) -> float | None:
    earlier = [v for v in values[:-RECENT] if v is not None]
    return median(earlier) if len(earlier) >= 3 else None


def figure(title: str, unit: str, values: Sequence[float | None], top: float) -> Figure:
    """A figure's track: lines for what is a level (shares, words), bars for what adds up.

    :param values: by day; None where nothing is known.
    :param top: the value at the upper edge.
    """
    usual = _usual(values)
    return Figure(
        title,
        unit,
        next((v for v in reversed(values) if v is not None), None),
        usual,
        TALL - min(usual / top, 1.0) * TALL if usual is not None else None,
        top,
        "".join(charts.bars(values, WIDTH, TALL)) if unit not in LEVELS else "",
        tuple(charts.line(values, top, WIDTH, TALL)) if unit in LEVELS else (),
    )


def highest(values: Sequence[float | None]) -> float:
    """The upper edge of a track of bars; a track of nothing has one too."""
    return max([1.0, *(v for v in values if v)])


def _articles(days: Sequence[Day]) -> Figure:
    values: list[float | None] = [float(d.new_articles) if d.polls or d.fetched else None for d in days]
    return figure("New articles", "articles", values, highest(values))


def _share(days: Sequence[Day]) -> Figure:
    return figure("Yield", "share", [d.share for d in days], 1.0)


def _words(days: Sequence[Day]) -> Figure:
    values = [float(d.words) if d.words else None for d in days]
    return figure("Body length", "words", values, highest(values) * 1.1)


def _feed(feed: Any, shown: Sequence[date], step: float, now: datetime) -> FeedTrack:
    return FeedTrack(
        feed.title or feed.url,
        tuple(_day_mark(day, i * step, feed.days) for i, day in enumerate(shown)),
        tuple(_gap(g, shown[0], step, now) for g in feed.gaps),
    )


def _day_mark(day: date, x: float, days: Mapping[str, Sequence[int]]) -> DayMark:
    ok, failed, new = days.get(day.isoformat(), (0, 0, 0))
    return DayMark(day, x, _STATES[bool(ok), bool(failed)], int(new or 0))


def _gap(gap: Mapping[str, Any], first: date, step: float, now: datetime) -> tuple[float, float]:
    """A gap as (x, width) in pixels, cut to the days that are shown."""
    midnight = datetime.combine(first, datetime.min.time(), now.tzinfo)
    begin, end = (datetime.fromisoformat(v) if v else now for v in (gap["from"], gap["to"]))
    left, right = ((t - midnight) / timedelta(days=1) * step for t in (begin, end))
    left = max(left, 0.0)
    return left, max(min(right, WIDTH) - left, 2.0)
