"""EXPLAIN guards: the queries that must not walk whole tables, on tables large enough to tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from newsflow.store import queries
from tests.load.world import World

ROWS = 20_000


@pytest.fixture(scope="module")
def large(module_dsn: str) -> Iterator[World]:
    """Twenty thousand articles of little content, with statistics."""
    world = World(module_dsn)
    world.rows(
        """
        insert into ingest.publisher (name) select 'p' || n || '.example' from generate_series(1, 50) n;
        insert into ingest.origin (origin, publisher_id) select 'https://' || name, publisher_id from ingest.publisher;
        insert into ingest.page (url, url_hash, origin_id, publisher_id, state)
          select 'u' || n, sha256(('u' || n)::bytea), 1 + n % 50, 1 + n % 50, 'loaded' from generate_series(1, 20000) n;
        insert into news_internal.article (article_id, story_id, publisher_id, published_at, first_seen_at, loaded_at,
          revised_at, extraction_id, content_hash, text_hash, url, title, lead, body, authors, agencies, published_raw,
          published_quality, language, language_confidence,
          section, tags, image_url, image_caption, page_type, rights, sources, extractor,
          cause)
        select n, n, 1 + n % 50, timestamptz '2026-03-01' - n * interval '1 minute',
          timestamptz '2026-03-01' - n * interval '1 minute', now(), now(), n, 'h', 'h',
          'u' || n, 'Title ' || n, '', 'Word' || n % 500 || ' common text of article ' || n, '{}', '{}', '', 'exact',
          'en', 1, '', '{}', '', '', 'article', '{}', '{}', 'x', 'fetch' from generate_series(1, 20000) n;
        insert into news_internal.change (change_id, article_id, story_id, revision, kind, changed_at)
          select n, n, n, 1, 'insert', now() from generate_series(1, 20000) n;
        insert into news_internal.search_language values ('en');
        """
    )
    world.rows(
        queries.sql("load.index_articles").replace("%(articles)s::bigint[]", "array(select page_id from ingest.page)")
    )
    world.rows("select news_internal.flush_search()")
    world.rows("select news_internal.renew_stories(array(select story_id from news_internal.article))")
    world.rows("select news_internal.renew_counts()")
    world.rows("analyze")
    yield world
    world.conn.close()


def plan(world: World, sql: str, *params: Any) -> str:
    return "\n".join(line for (line,) in world.rows("explain " + sql, *params))


@pytest.mark.parametrize(
    ("sql", "index", "walked"),
    [
        ("select * from news.articles where article_id = 7", "article_pkey", "article"),
        ("select * from news.articles where url = 'u7'", "article_url", "article"),
        ("select * from news.articles where story_id = 7", "article_story", "article"),
        ("select * from news.articles where published_at > '2026-02-28 23:00'", "article_newest", "article"),
        ("select title from news.articles order by published_at desc nulls last limit 20", "article_newest", "article"),
        ("select title from news.articles where loaded_at > now() + interval '1 day'", "article_loaded", "article"),
        (
            "select title from news.articles where revised_at > '2026-03-01' and revision > 1",
            "article_revised",
            "article",
        ),
        ("select title from news.articles where authors @> '{Ada}'", "article_names", "article"),
        ("select title from news.articles where tags @> '{energy}'", "article_names", "article"),
        ("select title from news.articles order by published_at desc limit 20", "article_published", "article"),
        ("select * from news.revisions where article_id = 7", "article_pkey", "article"),
        ("select title from news.revisions where valid_from > now() + interval '1 day'", "article_loaded", "article"),
        ("select * from news.stories where story_id = 7", "story_pkey", "story"),
        (
            "select s.* from news.stories s join news.articles a using (story_id) where a.article_id = 7",
            "story_pkey",
            "story",
        ),
        ("select * from news.stories where first_published_at > '2026-02-28 23:00'", "story_first", "story"),
        ("select * from news.changes where change_id > 19900 order by change_id limit 50", "change_pkey", "change"),
        ("select max(change_id) from news.changes", "change_pkey", "change"),
        (
            "with c as materialized (select * from news_internal.search where document @@ 'word7'::tsquery"
            " order by sort_at desc limit 400) select * from c where document @@ 'word7'::tsquery limit 20",
            "search_document",
            "search",
        ),
        (
            "select article_id from news_internal.search where sort_at < '2026-03-01'"
            " order by sort_at desc, article_id desc limit 1000",
            "search_newest",
            "search",
        ),
    ],
)
def test_an_index_is_used(large: World, sql: str, index: str, walked: str) -> None:
    found = plan(large, sql)
    assert index in found
    assert f"Seq Scan on {walked} " not in found


def buffers(world: World, sql: str) -> int:
    """Pages that a query touches."""
    (answer,) = world.rows("explain (analyze, buffers, format json) " + sql)[0]
    top = answer[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def test_a_search_touches_few_pages_of_the_corpus(large: World) -> None:
    """Forty of 20,000 match: the search reads them, and no others' documents."""
    whole = large.value("select (pg_table_size('news_internal.search') / 8192)::int")
    assert large.value("select count(*) from news.search('word7', 'en', max_rows => 100)") == 40
    assert buffers(large, "select * from news.search('word7', 'en')") < whole


def test_a_word_that_is_everywhere_is_found_by_date(large: World) -> None:
    """All 20,000 articles match; the newest twenty are read, not twenty thousand."""
    listed = large.value("select count(*) from news.search('common', 'en')")
    assert listed == 20
    assert buffers(large, "select * from news.search('common', 'en')") < 500


@pytest.mark.parametrize("asked", ["news.coverage_between('2026-02-01', '2026-03-04')", "news.freshness", "news.daily"])
def test_counts_are_kept_rather_than_made(large: World, asked: str) -> None:
    """Fifty publishers, a fortnight: the articles are not read."""
    whole = large.value("select (pg_relation_size('news_internal.article') / 8192)::int")
    assert large.value(f"select count(*) from {asked}") > 0
    assert buffers(large, f"select * from {asked}") < whole / 2


def test_a_run_s_funnel_reads_that_run_only(large: World) -> None:
    large.rows(
        "insert into ingest.run (dag_id, dag_run_id, started_at) select 'd', n::text, timestamptz '2026-03-01' +"
        " n * interval '1 day' from generate_series(1, 20) n;"
        " insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome)"
        " select 1 + page_id % 20, page_id, 0, 'fetch', 'not_found' from ingest.page; analyze ingest.run_page"
    )
    whole = large.value("select (pg_relation_size('ingest.run_page') / 8192)::int")
    found = plan(large, "select * from news.runs where started_at > '2026-03-20 12:00'")
    assert "Seq Scan on run_page" not in found
    assert large.value("select sum(pages) from news.runs where started_at > '2026-03-20 12:00'") == 1000
    assert whole > 50


def test_the_next_changes_touch_few_pages(large: World) -> None:
    assert buffers(large, "select * from news.changes_since(19000, 100)") < 30


def test_the_probe_of_a_few_pages_walks_no_table(large: World) -> None:
    large.rows(queries.sql("load.make_plan"))
    decide = queries.sql("load.decide").replace("%(pages)s", "'{1,2,3}'")
    assert "Seq Scan on article" not in plan(large, decide)
    assert "Seq Scan on page" not in plan(large, decide)
