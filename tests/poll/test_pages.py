"""Pages polled as feeds, from the command to the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from newsflow.commands.feeds import app
from newsflow.errors import NewsflowError
from newsflow.feeds.pages.memory import PageLook, PageMemory
from newsflow.feeds.parsed import ParsedFeed
from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome, where
from newsflow.poll.decide import decide
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.settings import get_settings
from newsflow.subscriptions import store
from newsflow.subscriptions.lists import FORMATS, PAGE, Listed, read, write
from tests.poll.conftest import Hands
from tests.poll.feeds import NOON
from tests.webserver import Server, says

ABOUT = ("a bridge that is given up", "the long night at the harbour", "money for the old ferry", "a vote on the water")


def home(numbers: Sequence[int], *, words: str = "Report on", more: str = "", menu: str = "Sport") -> bytes:
    """A home page without a feed: a menu, and stories by number."""
    bar = "".join(f'<li><a href="/{name}">{menu} {name}</a></li>' for name in ("sport", "world", "about", "contact"))
    stories = "".join(
        f'<div class="s"><h3><a href="/2026/03/story-{n}">{words} {ABOUT[n % 4]} {n}</a></h3></div>' for n in numbers
    )
    return f"<html><head><title>Courier</title></head><nav><ul>{bar}</ul></nav>{stories}{more}</html>".encode()


def serve(server: Server, body: bytes, **headers: str) -> None:
    server.plays["/"] = says(body=body, headers={"Content-Type": "text/html", **headers})


def add(hands: Hands, server: Server) -> str:
    url = server.url("/")
    store.add(hands.conn, [Listed(url, kind=PAGE)], hands.now)
    return url


def shown(hands: Hands) -> list[int]:
    return [int(row.link.rpartition("-")[2]) for row in hands.rows("select link from ingest.entry order by entry_id")]


def test_a_page_is_polled_for_its_articles_and_then_for_those_that_came(server: Server, hands: Hands) -> None:
    serve(server, home(range(11, -1, -1)))
    url = add(hands, server)
    hands.poll()
    assert sorted(shown(hands)) == list(range(12))
    feed = hands.feed(url)
    assert (feed.kind, feed.title, feed.last_outcome) == ("page", "Courier", "ok")
    dates = hands.row("select count(published_at) as dated, count(first_seen_at) as seen from ingest.entry")
    assert (dates.dated, dates.seen) == (0, 12)

    serve(server, home(range(14, 3, -1)))
    hands.poll(minutes=60, force=True)
    assert sorted(shown(hands)) == list(range(15))
    poll = hands.row("select * from ingest.poll order by poll_id desc limit 1")
    assert (poll.entries, poll.new_entries, poll.known_entries) == (11, 3, 8)
    assert {request.headers["accept"].partition(",")[0] for request in server.asked("/")} == {"text/html"}


def test_other_words_for_a_link_are_no_change_of_the_article(server: Server, hands: Hands) -> None:
    serve(server, home(range(11, -1, -1)))
    add(hands, server)
    hands.poll()
    serve(server, home(range(11, -1, -1), words="What nobody knew of"))
    hands.poll(minutes=60, force=True)
    assert hands.row("select sum(changed_entries) as changed from ingest.poll").changed == 0


def test_a_page_that_moved_on_between_two_looks_opens_a_gap(server: Server, hands: Hands) -> None:
    serve(server, home(range(11, -1, -1)))
    add(hands, server)
    hands.poll()
    serve(server, home(range(41, 29, -1)))
    hands.poll(minutes=60, force=True)
    assert hands.row("select cause from ingest.gap").cause == "window"


def test_a_busy_page_is_asked_more_often_than_a_quiet_one() -> None:
    """By when its links came, as they have no dates."""
    feed = FeedState(1, 1, "https://a.example/", kind="page", interval_s=40_000.0, last_ok_at=NOON)
    entries = tuple(Entry(f"https://a.example/{n}", f"https://a.example/{n}") for n in range(20))

    def interval(turnover_s: int | None) -> float:
        look = PageLook(PageMemory(), turnover_s)
        parsed = ParsedFeed("page", entries=entries, look=look)
        exchange = Exchange(feed.url, Outcome.OK, status=200)
        polled = PollResult(feed, exchange, Outcome.OK, NOON, parsed=parsed, entries=entries)
        return decide(polled, EntryCounts(new=1), NOON, 0.5).feed.interval_s or 0.0

    assert interval(4 * 3600) == 900
    assert interval(30 * 86_400) > interval(86_400) > interval(4 * 3600)
    assert interval(None) == 60_000


@pytest.mark.parametrize(("new", "hours", "expected"), [(10, 4, 900), (4, 4, 2250), (2, 4, 60_000), (20, 40, 4500)])
def test_a_feed_without_dates_is_asked_by_what_came_since_the_last_poll(new: int, hours: int, expected: int) -> None:
    """Of 20 entries as many came in so long; by two it can't be told."""
    feed = FeedState(1, 1, "https://a.example/", interval_s=40_000.0, last_ok_at=NOON - timedelta(hours=hours))
    entries = tuple(Entry(f"https://a.example/{n}", f"https://a.example/{n}") for n in range(20))
    exchange = Exchange(feed.url, Outcome.OK, status=200)
    parsed = ParsedFeed("rss", entries=entries)
    polled = PollResult(feed, exchange, Outcome.OK, NOON, parsed=parsed, entries=entries)
    paced = 40_000 * (0.5 if new > 13 else 1 if new > 6 else 1.5)
    assert decide(polled, EntryCounts(new=new), NOON, 0.5).feed.interval_s == min(paced, expected)


