"""Which feeds a run left though they were due, as its check counts them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsflow.store import queries, runs
from tests.poll.conftest import Hands
from tests.poll.feeds import items, rss
from tests.webserver import Server, says


@pytest.mark.parametrize("force", [False, True])
def test_a_feed_that_another_run_asked_meanwhile_was_not_left(hands: Hands, server: Server, force: bool) -> None:
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 3)))
    hands.add(f"{server.origin}/rss")
    mine = runs.start(hands.conn, "test", "mine", hands.now, {"force": force})
    assert queries.runs.feeds_left(hands.conn, run_id=mine, now=hands.now).due == 1
    hands.conn.commit()
    hands.poll()
    assert queries.runs.feeds_left(hands.conn, run_id=mine, now=hands.now).due == 0
    later = runs.start(hands.conn, "test", "later", hands.now + timedelta(seconds=1), {"force": True})
    assert queries.runs.feeds_left(hands.conn, run_id=later, now=hands.now).due == 1
