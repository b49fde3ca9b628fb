"""The whole run over the sample newsroom, in process: first night, second night, odd nights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from newsflow import pipeline
from newsflow.clock import utcnow
from newsflow.local.newsroom import Article, Newsroom, Publisher, sample_world
from newsflow.pipeline import Funnel
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import session, transaction
from tests.pipeline.night import left, orphans, quick_world, register, settings_for


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(quick_world()) as running:
        yield running


@pytest.fixture
def settings(dsn: str, tmp_path: Path, newsroom: Newsroom) -> Settings:
    register(dsn, newsroom.feeds())
    return settings_for(dsn, tmp_path / "archive", newsroom)


def night(settings: Settings, name: str, **request: object) -> Funnel:
    return pipeline.run_all(settings, name, RunRequest(force=True, **request))  # type: ignore[arg-type]


@dataclass(frozen=True)
class First:
    """A first night that several tests look at."""

    newsroom: Newsroom
    settings: Settings
    funnel: Funnel


@pytest.fixture(scope="module")
def first(module_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[First]:
    with Newsroom(sample_world()) as running:
        register(module_dsn, running.feeds())
        settings = settings_for(module_dsn, tmp_path_factory.mktemp("archive"), running)
        yield First(running, settings, night(settings, "first"))


def outcomes(funnel: Funnel, stage: str) -> dict[str, int]:
    return next(dict(s.outcomes) for s in funnel.stages if s.stage == stage)


def test_the_first_night_brings_articles_and_a_reason_for_all_else(first: First) -> None:
    funnel = first.funnel
    assert funnel.verdict.ok, funnel.verdict
    pages = left(first.settings.dsn)["pages"]
    by_state = Counter(state for _, state, _, _ in pages)
    assert by_state["loaded"] >= 20
    assert set(by_state) <= {"loaded", "rejected", "pending"}
    assert [page for page in pages if page[2] is None] == []
    assert orphans(first.settings) == set()


def expected(publisher: Publisher, article: Article) -> set[str]:
    """Outcomes that a person would give the article's page."""
    denied = [line.split()[1] for line in publisher.robots.splitlines() if line.startswith("Disallow: ")]
    if any(article.path.startswith(path) for path in denied):
        return {"robots_denied"}
    if article.paywall:
        return {"paywall"}
    return {404: {"not_found"}, 429: {"rate_limited"}}.get(article.behaviour.status, {"new"})


def test_what_is_no_article_has_its_outcome(first: First) -> None:
    outcome = {url: code for url, _, code, _ in left(first.settings.dsn)["pages"]}
    for publisher in first.newsroom.world.publishers:
        for article in first.newsroom.world.listed(publisher, first.newsroom.edition):
            found = outcome[first.newsroom.url(publisher.name, article.slug)]
            assert found in expected(publisher, article), (article.slug, found)


def test_the_wire_story_of_three_publishers_is_one_story(first: First) -> None:
    stories = Counter(row[-1] for row in left(first.settings.dsn)["articles"])
    assert stories.most_common(1)[0][1] == 3


def test_title_once_and_no_comment_form(first: First) -> None:
    articles = {row[0]: row for row in left(first.settings.dsn)["articles"]}
    checked = 0
    for publisher in first.newsroom.world.publishers:
        for article in publisher.articles:
            if article.comment_form or article.repeats_title:
                _, title, _, body, *_ = articles[first.newsroom.url(publisher.name, article.slug)]
                assert title == article.text.title
                assert article.text.title not in body
                assert "Leave a Reply" not in body
                assert "email address will not be published" not in body
                checked += 1
    assert checked


def test_each_gold_text_arrives_whole(first: First) -> None:
    """Every paragraph that the newsroom wrote stands in the article, also from the wrongly declared charset."""
    articles = {row[0]: row for row in left(first.settings.dsn)["articles"]}
    missing = [
        (article.slug, paragraph[:60])
        for publisher in first.newsroom.world.publishers
        for article in publisher.articles
        if not article.paywall
        if (row := articles.get(first.newsroom.url(publisher.name, article.slug)))
        for paragraph in article.text.paragraphs
        if " ".join(paragraph.split()) not in " ".join(row[3].split())
    ]
    assert missing == []


