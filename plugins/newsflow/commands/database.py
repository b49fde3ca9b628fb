"""`newsflow migrate`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from newsflow.commands.home_database import database_settings

migrate_app = typer.Typer(add_completion=False)


@migrate_app.command()
def migrate(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Bring the database to the newest schema; safe to repeat."""
    from newsflow.store import db
    from newsflow.store import migrate as runner

    with db.session(database_settings().dsn) as conn:
        applied = runner.migrate(conn)
    if as_json:
        typer.echo(json.dumps({"applied": applied}))
    else:
        typer.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do: the schema is at its head")
