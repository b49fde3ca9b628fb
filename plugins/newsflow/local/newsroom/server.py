"""The newsroom's servers: one origin on loopback for each publisher, with a log of every request."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import cast

from newsflow.local.newsroom import documents
from newsflow.local.newsroom.script import EPOCH, Article, Behaviour, Publisher, ScriptedWorld


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as a publisher's server saw it; `started` and `ended` are monotonic seconds."""

    publisher: str
    method: str
    path: str
    headers: Mapping[str, str]
    status: int
    started: float
    ended: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sends."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None


def _failure(status: int, behaviour: Behaviour) -> Answer:
    phrase = HTTPStatus(status).phrase
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if behaviour.retry_after:
        headers["Retry-After"] = behaviour.retry_after
    return Answer(status, f"<html><title>{status}</title><h1>{status} {phrase}</h1></html>".encode(), headers)


class Site:
    """A publisher's answers: pure but for the edition and the count of refusals."""

    def __init__(self, world: ScriptedWorld, publisher: Publisher) -> None:
        self.world, self.publisher = world, publisher
        self.edition = world.editions[0]
        self.origin = ""
        self._refused: dict[str, int] = {}
        self._articles = {a.path: a for a in publisher.articles}

    def behaviour(self, path: str) -> Behaviour:
        """How this path is answered."""
        if path == self.publisher.feed_path:
            return self.publisher.feed
        return self._articles[path].behaviour if path in self._articles else Behaviour()

    def answer(self, path: str) -> Answer:
        """The answer to an unconditional GET."""
        behaviour = self.behaviour(path)
        if behaviour.moved_to:
            return Answer(301, headers={"Location": self.origin + behaviour.moved_to})
        if behaviour.status != HTTPStatus.OK and self._refuses(path, behaviour):
            return _failure(behaviour.status, behaviour)
        if path == "/robots.txt":
            return Answer(200, self.publisher.robots.encode(), {"Content-Type": "text/plain; charset=utf-8"})
        if path == self.publisher.feed_path:
            return self._feed()
        return self._page(path)

    def _refuses(self, path: str, behaviour: Behaviour) -> bool:
        self._refused[path] = self._refused.get(path, 0) + 1
        return behaviour.times is None or self._refused[path] <= behaviour.times

    def _items(self) -> list[documents.Item]:
        return documents.items(self.world, self.publisher, self.edition, self.origin)

    def _feed(self) -> Answer:
        shown = self._items()
        modified = max((i.updated_at for i in shown), default=EPOCH)
        body = documents.feed(self.publisher, shown, self.origin).encode()
        return Answer(200, body, {"Content-Type": documents.CONTENT_TYPES[self.publisher.kind]}, modified)

    def _page(self, path: str) -> Answer:
        article = self._find(path)
        if article is None:
            return _failure(404, Behaviour())
        text, updated_at = self.world.current(article, self.edition)
        if text is None:
            return _failure(410, Behaviour())
        item = documents.Item(article, text, updated_at, self.origin + path)
        others = [i for i in self._items() if i.article is not article]
        behaviour = self.behaviour(path)
        html = documents.page(self.publisher, item, others, behaviour.declares)
        body = html.encode(behaviour.encoding, "xmlcharrefreplace")
        return Answer(200, body, {"Content-Type": f"text/html; charset={behaviour.declares}"}, updated_at)

    def _find(self, path: str) -> Article | None:
        if path in self._articles:
            return self._articles[path]
        return next((a for a in self.publisher.articles if a.behaviour.moved_to == path), None)


