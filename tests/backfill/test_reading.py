"""WARC files into captures: filtered, resumable, the same in any order, and never at a page's expense."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow import pipeline as nightly
from newsflow.backfill import pipeline, step
from newsflow.backfill.request import BackfillRequest
from newsflow.backfill.sources import Sources
from newsflow.names import NEWS_BACKFILL
from newsflow.settings import Settings
from newsflow.store.archive import Archive
from newsflow.store.archive_audit import audit
from newsflow.store.db import transaction
from tests.backfill.foreign import EPOCH, junk, pages, write

FILES = (
    'select source, state, "offset", records, matched, taken, skipped, detail from ingest.backfill_file order by source'
)
STATE = """
select p.url, p.state, p.discovered_by, c.payload_digest, c.fetched_at, c.rights
from ingest.page p left join ingest.capture c using (capture_id) order by p.url
"""


def rows(conn: Connection, query: str) -> list[Any]:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def read_all(settings: Settings, request: BackfillRequest, name: str = "run") -> int:
    """Plan and read, as the Dag's first two tasks do."""
    run_id = nightly.open_run(settings, NEWS_BACKFILL, name, request)
    for shard in pipeline.plan(settings, run_id, request):
        pipeline.read(settings, run_id, shard.shard, request)
    return run_id


def sound(conn: Connection, settings: Settings) -> bool:
    found = audit(conn, Archive(settings.archive_url), datetime.now(timezone.utc), grace_s=-60)
    assert not found.faults
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mixed = chain(((junk(n, EPOCH), EPOCH) for n in range(10)), pages(40))
    write(tmp_path / "warcs" / "one.warc.gz", mixed)
    write(tmp_path / "warcs" / "two.warc.gz", pages(20, start=40))
    (tmp_path / "warcs" / "README").write_text("not a WARC file")
    return tmp_path / "warcs"


def test_a_folder_becomes_captures(conn: Connection, settings: Settings, folder: Path) -> None:
    run_id = read_all(settings, BackfillRequest(warc=(str(folder),)))
    [one, two] = rows(conn, FILES)
    assert (one.state, one.records, one.matched, one.taken) == ("done", 50, 40, 40)
    assert one.skipped == {"type": 5, "status": 5, "known": 0}
    assert (two.taken, two.offset) == (20, (folder / "two.warc.gz").stat().st_size)
    assert {(r.state, r.discovered_by) for r in rows(conn, STATE)} == {("captured", "backfill")}
    totals = pipeline.totals(settings, run_id)
    assert totals.bytes_read == totals.bytes == sum(f.stat().st_size for f in folder.glob("*.gz"))
    assert sound(conn, settings)


def test_captures_are_the_foreign_records_byte_for_byte(conn: Connection, settings: Settings, folder: Path) -> None:
    read_all(settings, BackfillRequest(warc=(str(folder / "two.warc.gz"),)))
    foreign = (folder / "two.warc.gz").read_bytes()
    for row in rows(conn, 'select file, "offset", length from ingest.capture'):
        with Archive(settings.archive_url).open(row.file) as stream:
            stream.seek(row.offset)
            assert stream.read(row.length) in foreign


@pytest.mark.parametrize("packed", ["whole", "plain"])
def test_other_packings_are_packed_anew(conn: Connection, settings: Settings, tmp_path: Path, packed: str) -> None:
    write(tmp_path / "odd.warc.gz", pages(10), packed=packed)
    read_all(settings, BackfillRequest(warc=(str(tmp_path / "odd.warc.gz"),)))
    assert len(rows(conn, STATE)) == 10
    assert sound(conn, settings)


def test_filters_choose(conn: Connection, settings: Settings, folder: Path) -> None:
    span = {"since": EPOCH.date(), "until": EPOCH.date()}
    read_all(
        settings, BackfillRequest(warc=(str(folder),), publishers=("paper3.example",), languages=("de", "fr"), **span)
    )
    urls = [row.url for row in rows(conn, STATE)]
    assert urls
    assert all(url.startswith("https://www.paper3.example/") for url in urls)
    reasons = {reason for row in rows(conn, FILES) for reason in row.skipped if row.skipped[reason]}
    assert reasons == {"publisher", "language", "status"}


def test_another_selection_reads_the_file_anew(conn: Connection, settings: Settings, folder: Path) -> None:
    read_all(settings, BackfillRequest(warc=(str(folder),), publishers=("paper3.example",)), "first")
    read_all(settings, BackfillRequest(warc=(str(folder),)), "second")
    assert len(rows(conn, STATE)) == 60
    assert len(rows(conn, FILES)) == 4


