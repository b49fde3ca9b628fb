"""Maintenance on a real server: partitions, retention, the reaper, figures."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta, timezone

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow.load.step import load
from newsflow.local.postgres import Server
from newsflow.maintain import jobs
from newsflow.maintain.jobs import MaintenanceError, months_ahead
from newsflow.store.db import connect
from tests.load.world import T0, Ticker, World
from tests.waiting import wait_for

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.conn.close()


def run(world: World, *names: str, now: datetime = NOW, **settings: object) -> dict[str, dict[str, object]]:
    changed = world.settings.model_copy(update=settings)
    return {r.job: dict(r.result) for r in jobs.run(changed, names, clock=Ticker(now))}


def poll(world: World, at: datetime) -> None:
    world.rows("insert into ingest.poll (polled_at, feed_id, outcome) values (%s, 1, 'ok')", at)


def test_months_ahead_cross_the_year() -> None:
    assert months_ahead(NOW, 2) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_partitions_are_made_once(world: World) -> None:
    made = run(world, "partitions")["partitions"]["made"]
    assert made == [
        f"{parent}_y{month}" for parent in jobs.PARTITIONED for month in ("2026m11", "2026m12", "2027m01", "2027m02")
    ]
    assert run(world, "partitions")["partitions"]["made"] == []


def test_rows_go_to_their_month_and_others_to_the_default(world: World) -> None:
    run(world, "partitions")
    poll(world, NOW)
    poll(world, NOW - timedelta(days=400))
    assert world.rows("select tableoid::regclass::text from ingest.poll order by polled_at") == [
        ("ingest.poll_default",),
        ("ingest.poll_y2026m11",),
    ]


def test_rows_that_fell_into_the_default_are_moved(world: World) -> None:
    poll(world, NOW)
    poll(world, NOW + timedelta(days=10))
    run(world, "partitions")
    assert world.rows("select tableoid::regclass::text, poll_id from ingest.poll order by polled_at") == [
        ("ingest.poll_y2026m11", 1),
        ("ingest.poll_y2026m12", 2),
    ]
    poll(world, NOW)
    assert world.value("select max(poll_id) from ingest.poll") == 3


def test_only_our_own_tables_are_partitioned(world: World) -> None:
    for call in ("add_partition('ingest.page', '2026-01-01')", "drop_partitions('ingest.page', now())"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="not a table that we partition"):
            world.rows(f"select news_internal.{call}")


def test_retention_drops_whole_months_and_trims_the_default(world: World) -> None:
    world.rows("select news_internal.add_partition('ingest.poll', %s)", date(2026, 8, 1))
    for days in (0, 100, 500):
        poll(world, NOW - timedelta(days=days))
    done = run(world, "retention", retain_polls_days=60)["retention"]["ingest.poll"]
    assert done == {"dropped": ["ingest.poll_y2026m08"], "rows": 1}
    assert world.value("select count(*) from ingest.poll") == 1


def test_a_body_is_kept_once_and_comes_back_when_its_article_changes(world: World) -> None:
    bodies = "select e.body, news_internal.extraction_body(e.extraction_id, e.page_id, e.body) from ingest.extraction e"
    first = world.run("first")
    world.clustered(first, "https://paper.example/1", body="Old text.")
    load(world.settings, first)
    world.rows("update ingest.extraction set extracted_at = %s", NOW - timedelta(days=8))
    assert run(world, "retention", retain_body_copies_days=9)["retention"]["body_copies"] == 0
    assert run(world, "retention")["retention"]["body_copies"] == 1
    assert world.rows(bodies) == [(None, "Old text.")]
    second = world.run("second")
    world.clustered(second, "https://paper.example/1", body="New text.")
    load(world.settings, second)
    assert sorted(world.rows(bodies)) == [("New text.", "New text."), ("Old text.", "Old text.")]
    run(world, "retention")
    world.rows("delete from news_internal.article")
    assert sorted(world.rows(bodies)) == [("New text.", "New text."), ("Old text.", "Old text.")]


def test_an_extraction_made_anew_meanwhile_keeps_its_body(world: World) -> None:
    loading = world.run()
    world.clustered(loading, "https://paper.example/1", body="Old text.")
    load(world.settings, loading)
    world.rows("update ingest.extraction set extracted_at = %s", NOW - timedelta(days=8))
    with closing(connect(world.dsn)) as other, ThreadPoolExecutor(1) as thread:
        other.cursor().execute("update ingest.extraction set body = 'New.', content_hash = sha256('new')")
        ended = thread.submit(run, world, "retention")
        wait_for(lambda: _waits(other), "retention to wait for the row")
        other.commit()
        assert ended.result()["retention"]["body_copies"] == 0
    assert world.value("select body from ingest.extraction") == "New."


def _waits(conn: Connection) -> bool:
    with conn.cursor() as cursor:
        cursor.execute(
            "select count(*) > 0 from pg_locks l join pg_stat_activity a using (pid)"
            " where not l.granted and a.datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def test_nothing_is_deleted_that_is_not_set(world: World) -> None:
    poll(world, NOW - timedelta(days=5000))
    settings = {
        name: 0 for name in type(world.settings).model_fields if name.startswith("retain_") and "fig" not in name
    }
    run(world, "retention", **settings)
    assert world.value("select count(*) from ingest.poll") == 1


def test_superseded_extractions_go_and_the_shown_one_stays(world: World) -> None:
    for number in (1, 2, 3):
        loading = world.run(f"r{number}")
        world.clustered(loading, "https://paper.example/a", body=f"Version {number}.")
        load(world.settings, loading)
    world.rows("update ingest.extraction set extracted_at = %s", NOW - timedelta(days=100))
    assert run(world, "retention", retain_extractions_days=90)["retention"]["extractions"] == 2
    shown = "select news_internal.extraction_body(extraction_id, page_id, body) from ingest.extraction"
    assert world.rows(shown) == [("Version 3.",)]
    assert world.value("select count(*) from news.revisions") == 3


def test_bodies_are_emptied_and_do_not_return(world: World) -> None:
    first, second = world.run("r1"), world.run("r2")
    world.clustered(first, "https://paper.example/a", title="Kept", body="Long gone words.")
    load(world.settings, first, clock=Ticker(T0))
    assert run(world, "retention", retain_bodies_days=30)["retention"]["bodies"] == 1
    assert world.rows("select title, body, body_purged_at is null from news.articles") == [("Kept", None, False)]
    assert world.rows("select 1 from news.search('gone')") == []
    assert world.rows("select title from news.search('kept')") == [("Kept",)]
    world.clustered(second, "https://paper.example/a", title="Kept", body="Long gone words.")
    assert load(world.settings, second).counts == {"unchanged": 1}
    assert world.value("select body from news.articles") is None


def test_a_body_that_a_revision_brings_back_is_emptied_again(world: World) -> None:
    shown = "select body, body_purged_at from news.articles"
    for body in ("First words.", "Other words."):
        loading = world.run(body)
        world.clustered(loading, "https://paper.example/a", body=body)
        load(world.settings, loading, clock=Ticker(T0))
        assert world.rows(shown) == [(body, None)]
        assert run(world, "retention", retain_bodies_days=30)["retention"]["bodies"] == 1
        assert world.rows(f"select 1 from ({shown}) a where body is null and body_purged_at is not null") == [(1,)]


def test_purged_articles_leave_tombstones(world: World) -> None:
    loading = world.run()
    world.clustered(loading, "https://paper.example/a")
    load(world.settings, loading, clock=Ticker(T0))
    assert run(world, "retention", retain_articles_days=30)["retention"]["articles"] == 1
    assert world.rows("select kind, why from news_internal.tombstone") == [("purged", "older than 30 days")]
    assert world.rows("select kind from news.changes order by change_id") == [("insert",), ("retraction",)]


def test_the_change_log_is_kept_until_search_has_seen_it(world: World) -> None:
    loading = world.run()
    world.clustered(loading, "https://paper.example/a")
    load(world.settings.model_copy(update={"load_search": False}), loading, clock=Ticker(T0))
    assert run(world, "retention", retain_changes_days=30)["retention"]["changes"] == 0
    assert run(world, "search", "retention", retain_changes_days=30)["retention"]["changes"] == 1


def test_old_funnels_go_and_running_ones_stay(world: World) -> None:
    old = world.run("old", T0 - timedelta(days=1000))
    world.run("stuck", T0 - timedelta(days=1000))
    world.rows("update ingest.run set state = 'success' where run_id = %s", old)
    assert run(world, "retention", retain_runs_days=730)["retention"]["runs"] == 1
    assert world.rows("select dag_run_id from ingest.run") == [("stuck",)]


def test_the_reaper_ends_readers_only(world: World, postgres: Server) -> None:
    name = f"analyst_{id(world)}"
    world.rows(f"create role {name} login password 'x' in role news_reader")
    reader_dsn = world.dsn.replace(world.dsn[world.dsn.index("//") + 2 : world.dsn.index("@")], f"{name}:x")
    reader = psycopg2.connect(reader_dsn)
    reader.cursor().execute("select 1")  # leaves its transaction open
    world.rows("select pg_sleep(0.05)")
    ended = world.rows("select role::text, why from news_internal.reap('1 h', '0.01 s')")
    assert ended == [(name, "a transaction was left open for more than 00:00:00.01")]
    with pytest.raises(psycopg2.Error):
        reader.cursor().execute("select 1")
    assert world.rows("select 1") == [(1,)]
    assert world.rows("select * from news_internal.reap('1 h', '0.01 s')") == []
    world.rows(f"drop role {name}")


def test_the_reaper_ends_a_reader_that_fills_the_table_of_locks(world: World) -> None:
    name = f"analyst_{id(world)}"
    world.rows(f"create role {name} login password 'x' in role news_reader")
    reader = psycopg2.connect(
        world.dsn.replace(world.dsn[world.dsn.index("//") + 2 : world.dsn.index("@")], f"{name}:x")
    )
    tables = (
        "do $$ begin for n in 1..1500 loop execute format('create temporary table t_%s (a text)', n); end loop; end $$"
    )
    reader.cursor().execute(tables)
    [(role, why)] = world.rows("select role::text, why from news_internal.reap('1 h', '1 h')")
    assert role == name
    assert why.endswith("locks, and all sessions share one table of them")
    with pytest.raises(psycopg2.Error):
        reader.cursor().execute("select 1")
    world.rows(f"drop role {name}")


def test_figures_are_measured(world: World) -> None:
    run(world, "figures", home=world.settings.home.parent)
    names = {name for (name,) in world.rows("select distinct name from news_internal.figure")}
    assert {"database_size", "table_size", "default_rows", "xid_age", "search_lag", "readers", "disk_free"} <= names
    assert world.value("select value from news_internal.figure where name = 'search_lag'") == 0
    assert 0 < world.value("select min(value) from news_internal.figure where name = 'disk_free_share'") <= 1


def test_daily_jobs_run_once_a_day_and_hourly_ones_each_time(world: World) -> None:
    assert set(run(world)) == set(jobs.JOBS)
    assert set(run(world, now=NOW + timedelta(hours=1))) == {"reap", "search", "figures"}
    assert set(run(world, now=NOW + timedelta(hours=24))) == set(jobs.JOBS)


def test_a_failing_job_does_not_keep_the_others_from_running(world: World) -> None:
    world.rows("drop function news_internal.reap(interval, interval)")
    with pytest.raises(MaintenanceError, match="reap: function news_internal"):
        run(world)
    done = world.rows("select job from news_internal.maintenance where ended_at is not null order by 1")
    assert {job for (job,) in done} == {*jobs.JOBS} - {"reap"}


def test_partitions_wait_no_longer_than_two_seconds_for_a_reader(world: World) -> None:
    """A job that can't get its lock gives up, so that readers behind it don't queue."""
    reader = psycopg2.connect(world.dsn)
    reader.cursor().execute("select count(*) from ingest.poll")
    with pytest.raises(MaintenanceError, match="lock timeout"):
        run(world, "partitions")
    reader.close()
