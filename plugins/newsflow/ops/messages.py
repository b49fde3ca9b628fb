"""Messages of alarms: one for each cause with its count, and one when it is over. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from newsflow.ops.alarms import TITLES

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Message:
    """What notifiers send; templates see it as `message`. `text` is plain, `html` is escaped."""

    cause: str
    severity: str
    over: bool
    count: int
    title: str
    lines: tuple[str, ...]
    link: str
    alarm_ids: tuple[int, ...]

    @property
    def text(self) -> str:
        """Title, lines and link."""
        return "\n".join([self.title, *(f"• {line}" for line in self.lines), f"What to do: {self.link}"])

    @property
    def html(self) -> str:
        """The same for e-mail."""
        items = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        return f'<p>{escape(self.title)}</p><ul>{items}</ul><p><a href="{escape(self.link)}">What to do</a></p>'


def compose(alarms: Sequence[Any], base: str) -> list[Message]:
    """Messages for alarms that nobody was told of; those that ended untold need none.

    :param alarms: rows of `ops.untold_alarms`, in the order of cause.
    :param base: address of the Airflow UI.
    """
    told = [a for a in alarms if a.resolved_at is None or a.told]
    ordered = sorted(told, key=lambda a: (a.resolved_at is not None, a.cause))
    grouped = groupby(ordered, key=lambda a: (a.resolved_at is not None, a.cause))
    return [_message(cause, over, list(found), base) for (over, cause), found in grouped]


def _message(cause: str, over: bool, alarms: list[Any], base: str) -> Message:
    title = TITLES.get(cause, cause)
    count = f" ({len(alarms)})" if len(alarms) > 1 else ""
    return Message(
        cause,
        min(a.severity for a in alarms),  # the worst: "critical" comes before "warning"
        over,
        len(alarms),
        f"Resolved: {title}{count}" if over else f"{title}{count}",
        tuple(_lines(alarms, over=over)),
        f"{base.rstrip('/')}/plugin/news/newsflow/runbooks/{cause}",
        tuple(a.alarm_id for a in alarms),
    )


def _lines(alarms: Sequence[Any], *, over: bool) -> list[str]:
    lines = [_over(a) if over else a.sentence for a in alarms[:SHOWN]]
    return [*lines, f"and {len(alarms) - SHOWN} more"] if len(alarms) > SHOWN else lines


def _over(alarm: Any) -> str:
    hours = (alarm.resolved_at - alarm.opened_at).total_seconds() / 3600
    return f"{alarm.subject or TITLES.get(alarm.cause, alarm.cause)}: over, after {hours:.0f} hours"
