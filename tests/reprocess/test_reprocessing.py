"""A changed extractor: compared without a trace, applied as revisions, undone to the very rows of the start."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow import pipeline as nightly
from newsflow.extract import pool
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from newsflow.reprocess import pipeline, report, step
from newsflow.reprocess.request import ReprocessRequest
from newsflow.reprocess.step import WrongStateError
from newsflow.settings import Settings
from newsflow.store import named_query
from newsflow.store.db import transaction
from tests.load.world import STRAY_HASHES
from tests.reprocess.conftest import ARTICLES, SHORT

VIEWS = ("articles", "revisions", "stories", "unique_articles")
PAGES = """
select page_id, state, case when state = 'rejected' then outcome end, detail,
  extraction_id, loaded_extraction_id, canonical_page_id
from ingest.page order by 1
"""
MEMBERS = "select page_id, story_id, is_origin, similarity from ingest.story_member order by 1"


def rows(conn: Connection, query: str) -> list[Any]:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def contract(conn: Connection) -> dict[str, list[Any]]:
    """All rows of the contract that tell of articles, and the ledger behind them."""
    assert rows(conn, STRAY_HASHES) == [(0,)]
    found = {view: sorted(map(repr, rows(conn, f"select * from news.{view}"))) for view in VIEWS}
    return found | {"pages": rows(conn, PAGES), "members": rows(conn, MEMBERS)}


@pytest.fixture
def changed(loaded: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An extractor that drops last paragraphs of odd articles and finds every eighth too short; short texts pass."""
    real: Callable[..., Extraction] = pool.extract

    def other(html: bytes, url: str, *hints: Any, **options: Any) -> Extraction:
        found = real(html, url, *hints, **options)
        number = int(url.rpartition("-")[2]) if "story-" in url else -1
        if number >= 0 and number % 8 == 7:
            return replace(found, outcome=Outcome.TOO_SHORT, detail="of the changed extractor", body="")
        if number % 2 == 1 and number > 0:
            return replace(found, body=found.body.rpartition("\n")[0])
        return found

    monkeypatch.setattr(pool, "extract", other)
    return loaded.model_copy(update={"min_words": 5})


LOST = sum(n % 8 == 7 for n in range(ARTICLES))
CHANGED = sum(n % 2 == 1 for n in range(ARTICLES)) - LOST


def test_the_dry_run_touches_nothing_that_analysts_see(changed: Settings, conn: Connection) -> None:
    before = contract(conn)
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    assert contract(conn) == before
    [found] = rows(conn, f"select state, pages, report from ingest.reprocess where reprocess_id = {number}")
    assert (found.state, found.pages) == ("compared", ARTICLES + SHORT)
    verdicts = {"same": ARTICLES - CHANGED - LOST, "changed": CHANGED, "lost": LOST, "gained": SHORT}
    assert found.report["verdicts"] == verdicts
    assert found.report["fields"] == {"body": CHANGED}
    assert sum(found.report["similarity"]) == CHANGED


def test_apply_makes_revisions_that_say_why(changed: Settings, conn: Connection) -> None:
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    pipeline.apply(changed, "apply", number)
    causes = dict(rows(conn, "select cause, count(*) from news.revisions where revision = 2 group by 1"))
    assert causes == {"reprocess": CHANGED}
    changes = rows(conn, "select distinct changed from news.revisions where revision = 2")
    assert changes == [(["body"],)]
    assert rows(conn, "select count(*) from news.articles") == [(ARTICLES + SHORT,)]
    assert rows(conn, STRAY_HASHES) == [(0,)]
    lost = rows(conn, "select count(*) from news.articles where url ~ 'story-(7|15|23)$' and revision = 1")
    assert lost == [(LOST,)]


def test_undo_gives_the_rows_of_the_start(changed: Settings, conn: Connection) -> None:
    before = contract(conn)
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    pipeline.apply(changed, "apply", number)
    assert contract(conn) != before
    pipeline.undo(changed, "undo", number)
    assert contract(conn) == before
    kinds = dict(rows(conn, "select kind, count(*) from news.changes group by 1"))
    assert kinds["retraction"] == SHORT
    assert kinds["revision"] == 2 * CHANGED
    assert rows(conn, "select count(*) from ingest.extraction where cause = 'reprocess'") == [(0,)]


def test_before_load_has_seen_it_an_undone_article_is_known_by_its_former_content(
    changed: Settings, conn: Connection
) -> None:
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    pipeline.apply(changed, "apply", number)
    step.undo(changed, nightly.open_run(changed, "news_reprocess", "half"), number)
    assert rows(conn, STRAY_HASHES) == [(0,)]


