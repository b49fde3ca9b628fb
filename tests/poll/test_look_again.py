"""Healthy publishers' sites, looked over once in a while."""

from __future__ import annotations

import pytest

from newsflow.ops.actions import perform
from newsflow.subscriptions import proposals
from tests.poll.conftest import Hands
from tests.poll.feeds import items, news_sitemap, rss
from tests.webserver import Server, says

MONTH = 31 * 24 * 60  # minutes


def site(server: Server, *feeds: str) -> None:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    server.plays["/"] = says(body=f"<html><head>{links}</head>".encode(), headers={"Content-Type": "text/html"})


@pytest.fixture
def polled(hands: Hands, server: Server) -> Hands:
    """A healthy feed that is as old as the last look at its site."""
    server.plays["/ours.rss"] = says(body=rss(server.origin, items(1, 10)))
    site(server, "/ours.rss")
    hands.add(server.url("/ours.rss"), publisher="Courier")
    hands.poll()
    with hands.conn, hands.conn.cursor() as cursor:
        cursor.execute("update ingest.publisher set created_at = %s", (hands.now,))
    return hands


def waiting(hands: Hands) -> list[tuple[str, bool]]:
    found = [(row.url.rpartition("/")[2], row.beside) for row in proposals.waiting(hands.conn)]
    hands.conn.rollback()
    return found


def test_a_fuller_feed_is_proposed_beside_ours(polled: Hands, server: Server) -> None:
    site(server, "/ours.rss", "/full.rss")
    server.plays["/full.rss"] = says(body=rss(server.origin, items(1, 40)))
    polled.poll(minutes=60, force=True)
    assert waiting(polled) == []  # it is not time yet
    polled.poll(minutes=MONTH, force=True)
    assert waiting(polled) == [("full.rss", True)]
    [row] = proposals.waiting(polled.conn)
    assert row.reason == "30 of the 40 pages that it shows came by no feed of the publisher"
    asked = len(server.asked("/full.rss"))
    polled.poll(minutes=60, force=True)
    assert len(server.asked("/full.rss")) == asked


def test_what_shows_the_same_is_not(polled: Hands, server: Server) -> None:
    site(server, "/ours.rss", "/same.rss", "/comments.rss")
    server.plays["/same.rss"] = says(body=rss(server.origin, items(1, 10)))
    server.plays["/comments.rss"] = says(body=rss(server.origin, items(100, 150)))
    polled.poll(minutes=MONTH, force=True)
    assert server.asked("/same.rss")
    assert waiting(polled) == []


def test_a_news_sitemap_is_proposed_where_there_is_none(polled: Hands, server: Server) -> None:
    server.plays["/robots.txt"] = says(body=f"Sitemap: {server.origin}/news.xml\n".encode())
    server.plays["/news.xml"] = says(body=news_sitemap(server.origin, items(1, 10)))
    polled.poll(minutes=MONTH, force=True)
    assert waiting(polled) == [("news.xml", True)]


def test_a_failing_or_paused_publisher_is_left_alone(polled: Hands, server: Server) -> None:
    server.plays["/ours.rss"] = says("503 Busy")
    polled.poll(minutes=MONTH, force=True)
    assert not server.asked("/")


@pytest.mark.parametrize("page", [False, True])
def test_accepted_it_is_polled_beside_the_other(polled: Hands, server: Server, page: bool) -> None:
    site(server, "/full.rss")
    server.plays["/full.rss"] = says(body=rss(server.origin, items(1, 40)))
    polled.poll(minutes=MONTH, force=True)
    [row] = proposals.waiting(polled.conn)
    polled.conn.rollback()
    if page:
        perform(polled.conn, "accept", str(row.proposal_id), "ana", polled.now)
    else:
        proposals.settle(polled.conn, row.proposal_id, polled.now, accepted=True)
    found = polled.rows("select f.url, f.state, b.name from ingest.feed f join ingest.publisher b using (publisher_id)")
    assert sorted((url.rpartition("/")[2], state, name) for url, state, name in found) == [
        ("full.rss", "active", "Courier"),
        ("ours.rss", "active", "Courier"),
    ]
    polled.poll(minutes=60, force=True)
    assert polled.row("select count(*) from ingest.page").count == 40


def test_never_means_never(polled: Hands, server: Server) -> None:
    polled.options = {"look_again_days": 0}
    polled.poll(minutes=MONTH, force=True)
    assert not server.asked("/")
