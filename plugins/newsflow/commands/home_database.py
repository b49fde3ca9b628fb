"""The database of a command: the one that is named, else that of this machine's home, started where it is not up."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from newsflow.settings import Settings, get_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from psycopg2.extensions import connection as Connection

    from newsflow.local.home import Home

T = TypeVar("T")

_open = ExitStack()  # what lasts until the command ends


def home() -> Home:
    """The home of this machine's servers, as the settings have it."""
    from newsflow.local.home import Home

    return Home(get_settings().home.expanduser().resolve())


def command_settings() -> Settings:
    """The settings, with the contact that was given in this home where the environment names none."""
    from newsflow.local import contact

    return contact.known(home(), get_settings())


def database_settings(*, any_release: bool = False) -> Settings:
    """The settings of a command that needs the news database.

    Where no database is named, `make run` may be up in the home: its server is used, and waits for us before it
    stops. Else the home's own server is started until the command ends. Without PostgreSQL's programs on this
    machine, the settings stay as they are: to use their database then says that none is set.

    :param any_release: for backup and restore, which take a newer database as it is.
    """
    settings = command_settings()
    if settings.database_url.get_secret_value():
        return settings
    from newsflow.local.database import database
    from newsflow.local.postgres import binaries
    from newsflow.local.terminal import Terminal

    try:
        binaries()
    except FileNotFoundError:
        return settings
    url = _open.enter_context(database(home(), settings, Terminal.on_stderr(), any_release=any_release))
    return settings.model_copy(update={"database_url": SecretStr(url)})


def airflow_url() -> str:
    """The pages of the Airflow that is up in this home; empty where none is."""
    running = home().running()
    return running.airflow_url if running else ""


def close() -> None:
    """Stop what was started for the command."""
    _open.close()


def on_database(act: Callable[[Connection, datetime], T], application: str = "newsflow") -> T:
    """Do something to the database now, by a command that is named in the server's list of sessions."""
    from newsflow.clock import utcnow
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn, application=application) as conn:
        return act(conn, utcnow())


def libpq(url: str) -> dict[str, str]:
    """The URL as libpq's variables: a password in the arguments would stand in the list of processes."""
    from newsflow.dsn import parts

    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {names[key]: str(value) for key, value in parts(url).items() if key in names}
