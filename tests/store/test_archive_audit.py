"""Archive and ledger: what differs is found and named, swept and pruned with the ledger in step."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from typer.testing import CliRunner

from newsflow.commands.archive import age, app
from newsflow.model import CapturePointer
from newsflow.settings import Settings
from newsflow.store import archive_folders, archive_retention
from newsflow.store.archive import Archive
from newsflow.store.archive_audit import Audit, audit, sweep
from newsflow.store.archive_trouble import ArchiveGoneError
from newsflow.store.archive_writer import SealedFile
from newsflow.store.db import session, transaction
from tests.store.test_archive import WHEN, exchange

NOW = datetime.now(timezone.utc)
LATER = NOW + timedelta(days=400)

PAGE = """
with b as (
  insert into ingest.publisher (name) values ('a.example') on conflict (name) do update set name = excluded.name
  returning publisher_id
), o as (
  insert into ingest.origin (origin, publisher_id) select 'http://a.example', publisher_id from b
  on conflict (origin) do update set origin = excluded.origin returning origin_id
)
insert into ingest.page (url, url_hash, origin_id, publisher_id, state)
select %(url)s, sha256(%(url)s::bytea), origin_id, publisher_id, %(state)s from b, o returning page_id
"""
CAPTURE = """
insert into ingest.capture
  (page_id, fetched_at, final_url, status, file, "offset", length, payload_digest, bytes, refers_to)
values (%s, %s, 'http://a.example/', 200, %s, %s, %s, %s, 1, %s) returning capture_id
"""


@pytest.fixture
def archive(conn: Connection, tmp_path: Path) -> Archive:
    found = Archive(str(tmp_path / "archive"))
    archive_folders.enter(conn, found, NOW)
    return found


def named(conn: Connection, name: str) -> str:
    """A file that this database's steps could have written: in its folder, and with the word of one of its starts."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(
            "with r as (insert into ingest.run (dag_id, dag_run_id, started_at) values ('t', gen_random_uuid(), now()) "
            "returning run_id) insert into ingest.run_stage (run_id, stage, started_at, tokens) "
            "select run_id, 'fetch', now(), '{0badcafe}' from r"
        )
    return f"{archive_folders.own(conn)[-1]}/{name}-0badcafe.warc.gz"


def page(conn: Connection, url: str, state: str = "loaded") -> int:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(PAGE, {"url": url, "state": state})
        return int(cursor.fetchone()[0])


def capture(conn: Connection, page_id: int, pointer: CapturePointer, refers_to: int | None = None) -> int:
    place = (pointer.file, pointer.offset, pointer.length, pointer.payload_digest)
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(CAPTURE, (page_id, WHEN, *place, refers_to))
        [(capture_id,)] = cursor.fetchall()
        cursor.execute("update ingest.page set capture_id = %s where page_id = %s", (capture_id, page_id))
    return int(capture_id)


def ledger(conn: Connection, sealed: SealedFile, when: datetime = NOW) -> None:
    with transaction(conn), conn.cursor() as cursor:
        values = (sealed.file, sealed.records, sealed.bytes, when)
        cursor.execute("insert into ingest.warc_file (file, records, bytes, sealed_at) values (%s, %s, %s, %s)", values)


def night(conn: Connection, archive: Archive, name: str, *, numbers: range = range(3), state: str = "loaded") -> str:
    """A sealed file with its captures, as fetch leaves them."""
    file = f"{archive_folders.own(conn)[-1]}/{name}.warc.gz"
    with archive.writer(file) as writer:
        pointers = [writer.add(exchange(n), WHEN) for n in numbers]
        ledger(conn, writer.seal())
    for number, pointer in zip(numbers, pointers, strict=True):
        capture(conn, page(conn, f"http://a.example/{name}/{number}", state), pointer)
    return file


def look(conn: Connection, archive: Archive, **options: object) -> Audit:
    return audit(conn, archive, datetime.now(timezone.utc), **{"grace_s": -60.0, **options})  # type: ignore[arg-type]


def path_of(archive: Archive, file: str) -> Path:
    return Path(archive._path(file))


def test_a_sound_archive_has_no_faults(conn: Connection, archive: Archive) -> None:
    night(conn, archive, "one")
    night(conn, archive, "two")
    found = look(conn, archive)
    assert found.ok
    assert (found.files, found.captures) == (2, 6)


def test_missing_files_are_found(conn: Connection, archive: Archive) -> None:
    file = night(conn, archive, "one")
    archive.delete(file)
    [fault] = look(conn, archive).faults
    assert (fault.kind, fault.file, fault.detail) == ("missing", file, "the ledger has 3 captures in it")


def test_orphans_and_leftovers_are_found_and_swept(conn: Connection, archive: Archive) -> None:
    night(conn, archive, "one")
    orphan, crashed = named(conn, "orphan"), named(conn, "crashed") + ".open"
    with archive.writer(orphan) as writer:
        writer.add(exchange(), WHEN)
        writer.seal()
    path_of(archive, crashed).write_bytes(b"half a rec")
    found = look(conn, archive)
    assert found.kinds == {"orphan": 1, "leftover": 1}
    assert sorted(sweep(archive, found)) == [crashed, orphan]
    assert look(conn, archive).ok


