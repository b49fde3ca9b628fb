"""`newsflow reprocess`: a newer extractor over stored captures, reviewed before it counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from newsflow.clock import utcnow
from newsflow.commands.home_database import database_settings
from newsflow.commands.options import options
from newsflow.names import command_run
from newsflow.reprocess.request import ReprocessRequest

app = typer.Typer(add_completion=False)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Number = Annotated[int, typer.Argument(help="Number that compare has printed.")]
Name = Annotated[str, typer.Option(help="Name of a run that was killed, to go on with it.")]


def _name(given: str, verb: str) -> str:
    return given or command_run(utcnow(), verb)


@app.command()
@options(ReprocessRequest)
def compare(
    request: ReprocessRequest,
    name: Name = "",
    as_json: Json = False,
) -> None:
    """Dry run: extract stored captures again and report what would change; nothing is touched."""
    from newsflow.reprocess import pipeline

    number = pipeline.compare(database_settings(), _name(name, "compare"), request)
    report(number, as_json=as_json)


@app.command()
def report(
    number: Number,
    folder: Annotated[Path | None, typer.Option(help="Write the HTML and JSON files there.")] = None,
    as_json: Json = False,
) -> None:
    """Show a comparison again, and write its page with examples side by side."""
    from newsflow.reprocess import report as reports
    from newsflow.store.migrate import ready_session

    settings = database_settings()
    with ready_session(settings.dsn) as conn:
        found = reports.summary(conn, number)
        target = folder or settings.home.expanduser() / "reports"
        data, page = reports.write(conn, number, target)
    if as_json:
        typer.echo(json.dumps({"reprocess": number, **found, "json": str(data), "html": str(page)}))
        return
    typer.echo(f"reprocess {number}")
    for verdict, text in reports.VERDICTS.items():
        typer.echo(f"  {verdict:<11} {found['verdicts'].get(verdict, 0):>7}  {text}")
    for field, pages in found["fields"].items():
        typer.echo(f"  differs in {field}: {pages}")
    typer.echo(f"look at {page}\nthen: newsflow reprocess apply {number}")


@app.command()
def apply(number: Number, name: Name = "", as_json: Json = False) -> None:
    """Apply a comparison: revisions with the cause reprocess."""
    from newsflow.commands.run import render
    from newsflow.reprocess import pipeline

    result = pipeline.apply(database_settings(), _name(name, f"apply-{number}"), number)
    typer.echo(json.dumps(result.as_dict()) if as_json else render(result))


@app.command()
def undo(number: Number, name: Name = "", as_json: Json = False) -> None:
    """Undo an applied one: articles and revisions are those before it."""
    from newsflow.commands.run import render
    from newsflow.reprocess import pipeline

    result = pipeline.undo(database_settings(), _name(name, f"undo-{number}"), number)
    typer.echo(json.dumps(result.as_dict()) if as_json else render(result))


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """List all, the newest first."""
    from newsflow.store import queries
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        found = [row._asdict() for row in queries.reprocess.list_all(conn)]
    if as_json:
        typer.echo(json.dumps({"reprocesses": found}, default=str))
        return
    for row in found:
        typer.echo(f"{row['reprocess_id']:>5}  {row['state']:<10} {row['pages']:>7} pages  {row['extractor']}")
