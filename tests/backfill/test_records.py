"""Reading a WARC stream: each record once, as the member that it is, from any offset on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from newsflow.backfill import records
from newsflow.backfill.copied_bytes import CopiedBytes
from newsflow.backfill.records import BrokenFileError, LostFileError, Read
from newsflow.store import warc
from tests.backfill.foreign import EPOCH, junk, pages, write


def everything(stream: records.Stream) -> list[Read]:
    return list(records.read(stream, lambda record: "", lambda exchange: ""))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "news.warc.gz", pages(30))


def test_each_record_comes_with_its_own_gzip_member(file: Path) -> None:
    with file.open("rb") as stream:
        found = everything(stream)
    assert len(found) == 30
    for item, (sent, when) in zip(found, pages(30), strict=True):
        assert item.found is not None
        again = warc.parse(item.found.member)
        assert again.exchange.body == item.found.exchange.body == sent.body
        assert (again.exchange.final_url, item.found.when) == (sent.url, when)
        assert item.found.digest == warc.digest(sent.body)


def test_reading_resumes_at_any_offset(file: Path) -> None:
    with file.open("rb") as stream:
        all_of_them = everything(stream)
    for done in (1, 13, 29):
        with file.open("rb") as stream:
            stream.seek(all_of_them[done - 1].next_offset)
            rest = everything(stream)
        assert [r.found and r.found.digest for r in rest] == [r.found and r.found.digest for r in all_of_them[done:]]


def test_the_last_offset_is_the_end(file: Path) -> None:
    with file.open("rb") as stream:
        assert everything(stream)[-1].next_offset == file.stat().st_size
        stream.seek(file.stat().st_size)
        assert everything(stream) == []


@pytest.mark.parametrize("packed", ["whole", "plain"])
def test_files_packed_otherwise_are_read_without_members(tmp_path: Path, packed: str) -> None:
    file = write(tmp_path / "odd.warc", pages(5), packed=packed)
    with file.open("rb") as stream:
        found = everything(stream)
    assert [r.found.exchange.body for r in found if r.found] == [e.body for e, _ in pages(5)]
    assert {r.found.member for r in found if r.found} == {b""}
    assert (found[0].next_offset == 0) is (packed == "whole")


def test_the_filter_sees_headers_first_and_bodies_only_of_the_rest(file: Path) -> None:
    bodies = []

    def refuses(record: object) -> str:
        return "" if record.headers["WARC-Target-URI"].endswith("-7") else "publisher"  # type: ignore[attr-defined]

    with file.open("rb") as stream:
        found = list(records.read(stream, refuses, lambda e: bodies.append(e.url) or ""))  # type: ignore[func-returns-value]
    assert len(bodies) == 1
    assert [r.refused for r in found].count("publisher") == 29


def test_a_cut_file_gives_what_it_has_and_then_says_so(file: Path) -> None:
    whole = file.read_bytes()
    found = []
    with pytest.raises(BrokenFileError):
        for item in records.read(io.BytesIO(whole[: len(whole) // 2]), lambda r: "", lambda e: ""):
            found.append(item)
    assert 10 < len(found) < 20


def test_a_file_that_is_none_is_said_to_be_broken() -> None:
    with pytest.raises(BrokenFileError):
        everything(io.BytesIO(b"<html>not found</html>" * 100))


def test_a_stream_that_fails_is_no_broken_file(file: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 20_000:
                raise ConnectionResetError("reset by peer")
            return super().read(4096)

    with pytest.raises(LostFileError, match="reset by peer"):
        everything(Failing(file.read_bytes()))


def test_records_without_an_http_answer_are_unreadable(tmp_path: Path) -> None:
    dns = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:5d4e0d3e-0000-4000-8000-000000000001>\r\n"
        b"WARC-Target-URI: dns:example.org\r\nWARC-Date: 2020-01-02T03:04:05Z\r\nContent-Type: text/dns\r\n"
        b"Content-Length: 9\r\n\r\n192.0.2.1\r\n\r\n"
    )
    assert [r.refused for r in everything(io.BytesIO(warc.gzip_member(dns)))] == ["unreadable"]


def test_what_is_kept_in_memory_is_a_record_not_the_file(tmp_path: Path) -> None:
    file = write(tmp_path / "big.warc.gz", ((junk(n, EPOCH), EPOCH) for n in range(3000)))
    with file.open("rb") as stream:
        tape = CopiedBytes(stream)
        sizes = []
        while tape.read(4096):
            tape.forget(tape.tell() - 100)
            sizes.append(sum(map(len, tape._kept)))
    assert max(sizes) <= 2 * 4096