def test_politeness_one_request_at_a_time_for_each_origin(first: First) -> None:
    robots = Counter(r.publisher for r in first.newsroom.log if r.path == "/robots.txt")
    assert set(robots) == {p.name for p in first.newsroom.world.publishers}
    assert {r.headers.get("user-agent") for r in first.newsroom.log} == {first.settings.user_agent}


def test_the_funnel_of_the_run_is_kept(first: First) -> None:
    funnel = first.funnel
    with session(first.settings.dsn) as conn, conn.cursor() as cursor:
        cursor.execute("select state, verdict from ingest.run where run_id = %s", (funnel.run_id,))
        assert tuple(cursor.fetchone()) == ("success", funnel.verdict.sentence)


def test_the_second_night_loads_nothing_twice_and_keeps_the_correction(settings: Settings, newsroom: Newsroom) -> None:
    night(settings, "first")
    before = left(settings.dsn)
    newsroom.advance("corrections")
    funnel = night(settings, "second")
    after = left(settings.dsn)
    assert outcomes(funnel, "load").get("revised") == 1
    assert len(after["articles"]) - len(before["articles"]) == outcomes(funnel, "load").get("new", 0)
    assert len(after["revisions"]) == len(before["revisions"]) + 1
    corrected = after["revisions"][0][0]
    assert next(a for a in after["articles"] if a[0] == corrected)[3] != after["revisions"][0][3]


def test_a_quiet_night_changes_nothing(settings: Settings) -> None:
    night(settings, "first")
    night(settings, "retry of what was postponed")
    before = left(settings.dsn)
    funnel = night(settings, "quiet")
    assert funnel.verdict.ok
    assert left(settings.dsn) == before


def test_limit_leaves_the_rest_for_the_next_run(settings: Settings) -> None:
    night(settings, "some", limit=5)
    assert len(left(settings.dsn)["articles"]) <= 5
    night(settings, "rest")
    assert len(left(settings.dsn)["articles"]) >= 20


def test_one_publisher_only(settings: Settings, newsroom: Newsroom) -> None:
    name = newsroom.world.publishers[0].name
    night(settings, "one", publishers=(name,))
    assert {r.publisher for r in newsroom.log} == {name}


def test_a_run_where_every_feed_is_away_is_red_and_loses_nothing(settings: Settings, newsroom: Newsroom) -> None:
    night(settings, "first")
    before = left(settings.dsn)["articles"]
    newsroom.__exit__(None, None, None)
    with pytest.raises(pipeline.RunFailedError, match="feeds failed"):
        night(settings, "dark")
    assert left(settings.dsn)["articles"] == before


def test_a_database_that_is_away_raises_and_is_not_an_outcome(settings: Settings, tmp_path: Path) -> None:
    away = Settings(database_url="postgresql://nobody:x@127.0.0.1:1/none", archive=str(tmp_path))
    with pytest.raises(psycopg2.OperationalError):
        pipeline.run_all(away, "never")


@pytest.mark.parametrize("missing", pipeline.NIGHT)
def test_a_night_without_one_of_its_steps_is_not_good(settings: Settings, missing: str) -> None:
    run_id = pipeline.open_run(settings, "test", f"without {missing}")
    with session(settings.dsn) as conn, transaction(conn):
        for stage in set(pipeline.NIGHT) - {missing}:
            queries.runs.begin_stage(conn, run_id=run_id, stage=stage, shard=0, now=utcnow())
        conn.cursor().execute("update ingest.run_stage set ended_at = now()")
    with pytest.raises(pipeline.RunFailedError, match=f"step {missing} did not finish"):
        pipeline.check(settings, run_id, steps=pipeline.NIGHT)
