"""A scriptable server on loopback: each path plays what a test tells it, down to raw bytes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.listener import Listener, hang_up


@dataclass
class Request:
    """What the client sent."""

    path: str
    headers: dict[str, str]
    at: float = field(default_factory=time.monotonic)
    connection: int = 0


Play = Callable[[socket.socket, Request], None]


def answer(
    status: str = "200 OK", body: bytes = b"", headers: dict[str, str] | None = None, *, length: bool = True
) -> bytes:
    """A whole HTTP answer as bytes."""
    fields = dict(headers or {})
    if length:
        fields.setdefault("Content-Length", str(len(body)))
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def says(status: str = "200 OK", body: bytes = b"", headers: dict[str, str] | None = None, **more: bool) -> Play:
    """A play that gives one whole answer."""
    data = answer(status, body, headers, **more)
    return lambda sock, _: sock.sendall(data)


def raw(data: bytes, *, then_close: bool = True) -> Play:
    """A play that sends bytes and closes the connection."""

    def play(sock: socket.socket, _: Request) -> None:
        sock.sendall(data)
        if then_close:
            sock.shutdown(socket.SHUT_RDWR)

    return play


class Server:
    """Listens on 127.0.0.1 at a free port; a thread for each connection; keep-alive."""

    def __init__(
        self, plays: dict[str, Play] | None = None, wrap: Callable[[socket.socket], socket.socket] | None = None
    ) -> None:
        self.plays = dict(plays or {})
        self.requests: list[Request] = []
        self.connections = 0
        self._wrap = wrap
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    @property
    def origin(self) -> str:
        scheme = "https" if self._wrap else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return self.origin + path

    def asked(self, path: str) -> list[Request]:
        """The requests for a path, in order."""
        return [request for request in self.requests if request.path == path]

    def close(self) -> None:
        self._listener.close()
        for sock in list(self._open):
            hang_up(sock)

    def _serve(self, sock: socket.socket) -> None:
        with self._lock:
            self.connections = number = self.connections + 1
        try:
            if self._wrap:
                sock = self._wrap(sock)
            self._open.add(sock)
            while (request := _read(sock)) is not None:
                request.connection = number
                self.requests.append(request)
                play = self.plays.get(request.path) or self.plays.get("*") or says("404 Not Found")
                play(sock, request)
        except OSError:
            pass
        finally:
            self._open.discard(sock)
            sock.close()


def _read(sock: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return None
        data += piece
    lines = data.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    return Request(lines[0].split(" ")[1], {name.lower(): value for name, value in headers.items()})
