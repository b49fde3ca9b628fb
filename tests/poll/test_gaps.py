"""The gap ledger over real polls: what was missed, for how long, why, and when it was made good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.poll.conftest import Hands
from tests.poll.feeds import NOON, items, news_sitemap, rss
from tests.webserver import Play, Server, raw, says


def show(server: Server, path: str, body: bytes) -> str:
    server.plays[path] = says(body=body, headers={"Content-Type": "application/xml"})
    return server.url(path)


def gaps(hands: Hands) -> list[Any]:
    return hands.rows("select * from ingest.gap order by gap_id")


def test_overlapping_windows_leave_no_gap(server: Server, hands: Hands) -> None:
    hands.add(show(server, "/rss", rss(server.origin, items(1, 10))))
    hands.poll()
    later = NOON + timedelta(minutes=90)
    show(server, "/rss", rss(server.origin, items(10, 19, end=later)))
    hands.poll(minutes=90)
    assert gaps(hands) == []


def test_a_window_that_moved_past_is_a_gap_with_span_and_estimate(server: Server, hands: Hands) -> None:
    url = show(server, "/rss", rss(server.origin, items(1, 10)))
    hands.add(url, publisher="Courier")
    hands.poll()
    # every ten minutes an item: 36 in six hours, of which the window shows the last 10
    later = NOON + timedelta(hours=6)
    show(server, "/rss", rss(server.origin, items(37, 46, end=later)))

    hands.poll(minutes=360, force=True)

    (gap,) = gaps(hands)
    assert (gap.cause, gap.from_at, gap.to_at) == ("not_polled", NOON, later - timedelta(minutes=90))
    assert abs(gap.missed_estimate - 26) <= 1
    assert (gap.closed_at, gap.filled) == (None, 0)


def test_cause_is_the_window_when_we_asked_in_time(server: Server, hands: Hands) -> None:
    hands.add(show(server, "/rss", rss(server.origin, items(1, 10))))
    hands.poll()
    show(server, "/rss", rss(server.origin, items(400, 409, end=NOON + timedelta(minutes=30), every_s=60)))
    hands.poll(minutes=30, force=True)
    assert [gap.cause for gap in gaps(hands)] == ["window"]


def test_a_pinned_old_entry_is_no_overlap(server: Server, hands: Hands) -> None:
    pinned = items(1, 1, end=NOON - timedelta(days=30))
    hands.add(show(server, "/rss", rss(server.origin, pinned + items(2, 10))))
    hands.poll()
    show(server, "/rss", rss(server.origin, pinned + items(60, 68, end=NOON + timedelta(minutes=30), every_s=60)))
    hands.poll(minutes=30, force=True)
    assert len(gaps(hands)) == 1


def test_a_feed_that_emptied_or_went_back_lost_nothing(server: Server, hands: Hands) -> None:
    hands.add(show(server, "/rss", rss(server.origin, items(1, 10))))
    hands.poll()
    show(server, "/rss", rss(server.origin, []))
    hands.poll(minutes=30, force=True)
    show(server, "/rss", rss(server.origin, items(1, 3, end=NOON - timedelta(days=3))))
    hands.poll(minutes=30, force=True)
    assert gaps(hands) == []


def test_a_feed_that_was_down_is_a_gap_until_it_answers(server: Server, hands: Hands) -> None:
    url = show(server, "/rss", rss(server.origin, items(1, 10)))
    hands.add(url)
    hands.poll()
    seen = hands.feed(url).last_ok_at
    server.plays["/rss"] = says("404 Not Found")
    for _ in range(3):
        hands.poll(minutes=30, force=True)
    (gap,) = gaps(hands)
    assert (gap.cause, gap.from_at, gap.to_at) == ("feed_down", seen, None)

    show(server, "/rss", rss(server.origin, items(3, 12, end=NOON + timedelta(hours=1))))
    hands.poll(minutes=60, force=True)

    (gap,) = gaps(hands)
    assert (gap.closed_by, gap.closed_at, gap.missed_estimate) == ("overlap", gap.to_at, 0)
    feed = hands.feed(url)
    assert (feed.failures, feed.last_outcome) == (0, "ok")


def test_a_feed_that_comes_back_with_another_window_stays_open_with_an_estimate(server: Server, hands: Hands) -> None:
    url = show(server, "/rss", rss(server.origin, items(1, 10)))
    hands.add(url)
    hands.poll()
    server.plays["/rss"] = says("404 Not Found")
    hands.poll(minutes=30, force=True)
    hands.poll(minutes=30, force=True)
    show(server, "/rss", rss(server.origin, items(100, 109, end=NOON + timedelta(hours=24))))
    hands.poll(minutes=60 * 23, force=True)
    (gap,) = gaps(hands)
    assert gap.to_at is not None
    assert gap.closed_at is None
    assert gap.missed_estimate > 50


def test_the_news_sitemap_is_asked_at_once_and_fills_the_gap(server: Server, hands: Hands) -> None:
    feed = show(server, "/rss", rss(server.origin, items(1, 10)))
    sitemap = show(server, "/news.xml", news_sitemap(server.origin, items(1, 10)))
    hands.add(feed, sitemap, publisher="Courier")
    hands.poll()
    later = NOON + timedelta(hours=6)
    show(server, "/rss", rss(server.origin, items(37, 46, end=later)))
    show(server, "/news.xml", news_sitemap(server.origin, items(1, 46, end=later)))

    hands.poll(minutes=360, force=True, feeds=[feed])

    # the sitemap was asked in the very same run, although only the feed was selected
    (gap,) = gaps(hands)
    assert (gap.closed_by, gap.filled >= gap.missed_estimate) == ("sitemap", True)
    assert hands.row("select count(*) from ingest.page").count == 46


def test_a_later_poll_of_another_feed_fills_a_gap(server: Server, hands: Hands) -> None:
    small = show(server, "/small", rss(server.origin, items(1, 10)))
    large = show(server, "/large", rss(server.origin, items(1, 10)))
    hands.add(small, large, publisher="Courier")
    hands.poll()
    later = NOON + timedelta(hours=6)
    show(server, "/small", rss(server.origin, items(37, 46, end=later)))
    hands.poll(minutes=360, force=True, feeds=[small])
    assert gaps(hands)[0].closed_at is None
    show(server, "/large", rss(server.origin, items(1, 46, end=later)))
    hands.poll(minutes=30, force=True, feeds=[large])
    (gap,) = gaps(hands)
    assert gap.closed_by == "entries"


def _six_origins(server_factory: Callable[[], Server], hands: Hands) -> list[Server]:
    servers = [server_factory() for _ in range(6)]
    for one in servers:
        hands.origins.add(one.origin)
        hands.add(show(one, "/rss", rss(one.origin, items(1, 3))))
    return servers


def cut(servers: list[Server]) -> list[dict[str, Play]]:
    """Drop all connections from now on, as a dead network does; returns what was played before."""
    before = [one.plays for one in servers]
    for one in servers:
        one.plays = {"*": raw(b"")}
    return before


def test_our_own_outage_punishes_nobody(server_factory: Callable[[], Server], hands: Hands) -> None:
    servers = _six_origins(server_factory, hands)
    hands.poll()
    cut(servers)

    report = hands.poll(minutes=60, force=True)
    hands.poll(minutes=30, force=True)

    assert report.counts == {"own_outage": 6}
    feeds = hands.rows("select * from ingest.feed")
    assert {(feed.failures, feed.state, feed.last_outcome) for feed in feeds} == {(0, "active", "own_outage")}
    assert {row.cool_until for row in hands.rows("select cool_until from ingest.origin")} == {None}
    (gap,) = gaps(hands)
    assert (gap.cause, gap.feed_id, gap.to_at) == ("own_outage", None, None)
    alarm = hands.row("select * from ingest.ops_alarm")
    assert (alarm.cause, alarm.severity, alarm.resolved_at) == ("own_outage", "critical", None)


def test_when_we_are_back_the_alarm_ends_and_the_gap_closes(server_factory: Callable[[], Server], hands: Hands) -> None:
    servers = _six_origins(server_factory, hands)
    hands.poll()
    before = cut(servers)
    hands.poll(minutes=60, force=True)
    for one, plays in zip(servers, before, strict=True):
        one.plays = plays

    hands.poll(minutes=60, force=True)

    (gap,) = gaps(hands)
    assert (gap.closed_by, gap.to_at is not None) == ("overlap", True)
    assert hands.row("select resolved_at from ingest.ops_alarm").resolved_at is not None


def test_one_dead_origin_among_many_is_its_own_fault(server_factory: Callable[[], Server], hands: Hands) -> None:
    servers = _six_origins(server_factory, hands)
    hands.poll()
    cut(servers[:1])
    report = hands.poll(minutes=60, force=True)
    assert report.counts == {"ok": 5, "connection_lost": 1}
    assert hands.row("select failures from ingest.feed where url = %s", servers[0].url("/rss")).failures == 1
    assert hands.rows("select * from ingest.ops_alarm") == []
