"""`newsflow up`, `newsflow down` and `newsflow psql`: the servers of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from newsflow.commands.home_database import database_settings, home, libpq
from newsflow.settings import get_settings

up_app = typer.Typer(add_completion=False)
down_app = typer.Typer(add_completion=False)
psql_app = typer.Typer(add_completion=False)

FEEDS = typer.Option(
    exists=True, dir_okay=False, readable=True, resolve_path=True, help="OPML, text or YAML with feeds."
)


@up_app.command()
def up(
    run: Annotated[
        bool, typer.Option("--run", help="Start a run of news_ingest, watch it, show what came of it.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="End after that, with the run's status.")] = False,
    feeds: Annotated[Path | None, FEEDS] = None,
) -> int:
    """Start PostgreSQL and Airflow on this machine, and stay up until Ctrl-C.

    Where servers of this home are up already, those are used, and left up.
    """
    from newsflow.commands.checklist import closing
    from newsflow.local.terminal import Terminal
    from newsflow.local.up import up as start

    return start(home(), get_settings(), Terminal(), run=run, once=once, feeds=feeds, closing=closing)


@down_app.command()
def down() -> int:
    """Stop the servers that another terminal started, and what a killed one may have left."""
    from newsflow.local.up import down as stop

    stopped = stop(home())
    typer.echo(f"stopped {stopped} processes" if stopped else "nothing was running")
    return 0


@psql_app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": ["--help"]}
)
def psql(context: typer.Context) -> int:
    """Open psql on the news database; a server is started for it where none is up. Options are psql's."""
    from newsflow.local.postgres import binaries

    words, url = [str(binaries() / "psql"), *context.args], database_settings().dsn
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # psql cancels its query on Ctrl-C, and stays
    try:
        return subprocess.run(words, env=environment(url), check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def environment(url: str) -> dict[str, str]:
    """Ours, and the server's address for PostgreSQL's programs."""
    return {**os.environ, **libpq(url)}
