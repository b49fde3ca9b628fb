"""The load step: what becomes an article, a revision, or an outcome."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import psycopg2
import pytest

from newsflow.load.step import load
from tests.load.world import T0, Ticker, World

STATE = """select a.xmin::text, to_jsonb(a), to_jsonb(c)
  from news_internal.article a join news_internal.change c using (article_id)"""


def test_a_clustered_page_becomes_an_article(world: World) -> None:
    run = world.run()
    page = world.clustered(
        run, "https://paper.example/a", title="Rain in Spain", authors=["Ana Díaz"], tags=["weather"]
    )
    report = load(world.settings, run, clock=Ticker())
    assert report.counts == {"new": 1}
    assert world.rows(
        "select article_id, url, publisher, title, authors, tags, revision, story_id, is_origin, published_source"
        " from news.articles join news.lineage using (article_id, revision)"
    ) == [
        (
            page,
            "https://paper.example/a",
            "paper.example",
            "Rain in Spain",
            ["Ana Díaz"],
            ["weather"],
            1,
            page,
            True,
            "json-ld",
        )
    ]


def test_the_ledger_and_the_funnel_are_closed_with_the_article(world: World) -> None:
    run = world.run()
    page = world.clustered(run, "https://paper.example/a")
    load(world.settings, run)
    assert world.rows(
        "select p.state, p.outcome, p.loaded_extraction_id = p.extraction_id, x.load_outcome"
        " from ingest.page p join ingest.run_page x using (page_id) where page_id = %s",
        page,
    ) == [("loaded", "new", True, "new")]
    assert world.rows("select stage, outcome, pages from news.runs") == [("load", "new", 1)]


def test_lineage_leads_back_to_the_capture(world: World) -> None:
    run = world.run()
    page = world.clustered(run, "https://paper.example/a", captured_at=T0 + timedelta(minutes=5))
    load(world.settings, run)
    assert world.rows(
        "select l.run_id, l.extractor, a.captured_at, l.capture_file, c.page_id from news.articles a"
        " join news.lineage l using (article_id, revision) join ingest.capture c using (capture_id)"
    ) == [(run, "test-1", T0 + timedelta(minutes=5), "a.warc.gz", page)]


def test_the_same_content_again_is_unchanged(world: World) -> None:
    first, second = world.run("r1"), world.run("r2")
    page = world.clustered(first, "https://paper.example/a")
    load(world.settings, first)
    world.clustered(second, "https://paper.example/a")
    assert load(world.settings, second).counts == {"unchanged": 1}
    assert world.rows("select revision, run_id from news.lineage") == [(1, first)]
    assert world.rows("select kind from news.changes") == [("insert",)]
    assert world.rows("select state, loaded_extraction_id = extraction_id from ingest.page") == [("loaded", True)]
    assert world.value("select load_outcome from ingest.run_page where run_id = %s and page_id = %s", second, page) == (
        "unchanged"
    )


def test_changed_content_becomes_a_revision_and_the_old_is_kept(world: World) -> None:
    first, second = world.run("r1"), world.run("r2")
    page = world.clustered(first, "https://paper.example/a", title="Mayor resigns", body="Old text.")
    load(world.settings, first, clock=Ticker(T0))
    world.clustered(second, "https://paper.example/a", title="Mayor does not resign", body="Old text.")
    report = load(world.settings, second, clock=Ticker(T0 + timedelta(days=1)))
    assert report.counts == {"revised": 1}
    assert world.rows("select revision, title, changed, cause, valid_until is null from news.revisions order by 1") == [
        (1, "Mayor resigns", [], "fetch", False),
        (2, "Mayor does not resign", ["title"], "fetch", True),
    ]
    assert world.rows("select article_id, title, revision from news.articles") == [(page, "Mayor does not resign", 2)]
    assert world.rows("select kind, revision from news.changes order by change_id") == [("insert", 1), ("revision", 2)]


def test_revisions_follow_each_other_without_holes(world: World) -> None:
    for number in range(1, 5):
        run = world.run(f"r{number}")
        world.clustered(run, "https://paper.example/a", body=f"Version {number}.")
        load(world.settings, run, clock=Ticker(T0 + timedelta(days=number)))
    found = world.rows("select revision, body, valid_from, valid_until from news.revisions order by revision")
    assert [(r[0], r[1]) for r in found] == [(n, f"Version {n}.") for n in range(1, 5)]
    assert all(earlier[3] == later[2] for earlier, later in pairwise(found))


def test_a_reprocessed_content_is_told_from_the_publishers_change(world: World) -> None:
    first, second = world.run("r1"), world.run("r2")
    world.clustered(first, "https://paper.example/a", body="Menu. Text.")
    load(world.settings, first)
    world.clustered(second, "https://paper.example/a", body="Text.", cause="reprocess", extractor="test-2")
    load(world.settings, second)
    assert world.rows(
        "select revision, cause, extractor, changed from news.revisions"
        " join news.lineage using (article_id, revision) order by 1"
    ) == [
        (1, "fetch", "test-1", []),
        (2, "reprocess", "test-2", ["body"]),
    ]


def test_only_pages_of_the_run_are_loaded(world: World) -> None:
    mine, other = world.run("r1"), world.run("r2")
    world.clustered(mine, "https://paper.example/mine")
    world.clustered(other, "https://paper.example/other")
    load(world.settings, mine)
    assert world.rows("select url from news.articles") == [("https://paper.example/mine",)]


@pytest.mark.parametrize("state", ["pending", "captured", "extracted", "rejected"])
def test_pages_in_other_states_are_left_alone(world: World, state: str) -> None:
    run = world.run()
    page = world.clustered(run, "https://paper.example/a")
    world.rows("update ingest.page set state = %s where page_id = %s", state, page)
    assert load(world.settings, run).taken == 0
    assert world.value("select state from ingest.page") == state


def test_a_second_call_changes_nothing_and_reports_the_same(world: World) -> None:
    run = world.run()
    world.clustered(run, "https://paper.example/a")
    world.clustered(run, "https://paper.example/b")
    first = load(world.settings, run)
    before = world.rows(STATE)
    again = load(world.settings, run)
    assert (first.counts, first.taken) == (again.counts, again.taken) == ({"new": 2}, 2)
    assert before == world.rows(STATE)


def test_story_changes_of_loaded_articles_are_carried(world: World) -> None:
    first, second = world.run("r1"), world.run("r2")
    old = world.clustered(first, "https://paper.example/old")
    load(world.settings, first)
    new = world.clustered(second, "https://wire.example/new", "wire.example", story=old, origin=True)
    world.member(old, old, origin=False, similarity=0.8)
    world.rows("insert into ingest.story_pending values (%s)", old)
    report = load(world.settings, second)
    assert report.counts == {"new": 1}
    assert world.rows("select article_id, story_id, is_origin from news.articles order by 1") == [
        (old, old, False),
        (new, old, True),
    ]
    assert world.rows("select article_id, kind from news.changes order by change_id") == [
        (old, "insert"),
        (old, "story"),
        (new, "insert"),
    ]
    assert world.rows("select * from ingest.story_pending") == []


def test_a_pending_story_waits_until_its_article_is_there(world: World) -> None:
    run = world.run()
    page = world.page("https://paper.example/a")
    world.rows("insert into ingest.story_pending values (%s)", page)
    load(world.settings, run)
    assert world.rows("select page_id from ingest.story_pending") == [(page,)]


def test_an_unchanged_article_with_another_story_tells_consumers(world: World) -> None:
    first, second = world.run("r1"), world.run("r2")
    a = world.clustered(first, "https://paper.example/a")
    b = world.clustered(first, "https://paper.example/b")
    load(world.settings, first)
    world.clustered(second, "https://paper.example/b", story=a, origin=False, similarity=0.7)
    assert load(world.settings, second).counts == {"unchanged": 1}
    assert world.rows("select kind, story_id from news.changes where article_id = %s order by change_id", b) == [
        ("insert", b),
        ("story", a),
    ]


def test_a_refused_row_is_an_outcome_and_the_rest_commits(world: World) -> None:
    run = world.run()
    pages = [world.clustered(run, f"https://paper.example/{n}") for n in range(20)]
    world.rows("update ingest.extraction set published_at = 'infinity' where page_id in (%s, %s)", pages[3], pages[17])
    report = load(world.settings, run)
    assert report.counts == {"new": 18, "bad_row": 2}
    assert world.rows("select page_id, state, outcome from ingest.page where outcome = 'bad_row' order by 1") == [
        (pages[3], "rejected", "bad_row"),
        (pages[17], "rejected", "bad_row"),
    ]
    assert "violates check constraint" in world.value("select detail from news.rejects limit 1")
    assert len(world.rows("select 1 from news.changes")) == 18


def test_a_refused_revision_leaves_the_article_as_it_was(world: World) -> None:
    first, second = world.run("r1"), world.run("r2")
    page = world.clustered(first, "https://paper.example/a", body="Good.")
    load(world.settings, first)
    before = world.value("select loaded_extraction_id from ingest.page")
    world.clustered(second, "https://paper.example/a", body="Bad.", published_at="infinity")
    assert load(world.settings, second).counts == {"bad_row": 1}
    assert world.rows("select body, revision from news.articles") == [("Good.", 1)]
    assert world.rows("select state, loaded_extraction_id from ingest.page where page_id = %s", page) == [
        ("loaded", before)
    ]
    assert world.value("select count(*) from news.revisions") == 1


def test_a_page_without_extraction_is_a_bad_row(world: World) -> None:
    run = world.run()
    page = world.clustered(run, "https://paper.example/a")
    world.rows("update ingest.page set extraction_id = null where page_id = %s", page)
    assert load(world.settings, run).counts == {"bad_row": 1}
    assert "no extraction" in world.value("select detail from news.rejects")


def test_a_tombstone_keeps_an_article_from_returning(world: World) -> None:
    run = world.run()
    page = world.clustered(run, "https://paper.example/a")
    world.rows(
        "insert into news_internal.tombstone (url_hash, article_id, kind, why)"
        " select url_hash, page_id, 'retracted', 'court order' from ingest.page"
    )
    assert load(world.settings, run).counts == {"retracted": 1}
    assert world.rows("select state, outcome, detail from ingest.page where page_id = %s", page) == [
        ("rejected", "retracted", "retracted: court order")
    ]
    assert world.rows("select 1 from news.articles") == []


def test_trouble_of_the_database_raises_and_leaves_the_run_to_be_done_again(world: World) -> None:
    run = world.run()
    world.clustered(run, "https://paper.example/a")
    world.rows(
        "create function fail() returns trigger language plpgsql as"
        " $$ begin raise exception using errcode = '53100', message = 'disk full'; end $$;"
        " create trigger t before insert on news_internal.change execute function fail()"
    )
    with pytest.raises(psycopg2.OperationalError, match="disk full"):
        load(world.settings, run)
    assert world.rows("select state from ingest.page") == [("clustered",)]
    assert world.rows("select 1 from news.articles") == []
    world.rows("drop trigger t on news_internal.change")
    assert load(world.settings, run).counts == {"new": 1}


def test_a_run_becomes_visible_at_once(world: World) -> None:
    """While the change log's lock is held by another load, no row of this run can be seen."""
    run = world.run()
    for number in range(30):
        world.clustered(run, f"https://paper.example/{number}")
    seen: list[int] = []

    class Watch(Ticker):
        def __call__(self) -> datetime:
            seen.append(world.value("select count(*) from news.articles"))
            return super().__call__()

    load(world.settings, run, clock=Watch())
    assert set(seen) == {0, 30}


def test_large_runs_are_published_in_chunks(world: World) -> None:
    run = world.run()
    for number in range(10):
        world.clustered(run, f"https://paper.example/{number}")
    settings = world.settings.model_copy(update={"load_chunk": 3})
    assert load(settings, run).counts == {"new": 10}
    transactions = world.value("select count(distinct xmin::text) from news_internal.article")
    assert transactions == 4
