"""`newsflow alarms …`: what is wrong, and what people do about it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated

import typer

from newsflow.commands.home_database import on_database
from newsflow.commands.publishers import AsJson, actor

app = typer.Typer(add_completion=False, no_args_is_help=True, help="List, snooze and acknowledge alarms.")
APPLICATION = "newsflow alarms"
Number = Annotated[int, typer.Argument(help="Number of the alarm, as list shows it.", min=1, max=2**63 - 1)]
Reason = Annotated[str, typer.Option("--reason", help="Why; others read it.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the alarms that last, the worst and newest first."""
    from newsflow.store import queries

    known = on_database(lambda conn, now: queries.ops.open_alarms(conn, since=now, publisher_id=None), APPLICATION)
    found = [alarm for alarm in known if alarm.resolved_at is None]
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found], default=str, ensure_ascii=False))
        return
    for row in found:
        typer.echo(f"{row.alarm_id:6} {row.severity:8} {row.cause:14} {row.sentence}")
        if row.snoozed_until:
            typer.echo(f"{'':30} snoozed until {row.snoozed_until:%Y-%m-%d %H:%M} UTC: {row.reason}")
        if row.acknowledged_at:
            typer.echo(f"{'':30} {row.acknowledged_by} has taken it on: {row.reason}")
    if not found:
        typer.echo("none")


@app.command("snooze")
def snooze(
    alarm: Number,
    reason: Reason,
    hours: Annotated[float, typer.Option(min=0.1, max=2160, help="For how long.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Let nothing be told of an alarm for some time; it comes back when that is over, or when it gets worse."""
    from newsflow.ops import alarm_acts

    lasts = timedelta(hours=hours)
    until = on_database(lambda conn, now: alarm_acts.snooze(conn, alarm, lasts, reason, actor(), now), APPLICATION)
    said = f"alarm {alarm} is snoozed until {until:%Y-%m-%d %H:%M} UTC"
    typer.echo(json.dumps({"snoozed": alarm, "until": until.isoformat()}) if as_json else said)


@app.command("acknowledge")
def acknowledge(alarm: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Note that you have taken an alarm on."""
    from newsflow.ops import alarm_acts

    on_database(lambda conn, now: alarm_acts.acknowledge(conn, alarm, reason, actor(), now), APPLICATION)
    typer.echo(json.dumps({"acknowledged": alarm}) if as_json else f"alarm {alarm} is yours")


@app.command("wake")
def wake(alarm: Number, as_json: AsJson = False) -> None:
    """End the snooze of an alarm."""
    from newsflow.ops import alarm_acts

    on_database(lambda conn, now: alarm_acts.wake(conn, alarm, actor(), now), APPLICATION)
    typer.echo(json.dumps({"woken": alarm}) if as_json else f"alarm {alarm} is told again")
