"""Messages of alarms: one for each cause, or incident, and channel with its count, and one when it is over. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    channel: str = ""  # empty: the default ones

    @property
    def text(self) -> str:
        """Title, lines and link."""
        return "\n".join([self.title, *(f"• {line}" for line in self.lines), f"What to do: {self.link}"])

    @property
    def html(self) -> str:
        """The same for e-mail."""
        items = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        return f'<p>{escape(self.title)}</p><ul>{items}</ul><p><a href="{escape(self.link)}">What to do</a></p>'


def compose(alarms: Sequence[Any], base: str, channels: Collection[str] = ()) -> list[Message]:
    """Messages for alarms that nobody was told of; those that ended untold need none.

    :param alarms: rows of `ops.untold_alarms`, in the order of cause.
    :param base: address of the Airflow UI.
    :param channels: names of the channels that there are; alarms of others go to the default one, which is told.
    """
    told = sorted((a for a in alarms if a.resolved_at is None or a.told), key=_group)
    return [_message(list(found), base, channels) for _, found in groupby(told, key=_group)]


def _group(alarm: Any) -> tuple[bool, str, int, str]:
    """Alarms of one message: of one cause, one incident or none, one channel."""
    return alarm.resolved_at is not None, alarm.cause, alarm.incident_id or 0, alarm.channel or ""


def _message(alarms: list[Any], base: str, channels: Collection[str]) -> Message:
    over, cause, _, channel = _group(alarms[0])
    title = _title(alarms)
    lines = _lines(alarms, over=over)
    if channel and channel not in channels:
        lines.append(f"This was meant for the channel {channel!r}, which NEWSFLOW_NOTIFIERS does not name.")
    return Message(
        cause,
        min(a.severity for a in alarms),  # the worst: "critical" comes before "warning"
        over,
        len(alarms),
        f"Resolved: {title}" if over else title,
        tuple(lines),
        f"{base.rstrip('/')}/plugin/news/newsflow/runbooks/{cause}",
        tuple(a.alarm_id for a in alarms),
        channel if channel in channels else "",
    )


def _title(alarms: list[Any]) -> str:
    """The cause with its number; of an incident what its publishers have in common, and how many they are."""
    first = alarms[0]
    title = TITLES.get(first.cause, first.cause)
    if first.incident_id is None:
        return f"{title} ({len(alarms)})" if len(alarms) > 1 else title
    joined = f"{len(alarms)} more, " if len(alarms) < first.in_all else ""
    return f"{title}: {joined}{first.in_all} publishers, {first.shared.replace('_', ' ')}"


def _lines(alarms: Sequence[Any], *, over: bool) -> list[str]:
    lines = [_over(a) if over else _sentence(a) for a in alarms[:SHOWN]]
    return [*lines, f"and {len(alarms) - SHOWN} more"] if len(alarms) > SHOWN else lines


def _sentence(alarm: Any) -> str:
    return f"{alarm.sentence} ({alarm.maintainer} looks after it)" if alarm.maintainer else str(alarm.sentence)


def _over(alarm: Any) -> str:
    hours = (alarm.resolved_at - alarm.opened_at).total_seconds() / 3600
    return f"{alarm.subject or TITLES.get(alarm.cause, alarm.cause)}: over, after {hours:.0f} hours"
