"""`newsflow import`: articles that you already have, from JSON, CSV or Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.commands.home_database import database_settings

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    from newsflow.commands.progress_bars import Bar
    from newsflow.importer.read import FileReading
    from newsflow.importer.step import Imported

app = typer.Typer(add_completion=False)
_SHOWN = 20  # rejects that are printed; --json has the first thousand, the database all


@app.command()
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON, CSV or Parquet")],
    columns: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN; may be repeated.")] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that name none: Europe/Madrid or +02:00.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Import articles: url and body are needed; title, published_at, publisher, language, authors, … are taken along.

    They go through deduplication and load like all others. A second import changes nothing.
    Exit code 0: done (rejected rows are named); 1: the file can't be read, or no row of it could be taken.
    """
    from newsflow.commands.progress_bars import watched
    from newsflow.dates import zones
    from newsflow.importer.columns import ColumnMapError, parse_map
    from newsflow.importer.step import import_file

    try:
        mapped = parse_map(columns or [])
    except ColumnMapError as error:
        raise typer.BadParameter(str(error), param_hint="--map") from None
    named = zones.read(zone.strip().casefold()) if zone else None
    if zone and named is None:
        raise typer.BadParameter(f"{zone!r} is no zone: write Europe/Madrid or +02:00", param_hint="--zone")
    settings, bars = database_settings(), Bars()
    with watched(settings, bars.look):
        result = import_file(settings, file, mapped, zone=named, begun=bars.begin)
    _show(result, as_json)
    raise typer.Exit(1 if result.rejected and not result.counts else 0)


@dataclass
class Bars:
    """How far an import is: the file by its bytes and rows, then the stages by their pages."""

    _run_id: int = 0
    _reading: FileReading | None = None
    _started: float = 0
    _seconds: float = 1

    def begin(self, run_id: int, reading: FileReading) -> None:
        """An import has begun."""
        self._run_id, self._reading, self._started = run_id, reading, monotonic()

    def look(self, conn: Connection) -> Iterator[Bar]:
        """A bar for the file and one for each stage that has begun."""
        from newsflow.commands.progress_bars import Bar, stages

        if self._reading is None:
            return
        done, size, rows = self._reading.done, self._reading.size, self._reading.records
        if done < size:
            self._seconds = monotonic() - self._started
        yield Bar("read, MB", round(done / 1e6), round(size / 1e6), f"{rows:,} rows, {rows / self._seconds:,.0f}/s")
        yield from stages(self._run_id)(conn)


def _show(result: Imported, as_json: bool) -> None:
    if as_json:
        rejects = [{"line": r.line, "outcome": r.outcome, "reason": r.reason} for r in result.rejects]
        found = {"counts": result.counts, "rejected": result.rejected, "rejects": rejects, "notes": dict(result.notes)}
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for reject in result.rejects[:_SHOWN]:
        typer.echo(f"line {reject.line}: {reject.reason}", err=True)
    if result.rejected > _SHOWN:
        typer.echo(f"… and {result.rejected - _SHOWN} more (all of them: table ingest.import_reject)", err=True)
    for note, rows in result.notes.most_common(_SHOWN):
        typer.echo(f"{note} ({rows} rows)", err=True)
    parts = [f"{count} {outcome}" for outcome, count in sorted(result.counts.items())]
    typer.echo(f"imported: {', '.join(parts) or 'nothing'}; rejected: {result.rejected}")
