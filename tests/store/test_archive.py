"""What is stored comes back, others' tools read it, and what is damaged is named."""

from __future__ import annotations

import errno
import gzip
import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from newsflow.model import CapturePointer, Exchange
from newsflow.outcomes import Outcome
from newsflow.store import warc
from newsflow.store.archive import (
    Archive,
    CaptureDamagedError,
    CaptureError,
    CaptureMissingError,
    checked_name,
)
from newsflow.store.archive_trouble import ArchiveGoneError, ArchiveWriteError
from newsflow.store.warc import Original

WHEN = datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=timezone.utc)
NAME = "2026/11/run-1-0-00001.warc.gz"
TOOLS = Path(sys.executable).parent


def exchange(number: int = 1, **changes: object) -> Exchange:
    """A good answer after one redirect."""
    url = f"http://a.example/p{number}"
    base = Exchange(
        url=url,
        outcome=Outcome.OK,
        status=200,
        reason="OK",
        headers={
            "content-type": "text/html; charset=utf-8",
            "content-encoding": "br",
            "content-length": "17",
            "etag": f'"{number}"',
        },
        body=f"<html><p>Grüße {number} </p></html>".encode() * 50,
        final_url=f"{url}/",
        hops=(url, f"{url}/"),
        ip="203.0.113.9",
        seconds=0.25,
        request_headers={"user-agent": "newsflow/0.1", "cookie": "session=secret", "Authorization": "Basic c2VjcmV0"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def store(archive: Archive, exchanges: list[Exchange], name: str = NAME) -> list[CapturePointer]:
    with archive.writer(name) as writer:
        pointers = [writer.add(e, WHEN + timedelta(seconds=n)) for n, e in enumerate(exchanges)]
        writer.seal()
    return pointers


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(str(tmp_path / "archive"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive" / NAME


def test_what_is_stored_comes_back(archive: Archive) -> None:
    sent = [exchange(n) for n in range(5)]
    for before, pointer in zip(sent, store(archive, sent), strict=True):
        after = archive.read(pointer)
        assert (after.url, after.final_url, after.hops) == (before.url, before.final_url, before.hops)
        assert (after.body, after.status, after.reason, after.ip) == (before.body, 200, "OK", before.ip)
        assert after.outcome is Outcome.OK
        assert after.headers["etag"] == before.headers["etag"]


def test_stored_headers_fit_the_decoded_body_and_keep_what_was_sent(archive: Archive) -> None:
    [pointer] = store(archive, [exchange()])
    headers = archive.read(pointer).headers
    assert headers["content-length"] == str(len(exchange().body))
    assert headers["x-crawl-content-encoding"] == "br"
    assert headers["x-crawl-content-length"] == "17"
    assert "content-encoding" not in headers


def test_pointer_names_the_gzip_member_of_the_response(archive: Archive, path: Path) -> None:
    [_, pointer] = store(archive, [exchange(1), exchange(2)])
    member = path.read_bytes()[pointer.offset : pointer.offset + pointer.length]
    record = warc.parse(member)
    assert record.exchange.url.endswith("p2")
    assert record.when == WHEN + timedelta(seconds=1)
    assert pointer.payload_digest == warc.digest(exchange(2).body) == record.payload_digest


def test_seal_counts_records_and_bytes(archive: Archive, path: Path) -> None:
    writer = archive.writer(NAME)
    writer.add(exchange(1), WHEN)
    writer.add(exchange(2), WHEN)
    sealed = writer.seal()
    assert (sealed.file, sealed.records, sealed.bytes) == (NAME, 2, path.stat().st_size)


def test_a_file_appears_whole_or_not_at_all(archive: Archive, path: Path) -> None:
    writer = archive.writer(NAME)
    writer.add(exchange(), WHEN)
    assert not path.exists()
    assert [f.open for f in archive.list()] == [True]
    writer.seal()
    assert [(f.file, f.open) for f in archive.list()] == [(NAME, False)]


def test_abort_leaves_nothing(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.writer(NAME) as writer:
        writer.add(exchange(), WHEN)
        raise RuntimeError("the step failed")
    assert list(archive.list()) == []


def test_a_writer_without_captures_leaves_no_file(archive: Archive) -> None:
    assert archive.writer(NAME).seal().records == 0
    assert list(archive.list()) == []


def test_equal_exchanges_make_equal_bytes(tmp_path: Path) -> None:
    for place in ("one", "two"):
        store(Archive(str(tmp_path / place)), [exchange(1), exchange(2)])
    assert (tmp_path / "one" / NAME).read_bytes() == (tmp_path / "two" / NAME).read_bytes()


def test_a_name_that_is_taken_is_left_alone(archive: Archive, path: Path) -> None:
    [first] = store(archive, [exchange(1)])
    [second], [third] = store(archive, [exchange(2)]), store(archive, [exchange(3)])
    assert [archive.read(at).body for at in (first, second, third)] == [exchange(n).body for n in (1, 2, 3)]
    assert (first.file, len(list(archive.list()))) == (NAME, 3)


def race(archive: Archive) -> list[str]:
    """Two writers that want one name at once; what each of them met."""
    writers = [archive.writer(NAME), archive.writer(NAME)]
    found = []
    for number, writer in enumerate(writers):
        try:
            writer.add(exchange(number), WHEN)
            writer.seal()
            found.append("sealed")
        except FileExistsError:
            writer.abort()
            found.append("refused")
    return found


def test_of_two_writers_at_once_one_is_refused(archive: Archive) -> None:
    assert race(archive) == ["sealed", "refused"]
    assert [f.open for f in archive.list()] == [False]


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_nothing_is_overwritten_where_the_file_system_knows_no_links(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(number, "no links here")

    monkeypatch.setattr("newsflow.store.filesystem.os.link", no_links)
    assert race(archive) == ["sealed", "refused"]
    assert len(list(archive.list())) == 1


def test_a_copy_never_replaces_another_file(archive: Archive, tmp_path: Path) -> None:
    cold = Archive(str(tmp_path / "cold"))
    [pointer] = store(archive, [exchange(1)])
    archive.copy_to(cold, NAME)
    archive.copy_to(cold, NAME)  # a copy that was killed before it was noted is made once more
    other = Archive(str(tmp_path / "other"))
    store(other, [exchange(2)])
    with pytest.raises(FileExistsError):
        other.copy_to(cold, NAME)
    assert cold.read(pointer).body == exchange(1).body


def test_lost_files_are_told_from_a_lost_archive(archive: Archive, tmp_path: Path) -> None:
    pointers = store(archive, [exchange(1)], "db-1/a.warc.gz") + store(archive, [exchange(2)], "db-1/b.warc.gz")
    archive.delete("db-1/a.warc.gz")
    assert [isinstance(found, CaptureMissingError) for _, found in archive.read_many(pointers)] == [True, False]
    (tmp_path / "archive").rename(tmp_path / "unmounted")
    with pytest.raises(ArchiveGoneError, match="the archive is not there"):
        list(archive.read_many(pointers))


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.EISDIR, errno.EUCLEAN])
def test_a_file_that_the_system_refuses_costs_its_captures_only(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    pointers = store(archive, [exchange(1)], "db-1/a.warc.gz") + store(archive, [exchange(2)], "db-1/b.warc.gz")
    read = archive._fs.cat_file

    def refusing(path: str, **span: int) -> bytes:
        if path.endswith("a.warc.gz"):
            raise OSError(number, "refused")
        return bytes(read(path, **span))

    monkeypatch.setattr(archive._fs, "cat_file", refusing)
    assert [isinstance(found, CaptureMissingError) for _, found in archive.read_many(pointers)] == [True, False]


def test_record_ids_differ_within_a_file(archive: Archive, path: Path) -> None:
    store(archive, [exchange(1), exchange(1), exchange(2)])
    ids = [r.record_id for r in ArchiveIterator(str(path), parse_http=False)]
    assert len(ids) == len(set(ids)) == 1 + 3 * 3


def test_warcio_check_finds_all_digests_right(archive: Archive, path: Path) -> None:
    [pointer] = store(archive, [exchange()])
    revisit_of(archive, pointer)
    done = subprocess.run([TOOLS / "warcio", "check", "-v", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout
    assert "digest failed" not in done.stdout


def test_warcio_extract_gives_the_payload(archive: Archive, path: Path) -> None:
    [pointer] = store(archive, [exchange()])
    done = subprocess.run(
        [TOOLS / "warcio", "extract", "--payload", path, str(pointer.offset)], capture_output=True, check=True
    )
    assert done.stdout.startswith(exchange().body)


def test_fastwarc_check_agrees(archive: Archive, path: Path) -> None:
    store(archive, [exchange(1), exchange(2)])
    done = subprocess.run([TOOLS / "fastwarc", "check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    records = list(ArchiveIterator(str(path), parse_http=False, verify_digests=True))
    assert len(records) == 7


def test_each_response_has_its_request_and_metadata(archive: Archive, path: Path) -> None:
    store(archive, [exchange()])
    found = {}
    with path.open("rb") as stream:
        for record in WarcioIterator(stream):
            found[record.rec_type] = (record.rec_headers, record.http_headers, record.content_stream().read())
    assert set(found) == {"warcinfo", "response", "request", "metadata"}
    response_id = found["response"][0]["WARC-Record-ID"]
    assert found["request"][0]["WARC-Concurrent-To"] == found["metadata"][0]["WARC-Concurrent-To"] == response_id
    assert found["response"][0]["WARC-IP-Address"] == "203.0.113.9"
    assert found["response"][0]["WARC-Date"] == "2026-11-22T03:04:05.000678Z"
    assert found["request"][1]["user-agent"] == "newsflow/0.1"
    assert b"via: http://a.example/p1\r\nhopsFromSeed: R\r\nfetchTimeMs: 250" in found["metadata"][2]


def test_credentials_are_not_archived(archive: Archive) -> None:
    store(archive, [exchange()])
    with archive.open(NAME) as stream:
        blocks = b"".join(r.reader.read() for r in ArchiveIterator(stream, parse_http=False))
    assert b"user-agent" in blocks
    assert b"secret" not in blocks
    assert b"c2VjcmV0" not in blocks


def revisit_of(archive: Archive, pointer: CapturePointer) -> CapturePointer:
    with archive.writer("2026/12/run-2-0-00001.warc.gz") as writer:
        later = writer.add(
            exchange(headers={"etag": '"later"'}),
            WHEN + timedelta(days=1),
            refers_to=Original(pointer, exchange().final_url, WHEN),
        )
        writer.seal()
    return later


def test_a_revisit_has_its_own_headers_and_the_body_of_its_original(archive: Archive) -> None:
    [pointer] = store(archive, [exchange()])
    later = revisit_of(archive, pointer)
    assert later.length < pointer.length + 200
    found = archive.read(later)
    assert (found.body, found.headers["etag"]) == (exchange().body, '"later"')


def test_a_revisit_names_its_original_as_the_standard_says(archive: Archive, tmp_path: Path) -> None:
    [pointer] = store(archive, [exchange()])
    later = revisit_of(archive, pointer)
    wanted = WarcRecordType.revisit
    [record] = ArchiveIterator(str(tmp_path / "archive" / later.file), record_types=wanted)
    assert record.headers["WARC-Profile"].endswith("/warc/1.1/revisit/identical-payload-digest")
    assert record.headers["WARC-Refers-To-Target-URI"] == exchange().final_url
    assert record.headers["WARC-Refers-To-Date"] == "2026-11-22T03:04:05.000678Z"


def test_a_changed_body_is_no_revisit(archive: Archive) -> None:
    [pointer] = store(archive, [exchange()])
    with archive.writer("2.warc.gz") as writer, pytest.raises(ValueError, match="payloads differ"):
        writer.add(exchange(body=b"new"), WHEN, refers_to=Original(pointer, exchange().final_url, WHEN))


def test_any_flipped_byte_is_found(archive: Archive, path: Path) -> None:
    [pointer] = store(archive, [exchange()])
    good = path.read_bytes()
    before = archive.read(pointer)
    for at in range(pointer.offset, pointer.offset + pointer.length):
        bad = bytearray(good)
        bad[at] ^= 0x41
        path.write_bytes(bad)
        if at - pointer.offset in range(4, 10):  # gzip's time, level and system, which carry nothing
            assert archive.read(pointer) == before
            continue
        with pytest.raises(CaptureDamagedError):
            archive.read(pointer)


def test_a_record_that_was_exchanged_for_another_is_found(archive: Archive) -> None:
    [one, two] = store(archive, [exchange(1), exchange(2)])
    with pytest.raises(CaptureDamagedError, match="not the one that was stored"):
        archive.read(replace(two, payload_digest=one.payload_digest))


def test_a_pointer_into_nowhere_is_missing(archive: Archive, path: Path) -> None:
    [pointer] = store(archive, [exchange()])
    with pytest.raises(CaptureMissingError, match="not in the archive"):
        archive.read(replace(pointer, file="other.warc.gz"))
    path.write_bytes(path.read_bytes()[: pointer.offset + 20])
    with pytest.raises(CaptureMissingError, match="ends before"):
        archive.read(pointer)
    path.write_bytes(b"")
    with pytest.raises(CaptureMissingError):
        archive.read(pointer)


def test_a_pointer_to_another_record_is_damaged(archive: Archive) -> None:
    [pointer] = store(archive, [exchange()])
    with pytest.raises(CaptureDamagedError, match="no response record"):
        archive.read(CapturePointer(NAME, 0, pointer.offset))


def test_read_many_goes_on_after_a_bad_one(archive: Archive, path: Path) -> None:
    pointers = store(archive, [exchange(n) for n in range(6)])
    data = bytearray(path.read_bytes())
    data[pointers[2].offset + 40] ^= 0xFF
    path.write_bytes(data)
    others = store(archive, [exchange(7)], "b.warc.gz")
    gone = replace(pointers[0], file="gone.warc.gz")
    asked = [*pointers, gone, *others, pointers[1]]
    found = list(archive.read_many(asked))
    assert [p for p, _ in found] == asked
    failed = {n: type(e) for n, (_, e) in enumerate(found) if isinstance(e, CaptureError)}
    assert failed == {2: CaptureDamagedError, 6: CaptureMissingError}
    last = found[-1][1]
    assert isinstance(last, Exchange)
    assert last.body == exchange(1).body


def test_read_many_reads_neighbours_at_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    pointers = store(archive, [exchange(n) for n in range(50)])
    asked = []
    real = archive._fs.cat_file
    monkeypatch.setattr(archive._fs, "cat_file", lambda *a, **k: asked.append(a) or real(*a, **k))
    assert len(list(archive.read_many(pointers))) == 50
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["/etc/x.warc.gz", "../x.warc.gz", "a/../../x.warc.gz", "s3://b/x.warc.gz", "x.gz"])
def test_names_stay_below_the_archive(archive: Archive, name: str) -> None:
    with pytest.raises(ValueError, match="no archive file"):
        archive.writer(name)
    with pytest.raises(CaptureMissingError):
        archive.read(CapturePointer(name, 0, 10))


def test_names_are_kept_as_they_are() -> None:
    assert checked_name(NAME) == NAME


def test_a_full_disk_raises_and_leaves_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), archive.writer(NAME) as writer:
        writer.add(exchange(), WHEN)
        writer.seal()
    assert list(archive.list()) == []


def test_delete_and_copy(archive: Archive, tmp_path: Path) -> None:
    [pointer] = store(archive, [exchange()])
    cold = Archive(str(tmp_path / "cold"))
    archive.copy_to(cold, NAME)
    archive.delete(NAME)
    archive.delete(NAME)
    assert list(archive.list()) == []
    assert cold.read(pointer).body == exchange().body


def test_the_archive_may_be_a_relative_or_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    [pointer] = store(Archive("~/captures"), [exchange()])
    assert Archive((tmp_path / "captures").as_uri()).read(pointer).status == 200


TEXT = st.text(max_size=30)


def test_header_values_are_stored_in_ascii() -> None:
    """warcio encodes some such values by half, and then fails."""
    odd = {"a": "=0;¡", "content-disposition": 'inline; filename="ä b.html"', "etag": '"100 %;x=1"'}
    first, *_ = warc.Builder("x.warc.gz").exchange(exchange(headers=odd), WHEN)
    found = warc.parse(first).exchange.headers
    assert found["a"] == "=0;%C2%A1"
    assert found["content-disposition"] == 'inline; filename="%C3%A4 b.html"'
    assert found["etag"] == odd["etag"]


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    headers=st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True), TEXT, max_size=4),
    reason=TEXT,
    url=TEXT,
)
def test_hostile_answers_are_stored_and_read(body: bytes, headers: dict[str, str], reason: str, url: str) -> None:
    sent = exchange(body=body, headers=headers, reason=reason, final_url=f"http://a.example/{url}")
    first, request, metadata = warc.Builder("x.warc.gz").exchange(sent, WHEN)
    found = warc.parse(first).exchange
    assert (found.body, found.status) == (body, 200)
    assert set(found.headers) >= set(headers) - {"content-encoding", "transfer-encoding"}
    types = [str(r.record_type) for r in ArchiveIterator(io.BytesIO(first + request + metadata), verify_digests=True)]
    assert types == ["response", "request", "metadata"]


def test_foreign_records_with_transport_encodings_are_decoded() -> None:
    packed = gzip.compress(b"<p>hello</p>")
    block = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\n\r\n"
        % (len(packed), packed)
    )
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:5d4e0d3e-0000-4000-8000-000000000001>\r\n"
        b"WARC-Target-URI: <http://b.example/x>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(block)
    )
    found = warc.parse(head + block + b"\r\n\r\n")
    assert found.exchange.body == b"<p>hello</p>"
    assert found.exchange.url == "http://b.example/x"
    assert found.exchange.headers["set-cookie"] == "a=1, b=2"


def test_a_record_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = warc.Builder("x.warc.gz").exchange(exchange(body=b"0" * 5000), WHEN)
    monkeypatch.setattr(warc, "MAX_PAYLOAD", 4999)
    with pytest.raises(warc.BadRecordError, match="larger than"):
        warc.parse(first)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, Outcome.OK), (304, Outcome.NOT_MODIFIED), (404, Outcome.NOT_FOUND), (418, Outcome.CLIENT_ERROR),
     (503, Outcome.SERVER_ERROR)],
)  # fmt: skip
def test_a_stored_status_has_an_outcome(archive: Archive, status: int, outcome: Outcome) -> None:
    [pointer] = store(archive, [exchange(status=status)])
    assert archive.read(pointer).outcome is outcome


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "is full"), (errno.EDQUOT, "is full"), (errno.EROFS, "can't be written"), (errno.EIO, "can't be")],
)
@pytest.mark.parametrize("where", ["os.fsync", "Path.open", "Path.mkdir", "os.link"])
def test_what_the_disk_says_is_told_in_a_sentence_and_leaves_nothing(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, number: int, said: str
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, "as the system says it")

    with monkeypatch.context() as patch, pytest.raises(ArchiveWriteError) as raised, archive.writer(NAME) as writer:
        patch.setattr(f"pathlib.{where}" if where.startswith("Path") else where, refused)
        writer.add(exchange(), WHEN)
        writer.seal()
    sentence = str(raised.value)
    assert (f"the archive {said}" in sentence, str(tmp_path) in sentence, "\n" in sentence) == (True, True, False)
    assert raised.value.errno == number
    assert list(archive.list()) == []
    store(archive, [exchange()])  # and goes on when it is over


def test_a_read_only_archive_is_told_in_a_sentence(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", refused)
    with pytest.raises(ArchiveWriteError, match=r"can't be written .*Read-only file system"):
        archive.begin("db-1")
