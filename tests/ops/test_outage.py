"""One judge of our own outages: the watch says what poll found, neither more nor less."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.ops.watch import watch
from newsflow.poll import gaps
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction
from tests.ops.scenario import FIRST, Month, Outlet


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(database_url=SecretStr(dsn), archive=str(tmp_path))


def polled(conn: Connection, counts: str) -> None:
    """A run of news_poll that counted so."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.run (dag_id, dag_run_id, started_at, state) values ('news_poll', %s, %s, 'success')"
            " returning run_id",
            (counts, FIRST),
        )
        cursor.execute(
            "insert into ingest.run_stage (run_id, stage, started_at, counts) values (%s, 'poll', %s, %s)",
            (cursor.fetchone()[0], FIRST, counts),
        )


def look(conn: Connection, settings: Settings, minutes: int) -> tuple[bool, bool]:
    """(alarm lasts, gap is open) after a watch."""
    now = FIRST + timedelta(minutes=minutes)
    watch(settings, clock=lambda: now)
    with transaction(conn):
        lasting = queries.ops.lasting_alarms(conn)
        gap = queries.ops.own_outage(conn)
    return "own_outage" in {alarm.cause for alarm in lasting}, gap is not None


@pytest.fixture
def hundred(conn: Connection) -> Month:
    return Month(conn, [Outlet(f"p{n}.example") for n in range(100)], outage_night=999)


def begin(conn: Connection, at: datetime, origins: int) -> None:
    with transaction(conn):
        gaps.own_outage(conn, at, origins)


def test_an_outage_of_some_origins_lasts_until_poll_says_that_it_is_over(
    conn: Connection, settings: Settings, hundred: Month
) -> None:
    """40 of 100 fell silent at once: the watch, which counted shares, closed the alarm and left the gap open."""
    polled(conn, '{"ok": 60, "own_outage": 40}')
    begin(conn, FIRST, 40)
    assert look(conn, settings, 5) == (True, True)
    assert look(conn, settings, 20) == (True, True)
    with transaction(conn):
        gaps.outage_over(conn, FIRST + timedelta(minutes=25))
    assert look(conn, settings, 30) == (False, False)


def test_the_watch_opens_no_outage_of_its_own(conn: Connection, settings: Settings, hundred: Month) -> None:
    """Poll has looked at the times, and found that others answered meanwhile."""
    polled(conn, '{"ok": 10, "connect_error": 90}')
    assert look(conn, settings, 5) == (False, False)
