"""The news database of a home: the user's own, that of servers at work here, or an embedded one for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from newsflow.local.airflow import READY_S
from newsflow.local.ending import let_others_end
from newsflow.local.home import BusyError, Home, Running, myself
from newsflow.local.postgres import Server, binaries
from newsflow.local.terminal import Terminal
from newsflow.local.unprivileged import data_folder
from newsflow.settings import Settings
from newsflow.store.db import session
from newsflow.store.migrate import MigrationError, migrate

DATABASE, METADATA = "news", "airflow"


def server(home: Home) -> Server:
    """The embedded server of a home, not yet started."""
    return Server(data_folder(home.root) / "data", 0, binaries())


@contextmanager
def database(home: Home, settings: Settings, show: Terminal, *, any_release: bool = False) -> Iterator[str]:
    """URL of the news database: the user's, that of servers at work here, or one started for as long as this lasts.

    One that is started is at this release's schema.

    :param any_release: whether one of a newer release, or of an edited schema, is given as it is.
    :raises MigrationError: where it is not, and such a one is found.
    """
    if own := settings.database_url.get_secret_value():
        yield own
        return
    with ExitStack() as stack:
        if running := _join(home.prepare(), stack):
            yield running.database_url
            return
        embedded = server(home)
        with show.step("starting PostgreSQL"):
            embedded.start()
        try:
            embedded.ensure_database(DATABASE)
            url = embedded.url(DATABASE)
            with suppress(*([MigrationError] if any_release else [])), session(url) as conn:
                migrate(conn)
            home.announce(myself(url))
            yield url
        finally:
            let_others_end(home, show)
            embedded.stop()


def _join(home: Home, stack: ExitStack) -> Running | None:
    """Use the servers that are up here, for as long as the stack lasts; else hold the home (None).

    Where another newsflow is just starting or stopping them, wait for it.

    :raises BusyError: where that takes more than `READY_S`.
    """
    deadline = time.monotonic() + READY_S
    while True:
        with ExitStack() as use:
            use.enter_context(home.used())
            if running := home.running():
                stack.push(use.pop_all())
                return running
        try:
            stack.enter_context(home.held())
        except BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return None
