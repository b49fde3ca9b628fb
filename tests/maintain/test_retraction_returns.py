"""What was taken out comes back by no way (feed, archive, import, another address), unless a person says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from newsflow import pipeline
from newsflow.commands import retract as command
from newsflow.importer.step import import_file
from newsflow.local.newsroom import Newsroom
from newsflow.maintain.jobs import run as maintain
from newsflow.maintain.retraction import restore, retract
from newsflow.request import RunRequest
from newsflow.settings import Settings, get_settings
from tests.dedupe.test_near_copies import WIRE
from tests.load.world import T0, World
from tests.pipeline.night import quick_world, register, settings_for

AGENCY, PAPER = "https://wire.example/1", "https://paper.example/2"
ROWS = [
    {"url": AGENCY, "title": "One", "body": WIRE, "published_at": "2026-03-01T08:00:00Z"},
    {"url": PAPER, "title": "Other", "body": WIRE + "\nMore on this page.", "published_at": "2026-03-01T09:00:00Z"},
]
STORIES = "select url, story_id = article_id, is_origin from news.articles order by 1"
TEXTS = """select (select count(*) from ingest.extraction where page_id = %(page)s)
  + (select count(*) from ingest.sketch where page_id = %(page)s)
  + (select count(*) from ingest.story_member where page_id = %(page)s)
  + (select count(*) from ingest.site_page where page_id = %(page)s)"""


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    yield made
    made.conn.close()


def imported(world: World, folder: Path, rows: list[dict[str, Any]], name: str) -> dict[str, int]:
    file = folder / name
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return dict(import_file(world.settings, file).counts)


def page_of(world: World, url: str) -> int:
    return int(world.value("select page_id from ingest.page where url = %s", url))


def texts(world: World, page: int) -> int:
    return int(world.value(TEXTS.replace("%(page)s", str(page))))


def test_an_import_does_not_bring_it_back_nor_touch_its_story(world: World, tmp_path: Path) -> None:
    """The agency's text was the origin; filed again it must not become the unseen origin of the paper's copy."""
    imported(world, tmp_path, ROWS, "a.jsonl")
    gone = page_of(world, AGENCY)
    retract(world.conn, [gone], "court order", T0)
    assert world.rows(STORIES) == [(PAPER, True, True)]
    assert imported(world, tmp_path, ROWS, "b.jsonl") == {"unchanged": 1}
    assert world.rows(STORIES) == [(PAPER, True, True)]
    assert texts(world, gone) == 0
    assert world.rows("select kind, outcome, title, detail from news.rejects order by kind") == [
        ("page", "retracted", None, "retracted: court order"),
        ("row", "retracted", None, world.value("select detail from news.rejects where kind = 'row'")),
    ]
    assert "court order" in world.value("select detail from ingest.import_reject")
    assert world.rows("select kind from news.changes where change_id > 4") == []


def test_another_address_of_the_same_publisher_is_kept_out(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, ROWS, "a.jsonl")
    retract(world.conn, [page_of(world, AGENCY)], "court order", T0)
    amp = {**ROWS[0], "url": "https://wire.example/amp/1", "canonical_url": AGENCY}
    world.publisher("wire.example")
    run, canonical = world.run("r2"), AGENCY
    page = world.clustered(run, amp["url"], "wire.example", body=WIRE, canonical_url=canonical)
    world.rows("update ingest.page set state = 'extracted' where page_id = %s", page)
    world.rows("delete from ingest.story_member where page_id = %s", page)
    pipeline.deduplicate(world.settings, run)
    assert pipeline.load(world.settings, run).taken == 0
    assert world.rows("select outcome from ingest.page where page_id = %s", page) == [("retracted",)]
    assert texts(world, page) == 0
    assert world.value("select count(*) from news_internal.tombstone") == 2


def test_another_publisher_is_not_kept_out_by_what_it_calls_canonical(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, ROWS[:1], "a.jsonl")
    retract(world.conn, [page_of(world, AGENCY)], "court order", T0)
    run = world.run("r2")
    page = world.clustered(run, PAPER, "paper.example", body=WIRE, canonical_url=AGENCY)
    world.rows("update ingest.page set state = 'extracted' where page_id = %s", page)
    pipeline.deduplicate(world.settings, run)
    assert pipeline.load(world.settings, run).counts == {"new": 1}


def test_what_a_feed_brings_back_of_its_texts_is_wiped(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, ROWS, "a.jsonl")
    gone, kept = page_of(world, AGENCY), page_of(world, PAPER)
    retract(world.conn, [gone], "court order", T0)
    feed = world.value(
        "insert into ingest.feed (publisher_id, url) values (%s, 'f') returning feed_id",
        world.publisher("wire.example"),
    )
    for page in (gone, kept):
        world.rows(
            "insert into ingest.entry (feed_id, guid_hash, page_id, guid, link, title, summary, entry_hash)"
            " values (%s, sha256(%s::text::bytea), %s, 'g', 'l', 'Secret', 'Secret', 'f')",
            feed,
            page,
            page,
        )
    (report,) = maintain(world.settings, ["retention"])
    assert report.result["entries_wiped"] == 1
    assert world.rows("select page_id, title, summary from ingest.entry order by page_id") == [
        (gone, "", ""),
        (kept, "Secret", "Secret"),
    ]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(quick_world()) as made:
        yield made


@pytest.fixture
def night(world: World, tmp_path: Path, newsroom: Newsroom) -> Settings:
    """A first night of the sample newsroom."""
    register(world.dsn, newsroom.feeds())
    settings = settings_for(world.dsn, tmp_path / "archive", newsroom)
    pipeline.run_all(settings, "first", RunRequest(force=True))
    return settings


def test_neither_a_corrected_feed_nor_the_archive_brings_it_back(
    world: World, night: Settings, newsroom: Newsroom
) -> None:
    (gone,) = world.rows("select article_id, url from news.articles order by article_id limit 1")
    retract(world.conn, [gone[0]], "wrong", T0)
    world.rows("update ingest.entry set entry_hash = 'other'")  # every feed shows its entries as edited
    newsroom.advance("corrections")
    pipeline.run_all(night, "second", RunRequest(force=True))
    world.rows("update ingest.page set state = 'captured' where page_id = %s", gone[0])  # as a backfill would
    funnel = pipeline.run_all(night, "third", RunRequest(force=True))
    assert funnel.verdict.ok, funnel.verdict
    assert {s.stage: dict(s.outcomes) for s in funnel.stages}["deduplicate"] == {"retracted": 1}
    assert world.rows("select 1 from news.articles where url = %s", gone[1]) == []
    assert texts(world, gone[0]) == 0


def test_undone_it_comes_back_from_its_stored_capture(world: World, night: Settings, newsroom: Newsroom) -> None:
    before = world.rows("select article_id, url, title, body, is_origin from news.articles order by article_id")
    gone = before[0][0]
    retract(world.conn, [gone], "by mistake", T0)
    asked = len(newsroom.log)
    assert restore(world.conn, gone, T0)
    run_id = pipeline.open_run(night, "test", "after the mistake")
    (shard,) = {s.shard for s in pipeline.plan(night, run_id) if s.pages} or {0}
    pipeline.extract(night, run_id, shard)
    pipeline.deduplicate(night, run_id)
    assert pipeline.load(night, run_id).counts == {"new": 1}
    assert world.rows("select article_id, url, title, body, is_origin from news.articles order by article_id") == before
    assert len(newsroom.log) == asked
    assert world.rows("select kind from news.changes where article_id = %s order by change_id", gone)[-2:] == [
        ("retraction",),
        ("insert",),
    ]


def test_undone_without_a_capture_it_is_fetched_again(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, ROWS, "a.jsonl")
    gone = page_of(world, AGENCY)
    retract(world.conn, [gone], "by mistake", T0)
    assert restore(world.conn, gone, T0)
    assert world.rows("select state, outcome from ingest.page where page_id = %s", gone) == [("pending", None)]
    assert not restore(world.conn, gone, T0), "a second time there is nothing to undo"


def test_other_addresses_of_a_restored_page_stay_so(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, ROWS, "a.jsonl")
    gone, other = page_of(world, AGENCY), world.page("https://wire.example/amp/1", "wire.example")
    world.rows(
        "update ingest.page set (state, outcome, canonical_page_id) = ('rejected', 'same_page', %s) where page_id = %s",
        gone,
        other,
    )
    retract(world.conn, [gone], "by mistake", T0)
    restore(world.conn, gone, T0)
    assert world.rows("select state, outcome from ingest.page where page_id = %s", other) == [("rejected", "same_page")]
    assert world.rows("select 1 from news_internal.tombstone") == []


def test_the_command_undoes(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(world, tmp_path, ROWS, "a.jsonl")
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", world.dsn)
    get_settings.cache_clear()
    try:
        assert CliRunner().invoke(command.app, [AGENCY, "--undo"]).exit_code == 2
        assert CliRunner().invoke(command.app, [AGENCY]).exit_code == 2
        assert CliRunner().invoke(command.app, [AGENCY, "--why", "wrong"]).exit_code == 0
        done = CliRunner().invoke(command.app, [AGENCY, "--undo", "--json"])
    finally:
        get_settings.cache_clear()
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"article_id": page_of(world, AGENCY)})
