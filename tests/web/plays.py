"""What hostile, broken and slow servers do."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable

import brotli

from tests.waiting import PATIENCE_S
from tests.webserver import Play, Request, answer, raw, says

HTML = {"Content-Type": "text/html"}


def drip(data: bytes, pause: float = 0.02) -> Play:
    """A byte at a time, for as long as somebody listens."""

    def play(sock: socket.socket, _: Request) -> None:
        for byte in data:
            sock.sendall(bytes([byte]))
            time.sleep(pause)

    return play


def forever(head: bytes, piece: bytes, pause: float = 0.0) -> Play:
    """`head`, then `piece` without an end."""

    def play(sock: socket.socket, _: Request) -> None:
        sock.sendall(head)
        while True:
            sock.sendall(piece)
            if pause:
                time.sleep(pause)

    return play


def silent(until: threading.Event) -> Play:
    """Not a word."""
    return lambda sock, request: (until.wait(2 * PATIENCE_S), None)[1]


def redirects_to(location: str, status: str = "302 Found", body: bytes = b"") -> Play:
    return says(status, body, {"Location": location})


ENDLESS_CONTINUE = forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)
SLOW_HEADERS = drip(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)))
SLOW_BODY = forever(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x", 0.02)
ENDLESS_BODY = forever(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x" * 65536)
ENDLESS_CHUNK_EXTENSION = forever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=", b"x" * 65536)
ENDLESS_HEADER = forever(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 4096)
MANY_HEADERS = raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n")
ENDLESS_REDIRECT_BODY = forever(b"HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n", b"x" * 65536)


def encoded(body: bytes, encoding: str) -> Play:
    return says(body=body, headers=HTML | {"Content-Encoding": encoding})


ZEROS = b"\0" * 50_000_000


def gzip_bomb() -> Play:
    return encoded(gzip.compress(ZEROS), "gzip")


def brotli_bomb() -> Play:
    return encoded(brotli.compress(ZEROS, quality=5), "br")


def deflate_bomb() -> Play:
    return encoded(zlib.compress(ZEROS), "deflate")


def chunked(*pieces: bytes, end: bool = True) -> bytes:
    data = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return answer(headers={"Transfer-Encoding": "chunked"}, length=False) + data + (b"0\r\n\r\n" if end else b"")


def reset(sock: socket.socket, _: Request) -> None:
    """RST in the middle of the body."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    time.sleep(0.05)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()


Make = Callable[[], Play]
