"""What a page may ask for by the type of a parameter: a connection, the time, the settings, the Dags' schedules.

A page's function gets them handed in, so it runs without a server too: `pages.last_night(conn, now)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Annotated

from fastapi import Depends
from psycopg2.extensions import connection as Connection

from newsflow.clock import utcnow
from newsflow.ops.connection import server_settings
from newsflow.ops.schedules import DagState, read
from newsflow.settings import Settings
from newsflow.store.db import session


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of the API server, looked up once."""
    return server_settings()


Options = Annotated[Settings, Depends(settings)]


def database(options: Options) -> Iterator[Connection]:
    """A connection for one request; a page never waits longer than five seconds for a statement."""
    with session(options.dsn, application="newsflow ops") as conn:
        with conn.cursor() as cursor:
            cursor.execute("set statement_timeout = '5s'")
        yield conn


def moment() -> datetime:
    """Now; tests give another."""
    return utcnow()


Database = Annotated[Connection, Depends(database)]
Now = Annotated[datetime, Depends(moment)]
Schedules = Annotated[list[DagState], Depends(read)]
