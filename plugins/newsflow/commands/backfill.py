"""`newsflow backfill`: bring in the past, here and now, without the scheduler."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.backfill.request import BackfillRequest
from newsflow.clock import utcnow
from newsflow.commands.home_database import database_settings
from newsflow.commands.options import options
from newsflow.names import NEWS_BACKFILL, command_run
from newsflow.outcomes import Stage
from newsflow.text.counted import counted

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    from newsflow.commands.progress_bars import Bar, Look

app = typer.Typer(add_completion=False)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
@options(BackfillRequest)
def run(
    request: BackfillRequest,
    name: Annotated[str, typer.Option(help="Name for the run, or of one to go on with.")] = "",
    as_json: Json = False,
) -> None:
    """Read the sources, then extract, deduplicate and load what they hold. Killed and run again, it goes on."""
    from newsflow import pipeline as nightly
    from newsflow.backfill import pipeline
    from newsflow.commands.progress_bars import watched
    from newsflow.commands.run import render

    settings = database_settings()
    name = name or pipeline.unfinished(settings, request) or command_run(utcnow())
    with nightly.own_run(settings, NEWS_BACKFILL, name, request) as run_id, watched(settings, _look(run_id)):
        result = pipeline.run_steps(settings, run_id, request)
    typer.echo(json.dumps(result.as_dict()) if as_json else render(result))


def _look(run_id: int) -> Look:
    """Files by their bytes and records, the other stages by their pages."""
    from newsflow.backfill import pipeline
    from newsflow.commands.progress_bars import Bar, stages

    def look(conn: Connection) -> Iterator[Bar]:
        read = pipeline.totals_of(conn, run_id)
        note = f"{counted(read.records, 'record')}, {read.taken:,} taken; {read.done} of {read.files} files"
        yield Bar("read, MB", round(read.bytes_read / 1e6), round(read.bytes / 1e6), note)
        yield from (line for line in stages(run_id)(conn) if line.name != Stage.BACKFILL)

    return look


@app.command()
def status(as_json: Json = False) -> None:
    """How far each WARC file was read."""
    from newsflow.store import queries
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        found = [row._asdict() for row in queries.backfill.list_progress(conn)]
    if as_json:
        typer.echo(json.dumps({"files": found}, default=str))
        return
    for row in found:
        share = f"{row['offset'] / row['bytes']:.0%}" if row["bytes"] else "?"
        typer.echo(f"{row['state']:<8} {share:>5}  {row['taken']:>7} of {row['records']:>8} taken  {row['source']}")
        if row["detail"]:
            typer.echo(f"         {row['detail']}")
    if not found:
        typer.echo("no WARC file was read yet")
