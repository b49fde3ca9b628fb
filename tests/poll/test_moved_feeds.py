"""Feeds that move, end, lie, or come back, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsflow.poll.decide import AUDIT_EVERY, MOVED_AFTER
from newsflow.poll.state import FeedState
from newsflow.poll.store import move_feeds
from newsflow.subscriptions import proposals
from tests.poll.conftest import Hands
from tests.poll.feeds import items, rss
from tests.webserver import Server, says


def test_a_301_that_holds_changes_the_address(server: Server, hands: Hands) -> None:
    old, new = server.url("/old"), server.url("/new")
    server.plays["/old"] = says("301 Moved", headers={"Location": "/new"})
    server.plays["/new"] = says(body=rss(server.origin, items(1, 3)))
    hands.add(old)
    for _ in range(2):
        hands.poll(minutes=60, force=True)
        assert hands.feed(old).moved_to == new
    hands.poll(minutes=60, force=True)
    feed = hands.row("select * from ingest.feed")
    assert (feed.url, feed.reason, feed.moved_polls) == (new, f"moved here from {old}", 0)
    hands.poll(minutes=60, force=True)
    assert len(server.asked("/old")) == 3


def test_a_302_never_does(server: Server, hands: Hands) -> None:
    old = server.url("/old")
    server.plays["/old"] = says("302 Found", headers={"Location": "/new"})
    server.plays["/new"] = says(body=rss(server.origin, items(1, 3)))
    hands.add(old)
    for _ in range(5):
        hands.poll(minutes=60, force=True)
    assert hands.feed(old).moved_to is None


def test_a_feed_that_moved_to_another_of_ours_ends(server: Server, hands: Hands) -> None:
    old, new = server.url("/old"), server.url("/new")
    server.plays["/old"] = says("308 Moved", headers={"Location": "/new"})
    server.plays["/new"] = says(body=rss(server.origin, items(1, 3)))
    hands.add(old, new)
    for _ in range(3):
        hands.poll(minutes=60, force=True)
    assert (hands.feed(old).state, hands.feed(new).state) == ("gone", "active")
    assert "polled already" in hands.feed(old).reason


def test_a_redirect_to_another_origin_is_followed_in_its_line(
    server: Server, hands: Hands, server_factory: Callable[[], Server]
) -> None:
    other = server_factory()
    hands.origins.add(other.origin)
    server.plays["/rss"] = says("307 Elsewhere", headers={"Location": other.url("/rss")})
    other.plays["/rss"] = says(body=rss(server.origin, items(1, 3)))
    hands.add(server.url("/rss"))
    assert hands.poll().counts == {"ok": 1}
    assert [request.path for request in other.requests] == ["/robots.txt", "/rss"]


def test_410_ends_the_feed(server: Server, hands: Hands) -> None:
    url = server.url("/rss")
    server.plays["/rss"] = says("410 Gone")
    hands.add(url)
    hands.poll()
    assert (hands.feed(url).state, hands.feed(url).last_outcome) == ("gone", "gone")
    assert hands.poll(minutes=3000, force=True).taken == 0


def test_a_dead_feed_is_searched_elsewhere_once_and_comes_back_by_itself(server: Server, hands: Hands) -> None:
    url = server.url("/rss")
    server.plays["/"] = says(
        body=b'<html><head><link rel="alternate" type="application/rss+xml" href="/new"></head></html>'
    )
    server.plays["/new"] = says(body=rss(server.origin, items(1, 3)))
    hands.add(url)
    for _ in range(4):
        hands.poll(minutes=60 * 24, force=True)
    (proposal,) = hands.rows("select * from ingest.proposal")
    assert (proposal.url, proposal.kind, proposal.accepted) == (server.url("/new"), "rss", None)
    assert len(server.asked("/")) == 1
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 3)))
    assert hands.poll(minutes=60 * 24).counts == {"ok": 1}
    assert (hands.feed(url).failures, hands.feed(url).state) == (0, "active")


def test_a_lying_etag_is_found_out(server: Server, hands: Hands) -> None:
    url = server.url("/rss")
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 3)), headers={"ETag": '"for ever"'})
    hands.add(url)
    hands.poll()
    with hands.conn.cursor() as cursor:
        cursor.execute("update ingest.feed set polls_unaudited = %s", (AUDIT_EVERY,))
    hands.conn.commit()
    server.plays["/rss"] = says(body=rss(server.origin, items(1, 5)), headers={"ETag": '"for ever"'})

    hands.poll(minutes=60, force=True)
    hands.poll(minutes=60, force=True)

    assert hands.feed(url).validators_lie
    assert ["if-none-match" in request.headers for request in server.asked("/rss")] == [False, False, False]


def test_a_sitemap_index_is_followed_to_its_news(server: Server, hands: Hands) -> None:
    from tests.poll.feeds import news_sitemap

    index = "".join(
        f"<sitemap><loc>{server.url(path)}</loc></sitemap>" for path in ("/archive-1.xml", "/news.xml", "/ftp")
    )
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>'
    server.plays["/sitemap.xml"] = says(body=index.encode())
    server.plays["/news.xml"] = says(body=news_sitemap(server.origin, items(1, 4)))
    url = server.url("/sitemap.xml")
    hands.add(url)
    assert hands.poll().counts == {"ok": 1}
    pages = hands.rows("select discovered_by from ingest.page")
    assert [page.discovered_by for page in pages] == ["sitemap"] * 4
    assert hands.feed(url).kind == "sitemapindex"


@pytest.fixture
def other(server_factory: Callable[[], Server], hands: Hands) -> Server:
    """A server of another site, with a feed."""
    made = server_factory()
    hands.origins.add(made.origin)
    made.plays["/rss"] = says(body=rss(made.origin, items(1, 2), head=f"<link>{made.origin}/</link>"))
    return made


def owner_of(hands: Hands, origin: str) -> str:
    sql = "select b.name from ingest.origin join ingest.publisher b using (publisher_id) where origin = %s"
    return str(hands.row(sql, origin).name)


@pytest.mark.parametrize("status", ["301 Moved", "308 Moved"])
def test_a_move_to_another_site_is_proposed(server: Server, hands: Hands, other: Server, status: str) -> None:
    old, new = server.url("/rss"), other.url("/rss")
    server.plays["/rss"] = says(status, headers={"Location": new})
    hands.add(old, publisher="a.example")
    for _ in range(MOVED_AFTER + 2):
        hands.poll(minutes=60, force=True)
    assert (hands.feed(old).state, hands.feed(old).last_outcome) == ("active", "ok")
    proposal = hands.row("select * from ingest.proposal")
    assert (proposal.url, proposal.kind, proposal.decided_at) == (new, "rss", None)
    assert owner_of(hands, other.origin) == other.origin.removeprefix("http://")

    proposals.settle(hands.conn, proposal.proposal_id, hands.now, accepted=True)
    assert hands.feed(new).state == "active"
    assert owner_of(hands, other.origin) == "a.example"
    hands.add(other.url("/rss"), publisher="c.example")
    assert owner_of(hands, other.origin) == "c.example", "a person's word wins"
    hands.poll(minutes=60, force=True)
    pages = hands.rows("select b.name from ingest.page join ingest.publisher b using (publisher_id)")
    assert {page.name for page in pages} == {"c.example"}


def test_a_move_onto_anothers_feed_takes_nothing(server: Server, hands: Hands, other: Server) -> None:
    server.plays["/rss"] = says("301 Moved", headers={"Location": other.url("/rss")})
    hands.add(other.url("/rss"), publisher="c.example")
    hands.add(server.url("/rss"), publisher="a.example")
    for _ in range(MOVED_AFTER):
        hands.poll(minutes=60, force=True)
    assert (hands.feed(server.url("/rss")).state, hands.feed(other.url("/rss")).state) == ("gone", "active")
    assert owner_of(hands, other.origin) == "c.example"
    assert {
        row.name for row in hands.rows("select b.name from ingest.page join ingest.publisher b using (publisher_id)")
    } == {"c.example"}


def test_a_move_to_a_host_of_another_publisher_is_proposed_on_the_same_site_too(hands: Hands) -> None:
    hands.add("https://sport.paper.example/rss", publisher="Sport")
    hands.add("https://news.paper.example/rss", publisher="News")
    hands.add("https://www.paper.example/all", publisher="News")
    for url in ("https://sport.paper.example/new", "https://www.paper.example/sport", "http://sport.paper.example/rss"):
        sql = "update ingest.feed set moved_to = %s, moved_polls = 3 where url like 'https://sport%%' returning feed_id"
        with hands.conn.cursor() as cursor:
            cursor.execute(sql, (url,))
            (feed_id,) = cursor.fetchone()
        feed = FeedState(feed_id, 1, "https://sport.paper.example/rss", moved_to=url, moved_polls=3)
        move_feeds(hands.conn, [feed], hands.now)
        moved = hands.row("select url from ingest.feed where feed_id = %s", feed_id).url == url
        assert moved is ("sport." in url)
        hands.conn.rollback()


def test_an_index_asks_sitemaps_of_its_own_site_only(server: Server, hands: Hands, other: Server) -> None:
    urls = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in (other.url("/rss"), server.url("/own.xml")))
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</sitemapindex>'
    server.plays["/sitemap.xml"] = says(body=index.encode())
    server.plays["/own.xml"] = says(body=rss(server.origin, items(1, 1)))
    hands.add(server.url("/sitemap.xml"))
    hands.poll()
    assert other.requests == []
    assert len(server.asked("/own.xml")) == 1
