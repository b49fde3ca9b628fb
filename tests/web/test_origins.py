"""Pace, breaker and robots.txt in Postgres."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.store.db import connect, transaction
from newsflow.web import origins
from newsflow.web.pace import Pace
from newsflow.web.robots import RobotsFile
from newsflow.web.urls import BadUrl

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
LATER = NOW + timedelta(hours=1)


def test_ids_by_origin(conn: Connection) -> None:
    found = origins.ensure(conn, ["https://a.example/x", "https://a.example:443/y", "http://b.example:8080"])
    assert sorted(found) == ["http://b.example:8080", "https://a.example"]
    assert origins.ensure(conn, ["https://a.example/z"])["https://a.example"] == found["https://a.example"]
    assert origins.ensure(conn, []) == {}
    with pytest.raises(BadUrl):
        origins.ensure(conn, ["ftp://x/"])


def test_two_processes_add_the_same_origin(dsn: str, conn: Connection) -> None:
    other = connect(dsn)
    with transaction(conn):
        first = origins.ensure(conn, ["https://a.example/"])
    with transaction(other):
        assert origins.ensure(other, ["https://a.example/", "https://b.example/"]) | first
    other.close()


def test_pace_and_robots_survive(conn: Connection) -> None:
    number = origins.ensure(conn, ["https://a.example/"])["https://a.example"]
    origin = origins.load(conn, [number])[number]
    assert origin.pace == Pace()
    assert origin.robots is None
    origin.pace = Pace(2.5, 0.25, 3, LATER, "rate_limited", NOW)
    origin.robots, origin.robots_saved = RobotsFile(200, "User-agent: *", NOW, LATER), False
    origins.save(conn, [origin])
    again = origins.load(conn, [number])[number]
    assert (again.pace, again.robots) == (origin.pace, origin.robots)


def test_later_pause_of_another_process_wins(conn: Connection) -> None:
    number = origins.ensure(conn, ["https://a.example/"])["https://a.example"]
    ours, theirs = (origins.load(conn, [number])[number] for _ in range(2))
    theirs.pace = Pace(failures=1, cool_until=LATER, cool_reason="rate_limited")
    origins.save(conn, [theirs])
    ours.pace = Pace(response_s=0.5, next_request_at=NOW)
    origins.save(conn, [ours])
    assert (ours.pace.cool_until, ours.pace.cool_reason) == (LATER, "rate_limited")
    assert (ours.pace.response_s, ours.pace.next_request_at) == (0.5, NOW)
    ours.pace = replace(ours.pace, cool_until=NOW, cool_reason="forbidden")
    origins.save(conn, [ours])
    assert (ours.pace.cool_until, ours.pace.cool_reason) == (LATER, "rate_limited")


def test_saving_loses_no_change_of_a_worker(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker moves on between our reading the pace and the database's answer."""
    number = origins.ensure(conn, ["https://a.example/"])["https://a.example"]
    origin = origins.load(conn, [number])[number]
    origin.pace = Pace(next_request_at=NOW)
    values = origins._values

    def overtaken(origin_id: int, pace: Pace) -> tuple[object, ...]:
        row = values(origin_id, pace)
        origin.change(lambda found: replace(found, next_request_at=LATER, failures=2))
        return row

    monkeypatch.setattr(origins, "_values", overtaken)
    origins.save(conn, [origin])
    assert (origin.pace.next_request_at, origin.pace.failures) == (LATER, 2)


def test_saving_all_or_nothing_known(conn: Connection) -> None:
    numbers = origins.ensure(conn, [f"https://h{n}.example/" for n in range(50)])
    loaded = origins.load(conn, numbers.values())
    assert len(loaded) == 50
    origins.save(conn, list(loaded.values()))
    origins.save(conn, [])


def test_statements_do_not_grow_with_the_batch(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    from newsflow.store import named_query

    sql = named_query.sql
    monkeypatch.setattr(named_query, "sql", lambda name: (counted.append(name), sql(name))[1])
    for size in (1, 40):
        counted.clear()
        numbers = origins.ensure(conn, [f"https://n{n}.example/" for n in range(size)])
        origins.save(conn, list(origins.load(conn, numbers.values()).values()))
        assert len(counted) == 4
