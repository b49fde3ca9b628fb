"""Hostile WARC records: small as they lie in the file, and without end when they are unpacked or parsed."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from newsflow.backfill import records
from newsflow.store import warc

MB = 1 << 20
SIZE = 80 * MB  # more than one record may hold
_HEAD = (
    "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:0a1b2c3d-0000-4000-8000-000000000001>\r\n"
    "WARC-Target-URI: http://x.example/a\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n{more}"
    "Content-Type: {type}\r\nContent-Length: {length}\r\n\r\n"
)
GOOD = b"<html><body><p>Sound.</p></body></html>"


def _packed(*pieces: bytes | int) -> bytes:
    """One gzip member; a number stands for so many bytes of one letter."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    out = []
    for piece in pieces:
        if isinstance(piece, bytes):
            out.append(packer.compress(piece))
        else:
            out += [packer.compress(b"x" * MB) for _ in range(piece // MB)]
    return b"".join([*out, packer.flush()])


def _record(http: bytes, length: int | None = None, *, kind: str = "response", more: str = "") -> bytes:
    http_type = "application/http; msgtype=response" if kind == "response" else "text/plain"
    size = len(http) if length is None else length
    return _HEAD.format(kind=kind, more=more, type=http_type, length=size).encode() + http


def _http(body: bytes, header: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _encoded(name: str, body: bytes) -> bytes:
    return _packed(_record(_http(body, f"Content-Encoding: {name}\r\n")), b"\r\n\r\n")


def _long(head: bytes, tail: bytes = b"\r\n\r\n", **record: str) -> bytes:
    return _packed(_record(head, len(head) + SIZE, **record), SIZE, tail)  # type: ignore[arg-type]


KINDS: Mapping[str, Callable[[], bytes]] = {
    "behind the record": lambda: _packed(_record(_http(b"hello")), b"\r\n\r\n", SIZE),
    "body": lambda: _long(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
    "chunk": lambda: _long(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % SIZE),
    "gzip in it": lambda: _encoded("gzip", _packed(SIZE)),
    "deflate in it": lambda: _encoded("deflate", zlib.compress(bytes(SIZE), 1)),
    "brotli in it": lambda: _encoded("br", brotli.compress(bytes(SIZE), quality=1)),
    "HTTP header": lambda: _long(b"HTTP/1.1 200 OK\r\nX: "),
    "WARC header": lambda: _packed(_record(b"", 0)[:-4] + b"\r\nX: ", SIZE, b"\r\n\r\n"),
    "many HTTP headers": lambda: _packed(
        _record(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(300_000)) + b"\r\na"),
        b"\r\n\r\n",
    ),
    "a record that nobody wants": lambda: _long(b"", kind="resource"),
}


def reading(kind: str) -> tuple[list[str], int]:
    """What reading a file says of the bomb, and how often the sound record behind it was found; for a child."""
    data = KINDS[kind]() + gzip.compress(_record(_http(GOOD)) + b"\r\n\r\n")
    items = list(records.read(io.BytesIO(data), lambda _: "", lambda _: ""))
    found = [item.found for item in items if item.found]
    return [item.refused for item in items if not item.found], sum(one.exchange.body == GOOD for one in found)


def parsing(kind: str) -> str:
    """What the archive says of such a record, were it ours; for a child."""
    try:
        warc.parse(KINDS[kind]())
    except warc.BadRecordError:
        return "bad record"
    return "read"


def large_neighbours(path: Path) -> None:
    """A file of 160 MB that nobody wants, of bytes that can't be packed, with one wanted record behind it."""
    noise = random.Random(1).randbytes(4 * MB)
    with path.open("wb") as file:
        for _ in range(40):
            file.write(gzip.compress(_record(noise, kind="resource") + b"\r\n\r\n", 0))
        file.write(gzip.compress(_record(_http(GOOD)) + b"\r\n\r\n"))


def reading_file(path: str) -> int:
    """How many wanted records a file has; for a child."""
    with open(path, "rb") as file:
        return sum(item.found is not None for item in records.read(file, lambda _: "", lambda _: ""))
