"""`newsflow retract`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from newsflow.commands.home_database import database_settings

app = typer.Typer(add_completion=False)


@app.command()
def retract(
    url: Annotated[str, typer.Argument(help="Address of the article.")],
    why: Annotated[str, typer.Option(help="Reason, kept with the tombstone.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take a retraction back; the next run makes it again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Take an article out of the contract, tell consumers, and keep it from returning; or take that back."""
    from newsflow.clock import utcnow
    from newsflow.maintain.retraction import find, restore
    from newsflow.maintain.retraction import retract as take_out
    from newsflow.store.migrate import ready_session

    if bool(why) == undo:
        raise typer.BadParameter("say --why it is taken out, or --undo to take that back")
    with ready_session(database_settings().dsn, application="newsflow retract") as conn:
        page = find(conn, url)
        if not undo:
            take_out(conn, [page], why, utcnow())
        elif not restore(conn, page, utcnow()):
            raise typer.BadParameter(f"{url} was not retracted")
    told = "may return with the next run" if undo else "is retracted and will not return"
    typer.echo(json.dumps({"article_id": page}) if as_json else f"article {page} {told}")
