"""What other people's WARC files hold: old versions, odd packings, damage, giants, the same page again."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from psycopg2.extensions import connection as Connection

from newsflow.backfill import records
from newsflow.backfill.records import BrokenFileError, Read
from newsflow.backfill.request import BackfillRequest
from newsflow.backfill.sources import Sources
from newsflow.settings import Settings
from newsflow.store import warc
from newsflow.store.archive import Archive
from newsflow.store.warc import digest
from newsflow.web.transport import Transport
from tests.backfill.foreign import pages, write
from tests.backfill.test_reading import FILES, STATE, read_all, rows, sound

HTML = b"<html lang='en'><body><p>The harbour opens again on Monday.</p></body></html>"


def everything(data: bytes) -> list[Read]:
    return list(records.read(io.BytesIO(data), lambda _record: "", lambda _page: ""))


def record(body: bytes = HTML, *, url: str = "https://a.example/x", version: str = "1.0", http: bytes = b"") -> bytes:
    """A record as older tools write it: WARC 1.0, without any digest."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + http + b"\r\n" + body
    number = random.Random(url).randbytes(16).hex()
    head = (
        f"WARC/{version}\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_both_versions_are_read_and_a_missing_digest_is_made(version: str) -> None:
    [found] = everything(gzip.compress(record(version=version)))
    assert found.found is not None
    assert (found.found.exchange.body, found.found.digest) == (HTML, digest(HTML))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "chunked", "chunked and gzip"])
def test_transport_encodings_are_undone(encoding: str) -> None:
    body = zlib.compress(HTML) if encoding == "deflate" else gzip.compress(HTML) if "gzip" in encoding else HTML
    fields = b""
    if encoding != "chunked":
        fields += b"Content-Encoding: " + (b"deflate" if encoding == "deflate" else b"gzip") + b"\r\n"
    if "chunked" in encoding:
        fields += b"Transfer-Encoding: chunked\r\n"
        body = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (9, body[:9], len(body) - 9, body[9:])
    [found] = everything(gzip.compress(record(body, http=fields)))
    assert found.found is not None
    assert found.found.exchange.body == HTML


def test_a_giant_costs_itself_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MAX_PAYLOAD", 100_000)
    bomb = gzip.compress(record(b"0" * 5_000_000, url="https://a.example/bomb"))
    found = everything(bomb + gzip.compress(record()))
    assert [item.refused for item in found] == ["unreadable", ""]


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "text/plain", "application/json"])
def test_only_html_is_taken(conn: Connection, settings: Settings, tmp_path: Path, kind: str) -> None:
    odd = record(http=f"Content-Type: {kind}\r\n".encode()).replace(b"Content-Type: text/html\r\n", b"")
    (tmp_path / "odd.warc.gz").write_bytes(gzip.compress(odd))
    read_all(settings, BackfillRequest(warc=(str(tmp_path / "odd.warc.gz"),)))
    [found] = rows(conn, FILES)
    assert (found.taken, found.skipped) == (0, {"type": 1})


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[int]]:
    """A file of twelve pages, and where the group of records of each ends."""
    data = write(tmp_path_factory.mktemp("foreign") / "s.warc.gz", pages(12)).read_bytes()
    return data, [item.next_offset for item in everything(data)]


@pytest.mark.parametrize("how", ["payload", "header", "lost bytes", "a record that lies"])
def test_damage_costs_the_record_that_has_it(sample: tuple[bytes, list[int]], how: str) -> None:
    data, ends = sample
    at = ends[4]
    broken = {
        "payload": data[: at + 300] + bytes(40) + data[at + 340 :],
        "header": data[:at] + bytes(10) + data[at + 10 :],
        "lost bytes": data[: at + 200] + data[at + 400 :],
        "a record that lies": data[:at] + b"\x1f\x8b\x08" + random.Random(1).randbytes(700) + data[at:],
    }[how]
    found = everything(broken)
    whole = [item.found.digest for item in everything(data) if item.found]
    lost = [] if how == "a record that lies" else [whole[5]]
    assert [item.found.digest for item in found if item.found] == [d for d in whole if d not in lost]
    assert [item.refused for item in found if item.refused] == ["damaged"]


