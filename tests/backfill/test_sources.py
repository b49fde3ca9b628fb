"""Files on disks, http servers and object stores; connections that break."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pytest
from moto.server import ThreadedMotoServer
from psycopg2.extensions import connection as Connection

from newsflow.backfill import http_file, step
from newsflow.backfill.http_file import HttpFile
from newsflow.backfill.request import BackfillRequest
from newsflow.backfill.sources import Sources, join
from newsflow.settings import Settings
from newsflow.web.transport import Transport
from tests.backfill.foreign import pages, write
from tests.backfill.test_reading import FILES, read_all, rows


class Server(ThreadingHTTPServer):
    """Serves a folder with ranges, and can break off."""

    folder: Path
    breaks_after: int | None = None
    ranges = True
    asked: list[str]
    redirects: dict[str, str]
    credentials: set[str | None]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    """GET and HEAD with single open-ended ranges."""

    server: Server

    def do_HEAD(self) -> None:
        self._head()

    def do_GET(self) -> None:
        data = self._head()
        limit = self.server.breaks_after
        self.wfile.write(data if limit is None else data[:limit])

    def _head(self) -> bytes:
        self.server.credentials.add(self.headers.get("Authorization"))
        if self.path in self.server.redirects:
            self.send_response(302)
            self.send_header("Location", self.server.redirects[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return b""
        path = self.server.folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return b""
        data, asked = path.read_bytes(), self.headers.get("Range", "")
        self.server.asked.append(asked)
        same = self.headers.get("If-Range") in {None, f'"{len(data)}"'}
        start = int(asked[6:-1]) if asked and self.server.ranges and same else 0
        if start and start >= len(data):
            self.send_error(416)
            return b""
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.send_header("ETag", f'"{len(data)}"')
        self.end_headers()
        return data[start:]

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def http_server(folder: Path) -> Iterator[Server]:
    found = Server(("127.0.0.1", 0), Handler)
    found.folder, found.asked, found.redirects, found.credentials = folder, [], {}, set()
    found.folder.mkdir()
    thread = threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with http_server(tmp_path / "web") as found:
        yield found


@pytest.fixture
def settings(settings: Settings, server: Server) -> Settings:
    return settings.model_copy(update={"allow_origins": frozenset({url(server, "").rstrip("/")})})


@pytest.fixture
def transport(settings: Settings) -> Iterator[Transport]:
    with Transport(settings) as made:
        yield made


def url(server: Server, name: str) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/{name}"


def test_a_file_is_read_over_http_and_resumed_with_a_range(
    conn: Connection, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(server.folder / "news.warc.gz", pages(30))
    monkeypatch.setattr(step, "BATCH", 10)
    request = BackfillRequest(warc=(url(server, "news.warc.gz"),), limit=1)
    read_all(settings, request, "first")
    read_all(settings, request, "second")
    [found] = rows(conn, FILES)
    assert found.taken == 20
    assert server.asked[-1].startswith("bytes=")


def test_a_connection_that_breaks_is_taken_up_where_it_broke(server: Server, transport: Transport) -> None:
    data = bytes(range(256)) * 400
    (server.folder / "f").write_bytes(data)
    server.breaks_after = 30_000
    stream = HttpFile(transport, url(server, "f"), 100, pause_s=0.0)
    assert b"".join(iter(lambda: stream.read(7000), b"")) == data[100:]
    assert stream.tell() == len(data)
    assert len(server.asked) == 4
    stream.close()


def test_a_server_that_stays_away_is_given_up(server: Server, transport: Transport) -> None:
    (server.folder / "f").write_bytes(b"x" * 1000)
    server.breaks_after = 0
    stream = HttpFile(transport, url(server, "f"), 0, pause_s=0.0)
    with pytest.raises(OSError, match="gave up at byte 0 after 5 tries"):
        stream.read(10)
    assert len(server.asked) == 5


def test_a_file_that_is_not_there_is_not_asked_for_again(server: Server, transport: Transport) -> None:
    with pytest.raises(OSError, match="404"):
        HttpFile(transport, url(server, "nothing"), 0, pause_s=60.0).read(10)


def test_a_file_that_changes_while_it_is_read_is_not_put_together_from_two(
    server: Server, transport: Transport
) -> None:
    (server.folder / "f").write_bytes(b"x" * 1000)
    server.breaks_after = 600
    stream = HttpFile(transport, url(server, "f"), 0, pause_s=0.0)
    assert stream.read(600) == b"x" * 600
    (server.folder / "f").write_bytes(b"y" * 1200)
    with pytest.raises(OSError, match="the file has changed, so reading can't resume at byte 600"):
        stream.read(600)


def test_a_server_without_ranges_is_not_read_from_the_wrong_place(server: Server, transport: Transport) -> None:
    (server.folder / "f").write_bytes(b"x" * 1000)
    server.ranges = False
    with pytest.raises(OSError, match="knows no ranges"):
        HttpFile(transport, url(server, "f"), 500, pause_s=60.0).read(10)


def test_the_end_of_a_file_is_its_end(server: Server, transport: Transport) -> None:
    (server.folder / "f").write_bytes(b"x" * 1000)
    assert HttpFile(transport, url(server, "f"), 1000, pause_s=0.0).read(10) == b""


def test_a_list_names_files_relative_to_its_server(server: Server, transport: Transport) -> None:
    write(server.folder / "crawl-data" / "a.warc.gz", pages(1))
    write(server.folder / "crawl-data" / "b.warc.gz", pages(1))
    (server.folder / "warc.paths.gz").write_bytes(
        gzip.compress(b"crawl-data/a.warc.gz\n\n# no\ncrawl-data/b.warc.gz\n")
    )
    found = list(Sources(transport).find(url(server, "warc.paths.gz")))
    assert [f.name for f in found] == [url(server, f"crawl-data/{n}.warc.gz") for n in "ab"]
    assert all(f.bytes for f in found)


def test_a_list_on_disk_names_files_beside_it(tmp_path: Path, transport: Transport) -> None:
    write(tmp_path / "a.warc.gz", pages(1))
    (tmp_path / "files.txt").write_text("a.warc.gz\n")
    [found] = Sources(transport).find(str(tmp_path / "files.txt"))
    assert found.name == str(tmp_path / "a.warc.gz")


@pytest.mark.parametrize("missing", ["/nowhere/at/all", "http://127.0.0.1:7999/x.warc.gz"])
def test_a_source_that_is_not_there_raises(settings: Settings, missing: str) -> None:
    with pytest.raises(OSError, match=r"nothing at|ssrf_blocked"):
        read_all(settings, BackfillRequest(warc=(missing,)))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    options = {"endpoint_url": f"http://{host}:{port}", "key": "test", "secret": "test"}
    monkeypatch.setitem(fsspec.config.conf, "s3", options)
    fs = fsspec.filesystem("s3")
    fs.mkdir("cc-news")
    yield "s3://cc-news"
    fs.rm("cc-news", recursive=True)
    moto.stop()


def test_files_of_an_object_store_are_read_into_an_archive_there(
    conn: Connection, settings: Settings, bucket: str, tmp_path: Path
) -> None:
    write(tmp_path / "a.warc.gz", pages(12))
    fsspec.filesystem("s3").put_file(str(tmp_path / "a.warc.gz"), "cc-news/2026/a.warc.gz")
    there = settings.model_copy(update={"archive": f"{bucket}/archive"})
    read_all(there, BackfillRequest(warc=(f"{bucket}/2026/",)))
    [found] = rows(conn, FILES)
    assert (found.state, found.taken, found.source) == ("done", 12, f"{bucket}/2026/a.warc.gz")


NOT_OURS = (
    "file:///etc/hostname",
    "FILE:///etc/hostname",
    "local:///etc/hostname",
    "simplecache::file:///etc/hostname",
    "s3://bucket/x.warc::file:///etc/hostname",
    "memory://x.warc",
    "ftp://example.org/x.warc",
)


def test_a_list_of_others_may_not_name_our_files(conn: Connection, settings: Settings, server: Server) -> None:
    """Such a line is noted as failed, and the file that the list names beside it is read."""
    write(server.folder / "a.warc.gz", pages(1))
    (server.folder / "warc.paths").write_text("\n".join([*NOT_OURS, "a.warc.gz"]))
    read_all(settings, BackfillRequest(warc=(url(server, "warc.paths"),)))
    found = {row.source: row for row in rows(conn, "select source, state, detail, taken from ingest.backfill_file")}
    for name in NOT_OURS:
        assert found[name].state == "failed"
        assert "http, https and s3 addresses only" in found[name].detail
    there = found.pop(url(server, "a.warc.gz"))
    assert (there.state, there.taken, len(found)) == ("done", 1, len(NOT_OURS))


@pytest.mark.parametrize(
    ("base", "name", "meant"),
    [
        ("https://data.example/crawl/warc.paths.gz", "/etc/hostname", "https://data.example/etc/hostname"),
        (
            "https://data.example/crawl/warc.paths.gz",
            "//other.example/x.warc",
            "https://data.example/other.example/x.warc",
        ),
        ("HTTPS://data.example/warc.paths.gz", "/etc/hostname", "HTTPS://data.example/etc/hostname"),
        ("s3://bucket/lists/warc.paths", "/etc/hostname", "s3://bucket/etc/hostname"),
        ("s3://bucket/lists/warc.paths", "a.warc", "s3://bucket/lists/a.warc"),
        ("/home/me/warc.txt", "/data/a.warc", "/data/a.warc"),
        ("file:///home/me/warc.txt", "/data/a.warc", "/data/a.warc"),
    ],
)
def test_a_name_without_a_scheme_lies_where_its_list_lies(base: str, name: str, meant: str) -> None:
    assert join(base, name).lower() == meant.lower()


def test_a_list_that_names_itself_ends(server: Server, transport: Transport) -> None:
    (server.folder / "warc.paths").write_text("warc.paths\n")
    [found] = Sources(transport).find(url(server, "warc.paths"))
    assert "lists within lists" in found.trouble


def test_a_listed_file_that_is_not_there_costs_the_others_nothing(server: Server, transport: Transport) -> None:
    write(server.folder / "a.warc.gz", pages(1))
    (server.folder / "warc.paths").write_text("gone.warc.gz\na.warc.gz\n")
    gone, there = Sources(transport).find(url(server, "warc.paths"))
    assert "404" in gone.trouble
    assert there.bytes
    assert not there.trouble


def test_an_origin_that_is_not_allowed_is_never_asked(settings: Settings, server: Server) -> None:
    closed = settings.model_copy(update={"allow_origins": frozenset()})
    with Transport(closed) as transport:
        for name in ("x.warc.gz", "warc.paths", "warc.txt.gz"):
            with pytest.raises(OSError, match="ssrf_blocked"):
                list(Sources(transport).find(url(server, name)))
    assert server.asked == []


def test_a_redirect_into_private_space_is_not_followed(settings: Settings, server: Server) -> None:
    with http_server(tmp := server.folder.parent / "private") as private:
        (tmp / "secret.warc").write_bytes(b"WARC/1.0\r\n")
        server.redirects["/x.warc"] = url(private, "secret.warc")
        with Transport(settings) as transport, pytest.raises(OSError, match="ssrf_blocked"):
            list(Sources(transport).find(url(server, "x.warc")))
        assert private.asked == []


def test_credentials_and_proxies_of_the_environment_are_not_used(
    server: Server, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login op password hunter2\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    write(server.folder / "a.warc.gz", pages(1))
    [found] = Sources(transport).find(url(server, "a.warc.gz"))
    assert HttpFile(transport, found.name, 0).read(10)
    assert server.credentials == {None}


def test_a_server_that_sends_next_to_nothing_is_given_up(
    server: Server, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_file, "_SLOW_S", 0.0)
    (server.folder / "f").write_bytes(b"x" * 1000)
    with pytest.raises(OSError, match=r"gave up at byte 0 after 5 tries: only \d+ bytes came"):
        HttpFile(transport, url(server, "f"), 0, pause_s=0.0).read(10)