def test_files_at_work_are_no_orphans(conn: Connection, archive: Archive) -> None:
    file = named(conn, "working")
    with archive.writer(file) as writer:
        writer.add(exchange(), WHEN)
        writer.seal()
    assert look(conn, archive, grace_s=3600.0).ok
    old = NOW.timestamp() - 7200
    os.utime(path_of(archive, file), (old, old))
    assert look(conn, archive, grace_s=3600.0).kinds == {"orphan": 1}


def test_damaged_captures_are_found_by_reading(conn: Connection, archive: Archive) -> None:
    file = night(conn, archive, "one")
    path = path_of(archive, file)
    data = bytearray(path.read_bytes())
    [(offset,)] = rows(conn, 'select "offset" from ingest.capture order by 1 offset 1 limit 1')
    data[offset + 60] ^= 0xFF
    path.write_bytes(data)
    assert look(conn, archive, deep=False).ok
    [fault] = look(conn, archive).faults
    assert (fault.kind, fault.offset) == ("damaged", offset)


def test_a_cut_file_is_found_even_without_reading(conn: Connection, archive: Archive) -> None:
    file = night(conn, archive, "one")
    path = path_of(archive, file)
    path.write_bytes(path.read_bytes()[:-1100])
    assert look(conn, archive, deep=False).kinds == {"size": 1}
    assert look(conn, archive).kinds == {"size": 1, "cut": 1}


def test_captures_of_unknown_files_are_found(conn: Connection, archive: Archive) -> None:
    capture(conn, page(conn, "http://a.example/x"), CapturePointer("lost.warc.gz", 0, 10, "sha1:X"))
    [fault] = look(conn, archive).faults
    assert (fault.kind, fault.file) == ("unledgered", "lost.warc.gz")


def test_a_folder_limits_the_audit(conn: Connection, archive: Archive) -> None:
    night(conn, archive, "2026/one")
    file = night(conn, archive, "2025/two")
    archive.delete(file)
    home = archive_folders.own(conn)[-1]
    assert look(conn, archive, folder=f"{home}/2026").ok
    assert look(conn, archive, folder=f"{home}/2025").kinds == {"missing": 1}


def rows(conn: Connection, query: str) -> list[tuple[object, ...]]:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def test_pruning_deletes_files_and_keeps_the_lineage(conn: Connection, archive: Archive) -> None:
    file = night(conn, archive, "one")
    gone = list(archive_retention.prune(conn, archive, LATER, LATER))
    assert [g.file for g in gone] == [file]
    assert list(archive.list()) == []
    assert rows(conn, "select count(*) from ingest.capture") == [(3,)]
    assert rows(conn, "select count(*) from ingest.warc_file where deleted_at is not null") == [(1,)]
    assert look(conn, archive).ok
    assert list(archive_retention.prune(conn, archive, LATER, LATER)) == []


def test_pruning_moves_files_to_a_colder_archive(conn: Connection, archive: Archive, tmp_path: Path) -> None:
    night(conn, archive, "one")
    cold = str(tmp_path / "cold")
    list(archive_retention.prune(conn, archive, LATER, LATER, move_to=cold))
    assert list(archive.list()) == []
    found = look(conn, archive)
    assert (found.ok, found.captures) == (True, 3)
    next(Path(cold).rglob("*.warc.gz")).unlink()
    assert look(conn, archive).kinds == {"missing": 1}


def test_what_waits_for_extract_is_kept(conn: Connection, archive: Archive) -> None:
    night(conn, archive, "waiting", state="captured")
    young = night(conn, archive, "young")
    assert archive_retention.expired(conn, NOW - timedelta(days=1)) == []
    assert [e.file for e in archive_retention.expired(conn, LATER)] == [young]


def test_originals_of_kept_revisits_are_kept(conn: Connection, archive: Archive) -> None:
    home = archive_folders.own(conn)[-1]
    with archive.writer(f"{home}/first.warc.gz") as writer:
        pointer = writer.add(exchange(), WHEN)
        ledger(conn, writer.seal())
    page_id = page(conn, "http://a.example/")
    original = capture(conn, page_id, pointer)
    with archive.writer(f"{home}/second.warc.gz") as writer:
        again = writer.add(exchange(2), WHEN)
        ledger(conn, writer.seal(), NOW + timedelta(days=30))
    capture(conn, page_id, again, refers_to=original)
    assert archive_retention.expired(conn, NOW + timedelta(days=1)) == []
    assert len(archive_retention.expired(conn, NOW + timedelta(days=31))) == 2


