"""`newsflow readers …`: who may read the schema `news`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.commands.home_database import database_settings

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Add, list and remove analysts and their tools.")

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Name = Annotated[str, typer.Argument(help="Role of a person or tool, such as ana.")]


@app.command("add")
def add(
    name: Name,
    connections: Annotated[int, typer.Option(min=1, max=1000, help="Sessions at a time.")] = 5,
    new_password: Annotated[bool, typer.Option("--new-password", help="Also where the reader is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a role that reads the schema news, with limits and a schema of its own; or make one right that is there."""
    from newsflow.maintain import readers
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        made = readers.add(conn, name, connections=connections, new_password=new_password)
        address = _address(conn, name, made.password)
        open_ = readers.still_open(conn)
    if as_json:
        found = {"name": name, "added": made.is_new, "password": made.password or None, "url": address}
        typer.echo(json.dumps(found | {"open": [row._asdict() for row in open_]}))
        return
    typer.echo(f"{'added' if made.is_new else 'made right:'} {name}, at most {connections} sessions")
    typer.echo(f"{address}{'   (the password is shown only now)' if made.password else ''}")
    for row in open_:
        typer.echo(f"! {row.what}; a superuser can change that: {row.cure};", err=True)


def _address(conn: Connection, name: str, password: str) -> str:
    place = conn.info
    return f"postgresql://{name}{':' if password else ''}{password}@{place.host}:{place.port}/{place.dbname}"


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the readers: sessions, their limit, and the size of their own tables."""
    from newsflow.maintain import readers
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        found = readers.readers(conn)
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found]))
        return
    for row in found:
        wrong = "" if row.limited else f"   has no limits: newsflow readers add {row.name}"
        limit = row.connections if row.connections >= 0 else "any number of"
        typer.echo(f"{row.name:24} {row.sessions} of {limit} sessions, {row.own_bytes / 1e6:,.1f} MB of tables{wrong}")
    if not found:
        typer.echo("no readers: newsflow readers add NAME")


@app.command("remove")
def remove(
    name: Name,
    drop_tables: Annotated[
        bool, typer.Option("--drop-tables", help="Its tables, too; else they stay as ours.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """End a reader's sessions and take the role away."""
    from newsflow.maintain import readers
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        kept = readers.remove(conn, name, drop_tables=drop_tables)
    if as_json:
        typer.echo(json.dumps({"name": name, "kept": kept}))
        return
    typer.echo(f"removed {name}" + (f"; {kept} tables and views stay in the schema {name}" if kept else ""))
