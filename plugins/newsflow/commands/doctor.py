"""`newsflow doctor`: is everything there that a run needs?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from newsflow.settings import is_airflow_set_up

app = typer.Typer(add_completion=False)
MARKS = {"ok": "[green]ok[/]  ", "warn": "[yellow]warn[/]", "fail": "[red]FAIL[/]"}


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False) -> None:
    """Check database, archive, disk, clock, Airflow and network; each fault comes with its cure.

    Exit code 0: a run can work (warnings may stand); 1: it can't.
    """
    from rich.console import Console
    from rich.markup import escape

    from newsflow.commands.checklist import dag_states
    from newsflow.commands.home_database import airflow_url, command_settings, database_settings
    from newsflow.ops.doctor import examine

    url = airflow_url()
    settings = command_settings() if is_airflow_set_up() and not url else database_settings()
    results = examine(settings, airflow_url=url, dags=dag_states())
    out = Console(highlight=False, soft_wrap=True)
    if as_json:
        typer.echo(json.dumps([asdict(r) for r in results]))
    for r in () if as_json else results:
        out.print(f"{MARKS[r.state]}  {r.name:<11} {escape(r.detail)}")
        if r.cure:
            out.print(f"      {'':<11} [dim]→ {escape(r.cure)}[/]")
    raise typer.Exit(int(any(r.state == "fail" for r in results)))