def test_a_finished_file_is_not_read_again_until_it_changes(conn: Connection, settings: Settings, folder: Path) -> None:
    request = BackfillRequest(warc=(str(folder / "two.warc.gz"),))
    read_all(settings, request, "first")
    before = rows(conn, FILES)
    read_all(settings, request, "second")
    assert rows(conn, FILES) == before
    write(folder / "two.warc.gz", pages(25, start=40))
    read_all(settings, request, "third")
    assert len(rows(conn, STATE)) == 25


def test_a_limit_stops_and_the_next_run_goes_on(
    conn: Connection, settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "BATCH", 5)
    request = BackfillRequest(warc=(str(folder / "one.warc.gz"),), limit=15)
    for number, expected in enumerate((15, 30, 40), 1):
        read_all(settings, request, f"run {number}")
        assert len(rows(conn, STATE)) == expected
    assert rows(conn, FILES)[0].state == "done"


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@pytest.mark.parametrize("packed", ["members", "whole"])
@pytest.mark.parametrize("where", ["between seal and commit", "before seal"])
def test_killed_five_times_gives_the_rows_of_one_clean_run(
    conn: Connection, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: str, where: str
) -> None:
    file = write(tmp_path / "one.warc.gz", pages(60), packed=packed)
    request = BackfillRequest(warc=(str(file),))
    monkeypatch.setattr(step, "BATCH", 8)
    if where == "before seal":
        name, target = "write", step.ledger
    else:
        name, target = "book", step.ledger
    real, calls = getattr(target, name), [0]
    kills = {2, 5, 11, 12, 17} if where == "before seal" else {1, 3, 4, 6, 8}

    def killing(*args: Any) -> Any:
        calls[0] += 1
        if calls[0] in kills:
            raise Killed
        return real(*args)

    monkeypatch.setattr(target, name, killing)
    died = 0
    while True:
        try:
            read_all(settings, request)
            break
        except Killed:
            died += 1
    assert died == 5
    [found] = rows(conn, FILES)
    assert (found.state, found.records, found.taken) == ("done", 60, 60)
    assert [row.payload_digest for row in rows(conn, STATE)] == sorted_digests(60)
    assert sound(conn, settings)


def sorted_digests(count: int) -> list[str]:
    from newsflow.store.warc import digest

    return [digest(e.body) for e, _ in sorted(pages(count), key=lambda found: found[0].url)]