@pytest.mark.parametrize("moved", [False, True])
def test_a_crash_of_pruning_leaves_a_file_too_many_never_a_row(
    conn: Connection, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    night(conn, archive, "one")

    def killed(file: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(archive, "delete", killed)
        list(archive_retention.prune(conn, archive, LATER, LATER, move_to=str(tmp_path / "cold") if moved else ""))
    found = look(conn, archive)
    assert found.kinds == {"stale": 1}
    sweep(archive, found)
    assert look(conn, archive).ok


@pytest.fixture
def command(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    settings = Settings(database_url=dsn, archive=str(tmp_path / "archive"))
    monkeypatch.setattr("newsflow.commands.archive.database_settings", lambda: settings)
    return CliRunner()


def test_the_command_says_yes_or_no(conn: Connection, archive: Archive, command: CliRunner) -> None:
    file = night(conn, archive, "one")
    good = command.invoke(app, ["verify"])
    assert (good.exit_code, "archive and ledger agree" in good.output) == (0, True)
    archive.delete(file)
    bad = command.invoke(app, ["verify", "--json"])
    assert bad.exit_code == 1
    assert json.loads(bad.output)["kinds"] == {"missing": 1}


def test_the_commands_sweep_and_prune(conn: Connection, archive: Archive, command: CliRunner) -> None:
    file, crashed = night(conn, archive, "one"), named(conn, "crashed") + ".open"
    path_of(archive, crashed).write_bytes(b"half")
    assert "would delete 1 file" in command.invoke(app, ["sweep", "--older", "0h", "--dry-run"]).output
    assert json.loads(command.invoke(app, ["sweep", "--older", "0h", "--json"]).output)["deleted"] == [crashed]
    assert "would have deleted 1 file" in command.invoke(app, ["prune", "--older", "0h", "--dry-run"]).output
    assert json.loads(command.invoke(app, ["prune", "--older", "0h", "--json"]).output)["files"] == [file]
    assert command.invoke(app, ["verify"]).exit_code == 0


def test_ages() -> None:
    assert age("2w") == timedelta(weeks=2)
    with pytest.raises(Exception, match="is no age"):
        age("soon")


def restored(conn: Connection) -> None:
    """What a copy of a database sees of itself: its folders are marked as another one's."""
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("update ingest.archive_folder set mark = 'the database that this one was copied from'")


def test_a_copied_database_gets_a_folder_of_its_own(make_dsn: Callable[[], str], tmp_path: Path) -> None:
    archive, homes = Archive(str(tmp_path / "archive")), []
    for _ in range(2):  # both are copies of one template, which has a folder already
        with session(make_dsn()) as conn:
            homes.append(archive_folders.enter(conn, archive, NOW))
            assert archive_folders.enter(conn, archive, NOW) == homes[-1]
    assert len(set(homes)) == 2


def test_a_copied_database_neither_sweeps_nor_prunes_what_it_shares(conn: Connection, archive: Archive) -> None:
    shared = night(conn, archive, "shared")
    home = archive_folders.own(conn)[-1]
    with archive.writer(f"{home}/later-0badcafe.warc.gz") as writer:  # of the other one, after the copy
        writer.add(exchange(), WHEN)
        writer.seal()
    restored(conn)
    own = night(conn, archive, "own")
    found = look(conn, archive)
    assert (found.ok, found.foreign, sweep(archive, found)) == (True, 1, [])
    assert [gone.file for gone in archive_retention.prune(conn, archive, LATER, LATER)] == [own]
    assert archive_folders.adopt(conn) == 2  # the first one was its template's
    assert [gone.file for gone in archive_retention.prune(conn, archive, LATER, LATER)] == [shared]


def test_what_a_restored_database_forgot_is_no_orphan(conn: Connection, archive: Archive) -> None:
    """The same database, set back to yesterday: its folder holds files of a night that it does not know."""
    file = f"{archive_folders.own(conn)[-1]}/run-00000008/shard-00/001-deadbeef-00001.warc.gz"
    with archive.writer(file) as writer:
        writer.add(exchange(), WHEN)
        writer.seal()
    found = look(conn, archive)
    assert (found.ok, found.foreign, sweep(archive, found)) == (True, 1, [])


def test_an_archive_that_is_not_there_is_never_begun_by_itself(
    conn: Connection, archive: Archive, command: CliRunner, tmp_path: Path
) -> None:
    file = night(conn, archive, "one")
    (tmp_path / "archive").rename(tmp_path / "unmounted")
    for act in (look, lambda *_: list(archive_retention.prune(conn, archive, LATER, LATER))):
        with pytest.raises(ArchiveGoneError):
            act(conn, archive)
    restored(conn)  # nor by a copy that has not begun a folder yet
    with pytest.raises(ArchiveGoneError):
        archive_folders.enter(conn, archive, NOW)
    (tmp_path / "unmounted").rename(tmp_path / "archive")
    assert look(conn, archive).ok
    path_of(archive, file).parent.rename(tmp_path / "lost")
    assert command.invoke(app, ["begin"]).exit_code == 0
    assert look(conn, archive).kinds == {"missing": 1}
