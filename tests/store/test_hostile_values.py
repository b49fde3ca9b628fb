"""No value of a noun, and no value that is written, holds what PostgreSQL refuses: each type, each field, by itself."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection as Connection

import newsflow
from newsflow.backfill import ledger as backfill_ledger
from newsflow.backfill.ledger import PageCandidate
from newsflow.backfill.records import FoundRecord
from newsflow.extract import row as extraction_row
from newsflow.feeds.parsed import ParsedFeed
from newsflow.fetch import store as fetch_store
from newsflow.fetch.decide import PageDecision
from newsflow.fetch.store import Tried
from newsflow.importer import step as importer
from newsflow.importer.file_row import Row
from newsflow.importer.step import Reject
from newsflow.model import Entry, Exchange, Extraction, PageState
from newsflow.outcomes import Outcome
from newsflow.poll import probing
from newsflow.poll import store as poll_store
from newsflow.poll.decide import decide as decide_poll
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.store import queries
from newsflow.store.archive import Archive
from newsflow.store.copy import copy_rows
from newsflow.store.db import transaction
from newsflow.subscriptions import store as subscriptions
from newsflow.subscriptions.lists import Listed
from newsflow.text.storable import Storable, stored
from newsflow.web import origins, rights
from newsflow.web.robots import RobotsFile
from newsflow.web.urls import url_hash
from tests.hostile_values import TEXT, TREE, made, nouns, texts
from tests.ledger import Ledger

NOW = datetime(2026, 5, 12, 12, tzinfo=timezone.utc)
NOUNS = list(nouns())
# Modules whose dataclasses carry what comes from outside.
OUTSIDE = ("model", "feeds", "fetch.store", "fetch.decide", "importer", "backfill.records", "backfill.ledger",
           "backfill.sources", "subscriptions", "web.robots", "store.warc", "poll.state")  # fmt: skip
# These only count, or hold others while they are gathered.
OWN = {"PollingHints", "Asked", "Added", "Finder", "Imported", "FileReading", "EntryCounts", "_RecordEnds"}


@pytest.fixture
def ledger(conn: Connection, dsn: str, tmp_path: Path) -> Ledger:
    return Ledger(conn, dsn, tmp_path / "archive")


def outside() -> Iterator[type[Any]]:
    for found in pkgutil.walk_packages(newsflow.__path__, "newsflow."):
        if found.name.removeprefix("newsflow.").startswith(OUTSIDE):
            module = importlib.import_module(found.name)
            yield from (one for one in vars(module).values() if is_dataclass(one) and one.__module__ == found.name)  # type: ignore[misc]


def test_whatever_carries_what_comes_from_outside_is_storable() -> None:
    assert {one.__name__ for one in outside() if not issubclass(one, Storable)} == OWN
    assert len(NOUNS) > 20


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_no_noun_holds_what_no_database_stores(noun: type[Any]) -> None:
    found = made(noun)
    held = list(texts(found))
    assert any("half" in text for text in held) or "str" not in str(get_type_hints(noun).values())
    assert [text for text in held if "\x00" in text or text.encode("utf-8", "replace").decode() != text] == []
    times = [at for each in fields(noun) if isinstance(at := getattr(found, each.name), datetime)]
    assert all(abs(at.utcoffset() or timedelta(0)) < timedelta(hours=16) for at in times)


ANY = st.recursive(
    st.text(st.characters(), max_size=8) | st.floats() | st.integers() | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(st.characters(), max_size=5), ANY, max_size=4), st.text(st.characters(), max_size=30))
def test_any_text_and_any_tree_is_written_by_sql_and_by_copy(conn: Connection, tree: dict[str, Any], text: str) -> None:
    with conn.cursor() as cursor:
        cursor.execute("create temp table if not exists h (t text, a text[], j jsonb)")
        cursor.execute("truncate h")
        cursor.execute("insert into h values (%s, %s, %s)", (text, [text, "b"], tree))
        copy_rows(conn, "h", "taj", [(text, [text, "b"], tree)])
        cursor.execute("select t, a, j from h")
        (one, other) = map(tuple, cursor.fetchall())
    assert one == other
    assert (one[0], one[1]) == (stored(text), [stored(text), "b"])
    assert one[2].keys() == stored(tree).keys()


def test_what_has_no_end_is_cut_before_it_ends_the_process(conn: Connection) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with conn.cursor() as cursor:
        cursor.execute("select %s::jsonb", ({"deep": deep, "nan": math.nan, **TREE},))
        assert cursor.fetchone()[0]["nan"] is None


def test_poll_stores_an_entry_with_any_text_in_any_field(ledger: Ledger) -> None:
    subscriptions.add(ledger.conn, [made(Listed, url="https://a.example/feed")], NOW)
    number = ledger.one("select feed_id from ingest.feed")[0]
    feed = made(FeedState, feed_id=number, publisher_id=1, url="https://a.example/feed", state="active", failures=0,
                interval_s=None, body_hash=None, polls_unaudited=0, moved_polls=0, moved_to=None)  # fmt: skip
    entries = tuple(
        made(Entry, guid=f"{n} {TEXT}", link=f"https://a.example/{n}\x00\ud800", known=False) for n in range(3)
    )
    exchange = made(Exchange, url=feed.url, outcome=Outcome.OK, status=200, seconds=0.1, retry_after_s=None)
    parsed = made(ParsedFeed, kind="rss", children=())
    polled = made(PollResult, feed=feed, exchange=exchange, outcome=Outcome.OK, at=NOW, parsed=parsed, entries=entries,
                  wait_s=0.0, body_hash=None)  # fmt: skip
    run = ledger.plan()
    with transaction(ledger.conn):
        probe = probing.probe(ledger.conn, [polled], NOW)
        poll_store.save_entries(ledger.conn, probe, NOW)
        poll_store.save_polls(ledger.conn, [(polled, EntryCounts(3))], run, 0)
        poll_store.save_feeds(ledger.conn, [(polled, EntryCounts(3), decide_poll(polled, EntryCounts(3), NOW, 0.5))])
    assert ledger.one(
        "select count(*) as shown, count(*) filter (where title like 'nul%%half%%') as whole from ingest.entry"
    ) == (3, 3)


def test_fetch_stores_any_header_and_any_robots_txt(ledger: Ledger) -> None:
    (page,) = ledger.pages("https://a.example/1")
    run = ledger.plan()
    exchange = made(Exchange, url="https://a.example/1", outcome=Outcome.OK, status=200, seconds=0.1,
                    headers={"x-robots-tag": TEXT, "content-type": TEXT, "etag": TEXT, "tdm-policy": TEXT})  # fmt: skip
    signals = rights.of_page(
        exchange, rights.of_robots(_Names(), f"Content-Signal: ai-train=no, \x00\ud800={TEXT}", "/")
    )
    with Archive(ledger.settings().archive_url).writer("run/1.warc.gz") as writer:
        capture = fetch_store.store(writer, page, exchange, NOW, signals, None)
        sealed = writer.seal()
    decision = made(PageDecision, page_id=page, state=PageState.CAPTURED, outcome=Outcome.OK, attempts=0)
    with transaction(ledger.conn):
        fetch_store.add_file(ledger.conn, run, 0, sealed, NOW)
        ids = fetch_store.add_captures(ledger.conn, run, [capture])
        fetch_store.settle(ledger.conn, run, [decision], ids, NOW)
        fetch_store.log_tries(ledger.conn, run, [made(Tried, page_id=page, at=NOW, exchange=exchange)])
        (origin,) = origins.load(ledger.conn, [ledger.one("select origin_id from ingest.origin")[0]]).values()
        origin.robots, origin.robots_saved = made(RobotsFile, status=200), False
        origins.save(ledger.conn, [origin])
    assert "half" in ledger.one("select rights ->> 'x_robots_tag' from ingest.capture")[0]
    assert "half" in ledger.one("select robots_body from ingest.origin")[0]


class _Names:
    """robots.txt rules that name nobody."""

    def names(self, agent: str) -> bool:
        return False

    def allows(self, url: str, agent: str) -> bool:
        return True


def test_extract_backfill_and_import_store_any_text_in_any_field(ledger: Ledger) -> None:
    run = ledger.plan()
    exchange = made(
        Exchange,
        url="https://b.example/1",
        outcome=Outcome.OK,
        status=200,
        seconds=0.1,
        final_url="https://b.example/1",
    )
    found = made(FoundRecord, exchange=exchange, when=NOW, packed=b"", digest="sha1:\x00\ud800")
    one = made(PageCandidate, url="https://b.example/1", key=url_hash("https://b.example/1"), found=found,
               origin="https://b.example", publisher="b\x00.example")  # fmt: skip
    with Archive(ledger.settings().archive_url).writer("backfill/1.warc.gz") as writer:
        pointer = backfill_ledger.write(writer, one)
        sealed = writer.seal()
    with transaction(ledger.conn):
        backfill_ledger.register(ledger.conn, [(one.url, one.key, one.origin, one.publisher)], NOW)
    page = ledger.one("select page_id from ingest.page")[0]
    with transaction(ledger.conn):
        backfill_ledger.book(ledger.conn, run, 0, 1, sealed, {page: (one, pointer)}, NOW)
    extraction = made(Extraction, url=one.url, outcome=Outcome.OK, language_confidence=1.0)
    with transaction(ledger.conn):
        (captured,) = queries.extract.take(ledger.conn, pages=[page])
        record = extraction_row.record(captured, run, "fetch", extraction, extraction_row.values(extraction), 0, NOW)
        assert queries.extract.store(ledger.conn, [record])
        imported = made(Extraction, url="https://c.example/1", outcome=Outcome.OK, language_confidence=1.0)
        importer._store(ledger.conn, run, [made(Row, line=1, extraction=imported)], lambda: NOW)
        reject = importer._reject(run, made(Reject, line=1, outcome=Outcome.UNREADABLE_ROW))
        queries.importer.put_rejects(ledger.conn, [reject])
    assert ledger.one("select count(*) from ingest.extraction where sources::text like '%%half%%'") == (2,)
