"""A feed that turns hostile ends with an outcome, and keeps what is known of it."""

from __future__ import annotations

import pytest

from tests.feeds.test_parser_process import ATTRIBUTES, LAUGHS, TITLE
from tests.poll.conftest import Hands
from tests.poll.feeds import items, rss
from tests.webserver import Server, says


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
