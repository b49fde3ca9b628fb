"""Feeds that move, end, lie, or come back, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable

from newsflow.poll.decide import AUDIT_EVERY
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
