"""Pages that are fetched again and say what they said: extract ends them, and nothing after it sees them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsflow import pipeline
from newsflow.clock import utcnow
from newsflow.local.newsroom import Newsroom
from newsflow.maintain.retraction import retract
from newsflow.pipeline import Funnel
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session, transaction
from tests.pipeline.night import left, quick_world, register, settings_for

FORGET = """update ingest.page set state = 'pending', etag = null, last_modified = null, next_attempt_at = '-infinity'
  where state = 'loaded'"""
TOUCHED = "select article_id, xmin::text from news_internal.article order by 1"
MEMBERS = "select page_id, story_id, is_origin, xmin::text from ingest.story_member order by 1"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(quick_world()) as made:
        yield made


@pytest.fixture
def settings(dsn: str, tmp_path: Path, newsroom: Newsroom) -> Settings:
    register(dsn, newsroom.feeds())
    made = settings_for(dsn, tmp_path / "archive", newsroom)
    pipeline.run_all(made, "first", RunRequest(force=True))
    return made


def ask(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    with session(settings.dsn) as conn, transaction(conn), conn.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def again(settings: Settings, name: str = "again") -> Funnel:
    """All articles' pages are due, and the servers know nothing of what we have."""
    ask(settings, FORGET)
    return pipeline.run_all(settings, name, RunRequest(force=True))


def stages(funnel: Funnel) -> dict[str, tuple[int, dict[str, int]]]:
    return {s.stage: (s.taken, dict(s.outcomes)) for s in funnel.stages}


def test_a_night_of_unchanged_pages_ends_in_extract(settings: Settings) -> None:
    before, articles, members = left(settings.dsn), ask(settings, TOUCHED), ask(settings, MEMBERS)
    funnel = again(settings)
    count = len(articles)
    assert funnel.verdict.ok, funnel.verdict
    assert f"0 new articles, 0 revised, {count} unchanged" in funnel.verdict.sentence
    assert stages(funnel)["extract"] == (count, {"unchanged": count})
    assert {"deduplicate", "load"} & set(stages(funnel)) == set()
    assert ask(settings, TOUCHED) == articles
    assert ask(settings, MEMBERS) == members
    after = left(settings.dsn)
    assert {n: after[n] for n in ("articles", "revisions", "changes")} == {
        n: before[n] for n in ("articles", "revisions", "changes")
    }
    assert ask(settings, "select distinct state, outcome from ingest.page where loaded_extraction_id is not null") == [
        ("loaded", "unchanged")
    ]


def test_lineage_stays_with_the_exchange_that_brought_the_content(settings: Settings) -> None:
    lineage = "select article_id, extraction_id, capture_id, run_id from news.lineage order by 1"
    before = ask(settings, lineage)
    again(settings)
    assert ask(settings, lineage) == before
    assert ask(settings, "select 1 from ingest.page where extraction_id <> loaded_extraction_id") == []


def test_among_unchanged_pages_the_corrected_one_goes_on(settings: Settings, newsroom: Newsroom) -> None:
    newsroom.advance("corrections")
    found = stages(again(settings))
    assert found["load"][1]["revised"] == 1
    assert found["load"][1].get("unchanged", 0) == 0
    assert found["extract"][1]["unchanged"] > 10


def test_a_page_whose_last_content_was_refused_goes_the_whole_way(settings: Settings) -> None:
    """Its story was made of what load refused, so that it must be compared again."""
    ask(
        settings,
        "with one as (select page_id, capture_id from ingest.page where state = 'loaded' order by 1 limit 1), bad as ("
        " insert into ingest.extraction (page_id, extractor, outcome, body, content_hash, text_hash)"
        " select page_id, 'other', 'ok', 'refused', sha256('r'), sha256('r') from one returning page_id, extraction_id)"
        " update ingest.page p set extraction_id = bad.extraction_id from bad where p.page_id = bad.page_id",
    )
    found = stages(again(settings))
    assert found["load"] == (1, {"unchanged": 1})
    assert ask(settings, "select 1 from ingest.page where extraction_id <> loaded_extraction_id") == []


def test_a_page_whose_article_was_taken_out_does_not_count_as_unchanged(settings: Settings) -> None:
    """It comes back although it was retracted: a feed's new entry makes it pending."""
    [(page,)] = ask(settings, "select min(article_id) from news_internal.article")
    with session(settings.dsn) as conn:
        retract(conn, [page], "test", utcnow())
    ask(settings, f"update ingest.page set state = 'pending', next_attempt_at = '-infinity' where page_id = {page}")
    assert stages(again(settings))["deduplicate"] == (1, {"retracted": 1})
