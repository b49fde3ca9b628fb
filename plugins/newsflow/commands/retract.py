"""`newsflow retract`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from newsflow.settings import get_settings

app = typer.Typer(add_completion=False)


@app.command()
def retract(
    url: Annotated[str, typer.Argument(help="Address of the article.")],
    why: Annotated[str, typer.Option(help="Reason, kept with the tombstone.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Take an article out of the contract, tell consumers, and keep it from returning."""
    from newsflow.clock import utcnow
    from newsflow.maintain.retraction import find
    from newsflow.maintain.retraction import retract as take_out
    from newsflow.store.db import session

    with session(get_settings().dsn, application="newsflow retract") as conn:
        page = find(conn, url)
        take_out(conn, [page], why, utcnow())
    typer.echo(json.dumps({"article_id": page}) if as_json else f"article {page} is retracted and will not return")