def test_a_broken_file_is_an_outcome_and_the_others_go_on(conn: Connection, settings: Settings, folder: Path) -> None:
    whole = (folder / "one.warc.gz").read_bytes()
    (folder / "one.warc.gz").write_bytes(whole[: len(whole) // 2])
    run_id = read_all(settings, BackfillRequest(warc=(str(folder),)))
    [one, two] = rows(conn, FILES)
    assert (one.state, two.state) == ("failed", "done")
    assert "byte" in one.detail
    assert one.taken == one.matched > 0  # what was read before the break is kept
    assert len(rows(conn, STATE)) == one.taken + two.taken
    with pytest.raises(nightly.RunFailedError, match="1 file could not be read"):
        finish(settings, run_id)


def test_a_lost_file_goes_on_where_it_was_lost(
    conn: Connection, settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that were read before the connection broke are stored, or the next run would pass over them."""
    request = BackfillRequest(warc=(str(folder / "two.warc.gz"),))
    with monkeypatch.context() as patched:
        patched.setattr(Sources, "open", lambda self, name, offset: Breaking(Path(name), 30_000))
        read_all(settings, request, "first")
    [lost] = rows(conn, FILES)
    assert lost.state == "failed"
    assert "the network is gone" in lost.detail
    assert 0 < lost.taken < 20
    read_all(settings, request, "second")
    [found] = rows(conn, FILES)
    assert (found.state, found.taken, found.records) == ("done", 20, 20)
    assert len(rows(conn, STATE)) == 20


class Breaking:
    """A file whose server fails after so many bytes."""

    def __init__(self, path: Path, good: int) -> None:
        self._stream, self._good = path.open("rb"), good

    def read(self, size: int = -1) -> bytes:
        if self.tell() >= self._good:
            raise OSError("the network is gone")
        return self._stream.read(min(size, 4096))

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._stream.close()


def test_a_plan_that_failed_makes_the_run_red(settings: Settings) -> None:
    """Airflow runs the check although the plan failed, and nothing is missing in the funnel."""
    request = BackfillRequest(warc=("/nowhere/at/all.warc.gz",))
    run_id = nightly.open_run(settings, NEWS_BACKFILL, "red", request)
    with pytest.raises(FileNotFoundError):
        pipeline.plan(settings, run_id, request)
    with pytest.raises(nightly.RunFailedError):
        finish(settings, run_id)


def finish(settings: Settings, run_id: int) -> Any:
    for shard in pipeline.shards(settings, run_id):
        nightly.extract(settings, run_id, shard.shard)
    nightly.deduplicate(settings, run_id)
    nightly.load(settings, run_id)
    return pipeline.check(settings, run_id)


def test_the_newest_capture_wins_in_any_order(conn: Connection, settings: Settings, tmp_path: Path) -> None:
    [(page, when)] = pages(1)
    later = (exchange_like(page, b"<p>corrected</p>"), when + timedelta(days=2))
    again = (exchange_like(page, b"<p>older</p>"), when - timedelta(days=2))
    for number, order in enumerate([[(page, when), later, again], [later, again, (page, when)]]):
        for n, record in enumerate(order):
            write(tmp_path / f"order{number}" / f"{n}.warc.gz", [record])
    read_all(settings, BackfillRequest(warc=(str(tmp_path / "order0"),)))
    first = rows(conn, STATE)
    assert first[0].fetched_at == when + timedelta(days=2)
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("truncate ingest.page, ingest.warc_file, ingest.backfill_file cascade")
    read_all(settings, BackfillRequest(warc=(str(tmp_path / "order1"),)), "other order")
    assert rows(conn, STATE) == first


def exchange_like(page: Any, body: bytes) -> Any:
    from dataclasses import replace

    return replace(page, body=page.body + body)


@pytest.mark.parametrize(
    ("change", "skipped"),
    [
        ("state = 'rejected', outcome = 'retracted'", {"refused": 1}),
        ("state = 'rejected', outcome = 'robots_denied'", {"refused": 1}),
        ("state = 'rejected', outcome = 'same_page'", {"known": 1}),
        ("state = 'extracted'", {"known": 1}),
        ("state = 'rejected', outcome = 'forbidden'", {}),
        ("state = 'pending', outcome = 'server_error', attempts = 2", {}),
    ],
)
def test_known_pages_are_taken_only_where_that_helps(
    conn: Connection, settings: Settings, tmp_path: Path, change: str, skipped: dict[str, int]
) -> None:
    file = write(tmp_path / "one.warc.gz", pages(1))
    read_all(settings, BackfillRequest(warc=(str(file),)))
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(f"update ingest.page set {change}, capture_id = null")
        cursor.execute("update ingest.run set state = 'success'")
        cursor.execute("delete from ingest.capture; delete from ingest.warc_file; delete from ingest.backfill_file")
    read_all(settings, BackfillRequest(warc=(str(file),)), "second")
    [found] = rows(conn, FILES)
    assert {k: v for k, v in found.skipped.items() if v} == skipped
    assert found.taken == (0 if skipped else 1)


def test_an_article_is_not_replaced_by_an_older_capture(conn: Connection, settings: Settings, tmp_path: Path) -> None:
    [(page, when)] = pages(1)
    run_id = read_all(settings, BackfillRequest(warc=(str(write(tmp_path / "a.warc.gz", [(page, when)])),)))
    finish(settings, run_id)
    older = (exchange_like(page, b"<p>x</p>"), when - timedelta(days=1))
    same = (page, when + timedelta(days=1))
    for name, record in (("older", older), ("same", same)):
        read_all(settings, BackfillRequest(warc=(str(write(tmp_path / f"{name}.warc.gz", [record])),)), name)
        assert rows(conn, STATE)[0].state == "loaded"
    newer = (exchange_like(page, b"<p>y</p>"), when + timedelta(days=2))
    read_all(settings, BackfillRequest(warc=(str(write(tmp_path / "newer.warc.gz", [newer])),)), "newer")
    assert rows(conn, STATE)[0].state == "captured"


def test_a_page_in_another_runs_hands_is_left_to_it(conn: Connection, settings: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "one.warc.gz", pages(1))
    read_all(settings, BackfillRequest(warc=(str(file),)), "first")
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'pending', capture_id = null")
        cursor.execute("delete from ingest.backfill_file")
    read_all(settings, BackfillRequest(warc=(str(file),)), "second")
    assert rows(conn, FILES)[0].skipped["busy"] == 1


def test_backfilled_pages_are_not_fetched_by_the_night(conn: Connection, settings: Settings, folder: Path) -> None:
    read_all(settings, BackfillRequest(warc=(str(folder),)))
    assert rows(conn, "select count(*) from ingest.page where state = 'pending' and next_attempt_at < now()") == [(0,)]


def test_a_whole_backfill_ends_in_articles(conn: Connection, settings: Settings, folder: Path) -> None:
    result = pipeline.run_all(settings, "whole", BackfillRequest(warc=(str(folder),)))
    assert result.verdict.ok
    stages = {s.stage: s for s in result.stages}
    assert stages["extract"].taken == 60
    assert stages["load"].passed > 50
    [(articles, causes)] = rows(conn, "select count(*), array_agg(distinct extractor is not null) from news.lineage")
    assert (articles, causes) == (stages["load"].passed, [True])
    again = pipeline.run_all(settings, "again", BackfillRequest(warc=(str(folder),)))
    assert again.stages == ()
