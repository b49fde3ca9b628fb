"""The list of alarms: each entry is whole, and those about rows find theirs in the database."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.ops.alarms import ALARMS
from newsflow.ops.alarms.judgement import Alarm
from newsflow.ops.watch import watch
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction

NOW = datetime(2026, 3, 30, 12, tzinfo=timezone.utc)
ABOUT_ROWS = [alarm for alarm in ALARMS if alarm.asked_of]

GONE = """
insert into ingest.publisher (name) values ('lost.example');
insert into ingest.feed (publisher_id, url, state, reason)
  select publisher_id, 'https://lost.example/feed', 'gone', '410' from ingest.publisher
"""
LARGE = """
insert into ingest.story_alarm (story_id, kind, members, detail, raised_at)
  values (7, 'large', 60, 'One edge holds it.', '2026-03-30')
"""
BEHIND = """
insert into news_internal.change (change_id, article_id, story_id, revision, kind, changed_at)
  select n, n, n, 1, 'insert', '2026-03-28 12:00+00' from generate_series(1, 3) n
"""  # the search index is a consumer from the first migration on
SLOW = """
  insert into ingest.publisher (name) values ('slow.example');
  insert into ingest.origin (origin, publisher_id, crawl_delay_s)
  select 'https://slow.example', publisher_id, 30 from ingest.publisher where name = 'slow.example';
  insert into ingest.page (url, url_hash, origin_id, publisher_id, outcome, discovered_at)
  select 'https://slow.example/' || n, sha256(n::text::bytea), origin_id, publisher_id, 'postponed',
    '2026-03-26 12:00+00'
  from ingest.origin, generate_series(1, 7) n;
"""
CHANGED = """
  insert into ingest.publisher (name) values ('paper.example');
  insert into ingest.feed (publisher_id, url, kind, failures, last_outcome, reason)
  select publisher_id, 'https://paper.example/', 'page', 3, 'page_changed', '2 of its 60 links look like articles'
  from ingest.publisher where name = 'paper.example';
"""
PLANTED = {
    "page_differs": (
        CHANGED,
        "https://paper.example/",
        "https://paper.example/ has been read otherwise than ever in 3 polls in a row. The page shows far fewer links "
        "to articles than it always did; what can be read of it is. 2 of its 60 links look like articles.",
    ),
    "falls_behind": (
        SLOW,
        "slow.example",
        "7 pages of slow.example wait for a run with time for them, the oldest for 4 days. "
        "Its robots.txt asks for 30 s between two requests.",
    ),
    "feed_gone": (
        GONE,
        "lost.example",
        "lost.example has no feed left. https://lost.example/feed is gone: 410. No other was found on its site.",
    ),
    "story_too_large": (
        LARGE,
        "7",
        "Story 7 has 60 articles: is it a template rather than a wire copy? One edge holds it.",
    ),
    "consumer_lag": (BEHIND, "search", "Consumer search is 3 changes behind, the oldest 48 hours old."),
}


def test_each_cause_stands_once() -> None:
    assert len({alarm.cause for alarm in ALARMS}) == len(ALARMS)


@pytest.mark.parametrize("alarm", ABOUT_ROWS, ids=lambda alarm: alarm.cause)
def test_the_query_of_an_alarm_asks_for_nothing_and_tells_its_subjects_apart(alarm: Alarm) -> None:
    query = getattr(queries.ops, alarm.asked_of)
    assert list(inspect.signature(query).parameters) == ["conn"]
    row: Any = getattr(queries.ops, f"{alarm.asked_of.title().replace('_', '')}Row")
    assert alarm.subject in row._fields


@pytest.mark.parametrize("cause", PLANTED)
def test_an_alarm_about_rows_is_raised_for_its_row_and_ends_without_it(
    conn: Connection, dsn: str, tmp_path: Path, cause: str
) -> None:
    statement, subject, sentence = PLANTED[cause]
    settings = Settings(database_url=SecretStr(dsn), archive=str(tmp_path))
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(statement)
    watch(settings, clock=lambda: NOW)
    with transaction(conn):
        (found,) = queries.ops.open_alarms(conn, since=NOW, publisher_id=None)
        assert (found.cause, found.subject, found.sentence) == (cause, subject, sentence)
        assert (found.publisher_id is not None) == (cause in {"feed_gone", "falls_behind", "page_differs"})
        with conn.cursor() as cursor:
            cursor.execute(
                "update ingest.publisher set paused = true; delete from ingest.story_alarm;"
                " delete from news_internal.consumer"
            )
    report = watch(settings, clock=lambda: NOW + timedelta(hours=1))
    assert (report.resolved, report.lasting) == (1, 0)
