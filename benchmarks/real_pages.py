"""The open pages beside the project, served on loopback: one origin and one feed a publisher."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from newsflow.web.urls import canonicalise, publisher_name


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page: its bytes, its address when it was saved, and its gold body."""

    id: str
    url: str
    html: bytes
    gold: str

    @property
    def path(self) -> str:
        """Path and query of the canonical URL, as a server sees them."""
        return path_of(canonicalise(self.url))


def path_of(url: str) -> str:
    """Path and query."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def read(folder: Path) -> list[Page]:
    """All pages of `shared/pages`."""
    gold = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        Page(key, item["url"], gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()), item["articleBody"])
        for key, item in sorted(gold.items())
    ]


def by_publisher(pages: list[Page]) -> dict[str, dict[str, Page]]:
    """Pages by publisher and path; a second page at the same path is left out."""
    shelves: dict[str, dict[str, Page]] = {}
    for page in pages:
        shelves.setdefault(publisher_name(page.url), {}).setdefault(page.path, page)
    return shelves


def rss(name: str, origin: str, pages: dict[str, Page]) -> bytes:
    """A plain RSS 2.0 feed of links."""
    items = "".join(
        f"<item><guid>{page.id}</guid><link>{escape(origin + path)}</link></item>" for path, page in pages.items()
    )
    return f'<rss version="2.0"><channel><title>{escape(name)}</title>{items}</channel></rss>'.encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name: str, pages: dict[str, Page]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.pages = pages
        self.feed = rss(name, self.origin, pages)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        if page:
            self._send(200, "text/html", page.html)
        elif self.path == "/feed.xml":
            self._send(200, "application/rss+xml", self.server.feed)
        else:
            self._send(404, "text/plain", b"")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


@contextmanager
def served(shelves: dict[str, dict[str, Page]]) -> Iterator[dict[str, str]]:
    """Serve the shelves; gives the origin of each publisher."""
    servers = {name: _Server(name, pages) for name, pages in shelves.items()}
    for server in servers.values():
        threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
    try:
        yield {name: server.origin for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()
