"""Hostile feeds meet a child process, and the poll goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from newsflow.feeds.parsed import FeedError
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.model import Outcome
from tests.poll.conftest import Hands
from tests.poll.feeds import items, rss
from tests.webserver import Server, says

BASE = "https://news.example/rss"
GOOD = b"<rss><channel><title>fine</title></channel></rss>"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(10))
    + b"]><rss><channel><title>&k;</title><item><title>x</title></item></channel></rss>"
)
XXE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<rss><channel><title>&a;</title><item><title>&a;</title></item></channel></rss>"
)
ATTRIBUTES = (
    b"<rss><channel><item " + b" ".join(b'a%d="x"' % i for i in range(200_000)) + b"><title>x & y</title></item>"
)
DEEP = b"<rss><channel>" + b"<a>" * 200_000
TITLE = b"<rss><channel><item><title>" + b"x" * 20_000_000 + b"</title></item></channel></rss>"


@pytest.fixture
def children() -> Iterator[ParserProcesses]:
    with ParserProcesses(1, memory_mb=512, timeout_s=1.5, max_bytes=50_000_000) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (LAUGHS, Outcome.PARSE_ERROR),
        (XXE, Outcome.PARSE_ERROR),
        (ATTRIBUTES, Outcome.PARSE_TIMEOUT),
        (DEEP, Outcome.PARSE_ERROR),
        (TITLE, Outcome.PARSE_ERROR),
    ],
    ids=["billion laughs", "XXE", "200k attributes", "200k deep", "20 MB title"],
)
def test_hostile_xml_ends_in_time_and_the_next_feed_is_read(
    children: ParserProcesses, body: bytes, outcome: Outcome
) -> None:
    with pytest.raises(FeedError) as caught:
        children.parse(body, BASE)
    assert caught.value.outcome is outcome
    assert "root:" not in caught.value.detail
    assert children.parse(GOOD, BASE).title == "fine"


def test_memory_is_bounded() -> None:
    many = b"<rss><channel>" + b"<item><a/><b/><c/><d/></item>" * 1_500_000 + b"</channel></rss>"
    with ParserProcesses(1, memory_mb=256, timeout_s=30, max_bytes=1) as children:
        with pytest.raises(FeedError) as caught:
            children.parse(many, BASE)
        assert caught.value.outcome is Outcome.PARSE_ERROR
        assert children.parse(GOOD, BASE).title == "fine"


def test_many_threads_share_few_processes(children: ParserProcesses) -> None:
    titles: list[str] = []
    threads = [threading.Thread(target=lambda: titles.append(children.parse(GOOD, BASE).title)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles == ["fine"] * 20


@pytest.mark.parametrize(
    ("body", "outcome"), [(LAUGHS, "parse_error"), (ATTRIBUTES, "parse_timeout"), (TITLE, "too_big")]
)
def test_a_feed_that_turns_hostile_keeps_its_state(server: Server, hands: Hands, body: bytes, outcome: str) -> None:
    url = server.url("/rss")
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 3)), headers={"ETag": '"v1"'})
    hands.add(url)
    hands.poll()
    before = hands.feed(url)
    server.plays["/rss"] = says(body=body)
    hands.options = {"parse_timeout_s": 1.5}

    assert hands.poll(minutes=60, force=True).counts == {outcome: 1}

    after = hands.feed(url)
    kept = ("state", "etag", "kind", "title", "window_heads", "window_entries", "body_hash", "interval_s", "last_ok_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert after.failures == 1
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 4)))
    assert hands.poll(minutes=24 * 60, force=True).counts == {"ok": 1}
    assert hands.feed(url).failures == 0
