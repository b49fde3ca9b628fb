"""The same archive on an S3-compatible store: moto's server on loopback, spoken to over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from newsflow.store import filesystem
from newsflow.store.archive import Archive, CaptureMissingError
from newsflow.store.archive_trouble import ArchiveGoneError, ArchiveWriteError
from newsflow.store.warc import Original
from tests.store.test_archive import NAME, WHEN, exchange, race, store

URL = "s3://captures/news"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    options = {"endpoint_url": endpoint, "key": "test", "secret": "test"}
    monkeypatch.setitem(fsspec.config.conf, "s3", options)
    fs = fsspec.filesystem("s3")
    fs.mkdir("captures")
    yield URL
    fs.rm("captures", recursive=True)


def test_captures_come_back_from_the_object_store(bucket: str) -> None:
    sent = [exchange(n) for n in range(20)]
    archive = Archive(bucket)
    pointers = store(archive, sent)
    assert [e.body for _, e in archive.read_many(pointers)] == [e.body for e in sent]  # type: ignore[union-attr]
    assert archive.read(pointers[7]).body == sent[7].body


def test_a_file_appears_only_when_it_is_sealed(bucket: str) -> None:
    archive = Archive(bucket)
    writer = archive.writer(NAME)
    writer.add(exchange(), WHEN)
    assert list(archive.list()) == []
    sealed = writer.seal()
    assert [(f.file, f.bytes, f.open) for f in archive.list()] == [(NAME, sealed.bytes, False)]


def test_an_aborted_file_is_never_seen(bucket: str) -> None:
    with pytest.raises(RuntimeError), Archive(bucket).writer(NAME) as writer:
        writer.add(exchange(), WHEN)
        raise RuntimeError
    assert list(Archive(bucket).list()) == []


def test_missing_captures_are_named(bucket: str) -> None:
    archive = Archive(bucket)
    [pointer] = store(archive, [exchange()])
    archive.delete(NAME)
    archive.delete(NAME)
    with pytest.raises(CaptureMissingError):
        archive.read(pointer)


def test_a_revisit_in_another_object_finds_its_original(bucket: str) -> None:
    archive = Archive(bucket)
    [pointer] = store(archive, [exchange()])
    with archive.writer("later.warc.gz") as writer:
        later = writer.add(exchange(), WHEN, refers_to=Original(pointer, exchange().final_url, WHEN))
        writer.seal()
    assert archive.read(later).body == exchange().body


def test_files_move_between_a_folder_and_the_object_store(bucket: str, tmp_path: object) -> None:
    hot, cold = Archive(str(tmp_path)), Archive(bucket)
    [pointer] = store(hot, [exchange()])
    hot.copy_to(cold, NAME)
    assert cold.read(pointer) == hot.read(pointer)
    cold.copy_to(hot, NAME)
    assert hot.read(pointer).body == exchange().body


def test_an_object_is_never_overwritten(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(Archive(bucket)) == ["sealed", "refused"]
    archive = Archive(bucket)
    writer = archive.writer("b.warc.gz")
    store(archive, [exchange(1)], "b.warc.gz")  # and once more, where the look before the put came too early
    monkeypatch.setattr(type(archive._fs), "exists", lambda *_, **__: False)
    writer.add(exchange(2), WHEN)
    with pytest.raises(FileExistsError):
        writer.seal()


def test_a_lost_object_is_told_from_a_lost_bucket(bucket: str) -> None:
    archive = Archive(bucket)
    archive.begin("db-1")
    pointers = store(archive, [exchange()], "db-1/a.warc.gz")
    archive.delete("db-1/a.warc.gz")
    [(_, found)] = archive.read_many(pointers)
    assert isinstance(found, CaptureMissingError)
    fsspec.filesystem("s3").rm(f"{bucket}/db-1", recursive=True)
    with pytest.raises(ArchiveGoneError):
        list(archive.read_many(pointers))


def test_a_pointer_behind_the_end_is_missing(bucket: str) -> None:
    archive = Archive(bucket)
    [pointer] = store(archive, [exchange()])
    behind = type(pointer)(NAME, pointer.offset + 10_000_000, 100)
    with pytest.raises(CaptureMissingError):
        archive.read(behind)


def test_a_store_that_accepts_and_stays_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client would wait for ever: a PUT asks for "100 Continue" first."""
    monkeypatch.setattr(filesystem, "PATIENCE_S", 0.5)
    monkeypatch.setattr(fsspec.filesystem("s3").__class__, "exists", lambda fs, path: False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = {"endpoint_url": f"http://127.0.0.1:{silent.getsockname()[1]}", "key": "test", "secret": "test"}
        monkeypatch.setitem(fsspec.config.conf, "s3", options)
        with pytest.raises(ArchiveWriteError, match="did not answer within"):
            Archive(URL).begin("news")
        writer = Archive(URL).writer(NAME)
        writer.add(exchange(), WHEN)
        with pytest.raises(ArchiveWriteError, match="did not answer within"):
            writer.seal()
