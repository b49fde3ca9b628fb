"""Exchanges with a server that behaves."""

from __future__ import annotations

import gzip

import pytest

from newsflow.feeds.sitemap import begins_one
from newsflow.outcomes import Outcome
from newsflow.web.decode import Larger
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


SITEMAP = b"<?xml version='1.0'?><urlset>" + b"<url><loc>https://example.org/</loc></url>" * 50_000 + b"</urlset>"
LARGER = Larger(len(SITEMAP), begins_one)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_body_of_a_kind_that_may_be_large_is_read(server: Server, transport: Transport, encoding: str) -> None:
    sent = gzip.compress(SITEMAP) if encoding == "gzip" else SITEMAP
    server.plays["/s"] = says(body=sent, headers={"Content-Encoding": encoding})
    found = transport.exchange(server.url("/s"), max_bytes=100_000, larger=LARGER)
    assert (found.outcome, found.body == SITEMAP) == (Outcome.OK, True)
    over = Larger(len(SITEMAP) - 1, begins_one)
    assert transport.exchange(server.url("/s"), max_bytes=100_000, larger=over).outcome is Outcome.TOO_BIG


def test_other_large_bodies_are_not(server: Server, transport: Transport) -> None:
    server.plays["/s"] = says(body=b"<rss>" + SITEMAP[29:])
    assert transport.exchange(server.url("/s"), max_bytes=100_000, larger=LARGER).outcome is Outcome.TOO_BIG


def test_a_connection_is_kept_over_answers_that_have_no_body(server: Server, transport: Transport) -> None:
    server.plays["/a"] = says("304 Not Modified", length=False)
    for _ in range(3):
        assert transport.exchange(server.url("/a"), etag='"1"').outcome is Outcome.NOT_MODIFIED
    assert server.connections == 1
