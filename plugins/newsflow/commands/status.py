"""`newsflow status`: what the last run did, what runs now, what waits and what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsflow.commands.home_database import database_settings

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(add_completion=False)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """What the last run did, what runs now, what waits and what is wrong.

    Exit code 0: the last run was good, feeds are asked and no critical alarm lasts; 1: not so; 3: no run yet.
    """
    from newsflow.clock import utcnow
    from newsflow.ops.summary import summarise
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        found = summarise(conn, utcnow())
    if as_json:
        typer.echo(json.dumps(found, default=str))
    else:
        _show(found)
    raise typer.Exit(_code(found))


def _code(found: dict[str, Any]) -> int:
    if found["last"] is None:
        return 3
    critical = any(a["severity"] == "critical" for a in found["alarms"])
    return 0 if found["last"]["state"] == "success" and not critical and not found["warning"] else 1


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape

    out = Console(highlight=False, soft_wrap=True)
    last = found["last"]
    if last is None:
        out.print("No run yet: `newsflow run`, or trigger the Dag news_ingest.")
    else:
        mark = "[green]good[/]" if last["state"] == "success" else "[red]not good[/]"
        out.print(f"Last run {mark}: {last['dag_id']}, {last['started_at']:%a %d %b %H:%M} UTC")
        out.print(escape(last["verdict"] or "It broke off before its check; the next run goes on."))
        _funnel(out, found)
    if found["warning"]:
        out.print(f"[red]not good[/] {escape(found['warning'])}: run `newsflow run`, or look after the scheduler")
    for stage in found["running"]:
        out.print(f"[blue]running[/] {escape(stage)}")
    for alarm in found["alarms"]:
        colour = "red" if alarm["severity"] == "critical" else "yellow"
        out.print(f"[{colour}]{alarm['severity']}[/] {escape(alarm['sentence'])} (docs/runbooks/{alarm['cause']}.md)")
    held = ", ".join(f"{number:,} {name}" for name, number in found["totals"].items())
    out.print(f"[dim]{held}[/]")


def _funnel(out: Console, found: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("stage", "in", "passed", "left because", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for stage in found["funnel"]:
        table.add_row(stage["stage"], str(stage["taken"]), str(stage["passed"]), stage["reasons"])
    out.print(table)
    if (looks := found["second_looks"])["rescued"]:
        out.print(
            f"[dim]{looks['rescued']} of {looks['extracted']} texts were found by a second look at their pages[/]"
        )
