"""Which sitemaps of an index are asked: by what it tells, by their names, and by what they listed before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from newsflow.feeds.parsed import SitemapPart
from newsflow.poll.sitemap_parts import MOST_PARTS, Parts, choose, remembered
from tests.poll.conftest import Hands
from tests.poll.feeds import NOON, items, news_sitemap
from tests.webserver import Server, says

SITE = "https://example.org"
DAY = timedelta(days=1)


def asked_in_turn(
    names: list[str], with_news: dict[str, datetime], polls: int, at: datetime | None = None
) -> list[list[str]]:
    """The parts that each of some polls asks; those of `with_news` list news of that time."""
    children = [SitemapPart(f"{SITE}/{name}", at) for name in names]
    known: Parts = {}
    rounds = []
    for n in range(polls):
        now = NOON + timedelta(hours=n)
        parts = choose(children, None if n == 0 else now - timedelta(hours=1), known, now).parts
        times = {part.url: with_news.get(part.url.rpartition("/")[2], NOON - 900 * DAY) for part in parts}
        known = remembered(known, times, [child.url for child in children], now)
        rounds.append([part.url.rpartition("/")[2] for part in parts])
    return rounds


@pytest.mark.parametrize("at", [None, NOON], ids=["no-time", "time-of-the-build"])
@pytest.mark.parametrize(
    ("names", "newest"),
    [
        ([f"wp-sitemap-posts-post-{n}.xml" for n in range(1, 10)], "wp-sitemap-posts-post-9.xml"),
        ([f"sitemap.xml?page={n}" for n in range(1, 31)], "sitemap.xml?page=30"),
        ([f"sitemap-2026-{n:02d}.xml" for n in range(1, 13)], "sitemap-2026-12.xml"),
        ([f"archive-{n}.xml" for n in range(2026, 2000, -1)], "archive-2026.xml"),
        (["post.xml", "page.xml", "category.xml", "author.xml", "news.xml"], "news.xml"),
    ],
)
def test_the_newest_by_name_is_asked_at_once_and_then_always(
    names: list[str], newest: str, at: datetime | None
) -> None:
    rounds = asked_in_turn(names, {newest: NOON}, 6, at)
    assert all(newest in parts for parts in rounds)
    assert all(len(parts) <= MOST_PARTS for parts in rounds)


@pytest.mark.parametrize("newest", ["north.xml", "south.xml", "west.xml", "centre.xml", "harbour.xml", "hills.xml"])
def test_names_that_tell_nothing_are_asked_in_turn_and_news_is_found(newest: str) -> None:
    names = ["north.xml", "south.xml", "west.xml", "centre.xml", "harbour.xml", "hills.xml", "coast.xml"]
    rounds = asked_in_turn(names, {newest: NOON}, 8)
    found = next(n for n, parts in enumerate(rounds) if newest in parts)
    assert found < 4
    assert all(newest in parts for parts in rounds[found:])
    assert {name for parts in rounds for name in parts} == set(names)


def test_a_part_that_is_new_is_asked_at_once() -> None:
    old = [SitemapPart(f"{SITE}/posts-{n}.xml") for n in range(1, 9)]
    known = remembered({}, {part.url: NOON - 900 * DAY for part in old}, [part.url for part in old], NOON)
    new = SitemapPart(f"{SITE}/posts-9.xml")
    assert new in choose([*old, new], NOON, known, NOON).parts


def test_of_an_index_that_tells_times_the_newest_are_asked() -> None:
    parts = [SitemapPart(f"{SITE}/{n}.xml", NOON - n * DAY) for n in range(20)]
    chosen = choose(parts, None, {}, NOON)
    assert chosen.parts == tuple(parts[:MOST_PARTS])
    assert chosen.whole
    assert choose(parts, NOON + 20 * DAY, {}, NOON + 20 * DAY).parts == ()


def test_what_is_remembered_is_bounded_and_of_parts_that_are_there() -> None:
    urls = [f"{SITE}/{n}.xml" for n in range(2_000)]
    known = remembered({}, dict.fromkeys(urls), urls, NOON)
    assert len(known) == 500
    assert remembered(known, {}, urls[:0], NOON) == {}


def index(*locs: str) -> bytes:
    parts = "".join(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in locs)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>'.encode()


@pytest.mark.parametrize("relative", [True, False])
def test_an_index_of_indexes_is_read(server: Server, hands: Hands, relative: bool) -> None:
    base = "" if relative else server.origin
    server.plays["/s.xml"] = says(body=index(f"{base}/in/s.xml", f"{base}/s.xml", "http://[::1", ""))
    server.plays["/in/s.xml"] = says(body=index("n.xml" if relative else f"{base}/in/n.xml"))
    server.plays["/in/n.xml"] = says(body=news_sitemap("" if relative else server.origin, items(1, 3)))
    hands.add(server.url("/s.xml"))
    for _ in range(2):
        assert hands.poll(minutes=60, force=True).counts == {"ok": 1}
    assert hands.row("select count(*) from ingest.page").count == 3
    assert hands.row("select count(*) from ingest.gap").count == 0


def test_indexes_that_go_on_for_ever_are_followed_a_few_deep(server: Server, hands: Hands) -> None:
    server.plays["*"] = says(body=index(*(f"{server.origin}/{n}.xml" for n in range(100, 150))))
    for n in range(100, 150):
        server.plays[f"/{n}.xml"] = says(body=index(*(f"{server.origin}/{n}-{m}.xml" for m in range(50))))
    hands.add(server.url("/s.xml"))
    hands.poll()
    assert len([request for request in server.requests if request.path.endswith(".xml")]) <= 1 + 3 * MOST_PARTS


def test_parts_that_were_left_out_open_no_gap(server: Server, hands: Hands) -> None:
    names = ["north", "south", "west", "centre", "harbour", "hills", "coast"]
    server.plays["/s.xml"] = says(body=index(*(f"/{name}.xml" for name in names)))
    for n, name in enumerate(names):
        server.plays[f"/{name}.xml"] = says(body=news_sitemap(server.origin, items(10 * n, 10 * n + 5)))
    hands.add(server.url("/s.xml"))
    for _ in range(5):
        hands.poll(minutes=60, force=True)
    assert hands.row("select count(*) from ingest.gap").count == 0
    assert hands.row("select count(*) from ingest.page").count == 6 * len(names)
