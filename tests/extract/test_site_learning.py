"""What a publisher's pages share is known from its first night on, whatever the shards and whoever is killed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.extract import site_learning
from newsflow.extract.step import extract
from newsflow.settings import Settings
from newsflow.store import queries
from tests.extract.template_pages import SITE_LINE, paged
from tests.extract.test_step import NOW, again, capture_pages, clock, register, rows

PAGES = [paged(n) for n in range(6)]
BODIES = "select p.url, e.body from ingest.extraction e join ingest.page p using (page_id) order by p.url"


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(database_url=dsn, archive=str(tmp_path / "archive"), extract_workers=2, extract_timeout_s=5)


@pytest.fixture
def run_id(settings: Settings, conn: Connection) -> int:
    return register(conn, capture_pages(settings, PAGES))


def deal(conn: Connection, run_id: int) -> None:
    """The run's pages in two shards, and nothing learned or extracted."""
    with conn.cursor() as cursor:
        cursor.execute("delete from ingest.extraction")
        for table in ("site_template", "site_line", "site_page"):
            cursor.execute(f"delete from ingest.{table}")
        cursor.execute("update ingest.page set state = 'captured', extraction_id = null")
        cursor.execute(
            "update ingest.run_page set extract_outcome = null, extract_shard = page_id %% 2 where run_id = %s",
            (run_id,),
        )
    conn.commit()


def test_a_first_night_knows_the_publishers_rows_and_lines(settings: Settings, conn: Connection, run_id: int) -> None:
    extract(settings, run_id, 0, clock=clock)
    bodies = [row.body for row in rows(conn, BODIES)]
    assert len(bodies) == len(PAGES)
    assert not any("2026-05" in body or "I shall vote" in body or SITE_LINE in body for body in bodies)
    ((articles, since, enabled),) = rows(conn, "select articles, since_run, enabled from ingest.site_template")
    assert (articles, since, enabled) == (len(PAGES), run_id, True)
    assert rows(conn, "select sample, own_run from ingest.site_line") == [(SITE_LINE, True)]


def test_shards_order_and_a_kill_change_no_body(
    settings: Settings, conn: Connection, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_learning, "MOST", 3)  # a sample, not all
    extract(settings, run_id, 0, clock=clock)
    alone = rows(conn, BODIES)

    deal(conn, run_id)
    with monkeypatch.context() as patch:
        patch.setattr("newsflow.extract.step.Sites", killed)
        with pytest.raises(KeyboardInterrupt):
            extract(settings, run_id, 1, clock=clock)  # when it has learned, before it extracts
    extract(settings, run_id, 1, clock=clock)
    extract(settings, run_id, 0, clock=clock)
    assert rows(conn, BODIES) == alone


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_run_that_learned_before_is_not_read_for_again(settings: Settings, conn: Connection, run_id: int) -> None:
    extract(settings, run_id, 0, clock=clock)
    second = again(conn)
    assert queries.extract.to_learn(conn, run_id=second, shard=0, many=len(PAGES)) == []
    assert len(queries.extract.to_learn(conn, run_id=second, shard=0, many=len(PAGES) + 1)) == 0  # of today
    with conn.cursor() as cursor:
        cursor.execute("update ingest.site_template set learned_at = %s", (NOW - timedelta(days=2),))
    assert queries.extract.to_learn(conn, run_id=second, shard=0, many=len(PAGES)) == []
    assert len(queries.extract.to_learn(conn, run_id=second, shard=0, many=len(PAGES) + 1)) == 1


def test_a_publisher_with_few_articles_among_enough_captures_is_not_learned_every_day(
    settings: Settings, conn: Connection, run_id: int
) -> None:
    extract(settings, run_id, 0, clock=clock)
    with conn.cursor() as cursor:
        cursor.execute("update ingest.site_template set articles = 3, learned_at = %s", (NOW - timedelta(days=2),))
    assert queries.extract.to_learn(conn, run_id=again(conn), shard=0, many=len(PAGES)) == []


def test_what_another_run_learns_meanwhile_changes_nothing(settings: Settings, conn: Connection, run_id: int) -> None:
    later = again(conn)
    extract(settings, run_id, 0, clock=lambda: NOW + timedelta(seconds=1))  # which the later run has begun before
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'captured'")
    (publisher,) = queries.extract.to_learn(conn, run_id=later, shard=0, many=8)
    assert queries.extract.templates(conn, publishers=[publisher], run_id=later) == []
    assert queries.extract.site_lines(conn, publishers=[publisher], run_id=later) == []


def test_captures_that_are_damaged_or_elsewhere_are_not_learned_from(
    settings: Settings, conn: Connection, run_id: int
) -> None:
    with conn.cursor() as cursor:
        cursor.execute('update ingest.capture set "offset" = "offset" + 3 where page_id % 2 = 0')
    conn.commit()
    assert extract(settings, run_id, 0, clock=clock).counts == {"ok": 3, "capture_lost": 3}
    assert rows(conn, "select captures, articles from ingest.site_template") == [(len(PAGES), 3)]
    with conn.cursor() as cursor:
        cursor.execute("insert into ingest.warc_file (file, location) values ('test/a.warc.gz', 'file:///old')")
        cursor.execute("select publisher_id from ingest.publisher")
        found = queries.extract.learn_from(conn, run_id=run_id, publishers=[cursor.fetchone()[0]], most=8)
    assert found == []


def test_a_line_of_this_run_that_a_person_keeps_stays_kept(conn: Connection, run_id: int) -> None:
    with conn.cursor() as cursor:
        cursor.execute(
            "insert into ingest.site_line (publisher_id, line_hash, since_run, articles, sample, enabled) "
            "select publisher_id, n, %s, 2, '', n = 1 from ingest.publisher, generate_series(1, 2) n "
            "returning publisher_id",
            (run_id,),
        )
        queries.extract.forget_lines(conn, publisher_id=cursor.fetchone()[0], run_id=run_id)
        cursor.execute("select line_hash from ingest.site_line")
        assert [row.line_hash for row in cursor.fetchall()] == [2]


def test_a_person_switches_a_template_off_and_it_stays_off(settings: Settings, conn: Connection, run_id: int) -> None:
    extract(settings, run_id, 0, clock=clock)
    with conn.cursor() as cursor:
        cursor.execute("update ingest.site_template set enabled = false, learned_at = %s", (NOW - timedelta(days=8),))
    conn.commit()
    extract(settings, again(conn), 0, clock=clock)
    assert all("I shall vote" in row.body for row in rows(conn, BODIES))
    assert rows(conn, "select enabled from ingest.site_template") == [(False,), (False,)]


def test_captures_of_the_week_fill_a_small_run_up(settings: Settings, conn: Connection, run_id: int) -> None:
    with conn.cursor() as cursor:  # all but one page were loaded yesterday, before anything was learned
        cursor.execute("delete from ingest.run_page where page_id > (select min(page_id) from ingest.page)")
        cursor.execute(
            "update ingest.page p set state = 'loaded', changed_at = %s "
            "where not exists (select from ingest.run_page x where x.page_id = p.page_id)",
            (NOW - timedelta(days=1),),
        )
    conn.commit()
    extract(settings, run_id, 0, clock=clock)
    assert "I shall vote" not in rows(conn, BODIES)[0].body
