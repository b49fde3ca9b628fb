"""The sample newsroom of a home: kept addresses and dates, the next edition after a run, sleep beside own feeds."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from psycopg2.extensions import connection as Connection

from newsflow.local import sample
from newsflow.local.newsroom import Newsroom, sample_world

NOW = datetime(2026, 3, 1, 12, 34, tzinfo=timezone.utc)


def feeds(conn: Connection) -> list[tuple[str, str, bool]]:
    with conn.cursor() as cursor:
        cursor.execute(
            "select name, url, paused from ingest.feed join ingest.publisher using (publisher_id) order by 1"
        )
        return [tuple(row) for row in cursor.fetchall()]  # type: ignore[misc]


def own_feed(conn: Connection) -> None:
    with conn, conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('example.org') returning publisher_id")
        cursor.execute(
            "insert into ingest.feed (publisher_id, url) values (%s, 'https://example.org/rss')", cursor.fetchone()
        )


def test_second_start_keeps_addresses_and_dates(tmp_path: Path) -> None:
    notes = tmp_path / "newsroom.json"
    first, _ = sample.open_newsroom(notes, NOW)
    with first:
        addresses, world = first.feeds(), first.world
    later = datetime(2026, 4, 1, tzinfo=timezone.utc)
    second, kept = sample.open_newsroom(notes, later)
    with second:
        assert kept
        assert second.feeds() == addresses
        assert second.world == world


def test_articles_are_younger_than_a_week_at_the_first_start(tmp_path: Path) -> None:
    newsroom, _ = sample.open_newsroom(tmp_path / "newsroom.json", NOW)
    with newsroom:
        ages = [NOW - a.published_at for p in newsroom.world.publishers for a in p.articles]
    assert all(0 < age.total_seconds() < 7 * 86400 for age in ages)


def test_next_edition_comes_out_after_a_run_and_the_last_one_stays(tmp_path: Path) -> None:
    notes = tmp_path / "newsroom.json"
    seen = []
    for _start in range(3):
        newsroom, _ = sample.open_newsroom(notes, NOW)
        with newsroom:
            seen.append(newsroom.edition)
        sample.turn_page(notes)
    assert seen == ["first", "corrections", "corrections"]


def test_a_taken_port_gives_new_addresses_and_says_so(tmp_path: Path) -> None:
    notes = tmp_path / "newsroom.json"
    first, _ = sample.open_newsroom(notes, NOW)
    with first:
        second, kept = sample.open_newsroom(notes, NOW)
        with second:
            assert not kept
            assert not {url for _n, url in first.feeds()} & {url for _n, url in second.feeds()}
    remembered = sample.SampleNotes.read(notes, NOW)
    assert remembered.ports == second.ports
    assert len(remembered.feeds) == 2 * len(sample_world().publishers)


def test_a_broken_book_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "newsroom.json").write_text('{"epoch": 1, "other": 2}')
    assert sample.SampleNotes.read(tmp_path / "newsroom.json", NOW).epoch == "2026-03-01T12:00:00+00:00"


def test_registering_twice_adds_each_feed_once(conn: Connection) -> None:
    with Newsroom(sample_world()) as newsroom:
        sample.register(conn, newsroom)
        sample.register(conn, newsroom)
        assert [(name, url) for name, url, _paused in feeds(conn)] == sorted(newsroom.feeds())


def test_own_feeds_send_the_newsroom_to_sleep_and_it_wakes_up_again(conn: Connection, tmp_path: Path) -> None:
    notes = tmp_path / "newsroom.json"
    newsroom, _ = sample.open_newsroom(notes, NOW)
    with newsroom:
        sample.register(conn, newsroom)
        known = sample.SampleNotes.read(notes, NOW)
        assert not sample.has_own_feeds(conn, known)
        own_feed(conn)
        assert sample.has_own_feeds(conn, known)
        sample.pause(conn, known)
        assert {name for name, _url, paused in feeds(conn) if not paused} == {"example.org"}
        sample.register(conn, newsroom)
        assert not any(paused for _name, _url, paused in feeds(conn))
