"""`newsflow maintain`: the jobs of maintenance, and the generated docs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from newsflow.commands.home_database import database_settings
from newsflow.commands.options import options
from newsflow.request import MaintainRequest

app = typer.Typer(add_completion=False)
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
@options(MaintainRequest)
def run(
    request: MaintainRequest,
    jobs: Annotated[list[str] | None, typer.Argument(help="Jobs to run now; none: those that are due.")] = None,
    as_json: Json = False,
) -> None:
    """Run the jobs that are due: reap, search, figures, partitions, retention, statistics, publishers."""
    _run(jobs or [], request, as_json)


@app.command()
def reap(as_json: Json = False) -> None:
    """End readers' sessions whose query runs, or whose transaction stays open, too long."""
    _run(["reap"], MaintainRequest(), as_json)


def _run(names: list[str], request: MaintainRequest, as_json: bool) -> None:
    from newsflow.maintain import jobs

    unknown = sorted({*names} - {*jobs.JOBS})
    if unknown:
        raise typer.BadParameter(f"no job {', '.join(unknown)}; there are {', '.join(jobs.JOBS)}")
    reports = jobs.run(database_settings(), names, force=request.force)
    if as_json:
        typer.echo(json.dumps([asdict(report) for report in reports]))
    else:
        lines = [f"{r.job:<11} {r.seconds:6.1f} s  {json.dumps(r.result)}" for r in reports]
        typer.echo("\n".join(lines) or "nothing is due")


@app.command()
def docs(
    folder: Annotated[Path | None, typer.Option(help="Root of the working copy; else that of this package.")] = None,
) -> None:
    """Write sql/schema.sql and docs/data-dictionary.md anew from the migrations of a working copy."""
    from newsflow import resources
    from newsflow.maintain.snapshot import write

    folder = folder or resources.checkout()
    if folder is None:
        raise typer.BadParameter("newsflow does not run from a working copy: name one with --folder")
    for path in write(folder):
        typer.echo(f"wrote {path.relative_to(folder)}")
