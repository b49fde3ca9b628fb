"""`newsflow dedupe --rebuild`: sketches and stories anew, after the algorithm changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.commands.home_database import database_settings
from newsflow.text.counted import counted

if TYPE_CHECKING:
    from newsflow.dedupe.rebuild import Rebuilt

app = typer.Typer(add_completion=False)


@app.command()
def dedupe(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Sketch and compare all articles anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Rebuild sketches and stories with the present algorithm.

    Can be stopped and started again: it goes on where it was. Runs beside the nightly run;
    what changed reaches analysts with the next load.
    """
    if not rebuild:
        raise typer.BadParameter("say --rebuild: there is nothing else to do here", param_hint="--rebuild")
    from newsflow.dedupe.rebuild import rebuild as roll

    found = roll(database_settings(), progress=_show)
    if as_json:
        typer.echo(json.dumps({"pages": found.pages, "moved": found.moved}))
    else:
        typer.echo(f"{counted(found.pages, 'article')} sketched and compared anew, {found.moved} changed their story")


def _show(found: Rebuilt) -> None:
    typer.echo(f"{found.pages} done, {found.left} to go, {found.moved} moved", err=True)