def etag(body: bytes) -> str:
    """A strong validator of a body (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def _unchanged(answer: Answer, headers: Mapping[str, str]) -> bool:
    # RFC 9110 §13.2.2: If-None-Match wins over If-Modified-Since
    if wanted := headers.get("if-none-match"):
        return etag(answer.body) in [part.strip().removeprefix("W/") for part in wanted.split(",")]
    if since := headers.get("if-modified-since"):
        with suppress(ValueError, TypeError):
            return answer.modified is not None and answer.modified.replace(microsecond=0) <= parsedate_to_datetime(
                since
            )
    return False


def conditional(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """The answer with its validators, or 304 where the client's still hold."""
    if answer.status != HTTPStatus.OK:
        return answer
    validators = {"ETag": etag(answer.body)}
    if answer.modified:
        modified = answer.modified.astimezone(timezone.utc)
        validators["Last-Modified"] = format_datetime(modified, usegmt=True)
    if _unchanged(answer, headers):
        return Answer(304, headers=validators)
    return Answer(200, answer.body, {**answer.headers, **validators}, answer.modified)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, site: Site, port: int, log: list[LoggedRequest]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.site, self.requests = site, log

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "newsroom/1"
    timeout = 30

    def _answer(self) -> None:
        server, started = cast("_Server", self.server), time.monotonic()
        path = self.path.split("?")[0].split("#")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        time.sleep(server.site.behaviour(path).delay_s)
        answer = conditional(server.site.answer(path), headers)
        server.requests.append(
            LoggedRequest(
                server.site.publisher.name,
                self.command,
                self.path,
                headers,
                answer.status,
                started,
                time.monotonic(),
            )
        )
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(answer.body)

    do_GET = _answer  # noqa: N815 - name given by http.server
    do_HEAD = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Requests go to `Newsroom.log`, not to stderr."""


class Newsroom:
    """The world's servers, running between `with` and its end.

    >>> with Newsroom(world) as newsroom:  # doctest: +SKIP
    ...     newsroom.feeds()  # [("courier", "http://127.0.0.1:40123/rss.xml"), …]
    """

    def __init__(self, world: ScriptedWorld, *, edition: str = "", ports: Sequence[int] = ()) -> None:
        """Bind the servers; they answer once started.

        :param ports: one for each publisher, in order; any free port where there is none.
        :raises OSError: where a port asked for is taken.
        """
        self.world = world
        self.log: list[LoggedRequest] = []
        self._servers: list[_Server] = []
        for index, publisher in enumerate(world.publishers):
            self._bind(publisher, ports[index] if index < len(ports) else 0)
        self.advance(edition or world.editions[0])

    def _bind(self, publisher: Publisher, port: int) -> None:
        site = Site(self.world, publisher)
        try:
            server = _Server(site, port, self.log)
        except OSError:
            for bound in self._servers:
                bound.server_close()
            raise
        site.origin = f"http://127.0.0.1:{server.server_port}"
        self._servers.append(server)

    def __enter__(self) -> Newsroom:
        """Start answering."""
        for server in self._servers:
            name = f"newsroom {server.site.publisher.name}"
            threading.Thread(target=server.serve_forever, args=(0.1,), name=name, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and give the ports back."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def advance(self, edition: str) -> None:
        """Publish an edition.

        :raises ValueError: for one that the world does not have.
        """
        if edition not in self.world.editions:
            raise ValueError(f"no edition {edition!r} in {self.world.editions}")
        for server in self._servers:
            server.site.edition = edition

    @property
    def edition(self) -> str:
        """The edition that is out."""
        return self._servers[0].site.edition

    @property
    def ports(self) -> list[int]:
        """Ports of the publishers, in order."""
        return [server.server_port for server in self._servers]

    @property
    def origins(self) -> dict[str, str]:
        """`http://127.0.0.1:port` of each publisher, for `NEWSFLOW_ALLOW_ORIGINS`."""
        return {s.site.publisher.name: s.site.origin for s in self._servers}

    def feeds(self) -> list[tuple[str, str]]:
        """(publisher, feed URL) of each."""
        return [(s.site.publisher.name, s.site.origin + s.site.publisher.feed_path) for s in self._servers]

    def url(self, publisher: str, slug: str) -> str:
        """Address of an article.

        :raises StopIteration: where there is none.
        """
        site = next(s.site for s in self._servers if s.site.publisher.name == publisher)
        return site.origin + next(a.path for a in site.publisher.articles if a.slug == slug)

    def asked(self, publisher: str, path: str = "") -> list[LoggedRequest]:
        """Requests that a publisher has seen, in order; of one path where it is given."""
        return [r for r in list(self.log) if r.publisher == publisher and path in ("", r.path)]
