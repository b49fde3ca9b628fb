"""What one publisher's feeds say changes nothing of another's pages, origins and requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations

import pytest

from newsflow.poll.store import DEAD_LINKS
from newsflow.store import queries
from newsflow.subscriptions import store
from newsflow.subscriptions.lists import Listed
from newsflow.web.urls import same_site
from tests.poll.conftest import Hands
from tests.poll.feeds import items, rss
from tests.webserver import Server, says


@dataclass
class Pair:
    """Two publishers on servers of their own, and a page of the second one that both list."""

    hands: Hands
    a: Server
    b: Server

    @property
    def link(self) -> str:
        return self.b.url("/a/1")

    def a_says(self, title: str = "Hoax") -> str:
        body = rss(self.a.origin, items(1, 1, title=title, link=self.link, guid="of-a"))
        self.a.plays["/rss"] = says(body=body)
        return self.a.url("/rss")

    def b_says(self, title: str = "True") -> str:
        self.b.plays["/rss"] = says(body=rss(self.b.origin, items(1, 1, title=title)))
        return self.b.url("/rss")

    def page(self) -> tuple[str, str, str]:
        """State, how it was found, and whose it is."""
        sql = "select p.state, p.discovered_by, b.name from ingest.page p join ingest.publisher b using (publisher_id)"
        return tuple(self.hands.row(f"{sql} where p.url = %s", self.link))

    def ends(self, state: str, outcome: str = "ok") -> None:
        """The page as a night has left it."""
        self.change(
            "update ingest.page set state = %s, outcome = %s, etag = 'v1' where url = %s", state, outcome, self.link
        )

    def change(self, sql: str, *values: object) -> None:
        with self.hands.conn.cursor() as cursor:
            cursor.execute(sql, values)
        self.hands.conn.commit()

    def hint(self) -> str:
        """The title that extract would be told."""
        return self.told().title

    def told(self) -> queries.extract.TakeRow:
        """What extract would be told of the page."""
        self.change(
            "with f as (insert into ingest.warc_file (file, run_id, shard, records, bytes, sealed_at)"
            " values ('f', 1, 0, 1, 1, now()) on conflict do nothing), c as ("
            ' insert into ingest.capture (page_id, run_id, fetched_at, final_url, status, content_type, file, "offset",'
            " length, payload_digest, bytes, rights)"
            " select page_id, 1, now(), url, 200, 'text/html', 'f', (select count(*) from ingest.capture),"
            " 1, '', 1, '{}'"
            " from ingest.page returning page_id, capture_id)"
            " update ingest.page p set state = 'captured', capture_id = c.capture_id from c where c.page_id = p.page_id"
        )
        pages = [row.page_id for row in self.hands.rows("select page_id from ingest.page where url = %s", self.link)]
        (found,) = queries.extract.take(self.hands.conn, pages=pages)
        self.hands.conn.rollback()
        return found


@pytest.fixture
def pair(server: Server, hands: Hands, server_factory: Callable[[], Server]) -> Iterator[Pair]:
    other = server_factory()
    hands.origins.add(other.origin)
    yield Pair(hands, server, other)


def test_hints_come_from_the_pages_own_publisher_in_any_order(pair: Pair) -> None:
    pair.hands.add(pair.b_says(), publisher="b.example")
    pair.hands.poll()
    pair.hands.add(pair.a_says(), publisher="a.example")
    pair.hands.poll(minutes=60, force=True)
    assert pair.hands.row("select count(*) from ingest.entry").count == 2, "what A says is kept"
    assert pair.hint() == "True"


def test_since_when_a_publisher_was_watched_is_told(pair: Pair) -> None:
    """Since its feed was added, or since its last gap; nothing where only others have shown the page."""
    hands = pair.hands
    hands.add(pair.a_says(), publisher="a.example")
    hands.poll()
    assert pair.told().watched_since is None
    added = hands.now
    hands.add(pair.b_says(), publisher="b.example")
    hands.poll(minutes=60 * 24 * 9, force=True)
    pair.change("update ingest.page set discovered_at = %s", hands.now)
    assert pair.told().watched_since == added
    gap = "insert into ingest.gap (feed_id, publisher_id, cause, from_at, to_at, opened_at)"
    ours = (
        "select feed_id, publisher_id, 'window', %s, %s, %s from ingest.feed join ingest.publisher using (publisher_id)"
    )
    for name, days in (("a.example", 1), ("b.example", 3)):
        end = added + timedelta(days=9 - days)
        pair.change(f"{gap} {ours} where name = %s", added, end, end, name)
    assert pair.told().watched_since == added + timedelta(days=6)


def test_nobody_tells_anything_of_a_page_that_only_others_show(pair: Pair) -> None:
    pair.hands.add(pair.a_says(), publisher="a.example")
    pair.hands.poll()
    assert pair.page()[:2] == ("pending", "link")
    assert pair.hint() == ""


@pytest.mark.parametrize("first", ["a", "b", "both"])
def test_the_page_is_its_hosts_publishers_whoever_comes_first(pair: Pair, first: str) -> None:
    lists = [Listed(pair.a_says(), "a.example"), Listed(pair.b_says(), "b.example")]
    for batch in {"a": [lists[:1], lists[1:]], "b": [lists[1:], lists[:1]], "both": [lists]}[first]:
        store.add(pair.hands.conn, batch, pair.hands.now)
        pair.hands.poll(minutes=60, force=True)
    assert pair.page() == ("pending", "feed", "b.example")


@pytest.mark.parametrize("state", ["loaded", "rejected"])
def test_another_feeds_change_asks_for_nothing(pair: Pair, state: str) -> None:
    pair.hands.add(pair.b_says(), publisher="b.example")
    pair.hands.add(pair.a_says(), publisher="a.example")
    pair.hands.poll()
    pair.ends(state)
    for n in range(3):
        pair.a_says(f"Another title {n}")
        pair.hands.poll(minutes=60, force=True)
        assert pair.page()[0] == state
    pair.b_says("A correction")
    pair.hands.poll(minutes=60, force=True)
    assert pair.page()[0] == "pending"


@pytest.mark.parametrize("state", ["loaded", "rejected"])
def test_a_page_that_others_showed_too_early_starts_afresh_with_its_own_feed(pair: Pair, state: str) -> None:
    """Else who lists a page before it is there keeps it out for good."""
    pair.hands.add(pair.a_says(), publisher="a.example")
    pair.hands.poll()
    pair.ends(state, "not_found")
    pair.hands.add(pair.b_says(), publisher="b.example")
    pair.hands.poll(minutes=60, force=True)
    assert pair.page() == ("pending", "feed", "b.example")
    assert pair.hands.row("select etag from ingest.page").etag is None
    pair.ends(state, "not_found")
    pair.hands.poll(minutes=60, force=True)
    assert pair.page()[0] == state, "once only"


def test_what_a_person_took_out_stays_out(pair: Pair) -> None:
    pair.hands.add(pair.a_says(), publisher="a.example")
    pair.hands.poll()
    pair.ends("rejected", "retracted")
    pair.hands.add(pair.b_says(), publisher="b.example")
    pair.hands.poll(minutes=60, force=True)
    assert pair.page()[0] == "rejected"


def test_a_feeds_home_gives_it_no_host(pair: Pair) -> None:
    body = rss(pair.a.origin, items(1, 1, link=pair.link), head=f"<link>{pair.b.origin}/</link>")
    pair.a.plays["/rss"] = says(body=body)
    pair.hands.add(pair.a.url("/rss"), publisher="a.example")
    pair.hands.poll()
    assert pair.page()[2] == pair.b.origin.removeprefix("http://")


def owner_of(hands: Hands, origin: str) -> str:
    sql = "select b.name from ingest.origin join ingest.publisher b using (publisher_id) where origin = %s"
    return str(hands.row(sql, origin).name)


@pytest.mark.parametrize("order", list(permutations(("link", "feed", "person"))))
def test_a_stronger_word_takes_an_origin_and_its_pages_whatever_the_order(pair: Pair, order: tuple[str, ...]) -> None:
    hands = pair.hands
    words = {
        "link": lambda: hands.add(pair.a_says(), publisher="a.example"),
        "feed": lambda: hands.add(pair.b_says()),
        "person": lambda: hands.add(pair.b_says(), publisher="b.example"),
    }
    for word in order:
        words[word]()
        hands.poll(minutes=60, force=True)
    assert owner_of(hands, pair.b.origin) == "b.example"
    assert pair.page()[2] == "b.example"


def test_a_person_may_think_again(pair: Pair) -> None:
    for name in ("first.example", "second.example"):
        pair.hands.add(pair.b_says(), publisher=name)
        assert owner_of(pair.hands, pair.b.origin) == name
    pair.hands.add(pair.b.url("/other"), publisher="third.example")
    assert owner_of(pair.hands, pair.b.origin) == "second.example", "it has a feed there still"


def test_two_publishers_on_one_host_keep_their_pages(pair: Pair) -> None:
    """A person gave each feed of the host its publisher: their own pages are theirs."""
    for name, number in (("news", 1), ("sport", 2)):
        pair.b.plays[f"/{name}"] = says(body=rss(pair.b.origin, items(number, number)))
        pair.hands.add(pair.b.url(f"/{name}"), publisher=name)
    pair.hands.poll()
    pages = pair.hands.rows(
        "select b.name from ingest.page p join ingest.publisher b using (publisher_id) order by url"
    )
    assert [page.name for page in pages] == ["news", "sport"]


def test_a_homepage_that_the_list_names_is_the_publishers(hands: Hands) -> None:
    feed = Listed("https://feeds.example.net/courier", "Courier", "", "https://www.courier.example/")
    store.add(hands.conn, [feed], hands.now)
    assert owner_of(hands, "https://www.courier.example") == "Courier"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://feeds.paper.co.uk/rss", "https://www.paper.co.uk/a", True),
        ("https://paper.co.uk/rss", "https://other.co.uk/a", False),
        ("https://one.blogspot.com/feed", "https://two.blogspot.com/a", False),
        ("https://one.substack.com/feed", "https://two.substack.com/p/a", False),
        ("https://one.github.io/feed", "https://two.github.io/a", False),
        ("https://one.tumblr.com/rss", "https://one.tumblr.com/post/1", True),
        ("https://abcnews.go.com/rss", "https://espn.go.com/a", False),
        ("https://rss.sina.com.cn/news.xml", "https://news.sina.com.cn/a", True),
        ("https://medium.com/feed/@one", "https://medium.com/@two/a", True),
        ("http://127.0.0.1:1/rss", "http://127.0.0.1:2/a", False),
        ("mailto:x", "https://a.example/", False),
    ],
)
def test_what_one_site_is(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


@pytest.mark.parametrize(("outcome", "state", "goes_on"), [("not_found", "rejected", False), ("new", "loaded", True)])
def test_new_links_to_another_are_followed_while_they_lead_to_something(
    pair: Pair, outcome: str, state: str, goes_on: bool
) -> None:
    """Else a feed that changes its links at each poll makes us ask another's server for as many dead pages."""

    def a_lists(poll: int) -> int:
        links = [items(n, n, link=pair.b.url(f"/{poll}/{n}"), guid=f"{poll}-{n}")[0] for n in range(DEAD_LINKS)]
        pair.a.plays["/rss"] = says(body=rss(pair.a.origin, [*links, *items(100 + poll, 100 + poll)]))
        pair.hands.poll(minutes=60, force=True)
        return int(pair.hands.row("select count(*) from ingest.page where discovered_by = 'link'").count)

    pair.hands.add(pair.a.url("/rss"), publisher="a.example")
    assert a_lists(1) == DEAD_LINKS
    pair.change("update ingest.page set state = %s, outcome = %s, changed_at = %s", state, outcome, pair.hands.now)
    if goes_on:
        pair.change("update ingest.page set loaded_extraction_id = 1")
    assert a_lists(2) == DEAD_LINKS * (2 if goes_on else 1)
    left = "select count(*) from ingest.entry where outcome = 'dead_links' and page_id is null"
    assert pair.hands.row(left).count == (0 if goes_on else DEAD_LINKS)
    own = "select count(*) from ingest.page where discovered_by = 'feed'"
    assert pair.hands.row(own).count == 2, "its own pages go on"

    pair.b.plays["/rss"] = says(body=rss(pair.b.origin, items(1, 1, link=pair.b.url("/2/1"))))
    pair.hands.add(pair.b.url("/rss"), publisher="b.example")
    pair.hands.poll(minutes=60, force=True)
    page = pair.hands.row("select state, discovered_by from ingest.page where url = %s", pair.b.url("/2/1"))
    assert tuple(page) == ("pending", "feed"), "the page's own feed brings it"
    pair.hands.now += timedelta(days=8)
    before = DEAD_LINKS * (2 if goes_on else 1) - goes_on
    assert a_lists(3) == before + DEAD_LINKS, "after a week they are tried again"