def test_reading_resumes_behind_damage(sample: tuple[bytes, list[int]]) -> None:
    data, ends = sample
    broken = data[: ends[4] + 300] + bytes(40) + data[ends[4] + 340 :]
    found = everything(broken)
    for number, item in enumerate(found[:-1]):
        stream = io.BytesIO(broken)
        stream.seek(item.next_offset)
        rest = list(records.read(stream, lambda _record: "", lambda _page: ""))
        expected = [later.found for later in found[number + 1 :] if later.found]
        assert [later.found for later in rest if later.found] == expected


@given(st.data())
@budget(max_examples=60)
def test_any_damage_ends_in_records_that_were_there(sample: tuple[bytes, list[int]], data: st.DataObject) -> None:
    whole, _ = sample
    known = {item.found.digest for item in everything(whole) if item.found}
    at = data.draw(st.integers(0, len(whole) - 1))
    size = data.draw(st.integers(0, 400))
    broken = whole[:at] + data.draw(st.binary(max_size=400)) + whole[at + size :]
    found = []
    try:
        for item in records.read(io.BytesIO(broken), lambda _record: "", lambda _page: ""):
            found.append(item)
    except BrokenFileError:
        pass
    assert {item.found.digest for item in found if item.found} <= known
    assert len(found) <= 2 * len(known)


def test_a_damaged_file_is_read_and_says_what_it_lost(
    conn: Connection, settings: Settings, tmp_path: Path, sample: tuple[bytes, list[int]]
) -> None:
    data, ends = sample
    (tmp_path / "d.warc.gz").write_bytes(data[: ends[4] + 300] + bytes(40) + data[ends[4] + 340 :])
    read_all(settings, BackfillRequest(warc=(str(tmp_path / "d.warc.gz"),)))
    [found] = rows(conn, FILES)
    assert (found.state, found.taken, found.skipped["damaged"]) == ("done", 11, 1)
    assert sound(conn, settings)


def test_the_same_page_in_one_file_and_in_two_is_one_page(conn: Connection, settings: Settings, tmp_path: Path) -> None:
    some = list(pages(5))
    write(tmp_path / "w" / "a.warc.gz", [*some, *some])
    write(tmp_path / "w" / "b.warc.gz", some)
    read_all(settings, BackfillRequest(warc=(str(tmp_path / "w"),)))
    assert len(rows(conn, STATE)) == 5
    assert rows(conn, "select count(*) from ingest.capture") == [(5,)]
    assert sum(row.skipped["known"] for row in rows(conn, FILES)) == 10
    assert sound(conn, settings)


def test_public_buckets_are_read_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As CC-NEWS has it: no key, and no request is signed."""
    file = write(tmp_path / "a.warc.gz", pages(3))
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        address = {"endpoint_url": f"http://{host}:{port}"}
        owner = fsspec.filesystem("s3", key="test", secret="test", **address)
        owner.mkdir("commoncrawl")
        owner.put_file(str(file), "commoncrawl/crawl-data/CC-NEWS/a.warc.gz")
        owner.chmod("commoncrawl/crawl-data/CC-NEWS/a.warc.gz", acl="public-read")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setitem(fsspec.config.conf, "s3", address)
        with Transport(Settings()) as transport:
            sources = Sources(transport, anonymous=True)
            [found] = sources.find("s3://commoncrawl/crawl-data/CC-NEWS/")
            stream = sources.open(found.name, 0)
            assert len(list(records.read(stream, lambda _record: "", lambda _page: ""))) == 3
    finally:
        moto.stop()


def test_an_archive_file_of_ours_can_be_brought_in_elsewhere(
    conn: Connection, settings: Settings, tmp_path: Path
) -> None:
    """What one newsflow stored is a WARC file like any other to the next."""
    archive = Archive(str(tmp_path / "other"))
    with archive.writer("run/1.warc.gz") as writer:
        for exchange, when in pages(4):
            writer.add(exchange, when)
        writer.seal()
    read_all(settings, BackfillRequest(warc=(str(tmp_path / "other"),)))
    assert [row.payload_digest for row in rows(conn, STATE)] == [
        digest(e.body) for e, _ in sorted(pages(4), key=lambda found: found[0].url)
    ]
