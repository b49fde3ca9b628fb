"""Servers that lie, stall, flood or break off: each ends in its outcome, and in bounds.

Against a real server on loopback. Those that stall or flood do so for as long as somebody listens: that an exchange
ends at all is what shows that we ended it.
"""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable

import brotli
import psutil
import pytest

from newsflow.outcomes import Outcome
from newsflow.web.transport import Transport
from tests.waiting import PATIENCE_S
from tests.web import plays
from tests.web.hostile import GZ, HOSTILE
from tests.web.plays import HTML, chunked, encoded, redirects_to
from tests.webserver import Play, Server, answer, raw, says


@pytest.mark.parametrize("case", HOSTILE)
def test_ends_in_its_outcome(case: str, server: Server, transports: Callable[..., Transport]) -> None:
    make, expected = HOSTILE[case]
    server.plays["/x"] = make()
    deadline = 0.5 if expected is Outcome.DEADLINE else PATIENCE_S
    began = time.monotonic()
    found = transports(server, deadline_s=deadline).exchange(server.url("/x"))
    seconds = time.monotonic() - began
    assert found.outcome is expected, found.detail
    assert found.body == b""
    assert found.detail
    assert "\n" not in found.detail
    if expected is Outcome.DEADLINE:
        assert seconds >= deadline


def test_endless_redirect_body_is_left_unread(server: Server, transport: Transport) -> None:
    server.plays |= {"/x": plays.ENDLESS_REDIRECT_BODY, "/end": says(body=b"there", headers=HTML)}
    before = psutil.Process().memory_info().rss
    found = transport.exchange(server.url("/x"))
    assert (found.outcome, found.body) == (Outcome.OK, b"there")
    assert psutil.Process().memory_info().rss - before < 40_000_000


def test_bombs_stay_small_in_memory(server: Server, transport: Transport) -> None:
    server.plays |= {"/gz": plays.gzip_bomb(), "/br": plays.brotli_bomb(), "/df": plays.deflate_bomb()}
    before = psutil.Process().memory_info().rss
    for path in ("/gz", "/br", "/df"):
        assert transport.exchange(server.url(path)).outcome is Outcome.TOO_BIG
    assert psutil.Process().memory_info().rss - before < 40_000_000


def test_many_redirects_end(server: Server, transports: Callable[..., Transport]) -> None:
    server.plays |= {f"/{n}": redirects_to(f"/{n + 1}") for n in range(20)}
    found = transports(server, max_redirects=3).exchange(server.url("/0"))
    assert found.outcome is Outcome.TOO_MANY_REDIRECTS
    assert len(server.requests) == 4


def test_deadline_counts_redirects_together(server: Server, transports: Callable[..., Transport]) -> None:
    def slow_redirect(sock: object, request: object) -> None:
        time.sleep(0.2)
        redirects_to(f"/{time.monotonic()}")(sock, request)  # type: ignore[arg-type]

    server.plays["*"] = slow_redirect
    found = transports(server, deadline_s=0.5, max_redirects=20).exchange(server.url("/x"))
    assert found.outcome is Outcome.DEADLINE
    assert found.seconds >= 0.5


@pytest.mark.parametrize(
    "play",
    [
        encoded(GZ, "gzip"),
        encoded(GZ, "x-gzip"),
        encoded(gzip.compress(b"hello " * 400) + gzip.compress(b"hello " * 600), "gzip"),
        encoded(GZ + b"\0" * 100, "gzip"),
        encoded(zlib.compress(b"hello " * 1000), "deflate"),
        encoded(zlib.compress(b"hello " * 1000)[2:-4], "deflate"),
        encoded(brotli.compress(b"hello " * 1000), "br"),
        encoded(b"hello " * 1000, "identity"),
        encoded(b"hello " * 1000, "utf-8"),
        encoded(b"hello " * 1000, "none, aws-chunked"),
        encoded(gzip.compress(b"hello " * 1000), "aws-chunked, gzip"),
        encoded(gzip.compress(b"hello " * 1000), '"GZIP"'),
        raw(chunked(b"hello " * 500, b"hello " * 500)),
        raw(answer(body=b"hello " * 1000, length=False)),
    ],
    ids=[
        "gzip",
        "x-gzip",
        "two-members",
        "padded",
        "deflate",
        "raw-deflate",
        "br",
        "identity",
        "a-charset",
        "of-a-store",
        "of-a-store-and-gzip",
        "quoted",
        "chunked",
        "until-close",
    ],
)
def test_good_encodings_are_undone(play: Play, server: Server, transport: Transport) -> None:
    server.plays["/x"] = play
    found = transport.exchange(server.url("/x"))
    assert (found.outcome, found.body) == (Outcome.OK, b"hello " * 1000)


def test_connection_that_broke_is_not_used_again(server: Server, transport: Transport) -> None:
    server.plays |= {"/bad": plays.reset, "/good": says(body=b"x")}
    assert transport.exchange(server.url("/bad")).outcome is Outcome.CONNECTION_LOST
    assert transport.exchange(server.url("/good")).outcome is Outcome.OK
    assert server.connections == 2


def test_kept_connection_that_the_server_closed_is_replaced(server: Server, transport: Transport) -> None:
    """The close races with the next request: the server reads it and says nothing."""
    calls: list[int] = []

    def once_then_hang_up(sock: object, request: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            sock.close()  # type: ignore[attr-defined]
            return
        says(body=b"x")(sock, request)  # type: ignore[arg-type]

    server.plays["/x"] = once_then_hang_up
    assert [transport.exchange(server.url("/x")).outcome for _ in range(3)] == [Outcome.OK] * 3
    assert len(calls) == 4