def test_a_changed_page_ends_in_an_outcome_of_its_own_and_what_can_be_read_is(server: Server, hands: Hands) -> None:
    serve(server, home(range(11, -1, -1)), ETag='"a"')
    url = add(hands, server)
    hands.poll()
    serve(server, home([12, 13]), ETag='"b"')
    report = hands.poll(minutes=60, force=True)
    assert report.counts == {"page_changed": 1}
    feed = hands.feed(url)
    assert (feed.state, feed.last_outcome, feed.failures, feed.etag) == ("active", "page_changed", 1, None)
    assert feed.reason == "2 of its 6 links look like articles, where 12 did before"
    assert sorted(shown(hands)[12:]) == [12, 13]

    hands.poll(minutes=60, force=True)
    assert hands.feed(url).failures == 2, "the same page again is the same trouble"
    serve(server, home(range(19, 7, -1)))
    hands.poll(minutes=60, force=True)
    assert (hands.feed(url).failures, hands.feed(url).reason) == (0, "")


def test_a_page_that_shows_nothing_any_more_is_blind_until_it_does(server: Server, hands: Hands) -> None:
    serve(server, home(range(11, -1, -1)))
    url = add(hands, server)
    hands.poll()
    serve(server, b"<html><body>Please turn on JavaScript <a href='/x'>x</a></body></html>")
    for _ in range(2):
        hands.poll(minutes=60, force=True)
    assert (hands.feed(url).last_outcome, hands.row("select cause from ingest.gap").cause) == (
        "page_changed",
        "feed_down",
    )
    serve(server, home(range(19, 7, -1)))
    hands.poll(minutes=60, force=True)
    assert hands.row("select closed_by from ingest.gap").closed_by == "overlap"


def test_what_became_of_pages_is_learned(server: Server, hands: Hands) -> None:
    """Lists that look like stories end as index pages: no more of their form are taken."""
    lists = [
        f'<h3><a href="/dossier/all-about-the-bridge-{n}">All about the bridge number {n}</a></h3>' for n in range(8)
    ]
    serve(server, home(range(11, -1, -1), more="".join(lists[:5])))
    add(hands, server)
    hands.poll()
    assert len(shown(hands)) == 17
    with hands.conn.cursor() as cursor:
        cursor.execute(
            "update ingest.page set state = 'rejected', outcome = %s where url like '%%/dossier/%%'",
            [str(Outcome.INDEX_PAGE)],
        )
    hands.conn.commit()
    serve(server, home(range(12, -1, -1), more="".join(lists)))
    hands.poll(minutes=60, force=True)
    assert len(shown(hands)) == 18
    assert Outcome.INDEX_PAGE in where(lambda it: it.no_article)


def test_a_page_that_is_none_ends_as_no_feed(server: Server, hands: Hands) -> None:
    serve(server, b"<html><body>Nothing here</body></html>")
    url = add(hands, server)
    hands.poll()
    assert hands.feed(url).last_outcome == "not_a_feed"


# -- lists and commands --


@pytest.mark.parametrize("kind", FORMATS)
def test_lists_keep_what_is_a_page(kind: str) -> None:
    feeds = [Listed("https://a.example/", "A", kind=PAGE), Listed("https://b.example/rss", "B")]
    again = read(write(feeds, kind), kind)
    assert [(feed.url, feed.publisher, feed.kind) for feed in again] == [(f.url, f.publisher, f.kind) for f in feeds]


@pytest.fixture
def cli(hands: Hands, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", hands.dsn)
    monkeypatch.setenv("NEWSFLOW_ALLOW_ORIGINS", server.origin)
    monkeypatch.setenv("NEWSFLOW_DELAY_S", "0")
    get_settings.cache_clear()
    yield CliRunner()
    get_settings.cache_clear()


def test_add_offers_the_page_of_a_site_without_feeds_and_adds_it_when_asked(
    cli: CliRunner, hands: Hands, server: Server
) -> None:
    serve(server, home(range(11, -1, -1)))
    result = cli.invoke(app, ["add", server.origin])
    assert isinstance(result.exception, NewsflowError)
    assert f"links to 12 articles: newsflow feeds add {server.origin} --as page" in str(result.exception)
    assert hands.rows("select url from ingest.feed") == []

    result = cli.invoke(app, ["add", server.origin, "--as", "page", "--json"])
    assert result.exception is None, result.output
    assert json.loads(result.output)["new"] == [server.url("/")]
    assert hands.feed(server.url("/")).kind == "page"
    assert "page" in cli.invoke(app, ["export"]).output


def test_add_as_a_page_of_what_links_to_nothing_says_so(cli: CliRunner, hands: Hands, server: Server) -> None:
    result = cli.invoke(app, ["add", server.origin, "--as", "page"])
    assert "no such page (404)" in str(result.exception)
    serve(server, b"<html><body>Nothing here</body></html>")
    assert "no links to articles" in str(cli.invoke(app, ["add", server.origin, "--as", "page"]).exception)
    assert "--as page" not in str(cli.invoke(app, ["add", server.origin]).exception)
    assert hands.rows("select url from ingest.feed") == []


def test_read_shows_what_is_made_of_a_page(cli: CliRunner, server: Server) -> None:
    serve(server, home(range(11, -1, -1)))
    result = cli.invoke(app, ["read", server.url("/"), "--as", "page", "--json"])
    found = json.loads(result.output)
    assert (found["kind"], len(found["entries"])) == ("page", 12)
    assert not any(entry["warnings"] for entry in found["entries"])


def test_check_reads_pages_as_pages(cli: CliRunner, hands: Hands, server: Server) -> None:
    serve(server, home(range(11, -1, -1)))
    add(hands, server)
    found = json.loads(cli.invoke(app, ["check", "--json"]).output)
    assert [(one["verdict"], one["why"]) for one in found] == [("fine", "12 entries")]
