"""Run by `test_outcomes.py` over a tree whose `outcomes.py` has three rows more: who takes them?"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from psycopg2.extensions import connection as Connection

from newsflow import run_check
from newsflow.backfill import ledger
from newsflow.fetch import decide as fetch_decide
from newsflow.load import step as load_step
from newsflow.model import Exchange, PageState
from newsflow.ops import render, words
from newsflow.ops.alarms import runs as run_alarms
from newsflow.outcomes import Outcome
from newsflow.poll import decide as poll_decide
from newsflow.poll import schedule
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.run_check import FunnelStage
from newsflow.store import queries, runs
from newsflow.store.db import connect, transaction
from newsflow.store.migrate import migrate
from newsflow.web import pace, robots

NOW = datetime(2026, 3, 2, tzinfo=timezone.utc)
EMBARGOED, WAVED_ON, MERGED = Outcome("embargoed"), Outcome("waved_on"), Outcome("merged")
REFUSED = Exchange("https://example.org/a", EMBARGOED)


def in_seconds(when: datetime | None) -> float:
    assert when is not None
    return (when - NOW).total_seconds()


def requests_take_them() -> None:
    cooled = pace.after(pace.Pace(), REFUSED, NOW, 0.0, least=1.0, most=30.0)
    assert (in_seconds(cooled.cool_until), cooled.cool_reason) == (7.0, "embargoed")
    assert EMBARGOED.meaning.looks_offline
    allows_all = robots.read(REFUSED, NOW)
    assert allows_all is not None
    assert allows_all.body == ""


def feeds_take_them() -> None:
    assert in_seconds(schedule.after_failure(EMBARGOED, 1, NOW, 0.0)) == 77.0
    polled = PollResult(FeedState(1, 1, "https://example.org/feed", failures=1), REFUSED, EMBARGOED, NOW)
    decided = poll_decide.decide(polled, EntryCounts(), NOW, 0.0)
    assert (decided.feed.failures, decided.look_for_another) == (2, True)


def pages_take_them() -> None:
    page = fetch_decide.PendingPage(1, REFUSED.url, 1, "example.org")
    tried = fetch_decide.decide(page, REFUSED, NOW, 0.0, cool_until=None, tries=4)
    assert (tried.state, tried.attempts) == (PageState.PENDING, 1)
    closed = SimpleNamespace(outcome="embargoed")
    assert ledger.refuses(closed, None, 1) == "refused"  # type: ignore[arg-type]


def judgements_take_them() -> None:
    assert FunnelStage("extract", 3, {"waved_on": 2, "paywall": 1}).passed == 2
    assert FunnelStage("load", 3, {"merged": 3}).left == {}
    assert MERGED in run_check.LOADED
    assert MERGED in load_step._WRITTEN
    assert EMBARGOED in run_alarms.UNSEEN


def ops_pages_take_them() -> None:
    assert words.sentence("embargoed") == "The page is under embargo."
    assert (render.answered({"waved_on": 2}), render.failed({"embargoed": 1})) == ("2", "embargoed 1")


def sql_takes_them(conn: Connection) -> None:
    assert migrate(conn) == []
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("select pause_s, feed_wait_s, address_dead from ingest.outcome where code = 'embargoed'")
        assert cursor.fetchone() == (7.0, 77.0, True)
        page_id = _page(conn, NOW)
        run_id = runs.start(conn, "test", "new_outcome", NOW, {})
        cursor.execute(
            "insert into ingest.run_page (run_id, page_id, shard, entered, extract_outcome, deduplicate_outcome,"
            " load_outcome) values (%s, %s, 0, 'extract', 'waved_on', 'ok', 'merged')",
            (run_id, page_id),
        )
        assert [(s.stage, s.taken, s.passed) for s in runs.funnel(conn, run_id)] == [
            ("extract", 1, 1), ("deduplicate", 1, 1), ("load", 1, 1),
        ]  # fmt: skip
        queries.ops.count_days(conn, since=NOW, until=NOW + timedelta(days=1), nightly=["test"])
        cursor.execute("select extracted, readable, failures from ingest.publisher_day")
        assert cursor.fetchone() == (1, 1, {})


def _page(conn: Connection, now: datetime) -> int:
    with conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('example.org') returning publisher_id")
        publisher_id = cursor.fetchone()[0]
        cursor.execute(
            "insert into ingest.origin (origin, publisher_id) values ('https://example.org', %s) returning origin_id",
            (publisher_id,),
        )
        cursor.execute(
            "insert into ingest.page (url, url_hash, origin_id, publisher_id, state, discovered_at, changed_at)"
            " values ('https://example.org/a', sha256('a'), %s, %s, 'loaded', %s, %s) returning page_id",
            (cursor.fetchone()[0], publisher_id, now, now),
        )
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    requests_take_them()
    feeds_take_them()
    pages_take_them()
    judgements_take_them()
    ops_pages_take_them()
    sql_takes_them(connect(sys.argv[1]))
    sys.stdout.write("taken\n")
