"""The stage against a real database and a real archive."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.extract import cpu_shares
from newsflow.extract.step import extract
from newsflow.extract.version import extractor
from newsflow.isolation import workers
from newsflow.model import CapturePointer, Exchange
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.store import archive_folders, run_shards, runs
from newsflow.store.archive import Archive
from newsflow.store.archive_trouble import ArchiveGoneError
from tests.extract.pages import PARAGRAPHS, page
from tests.extract.texts import TEXTS

NOW = datetime(2026, 5, 12, 12, tzinfo=timezone.utc)


def clock() -> datetime:
    return NOW


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(database_url=dsn, archive=str(tmp_path / "archive"), extract_workers=2, extract_timeout_s=5)


def capture_pages(settings: Settings, bodies: list[bytes]) -> list[CapturePointer]:
    with Archive(settings.archive_url).writer("test/a.warc.gz") as writer:
        pointers = [
            writer.add(
                Exchange(
                    f"https://courier.example/{n}",
                    Outcome.OK,
                    200,
                    {"content-type": "text/html"},
                    body,
                    f"https://courier.example/{n}",
                ),
                NOW,
            )
            for n, body in enumerate(bodies)
        ]
        writer.seal()
    return pointers


def register(conn: Connection, pointers: list[CapturePointer]) -> int:
    """A run whose pages are fetched and wait for extraction; returns its number."""
    run_id = runs.start(conn, "test", "run", NOW, {})
    with conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('courier.example') returning publisher_id")
        publisher = cursor.fetchone()[0]
        cursor.execute("insert into ingest.origin (origin) values ('https://courier.example') returning origin_id")
        origin = cursor.fetchone()[0]
        for n, pointer in enumerate(pointers):
            url = f"https://courier.example/{n}"
            cursor.execute(
                "insert into ingest.page (url, url_hash, origin_id, publisher_id, state) "
                "values (%s, sha256(%s::bytea), %s, %s, 'captured') returning page_id",
                (url, url, origin, publisher),
            )
            page_id = cursor.fetchone()[0]
            cursor.execute(
                'insert into ingest.capture (page_id, fetched_at, final_url, status, file, "offset", length, '
                'payload_digest, bytes, rights) values (%s, %s, %s, 200, %s, %s, %s, %s, 0, \'{"robots_txt": "ok"}\') '
                "returning capture_id",
                (page_id, NOW, url, pointer.file, pointer.offset, pointer.length, pointer.payload_digest),
            )
            cursor.execute("update ingest.page set capture_id = %s where page_id = %s", (cursor.fetchone()[0], page_id))
            cursor.execute(
                "insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome) "
                "values (%s, %s, 0, 'fetch', 'ok')",
                (run_id, page_id),
            )
    conn.commit()
    return run_id


def rows(conn: Connection, statement: str) -> list[Any]:
    with conn.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall()
    conn.rollback()
    return found


ARTICLE, STUB = page(), page("<p>Short.</p>")


@pytest.fixture
def run_id(settings: Settings, conn: Connection) -> int:
    return register(conn, capture_pages(settings, [ARTICLE, STUB, ARTICLE]))


def test_articles_go_on_and_the_rest_ends_with_its_outcome(settings: Settings, conn: Connection, run_id: int) -> None:
    report = extract(settings, run_id, 0, clock=clock)
    assert report.counts["ok"] == 2
    assert report.taken == 3
    states = rows(conn, "select state, outcome, extraction_id is not null from ingest.page order by page_id")
    assert [tuple(s) for s in states][0::2] == [("extracted", "ok", True)] * 2
    assert states[1][0] == "rejected"
    assert states[1][2] is False
    funnel = rows(conn, "select extract_outcome from ingest.run_page order by page_id")
    assert [f[0] for f in funnel] == [s[1] for s in states]


def test_what_was_extracted_is_stored_with_its_lineage(settings: Settings, conn: Connection, run_id: int) -> None:
    extract(settings, run_id, 0, clock=clock)
    first, _, third = rows(conn, "select * from ingest.extraction order by page_id")
    assert first.body == "\n".join(PARAGRAPHS)
    assert first.title == "Westmere rebuilds its ferry pier"
    assert first.extractor == extractor()
    assert first.rights == {"robots_txt": "ok"}
    assert first.sources["title"] == "h1"
    assert first.word_count > 100
    assert bytes(first.text_hash) == bytes(third.text_hash)
    assert bytes(first.content_hash) == bytes(third.content_hash)


def test_twice_is_once(settings: Settings, conn: Connection, run_id: int) -> None:
    extract(settings, run_id, 0, clock=clock)
    before = rows(conn, "select * from ingest.extraction order by 1")
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'captured'")
        cursor.execute("update ingest.run_page set extract_outcome = null")
    conn.commit()
    extract(settings, run_id, 0, clock=clock)
    assert rows(conn, "select * from ingest.extraction order by 1") == before


def test_a_page_with_an_article_never_becomes_a_reject(settings: Settings, conn: Connection, run_id: int) -> None:
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set loaded_extraction_id = 99")
    conn.commit()
    extract(settings, run_id, 0, clock=clock)
    assert [s[0] for s in rows(conn, "select state from ingest.page order by page_id")] == [
        "extracted",
        "loaded",
        "extracted",
    ]


def test_many_batches_store_each_page_once(
    settings: Settings, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsflow.extract.step.BATCH", 2)
    run_id = register(conn, capture_pages(settings, [ARTICLE, STUB, ARTICLE, ARTICLE, STUB]))
    report = extract(settings, run_id, 0, clock=clock)
    assert (report.taken, report.counts["ok"]) == (5, 3)
    assert [r[0] for r in rows(conn, "select count(*) from ingest.extraction group by page_id")] == [1] * 5
    assert extract(settings, run_id, 0, clock=clock).counts == report.counts  # a finished shard keeps its counts


def test_a_publisher_whose_pages_take_too_much_of_the_cpu_is_cut_and_goes_on_in_the_next_run(
    settings: Settings, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu_shares, "DEAR_CPU_S", -1.0)
    monkeypatch.setattr(cpu_shares, "SHARE_CPU_S", 0.0)  # the first page that comes back uses it up, if it took nothing
    monkeypatch.setattr(workers, "LOOK_AHEAD", 1)
    run_id = register(conn, capture_pages(settings, [ARTICLE] * 8))
    counts = extract(settings, run_id, 0, clock=clock).counts
    assert counts["ok"] + counts["postponed"] == 8
    assert 1 <= counts["ok"] <= 3  # with those that were under way
    left = rows(conn, "select state, outcome from ingest.page where extraction_id is null")
    assert {tuple(page) for page in left} == {("captured", "postponed")}
    assert len(left) == counts["postponed"]
    conn.cursor().execute("update ingest.run set state = 'success'")
    later = runs.start(conn, "test", "later", NOW, {})
    run_shards.plan(conn, later, settings, NOW)
    monkeypatch.undo()
    found = [extract(settings, later, shard, clock=clock).counts.get("ok", 0) for shard in range(4)]
    assert sum(found) == counts["postponed"]


def test_what_was_stored_before_an_archive_went_away_stays(
    settings: Settings, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsflow.extract.step.BATCH", 2)
    monkeypatch.setattr("newsflow.isolation.workers.LOOK_AHEAD", 1)
    monkeypatch.setattr("newsflow.extract.step.learn_sites", lambda *_: None)  # it would find the archive gone first
    run_id = register(conn, capture_pages(settings, [ARTICLE, ARTICLE, ARTICLE, ARTICLE, ARTICLE, STUB]))
    with conn.cursor() as cursor:
        cursor.execute("update ingest.capture set file = 'gone/a.warc.gz' where page_id <= 2")  # read last
    conn.commit()
    with pytest.raises(ArchiveGoneError, match="the archive is not there"):
        extract(settings, run_id, 0, clock=clock)
    states = [r[0] for r in rows(conn, "select state from ingest.page order by page_id")]
    assert states[:2] == ["captured", "captured"]
    assert states[4:] == ["extracted", "rejected"]


def test_pages_of_other_shards_and_runs_are_left_alone(settings: Settings, conn: Connection, run_id: int) -> None:
    assert extract(settings, run_id, 1, clock=clock).taken == 0
    assert {s[0] for s in rows(conn, "select state from ingest.page")} == {"captured"}


PAGES = "select state, outcome, capture_id is null, etag, next_attempt_at from ingest.page order by page_id"
LOST = ("pending", "capture_lost", True, None, NOW)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    path.write_bytes(bytes(byte ^ 0x55 for byte in path.read_bytes()))


def in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [Path.unlink, flip, in_its_place, lambda path: path.write_bytes(b"")])
def test_a_lost_file_costs_its_own_pages_and_they_are_fetched_again(
    settings: Settings, conn: Connection, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    """However large it is: a whole batch may lie in it."""
    run_id = register(conn, capture_pages(settings, [ARTICLE] * 65))
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set etag = 'x', attempts = 2")
        cursor.execute("update ingest.capture set file = 'test/b.warc.gz' where page_id = 65")
    conn.commit()
    (tmp_path / "archive/test/b.warc.gz").write_bytes((tmp_path / "archive/test/a.warc.gz").read_bytes())
    harm(tmp_path / "archive/test/a.warc.gz")
    assert extract(settings, run_id, 0, clock=clock).counts == {"capture_lost": 64, "ok": 1}
    assert [tuple(page) for page in rows(conn, PAGES)[:64]] == [LOST] * 64
    assert rows(conn, PAGES)[64][0] == "extracted"


def test_a_cut_file_costs_what_lay_behind_the_cut(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    run_id = register(conn, capture_pages(settings, [ARTICLE] * 6))
    cut(tmp_path / "archive/test/a.warc.gz")
    assert extract(settings, run_id, 0, clock=clock).counts == {"capture_lost": 3, "ok": 3}


def lose_again(settings: Settings, conn: Connection, run_id: int) -> tuple[str, str]:
    """The first page is captured once more, and that capture is lost too; how the page ends."""
    with conn.cursor() as cursor:
        cursor.execute(
            'insert into ingest.capture (page_id, fetched_at, final_url, status, file, "offset", length, '
            "payload_digest, bytes) select 1, now(), '', 200, 'test/gone.warc.gz', count(*), 9, '', 0 "
            "from ingest.capture returning capture_id"
        )
        number = cursor.fetchone()[0]
        cursor.execute("update ingest.page set state = 'captured', capture_id = %s where page_id = 1", (number,))
        cursor.execute("update ingest.run_page set extract_outcome = null where page_id = 1")
    conn.commit()
    extract(settings, run_id, 0, clock=clock)
    [page] = rows(conn, "select state, outcome from ingest.page where page_id = 1")
    return tuple(page)  # type: ignore[return-value]


def test_a_page_whose_captures_are_always_lost_is_not_fetched_for_ever(settings: Settings, conn: Connection) -> None:
    run_id = register(conn, capture_pages(settings, [ARTICLE]))
    ends = [lose_again(settings, conn, run_id) for _ in range(4)]
    assert ends == [("pending", "capture_lost")] * 3 + [("rejected", "capture_lost")]


def test_an_article_stays_when_its_newer_capture_is_lost(settings: Settings, conn: Connection) -> None:
    run_id = register(conn, capture_pages(settings, [ARTICLE]))
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set loaded_extraction_id = 7")
    conn.commit()
    assert lose_again(settings, conn, run_id) == ("pending", "capture_lost")
    assert rows(conn, "select loaded_extraction_id from ingest.page") == [(7,)]


def test_what_came_from_others_files_is_read_there_again(settings: Settings, conn: Connection) -> None:
    """Such a page is not asked for on the web; the file that held it counts as unread for the next backfill."""
    run_id = register(conn, capture_pages(settings, [ARTICLE, ARTICLE]))
    part = hashlib.sha256(b"all past.warc.gz").hexdigest()[:16]
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set discovered_by = 'backfill' where page_id = 1")
        cursor.execute(
            "update ingest.capture set file = 'test/backfill/' || %s || '/1.warc.gz' where page_id = 1", (part,)
        )
        cursor.execute(
            "insert into ingest.backfill_file (source, selection, run_id, version, state, added_at, changed_at) "
            "select source, 'all', %s, 'v', 'done', now(), now() "
            "from unnest('{past.warc.gz,other.warc.gz}'::text[]) source",
            (run_id,),
        )
    conn.commit()
    assert extract(settings, run_id, 0, clock=clock).counts == {"capture_lost": 1, "ok": 1}
    assert [tuple(p)[:3] for p in rows(conn, PAGES)] == [("rejected", "capture_lost", True), ("extracted", "ok", False)]
    versions = rows(conn, "select source, version from ingest.backfill_file order by source")
    assert versions == [("other.warc.gz", "v"), ("past.warc.gz", "")]


def test_an_archive_that_is_not_there_raises_and_the_next_run_carries_on(
    settings: Settings, conn: Connection, run_id: int, tmp_path: Path
) -> None:
    archive_folders.enter(conn, Archive(settings.archive_url), NOW)
    (tmp_path / "archive").rename(tmp_path / "unmounted")
    (tmp_path / "archive").mkdir()  # the place where it is mounted
    with pytest.raises(ArchiveGoneError, match="newsflow archive begin"):
        extract(settings, run_id, 0, clock=clock)
    assert {tuple(s) for s in rows(conn, "select state, outcome from ingest.page")} == {("captured", None)}
    assert list((tmp_path / "archive").iterdir()) == []
    (tmp_path / "archive").rmdir()
    (tmp_path / "unmounted").rename(tmp_path / "archive")
    assert extract(settings, run_id, 0, clock=clock).counts["ok"] >= 1


def test_a_first_run_leaves_out_what_its_articles_have_in_common(settings: Settings, conn: Connection) -> None:
    site_line = "<p>The Courier is read on both shores of the sound.</p>"
    bodies = ["".join(f"<p>{p}</p>" for p in TEXTS[code].paragraphs) + site_line for code in ("en", "de", "fr")]
    pages = [page(body, title=f"Headline number {n} of three") for n, body in enumerate(bodies)]
    first = register(conn, capture_pages(settings, pages))
    extract(settings, first, 0, clock=clock)
    (learned,) = rows(conn, "select sample, articles, since_run, enabled from ingest.site_line")
    assert learned == ("The Courier is read on both shores of the sound.", 3, first, True)
    stored = rows(conn, "select body, sources from ingest.extraction")
    assert not any("both shores" in r.body for r in stored)
    assert {r.sources["site_lines"] for r in stored} == {f"run {first}"}


def test_of_too_few_articles_a_later_run_leaves_out_what_they_had_in_common(
    settings: Settings, conn: Connection
) -> None:
    bodies = [
        "".join(f"<p>{p}</p>" for p in TEXTS[code].paragraphs) + "<p>A line of the house.</p>" for code in ("en", "de")
    ]
    first = register(conn, capture_pages(settings, [page(b, title=f"Headline {n} here") for n, b in enumerate(bodies)]))
    extract(settings, first, 0, clock=clock)
    assert all("A line of the house." in r[0] for r in rows(conn, "select body from ingest.extraction"))
    extract(settings, again(conn), 0, clock=clock)
    assert not any("A line of the house." in r[0] for r in rows(conn, "select body from ingest.extraction"))


def test_a_person_can_switch_a_line_off(settings: Settings, conn: Connection) -> None:
    bodies = [
        "".join(f"<p>{p}</p>" for p in TEXTS[code].paragraphs) + "<p>A line of the house.</p>" for code in ("en", "de")
    ]
    first = register(conn, capture_pages(settings, [page(b, title=f"Headline {n} here") for n, b in enumerate(bodies)]))
    extract(settings, first, 0, clock=clock)
    with conn.cursor() as cursor:
        cursor.execute("update ingest.site_line set enabled = false")
    second = again(conn)
    extract(settings, second, 0, clock=clock)
    assert all("A line of the house." in r[0] for r in rows(conn, "select body from ingest.extraction"))


def test_learning_twice_is_learning_once(settings: Settings, conn: Connection) -> None:
    bodies = [
        "".join(f"<p>{p}</p>" for p in TEXTS[code].paragraphs) + "<p>A line of the house.</p>" for code in ("en", "de")
    ]
    run_id = register(
        conn, capture_pages(settings, [page(b, title=f"Headline {n} here") for n, b in enumerate(bodies)])
    )
    extract(settings, run_id, 0, clock=clock)
    before = rows(conn, "select * from ingest.site_line")
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'captured'")
        cursor.execute("update ingest.run_page set extract_outcome = null")
    conn.commit()
    extract(settings, run_id, 0, clock=clock)
    assert rows(conn, "select * from ingest.site_line") == before
    assert len(before) == 1


def again(conn: Connection) -> int:
    """A further run over the same captures."""
    run_id = runs.start(conn, "test", "again", NOW, {})
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'captured'")
        cursor.execute(
            "insert into ingest.run_page (run_id, page_id, shard, entered) "
            "select %s, page_id, 0, 'extract' from ingest.page",
            (run_id,),
        )
    conn.commit()
    return run_id
