"""`newsflow import`: articles that you already have, from JSON lines, CSV or Parquet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.settings import get_settings

if TYPE_CHECKING:
    from newsflow.importer.step import Imported

app = typer.Typer(add_completion=False)
_SHOWN = 20  # rejects that are printed; --json has them all


@app.command()
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help=".jsonl, .csv or .parquet")],
    columns: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Import articles: url and body are needed; title, published_at, publisher, language, authors, … are taken along.

    They go through deduplication and load like all others. A second import changes nothing.
    Exit code 0: done (rejected rows are named); 1: the file can't be read, or no row of it could be taken.
    """
    from newsflow.importer.read import UnreadableError
    from newsflow.importer.rows import parse_map
    from newsflow.importer.step import import_file

    try:
        mapped = parse_map(columns or [])
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--map") from None
    try:
        result = import_file(get_settings(), file, mapped)
    except UnreadableError as error:
        typer.echo(f"newsflow import: {error}", err=True)
        raise typer.Exit(1) from None
    _show(result, as_json)
    raise typer.Exit(1 if result.rejects and not result.counts else 0)


def _show(result: Imported, as_json: bool) -> None:
    if as_json:
        rejects = [{"line": r.line, "reason": r.reason} for r in result.rejects]
        typer.echo(json.dumps({"counts": result.counts, "rejects": rejects}, ensure_ascii=False))
        return
    for reject in result.rejects[:_SHOWN]:
        typer.echo(f"line {reject.line}: {reject.reason}", err=True)
    if len(result.rejects) > _SHOWN:
        typer.echo(f"… and {len(result.rejects) - _SHOWN} more (--json lists them all)", err=True)
    parts = [f"{count} {outcome}" for outcome, count in sorted(result.counts.items())]
    typer.echo(f"imported: {', '.join(parts) or 'nothing'}; rejected: {len(result.rejects)}")
