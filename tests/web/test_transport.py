"""Exchanges with a server that behaves."""

from __future__ import annotations

import gzip

from newsflow.outcomes import Outcome
from newsflow.web.transport import Transport
from tests.webserver import Server, says


def test_page_comes_with_its_headers_and_its_address(server: Server, transport: Transport) -> None:
    server.plays["/a"] = says(body=b"<p>hello", headers={"Content-Type": "text/html", "ETag": '"1"'})
    found = transport.exchange(server.url("/a"))
    assert (found.outcome, found.status, found.body) == (Outcome.OK, 200, b"<p>hello")
    assert (found.headers["etag"], found.ip, found.reason) == ('"1"', "127.0.0.1", "OK")
    assert found.hops == (server.url("/a"),) == (found.final_url,)
    assert 0 < found.seconds < 10


def test_connection_is_kept_for_the_origin(server: Server, transport: Transport) -> None:
    server.plays["/a"] = says(body=b"x")
    for _ in range(3):
        assert transport.exchange(server.url("/a")).outcome is Outcome.OK
    assert server.connections == 1


def test_gzip_body_comes_decoded(server: Server, transport: Transport) -> None:
    server.plays["/a"] = says(body=gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"})
    assert transport.exchange(server.url("/a")).body == b"hello"


def test_redirects_are_followed_and_named(server: Server, transport: Transport) -> None:
    server.plays["/a"] = says("301 Moved", headers={"Location": "/b?x=1"})
    server.plays["/b?x=1"] = says("308 Moved", headers={"Location": server.url("/c")})
    server.plays["/c"] = says(body=b"x")
    found = transport.exchange(server.url("/a"))
    assert found.final_url == server.url("/c")
    assert found.permanent
    assert len(found.hops) == 3
