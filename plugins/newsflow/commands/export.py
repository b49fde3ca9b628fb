"""`newsflow export`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Annotated

import typer
from psycopg2.extensions import connection as Connection

from newsflow.commands.home_database import database_settings
from newsflow.export.formats import FORMATS, USUAL
from newsflow.text.counted import counted

app = typer.Typer(add_completion=False)


@app.command()
def export(
    to: Annotated[str, typer.Argument(help="Folder, or object-store URL such as s3://bucket/news.")],
    since: Annotated[
        str, typer.Option(help="A change_id, or a date (2026-03-01); none: go on where the folder's manifest ends.")
    ] = "",
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = USUAL,
    columns: Annotated[str, typer.Option(help="Columns of news.articles, by commas; none: all.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Export articles that changed since a cursor: whole files, and a manifest."""
    from newsflow.clock import utcnow
    from newsflow.export.step import Target
    from newsflow.export.step import export as write
    from newsflow.store.migrate import ready_session

    if format not in FORMATS:
        raise typer.BadParameter(f"no format {format}; there are {', '.join(FORMATS)}")
    names = [name.strip() for name in columns.split(",") if name.strip()]
    with ready_session(database_settings().dsn, application="newsflow export") as conn, _bar() as progress:
        start = _cursor(conn, since)
        made = write(conn, Target(to), utcnow(), since=start, format=format, columns=names, progress=progress)
    if as_json:
        typer.echo(json.dumps(asdict(made) if made else {"rows": 0}))
    elif made:
        typer.echo(
            f"{made.file}: {counted(made.rows, 'article')}, {made.bytes:,} bytes; the next begins at {made.until}"
        )
    else:
        typer.echo("nothing has changed")


def _cursor(conn: Connection, since: str) -> int | None:
    if not since:
        return None
    if since.isdecimal():
        return int(since)
    from newsflow.store import queries

    try:
        time = datetime.fromisoformat(since)
    except ValueError:
        raise typer.BadParameter(f"--since {since!r} is neither a change_id nor a date") from None
    time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    return int(queries.export.cursor_at(conn, time=time))


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        "export", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("export", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
