"""What people do about an alarm: snooze it, take it on, wake it; each with its line in the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Form
from psycopg2.extensions import connection as Connection

from newsflow.errors import NewsflowError
from newsflow.ops.words import in_a_line
from newsflow.store import queries
from newsflow.store.db import transaction

LONGEST = timedelta(days=90)  # what is snoozed for longer is forgotten
REASON = 300  # characters


DONE = {
    "snooze_alarm": "Snoozed: nothing is told of it until then, unless it gets worse.",
    "acknowledge_alarm": "It is yours.",
    "wake_alarm": "Awake: the next watch tells it.",
}


@dataclass(frozen=True, slots=True)
class AlarmForm:
    """What the form beside an alarm says."""

    act: Annotated[Literal["snooze_alarm", "acknowledge_alarm", "wake_alarm"], Form()]
    reason: Annotated[str, Form(max_length=REASON)] = ""
    hours: Annotated[float, Form(gt=0, le=2160)] = 24


class AlarmError(NewsflowError):
    """Something that can't be done to an alarm; the message says why."""


def snooze(conn: Connection, alarm_id: int, lasts: timedelta, reason: str, actor: str, now: datetime) -> datetime:
    """Let nothing be told of an alarm for some time; returns when it is told again, if it lasts.

    :raises AlarmError: for an alarm that is none or over, a time that is none, or no reason.
    """
    if not timedelta(0) < lasts <= LONGEST:
        raise AlarmError(f"snooze it for some time, {LONGEST.days} days at most")
    until = now + lasts
    reason = _told(reason)
    with transaction(conn):
        _found(queries.ops.snooze_alarm(conn, alarm_id=alarm_id, until=until, reason=reason), alarm_id)
        _note(conn, "snooze_alarm", alarm_id, {"reason": reason, "until": until.isoformat()}, actor, now)
    return until


def acknowledge(conn: Connection, alarm_id: int, reason: str, actor: str, now: datetime) -> None:
    """Note who has taken an alarm on.

    :raises AlarmError: for an alarm that is none or over, or no reason.
    """
    reason = _told(reason)
    with transaction(conn):
        done = queries.ops.acknowledge_alarm(conn, alarm_id=alarm_id, actor=actor, reason=reason, now=now)
        _found(done, alarm_id)
        _note(conn, "acknowledge_alarm", alarm_id, {"reason": reason}, actor, now)


def wake(conn: Connection, alarm_id: int, actor: str, now: datetime) -> None:
    """End the snooze of an alarm: the next watch tells it.

    :raises AlarmError: for an alarm that is not snoozed.
    """
    with transaction(conn):
        _found(queries.ops.wake_alarm(conn, alarm_id=alarm_id, now=now), alarm_id, "that is snoozed")
        _note(conn, "wake_alarm", alarm_id, {}, actor, now)


def perform(conn: Connection, alarm_id: int, form: AlarmForm, actor: str, now: datetime) -> None:
    """Do what a form says.

    :raises AlarmError: where that can't be done; nothing is written then.
    """
    if form.act == "snooze_alarm":
        snooze(conn, alarm_id, timedelta(hours=form.hours), form.reason, actor, now)
    elif form.act == "acknowledge_alarm":
        acknowledge(conn, alarm_id, form.reason, actor, now)
    else:
        wake(conn, alarm_id, actor, now)


def _told(reason: str) -> str:
    """A reason in one line, as it stands in lists.

    :raises AlarmError: for none, or one that nobody reads.
    """
    line = in_a_line(reason)
    if not line:
        raise AlarmError("say why: others read it")
    if len(line) > REASON:
        raise AlarmError(f"say why in {REASON} characters")
    return line


def _found(rows: int, alarm_id: int, which: str = "that lasts") -> None:
    if not rows:
        raise AlarmError(f"there is no alarm {alarm_id} {which}: newsflow alarms list names them")


def _note(conn: Connection, action: str, alarm_id: int, detail: dict[str, str], actor: str, now: datetime) -> None:
    queries.ops.note(conn, now=now, actor=actor, action=action, subject=str(alarm_id), detail={"rows": 1, **detail})
