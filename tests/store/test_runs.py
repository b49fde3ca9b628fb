"""The ledger of runs on a real server: planning, taking over, counting."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.outcomes import Stage
from newsflow.settings import Settings
from newsflow.store import queries, run_shards, runs
from newsflow.store.db import transaction
from newsflow.store.locks import LockedError
from newsflow.store.stage_work import work

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=timezone.utc)
SETTINGS = Settings(shards=4, shard_pages=10)


def add_pages(conn: Connection, origin: str, count: int, state: str = "pending", publisher: str = "") -> None:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.publisher (name) values (%s) on conflict (name) do update set name = excluded.name"
            " returning publisher_id",
            (publisher or origin,),
        )
        publisher_id = cursor.fetchone()[0]
        cursor.execute(
            "insert into ingest.origin (origin, publisher_id) values (%s, %s) returning origin_id",
            (origin, publisher_id),
        )
        origin_id = cursor.fetchone()[0]
        for number in range(count):
            url = f"{origin}/{number}"
            cursor.execute(
                "insert into ingest.page (url, url_hash, origin_id, publisher_id, state) values (%s, %s, %s, %s, %s)",
                (url, hashlib.sha256(url.encode()).digest(), origin_id, publisher_id, state),
            )


def start(conn: Connection, name: str = "r1", now: datetime = NOW) -> int:
    return runs.start(conn, "news_ingest", name, now, {})


def placed(conn: Connection, run_id: int) -> list[tuple[str, int]]:
    with conn.cursor() as cursor:
        cursor.execute(
            "select distinct o.origin, x.shard from ingest.run_page x join ingest.page using (page_id)"
            " join ingest.origin o using (origin_id) where run_id = %s order by 1",
            (run_id,),
        )
        return [tuple(r) for r in cursor.fetchall()]


def test_a_retried_start_finds_its_run_again(conn: Connection) -> None:
    assert start(conn) == start(conn)
    assert start(conn, "r2") != start(conn)


def test_an_origin_is_in_one_shard_and_shards_are_even(conn: Connection) -> None:
    for number in range(20):
        add_pages(conn, f"http://h{number:02}", 5)
    run_id = start(conn)
    shards = run_shards.plan(conn, run_id, SETTINGS, NOW)
    assert [(s.to_fetch, s.to_extract) for s in shards] == [(25, 25)] * 4
    assert len(placed(conn, run_id)) == 20


def test_few_pages_make_one_shard(conn: Connection) -> None:
    add_pages(conn, "http://a", 3)
    add_pages(conn, "http://b", 4)
    assert [(s.shard, s.to_fetch, s.origins) for s in run_shards.plan(conn, start(conn), SETTINGS, NOW)] == [(0, 7, 2)]


def test_planning_twice_takes_nothing_twice(conn: Connection) -> None:
    add_pages(conn, "http://a", 30)
    run_id = start(conn)
    first = run_shards.plan(conn, run_id, SETTINGS, NOW)
    assert run_shards.plan(conn, run_id, SETTINGS, NOW) == first


def test_limit_and_publishers_narrow_the_plan(conn: Connection) -> None:
    add_pages(conn, "http://a", 30, publisher="alpha")
    add_pages(conn, "http://b", 30, publisher="beta")
    run_id = start(conn)
    run_shards.plan(conn, run_id, SETTINGS, NOW, publishers=["beta"], limit=7)
    assert {origin for origin, _ in placed(conn, run_id)} == {"http://b"}
    assert sum(s.taken for s in runs.funnel(conn, run_id)) == 7


@pytest.mark.parametrize(
    "statement",
    [
        "update ingest.page set next_attempt_at = '2026-03-01T02:00:01Z'",
        "update ingest.publisher set paused = true",
        "update ingest.page set state = 'rejected'",
    ],
)
def test_what_is_not_due_is_left(conn: Connection, statement: str) -> None:
    add_pages(conn, "http://a", 3)
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(statement)
    assert run_shards.plan(conn, start(conn), SETTINGS, NOW) == []


def test_a_page_is_in_one_running_run_only(conn: Connection) -> None:
    add_pages(conn, "http://a", 3)
    add_pages(conn, "http://b", 3, state="captured")
    first, second = start(conn), start(conn, "r2")
    assert sum(s.to_extract for s in run_shards.plan(conn, first, SETTINGS, NOW)) == 6
    assert run_shards.plan(conn, second, SETTINGS, NOW) == []


def test_the_next_run_takes_over_what_a_broken_one_left(conn: Connection) -> None:
    for state in ("captured", "extracted", "clustered", "pending"):
        add_pages(conn, f"http://{state}", 2, state=state)
    broken = start(conn)
    run_shards.plan(conn, broken, SETTINGS, NOW)
    with transaction(conn):
        queries.runs.finish(conn, run_id=broken, state="failed", verdict="", now=NOW)
    following = start(conn, "r2", NOW + timedelta(days=1))
    run_shards.plan(conn, following, SETTINGS, NOW + timedelta(days=1))
    entered = {r.entered: r.pages for r in queries.runs.entered(conn, run_id=following)}
    assert entered == {"fetch": 2, "extract": 2, "deduplicate": 2, "load": 2}


def test_a_run_that_was_killed_is_closed_by_the_next_one_of_its_dag(conn: Connection) -> None:
    add_pages(conn, "http://a", 3)
    killed = start(conn)
    run_shards.plan(conn, killed, SETTINGS, NOW)
    following = runs.start(conn, "news_ingest", "r2", NOW, {}, alone=True)
    assert sum(s.to_extract for s in run_shards.plan(conn, following, SETTINGS, NOW)) == 3
    with conn.cursor() as cursor:
        cursor.execute("select run_id, state from ingest.run")
        assert dict(cursor.fetchall()) == {killed: "failed", following: "running"}


# -- runs that live, and dead ones --

LEFT = ("pending", "captured", "extracted", "clustered")
QUIET = "update ingest.run set seen_at = now() - interval '61 minutes'"


def utc() -> datetime:
    return NOW


def own(dsn: str, name: str = "mine") -> AbstractContextManager[int]:
    return runs.own_run(dsn, "cli", name, {}, utc)


def states(conn: Connection) -> dict[int, str]:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("select run_id, state || case when broken_off then ', broken off' else '' end from ingest.run")
        return dict(cursor.fetchall())


def execute(conn: Connection, statement: str, *values: object) -> None:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(statement, values)


def taken(conn: Connection, run_id: int) -> int:
    run_shards.plan(conn, run_id, SETTINGS, NOW)
    return sum(r.pages for r in queries.runs.entered(conn, run_id=run_id))


@pytest.mark.parametrize("state", LEFT)
@pytest.mark.parametrize("next_run", ["cli", "news_ingest", "news_backfill", "import"])
def test_the_next_run_of_any_kind_takes_a_dead_ones_pages_at_once(
    conn: Connection, dsn: str, state: str, next_run: str
) -> None:
    add_pages(conn, "http://a", 3, state=state)
    dead = runs.start(conn, "cli", "dead", NOW, {}, in_process=True)  # nobody holds its lock, as after a kill
    assert taken(conn, dead) == 3
    assert taken(conn, runs.start(conn, next_run, "next", NOW, {})) == 3
    assert states(conn)[dead] == "failed, broken off"


def test_a_run_in_a_process_that_lives_keeps_its_pages(
    conn: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_pages(conn, "http://a", 3)
    with own(dsn) as run_id:
        assert taken(conn, run_id) == 3
        execute(conn, QUIET)
        assert taken(conn, runs.start(conn, "news_ingest", "next", NOW, {}, alone=True)) == 0
        monkeypatch.setattr(runs, "TAKEOVER_S", 0.0)
        with pytest.raises(LockedError, match="is at work already"), own(dsn):
            pass
        assert states(conn)[run_id] == "running"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(30, "Read-only file system"), ZeroDivisionError()])
def test_a_run_that_breaks_off_closes_itself_and_says_why(conn: Connection, dsn: str, error: BaseException) -> None:
    with pytest.raises(type(error)), own(dsn) as run_id:
        raise error
    assert states(conn)[run_id] == "failed, broken off"
    with conn.cursor() as cursor:
        cursor.execute("select verdict from ingest.run")
        verdict = cursor.fetchone()[0]
    assert verdict.startswith("Not good: ")
    assert any(word in verdict for word in ("stopped by a person", "Read-only file system", "ZeroDivisionError"))


@pytest.mark.parametrize(
    ("says", "statement", "state"),
    [
        (None, "select", "running"),  # between two tasks
        (None, QUIET, "failed, broken off"),
        (None, "update ingest.run set seen_at = now() + interval '1 year'", "failed, broken off"),  # a wrong clock
        (True, QUIET, "running"),  # it waits for a slot of its pool
        (False, "select", "failed, broken off"),  # marked as failed by hand, or deleted
    ],
)
def test_a_schedulers_run_lives_as_long_as_the_scheduler_says(
    conn: Connection, says: bool | None, statement: str, state: str
) -> None:
    run_id = start(conn)
    execute(conn, statement)
    runs.start(conn, "cli", "next", NOW, {}, scheduler=lambda dag_id, name: says)
    assert states(conn)[run_id] == state


def test_a_step_at_work_keeps_its_run_alive_whatever_anybody_says(conn: Connection, dsn: str) -> None:
    run_id = start(conn)
    with work(Settings(database_url=dsn), run_id, Stage.FETCH, 3, utc):
        execute(conn, QUIET)
        execute(conn, "update ingest.run_stage set seen_at = now() - interval '1 day'")
        runs.start(conn, "news_ingest", "next", NOW, {}, alone=True, scheduler=lambda dag_id, name: False)
    assert states(conn)[run_id] == "running"


@pytest.mark.parametrize("state", LEFT)
@pytest.mark.parametrize("done", [True, False])
def test_a_run_that_opens_again_gives_up_what_others_took(conn: Connection, dsn: str, state: str, done: bool) -> None:
    add_pages(conn, "http://a", 3, state=state)
    add_pages(conn, "http://b", 2, state=state, publisher="paused")
    first = start(conn)
    assert taken(conn, first) == 5
    execute(conn, "update ingest.run set state = 'failed', ended_at = now()")
    second = runs.start(conn, "cli", "second", NOW, {})
    execute(conn, "update ingest.publisher set paused = true where name = 'paused'")
    took = taken(conn, second)
    if done:
        execute(conn, "update ingest.run set state = 'success' where run_id = %s", second)
        execute(
            conn,
            "update ingest.page set state = 'loaded' where page_id in"
            " (select page_id from ingest.run_page where run_id = %s)",
            second,
        )
    with work(Settings(database_url=dsn), first, Stage.EXTRACT, 0, utc):
        kept = sum(r.pages for r in queries.runs.entered(conn, run_id=first))
    assert (states(conn)[first], kept) == ("running", 5 - took)


def test_the_funnel_follows_pages_from_stage_to_stage(conn: Connection) -> None:
    add_pages(conn, "http://a", 4)
    add_pages(conn, "http://c", 1, state="captured")
    run_id = start(conn)
    run_shards.plan(conn, run_id, SETTINGS, NOW)
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(
            "update ingest.run_page x set fetch_outcome = case when p.url like '%%/0' then 'not_found' else 'ok' end"
            " from ingest.page p where p.page_id = x.page_id and x.entered = 'fetch'"
        )
    stages = {s.stage: s for s in runs.funnel(conn, run_id)}
    assert stages["fetch"].outcomes == {"ok": 3, "not_found": 1}
    assert (stages["extract"].taken, stages["extract"].open) == (4, 4)


def test_work_notes_start_counts_and_end(dsn: str, conn: Connection) -> None:
    run_id = start(conn)
    settings = Settings(database_url=dsn)
    for _ in range(2):
        with work(settings, run_id, Stage.FETCH, 1, lambda: NOW) as step:
            step.count("ok", 3)
            step.count("not_found")
    (row,) = queries.runs.stages(conn, run_id=run_id)
    assert (row.stage, row.shard, row.attempts, row.counts) == ("fetch", 1, 2, {"ok": 3, "not_found": 1})
    assert row.ended_at == NOW


def test_work_that_dies_has_no_end(dsn: str, conn: Connection) -> None:
    run_id = start(conn)
    with (
        pytest.raises(ZeroDivisionError),
        work(Settings(database_url=dsn), run_id, Stage.FETCH, 0, lambda: NOW),
    ):
        raise ZeroDivisionError
    (row,) = queries.runs.stages(conn, run_id=run_id)
    assert row.ended_at is None
