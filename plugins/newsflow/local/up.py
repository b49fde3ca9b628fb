"""`newsflow up` and `newsflow down`: start the servers of a home, or use those that are up, and end them."""

from __future__ import annotations

import time
from pathlib import Path

from pydantic import SecretStr

from newsflow.local import contact, processes, sample
from newsflow.local.airflow import READY_S, AirflowError, Client
from newsflow.local.database import server
from newsflow.local.home import BusyError, Home, Running
from newsflow.local.launcher import Closing, Launcher, nothing_more, tell
from newsflow.local.nightly_run import addresses, ingest, summary
from newsflow.local.own_feeds import import_feeds
from newsflow.local.postgres import PostgresError
from newsflow.local.terminal import Terminal
from newsflow.names import NEWS_INGEST
from newsflow.settings import Settings


def up(
    home: Home,
    settings: Settings,
    show: Terminal,
    *,
    run: bool,
    once: bool,
    feeds: Path | None,
    closing: Closing = nothing_more,
) -> int:
    """Start, run, show, stay; or use the servers that are up here already. Returns the exit code."""
    deadline, told = time.monotonic() + READY_S, False
    while True:
        try:
            return _up(Launcher(home, settings, show, feeds, closing, once), run=run)
        except BusyError as error:
            running = home.running()
            if running and running.airflow_url:
                with home.used():
                    if home.running() == running:  # it may have begun to stop meanwhile
                        return attach(home, running, settings, show, run=run, feeds=feeds, closing=closing)
            if time.monotonic() > deadline:
                raise
            if not told:
                show.line(f"· {error}: waiting until it is up, or gone …")
            told = True
            time.sleep(1)


def _up(launcher: Launcher, *, run: bool) -> int:
    """Start, run, show, stay.

    :raises BusyError: where another launcher holds the home.
    """
    show, good = launcher.show, True
    try:
        with launcher.open():
            good = launcher.show_run() if run else launcher.show_addresses()
            if not launcher.once:
                show.line("\nup until Ctrl-C")
                launcher.stay()
    except KeyboardInterrupt:
        show.line("stopped")
        return 130 if launcher.working else int(not good)
    except (AirflowError, PostgresError) as error:
        show.line(f"! {error}")
        return 1
    return int(not good)


def attach(
    home: Home,
    running: Running,
    settings: Settings,
    show: Terminal,
    *,
    run: bool,
    feeds: Path | None,
    closing: Closing = nothing_more,
) -> int:
    """Use the servers that another launcher of this home keeps up, and leave them up."""
    show.line(f"✓ servers of this checkout are up already (process {running.pid}); using them")
    settings = settings.model_copy(update={"database_url": SecretStr(running.database_url)})
    settings = contact.known(home, settings)
    if feeds:
        import_feeds(feeds, settings)
    client = Client(running.airflow_url, home.password())
    good = _one_run(home, client, settings, show) if run else True
    show.where(addresses(home, settings, running.airflow_url, on_screen=show.is_screen))
    tell(show, closing, settings, client)
    return int(not good)


def _one_run(home: Home, client: Client, settings: Settings, show: Terminal) -> bool:
    """One run of `news_ingest` on servers that are up; whether it was good."""
    force = sample.runs(settings, home.newsroom_notes)
    result = ingest(client, settings, show, NEWS_INGEST, force=force)
    summary(settings, show, result)
    if result.good and force:
        sample.turn_page(home.newsroom_notes)
    return result.good


def down(home: Home) -> int:
    """End the launcher of this home and whatever is left of it; returns how many processes ended."""
    running, stopped = home.prepare().running(), 0
    if running:
        processes.end([running.pid], grace_s=60)
        stopped += 1
    left = processes.marked(home.mark)
    processes.end(left)
    embedded = server(home)
    if embedded.running():
        embedded.stop()
        left.append(0)
    home.withdraw()
    return stopped + len(left)