def test_an_undone_reprocess_can_be_made_again(changed: Settings, conn: Connection) -> None:
    first = pipeline.compare(changed, "dry", ReprocessRequest())
    pipeline.apply(changed, "apply", first)
    applied = sorted(map(repr, rows(conn, "select url, title, body, revision from news.articles")))
    pipeline.undo(changed, "undo", first)
    second = pipeline.compare(changed, "dry again", ReprocessRequest())
    pipeline.apply(changed, "apply again", second)
    assert sorted(map(repr, rows(conn, "select url, title, body, revision from news.articles"))) == applied


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.mark.parametrize("at", ["reprocess.judge", "reprocess.apply", "load.close_pages", "reprocess.mark_undone"])
def test_killed_anywhere_and_run_again(
    changed: Settings, conn: Connection, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr(step, "BATCH", 5)
    before, died = contract(conn), [0]

    def killing(real: Any) -> Any:
        def call(conn: Connection, query: str, *args: Any) -> Any:
            found = real(conn, query, *args)
            if query == at and died[0] < 2:
                died[0] += 1
                raise Killed
            return found

        return call

    for name in ("count", "write"):
        monkeypatch.setattr(named_query, name, killing(getattr(named_query, name)))

    def until_done(call: Callable[[], Any]) -> Any:
        while True:
            try:
                return call()
            except Killed:
                continue

    number = until_done(lambda: pipeline.compare(changed, "dry", ReprocessRequest()))
    until_done(lambda: pipeline.apply(changed, "apply", number))
    [(revisions,)] = rows(conn, "select count(*) from news.revisions where cause = 'reprocess'")
    assert revisions == CHANGED + SHORT
    until_done(lambda: pipeline.undo(changed, "undo", number))
    assert died == [2]
    assert contract(conn) == before


def test_what_a_publisher_edited_since_is_left_alone(changed: Settings, conn: Connection) -> None:
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    pipeline.apply(changed, "apply", number)
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("select min(page_id) from ingest.reprocess_page where verdict = 'changed'")
        page = cursor.fetchone()[0]
        cursor.execute("update ingest.page set extraction_id = extraction_id - 1 where page_id = %s", (page,))
    pipeline.undo(changed, "undo", number)
    [found] = rows(conn, f"select undone, note from ingest.reprocess_page where page_id = {page}")
    assert (found.undone, "changed since it was applied" in found.note) == (False, True)
    [(revision,)] = rows(conn, f"select revision from news.articles where article_id = {page}")
    assert revision == 2


def test_pages_that_changed_since_the_comparison_are_left_alone(changed: Settings, conn: Connection) -> None:
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'pending' where outcome = 'too_short'")
    pipeline.apply(changed, "apply", number)
    notes = rows(conn, "select verdict, count(*) from ingest.reprocess_page where note <> '' group by 1")
    assert notes == [("gained", SHORT)]


@pytest.mark.parametrize(
    ("selection", "pages"),
    [
        (ReprocessRequest(publishers=("brief.example",)), SHORT),
        (ReprocessRequest(outcomes=("too_short",)), SHORT),
        (ReprocessRequest(outcomes=("loaded",)), ARTICLES),
        (ReprocessRequest(since=date(2024, 5, 2)), 0),
        (ReprocessRequest(until=date(2024, 5, 1)), ARTICLES + SHORT),
        (ReprocessRequest(extractors=("newsflow-%",)), ARTICLES + SHORT),
        (ReprocessRequest(extractors=("%trafilatura-0.1%",)), 0),
        (ReprocessRequest(limit=4), 4),
    ],
)
def test_captures_are_chosen(loaded: Settings, conn: Connection, selection: ReprocessRequest, pages: int) -> None:
    number = pipeline.compare(loaded, "dry", selection)
    [found] = rows(conn, f"select pages, report from ingest.reprocess where reprocess_id = {number}")
    assert found.pages == pages
    assert set(found.report["verdicts"]) <= {"same", "rejected"}


def test_states_are_kept(loaded: Settings) -> None:
    number = pipeline.compare(loaded, "dry", ReprocessRequest())
    with pytest.raises(WrongStateError, match="is compared, so it can't be undone"):
        pipeline.undo(loaded, "undo", number)
    with pytest.raises(WrongStateError, match="there is no reprocess 99"):
        pipeline.apply(loaded, "apply", 99)
    pipeline.apply(loaded, "apply", number)
    pipeline.undo(loaded, "undo", number)
    with pytest.raises(WrongStateError, match="is undone"):
        pipeline.apply(loaded, "apply again", number)


def test_the_night_goes_on_beside_it(changed: Settings, conn: Connection) -> None:
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    run_id = nightly.open_run(changed, "news_ingest", "night")
    nightly.plan(changed, run_id)
    assert rows(conn, f"select count(*) from ingest.run_page where run_id = {run_id}") == [(0,)]
    assert pipeline.apply(changed, "apply", number).verdict.ok


def test_the_report_shows_both_sides_and_escapes_them(changed: Settings, conn: Connection, tmp_path: Path) -> None:
    number = pipeline.compare(changed, "dry", ReprocessRequest())
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("update ingest.extraction set title = '<script>alert(1)</script>' where cause = 'reprocess'")
    with transaction(conn):
        data, page = report.write(conn, number, tmp_path / "reports")
    assert json.loads(data.read_text())["verdicts"]["changed"] == CHANGED
    text = page.read_text()
    assert "<del>" in text
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "http-equiv" not in text
    with pytest.raises(report.UnknownReprocessError):
        report.render(conn, 99)
