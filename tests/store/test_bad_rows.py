"""Each step meets a row that the database refuses: it ends as bad_row, and the rest commits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow.backfill import step as backfill
from newsflow.backfill.request import BackfillRequest
from newsflow.clock import utcnow
from newsflow.dedupe.step import deduplicate
from newsflow.extract.step import extract
from newsflow.fetch.step import fetch
from newsflow.importer.step import import_file
from newsflow.load.step import load
from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.reprocess import step as reprocess
from newsflow.reprocess.request import ReprocessRequest
from newsflow.store import bad_rows, runs
from newsflow.store.archive import Archive
from newsflow.subscriptions import store as subscriptions
from newsflow.subscriptions.lists import Listed
from tests.extract.pages import page as article
from tests.inside import poll
from tests.ledger import HTML, Ledger
from tests.webserver import says

BAD = "/bad"  # ends the address of the page that the database refuses
PATHS = ("/1", "/2", BAD, "/4")
PAGE = f"(select page_id from ingest.page where url like '%%{BAD}')"


@pytest.fixture
def ledger(conn: Connection, dsn: str, tmp_path: Path) -> Iterator[Ledger]:
    found = Ledger(conn, dsn, tmp_path / "archive", more={"extract_workers": 1, "parse_workers": 1})
    yield found
    for server in found.servers:
        server.close()


def refuse(ledger: Ledger, table: str, condition: str) -> None:
    """Let the database refuse rows of a table: `condition` is SQL over `new`."""
    ledger.do(
        f"create function refuse() returns trigger language plpgsql as $$ begin if {condition} then"
        " raise exception 'refused by the test' using errcode = 'check_violation'; end if; return new; end $$"
    )
    ledger.do(f"create trigger refuse before insert or update on {table} for each row execute function refuse()")


def html(path: str) -> bytes:
    """A page with a text of its own."""
    said = (f"<p>What {path} says in {path} {n} of the harbour is nowhere else to be read.</p>" for n in range(30))
    return article("".join(said), title=f"News of {path}")


def due(ledger: Ledger) -> int:
    """A run with four articles to fetch; its number."""
    server = ledger.server()
    server.plays.update({path: says(body=html(path), headers=HTML) for path in PATHS})
    ledger.pages(*map(server.url, PATHS))
    return ledger.plan()


def ended(ledger: Ledger, stage: str) -> list[tuple[str]]:
    """The addresses that ended as bad_row in a stage."""
    return ledger.all(
        f"select right(p.url, 4) from ingest.run_page x join ingest.page p using (page_id)"
        f" where x.{stage}_outcome = 'bad_row' order by 1"
    )


def bad(ledger: Ledger) -> Any:
    return ledger.one(f"select state, outcome, detail from ingest.page where url like '%%{BAD}'")


def test_a_set_is_halved_until_the_bad_row_is_alone() -> None:
    tried: list[list[int]] = []
    alone: list[tuple[int, str]] = []

    def write(rows: Any) -> None:
        tried.append(list(rows))
        if 6 in rows:
            raise ValueError("six")

    bad_rows.halved(list(range(8)), write, lambda row, why: alone.append((row, why)), nullcontext)
    assert alone == [(6, "ValueError: six")]
    assert [rows for rows in tried if 6 not in rows] == [[0, 1, 2, 3], [4, 5], [7]]


@pytest.mark.parametrize("statement", ["select * from nowhere", "select pg_terminate_backend(pg_backend_pid())"])
def test_trouble_of_our_own_is_raised(conn: Connection, statement: str) -> None:
    with pytest.raises(psycopg2.Error):
        bad_rows.write(
            conn, [1, 2], lambda _: conn.cursor().execute(statement), lambda row, why: pytest.fail(f"{row}: {why}")
        )


def feeds(ledger: Ledger) -> int:
    """A run with two feeds to poll, of four entries and of one."""
    server, rss = ledger.server(), {"Content-Type": "application/rss+xml"}
    for name, paths in (("/feed", PATHS), ("/other", ("/other/1",))):
        items = "".join(f"<item><title>of {p}</title><link>{server.url(p)}</link></item>" for p in paths)
        body = f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'
        server.plays[name] = says(body=body.encode(), headers=rss)
    subscriptions.add(ledger.conn, [Listed(server.url("/feed")), Listed(server.url("/other"))], utcnow())
    return runs.start(ledger.conn, "test", "poll", utcnow(), {})


@pytest.mark.parametrize(
    ("table", "condition"), [("ingest.entry", f"new.title = 'of {BAD}'"), ("ingest.page", f"new.url like '%%{BAD}'")]
)
def test_poll_keeps_the_address_of_an_entry_that_is_refused(ledger: Ledger, table: str, condition: str) -> None:
    run = feeds(ledger)
    refuse(ledger, table, condition)
    assert poll(ledger.settings(), run).counts == {"ok": 2}
    found = ledger.all("select right(link, 4), outcome from ingest.entry where page_id is null")
    assert found == [(BAD, "bad_row")]
    assert ledger.one("select count(*) from ingest.page")[0] == 4
    assert ledger.all("select detail from ingest.poll where detail <> ''") == [("the database refuses 1 of 4 entries",)]


@pytest.mark.parametrize(
    ("table", "condition"), [("ingest.feed", "new.window_entries = 4"), ("ingest.poll", "new.entries = 4")]
)
def test_poll_ends_a_feed_that_is_refused(ledger: Ledger, table: str, condition: str) -> None:
    run = feeds(ledger)
    refuse(ledger, table, condition)
    assert poll(ledger.settings(), run).counts == {"ok": 1, "bad_row": 1}
    assert ledger.all("select outcome from ingest.poll order by 1") == [("bad_row",), ("ok",)]
    assert ledger.one(
        "select last_outcome, claimed_until is null as free, next_poll_at > last_poll_at as later from ingest.feed"
        " where url like '%%/feed'"
    ) == ("bad_row", True, True)


def test_fetch_ends_a_page_that_is_refused(ledger: Ledger) -> None:
    run = due(ledger)
    refuse(ledger, "ingest.capture", f"new.page_id = {PAGE}")
    counts = fetch(ledger.settings(), run, 0).counts
    assert {code: pages for code, pages in counts.items() if pages} == {"ok": 3, "bad_row": 1}
    assert ended(ledger, "fetch") == [(BAD,)]
    assert bad(ledger) == ("rejected", "bad_row", "refused by the test")


def test_a_page_of_which_nothing_is_taken_has_its_outcome_in_the_run(ledger: Ledger) -> None:
    run = due(ledger)
    refuse(ledger, "ingest.page", f"new.url like '%%{BAD}'")
    fetch(ledger.settings(), run, 0)
    assert ended(ledger, "fetch") == [(BAD,)]


@pytest.mark.parametrize(
    ("table", "key"),
    [("ingest.fetch_log", "page_id"), ("ingest.origin", "origin_id"), ("news_internal.search", "article_id")],
)
def test_what_is_only_noted_beside_costs_no_article(ledger: Ledger, table: str, key: str) -> None:
    run = due(ledger)
    refuse(ledger, table, "true" if table == "ingest.origin" else f"new.{key} = {PAGE}")
    fetch(ledger.settings(), run, 0)
    extract(ledger.settings(), run, 0)
    deduplicate(ledger.settings(), run)
    assert load(ledger.settings(), run).counts == {"new": 4}


@pytest.mark.parametrize(
    ("stage", "table", "key"),
    [
        ("extract", "ingest.extraction", "page_id"),
        ("extract", "ingest.site_page", "page_id"),
        ("deduplicate", "ingest.sketch", "page_id"),
        ("deduplicate", "ingest.story_member", "page_id"),
        ("load", "news_internal.article", "article_id"),
        ("load", "news_internal.change", "article_id"),
    ],
)
def test_later_steps_end_a_page_that_is_refused(ledger: Ledger, stage: str, table: str, key: str) -> None:
    run, settings = due(ledger), ledger.settings()
    refuse(ledger, table, f"new.{key} = {PAGE}")
    fetch(settings, run, 0)
    extract(settings, run, 0)
    deduplicate(settings, run)
    load(settings, run)
    assert ended(ledger, stage) == [(BAD,)]
    assert bad(ledger) == ("rejected", "bad_row", "refused by the test")
    assert ledger.one("select count(*) from news.articles")[0] == 3
    assert [s.open for s in runs.funnel(ledger.conn, run)] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("table", "condition", "taken"),
    [("ingest.extraction", "new.cause = 'reprocess'", 3), ("ingest.reprocess_page", "new.applied", 4)],
)
def test_reprocess_leaves_a_page_alone_that_is_refused(ledger: Ledger, table: str, condition: str, taken: int) -> None:
    run, settings = due(ledger), ledger.settings()
    fetch(settings, run, 0)
    extract(settings, run, 0)
    deduplicate(settings, run)
    load(settings, run)
    ledger.do("update ingest.extraction set title = 'old', content_hash = sha256('old'), extractor = 'old/1'")
    refuse(ledger, table, f"new.page_id = {PAGE} and {condition}")
    number = reprocess.compare(settings, ledger.plan(), ReprocessRequest())
    assert reprocess.apply(settings, ledger.plan(), number) == taken
    assert ledger.one(
        "select count(*) filter (where applied) as applied,"
        " count(*) filter (where outcome = 'bad_row' or note like '%%refused by the test') as left_alone"
        " from ingest.reprocess_page"
    ) == (3, 1)


def test_import_leaves_a_row_out_that_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    rows = [{"url": f"https://a.example{path}", "title": path, "body": f"Text of {path}."} for path in PATHS]
    file.write_text("\n".join(map(json.dumps, rows)))
    refuse(ledger, "ingest.page", f"new.url like '%%{BAD}'")
    found = import_file(ledger.settings(), file)
    assert found.counts["new"] == 3
    assert [(r.line, str(r.outcome), r.reason) for r in found.rejects] == [(3, "bad_row", "refused by the test")]
    assert ledger.all("select line, outcome from ingest.import_reject") == [(3, "bad_row")]


@pytest.mark.parametrize(
    ("table", "condition"),
    [("ingest.page", f"new.url like '%%{BAD}'"), ("ingest.capture", f"new.page_id = {PAGE}")],
)
def test_backfill_skips_a_record_that_is_refused(ledger: Ledger, tmp_path: Path, table: str, condition: str) -> None:
    theirs = tmp_path / "theirs"
    with Archive(str(theirs)).writer("a.warc.gz") as writer:
        for path in PATHS:
            url = f"https://a.example{path}"
            writer.add(Exchange(url, Outcome.OK, 200, {"content-type": "text/html"}, html(path), url), utcnow())
        writer.seal()
    refuse(ledger, table, condition)
    run, request = ledger.plan(), BackfillRequest(warc=[str(theirs / "a.warc.gz")])
    assert backfill.plan_files(ledger.settings(), run, request) == 1
    assert backfill.read(ledger.settings(), run, 0, request).counts["taken"] == 3
    assert ledger.one("select state, skipped ->> 'bad_row' as bad from ingest.backfill_file") == ("done", "1")
    known = {file for (file,) in ledger.all("select file from ingest.warc_file")}
    assert {found.file for found in Archive(ledger.settings().archive_url).list()} == known
