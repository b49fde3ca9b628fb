"""The poll step over real HTTP and a real database."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsflow.clock import utcnow
from newsflow.store import runs
from tests.paths import ROOT
from tests.poll.conftest import Hands
from tests.poll.feeds import NOON, items, rss
from tests.waiting import PATIENCE_S
from tests.webserver import Request, Server, says


def serve(server: Server, path: str, body: bytes, headers: dict[str, str] | None = None) -> str:
    server.plays[path] = says(body=body, headers={"Content-Type": "application/rss+xml", **(headers or {})})
    return server.url(path)


def test_entries_become_pages_of_the_publisher(server: Server, hands: Hands) -> None:
    url = serve(server, "/rss", rss(server.origin, items(1, 3)))
    hands.add(url, publisher="Courier")

    report = hands.poll()

    assert report.counts == {"ok": 1}
    pages = hands.rows(
        "select p.*, b.name from ingest.page p join ingest.publisher b using (publisher_id) order by url"
    )
    assert [page.url for page in pages] == [f"{server.origin}/a/{n}" for n in (1, 2, 3)]
    assert {(page.name, page.state, page.discovered_by) for page in pages} == {("Courier", "pending", "feed")}
    entry = hands.row("select * from ingest.entry where title = 'Item 2'")
    assert (entry.summary, entry.page_id) == ("Some words of a summary.", pages[1].page_id)
    poll = hands.row("select * from ingest.poll")
    assert (poll.outcome, poll.status, poll.entries, poll.new_entries, poll.known_entries) == ("ok", 200, 3, 3, 0)
    feed = hands.feed(url)
    assert (feed.kind, feed.title, feed.last_outcome, feed.failures) == ("rss", "News", "ok", 0)
    assert feed.next_poll_at > hands.now
    assert NOON <= feed.last_new_at <= hands.now


def test_second_poll_sends_validators_and_writes_no_entry(server: Server, hands: Hands) -> None:
    url = serve(
        server,
        "/rss",
        rss(server.origin, items(1, 3)),
        {"ETag": '"v1"', "Last-Modified": "Wed, 04 Mar 2026 11:00:00 GMT"},
    )
    hands.add(url)
    hands.poll()
    server.plays["/rss"] = says("304 Not Modified", headers={"ETag": '"v1"'}, length=False)

    report = hands.poll(minutes=60)

    assert report.counts == {"not_modified": 1}
    asked = server.asked("/rss")[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', "Wed, 04 Mar 2026 11:00:00 GMT")
    assert hands.row("select count(*) from ingest.entry").count == 3
    assert hands.feed(url).last_outcome == "not_modified"


def test_same_bytes_without_validators_count_as_known(server: Server, hands: Hands) -> None:
    url = serve(server, "/rss", rss(server.origin, items(1, 3)))
    hands.add(url)
    hands.poll()
    hands.poll(minutes=60)
    last = hands.rows("select * from ingest.poll order by poll_id")[-1]
    assert (last.outcome, last.entries, last.new_entries, last.known_entries) == ("ok", 3, 0, 3)


def test_only_due_feeds_are_asked_unless_forced(server: Server, hands: Hands) -> None:
    hands.add(serve(server, "/rss", rss(server.origin, items(1, 3))))
    hands.poll()
    assert hands.poll(minutes=1).taken == 0
    assert hands.poll(minutes=1, force=True).taken == 1


def test_filters_and_limit(server: Server, hands: Hands) -> None:
    one, two = (serve(server, path, rss(server.origin, items(1, 2))) for path in ("/one", "/two"))
    hands.add(one, publisher="One")
    hands.add(two, publisher="Two")
    assert hands.poll(publishers=["Two"]).taken == 1
    assert hands.poll(feeds=[one]).taken == 1
    assert hands.poll(force=True, limit=1).taken == 1
    assert [len(server.asked(path)) for path in ("/one", "/two")] in ([2, 1], [1, 2])


def test_paused_feeds_and_publishers_are_left_alone(server: Server, hands: Hands) -> None:
    url = serve(server, "/rss", rss(server.origin, items(1, 2)))
    hands.add(url, publisher="One")
    with hands.conn.cursor() as cursor:
        cursor.execute("update ingest.publisher set paused = true")
    hands.conn.commit()
    assert hands.poll().taken == 0
    assert server.requests == []


def test_a_changed_entry_asks_for_its_page_again(server: Server, hands: Hands) -> None:
    url = serve(server, "/rss", rss(server.origin, items(1, 3)))
    hands.add(url)
    hands.poll()
    with hands.conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'loaded', attempts = 3, outcome = 'new'")
    hands.conn.commit()
    shown = items(1, 3)
    shown[0] = items(3, 3, title="Item 3, corrected")[0]
    serve(server, "/rss", rss(server.origin, shown))

    hands.poll(minutes=60)

    states = {row.url[-1]: (row.state, row.attempts) for row in hands.rows("select * from ingest.page")}
    assert states == {"1": ("loaded", 3), "2": ("loaded", 3), "3": ("pending", 0)}
    entry = hands.row("select * from ingest.entry where guid = 'guid-3'")
    assert entry.title == "Item 3, corrected"
    assert entry.changed_at > entry.first_seen_at
    last = hands.rows("select * from ingest.poll order by poll_id")[-1]
    assert (last.new_entries, last.changed_entries, last.known_entries) == (0, 1, 2)


def test_a_change_while_the_page_is_between_stages_waits_for_the_next_poll(server: Server, hands: Hands) -> None:
    url = serve(server, "/rss", rss(server.origin, items(1, 1)))
    hands.add(url)
    hands.poll()
    _set_state(hands, "captured")
    serve(server, "/rss", rss(server.origin, items(1, 1, title="Corrected")))
    hands.poll(minutes=60)
    assert hands.row("select state from ingest.page").state == "captured"
    _set_state(hands, "loaded")
    # other bytes, or they would not be read again
    serve(server, "/rss", rss(server.origin, items(1, 1, title="Corrected")) + b"\n")
    hands.poll(minutes=120)
    assert hands.row("select state from ingest.page").state == "pending"


def _set_state(hands: Hands, state: str) -> None:
    with hands.conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = %s", (state,))
    hands.conn.commit()


def test_a_retracted_page_is_never_asked_for_again(server: Server, hands: Hands) -> None:
    hands.add(serve(server, "/rss", rss(server.origin, items(1, 1))))
    hands.poll()
    with hands.conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'rejected', outcome = 'retracted'")
    hands.conn.commit()
    serve(server, "/rss", rss(server.origin, items(1, 1, title="Corrected")))
    hands.poll(minutes=60)
    assert hands.row("select state from ingest.page").state == "rejected"


def test_an_unusable_link_keeps_its_entry_with_the_reason(server: Server, hands: Hands) -> None:
    bad = items(1, 1, link="mailto:desk@example.org")
    hands.add(serve(server, "/rss", rss(server.origin, bad + items(2, 2))))
    hands.poll()
    entry = hands.row("select * from ingest.entry where guid = 'guid-1'")
    assert (entry.outcome, entry.page_id, entry.link) == ("bad_url", None, "mailto:desk@example.org")
    assert hands.row("select count(*) from ingest.page").count == 1


def test_two_feeds_that_show_one_page_share_it(server: Server, hands: Hands) -> None:
    shown = rss(server.origin, items(1, 3))
    hands.add(serve(server, "/one", shown), serve(server, "/two", shown))
    hands.poll()
    assert hands.row("select count(*) from ingest.page").count == 3
    assert hands.row("select count(*), count(distinct page_id) as pages from ingest.entry")[:2] == (6, 3)


def test_links_to_other_sites_get_the_publisher_of_their_domain(server: Server, hands: Hands) -> None:
    link = "https://www.elsewhere.co.uk/story"
    hands.add(serve(server, "/rss", rss(server.origin, items(1, 1, link=link))), publisher="Courier")
    hands.poll()
    page = hands.row("select b.name from ingest.page join ingest.publisher b using (publisher_id)")
    assert page.name == "elsewhere.co.uk"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("404 Not Found", "not_found"),
        ("403 Forbidden", "forbidden"),
        ("500 Oops", "server_error"),
        ("429 Slow", "rate_limited"),
    ],
)
def test_failures_keep_the_feed_and_wait(server: Server, hands: Hands, status: str, outcome: str) -> None:
    url = server.url("/rss")
    server.plays["/rss"] = says(status)
    hands.add(url)
    report = hands.poll()
    feed = hands.feed(url)
    assert report.counts == {outcome: 1}
    assert (feed.state, feed.last_outcome, feed.failures) == ("active", outcome, 1)
    assert feed.next_poll_at > hands.now


def test_one_refusal_cools_all_feeds_of_the_origin(server: Server, hands: Hands) -> None:
    server.plays["*"] = says("429 Too Many Requests", headers={"Retry-After": "3600"})
    server.plays["/robots.txt"] = says("404 Not Found")
    hands.add(*(server.url(f"/{n}") for n in range(4)))
    report = hands.poll()
    assert report.counts == {"rate_limited": 1, "cooling": 3}
    assert len([r for r in server.requests if r.path != "/robots.txt"]) == 1
    blamed = hands.rows("select failures from ingest.feed where last_outcome = 'cooling'")
    assert [row.failures for row in blamed] == [0, 0, 0]
    early = hands.row("select min(next_poll_at) as at from ingest.feed").at
    assert (early - NOON).total_seconds() >= 3600


def test_a_refused_robots_file_is_nobodys_failure(server: Server, hands: Hands) -> None:
    server.plays["*"] = says("429 Too Many Requests", headers={"Retry-After": "3600"})
    hands.add(server.url("/1"), server.url("/2"))
    assert hands.poll().counts == {"cooling": 2}
    assert [request.path for request in server.requests] == ["/robots.txt"]
    assert hands.row("select max(failures) as most from ingest.feed").most == 0


def test_robots_txt_is_asked_first_and_heeded(server: Server, hands: Hands) -> None:
    server.plays["/robots.txt"] = says(body=b"User-agent: newsflow\nDisallow: /private/\n")
    url = serve(server, "/private/rss", rss(server.origin, items(1, 2)))
    hands.add(url)
    assert hands.poll().counts == {"robots_denied": 1}
    assert server.asked("/private/rss") == []
    assert hands.feed(url).state == "active"


def test_broken_feeds_keep_their_state(server: Server, hands: Hands) -> None:
    url = serve(server, "/rss", rss(server.origin, items(1, 3)), {"ETag": '"v1"'})
    hands.add(url)
    hands.poll()
    before = hands.feed(url)
    serve(server, "/rss", b"<html><body>We are down for maintenance</body></html>")
    report = hands.poll(minutes=60)
    feed = hands.feed(url)
    assert report.counts == {"not_a_feed": 1}
    assert (feed.etag, feed.kind, feed.window_heads, feed.body_hash) == (
        before.etag,
        before.kind,
        before.window_heads,
        before.body_hash,
    )


def test_many_origins_are_asked_at_once(server_factory: Callable[[], Server], hands: Hands) -> None:
    """Each server answers once all eight have been asked: one after the other, none would ever answer."""
    all_asked = threading.Barrier(8)

    def together(sock: socket.socket, request: Request) -> None:
        if request.path == "/rss":
            all_asked.wait(PATIENCE_S)
        says(body=rss("http://x.example", items(1, 1)))(sock, request)

    for _ in range(8):
        one = server_factory()
        one.plays["/rss"] = together
        hands.origins.add(one.origin)
        hands.add(one.url("/rss"))
    assert hands.poll().counts == {"ok": 8}


def test_statements_do_not_grow_with_entries(server: Server, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsflow.store import named_query

    counted: list[str] = []
    original = named_query.sql
    monkeypatch.setattr(named_query, "sql", lambda name: counted.append(name) or original(name))
    hands.add(serve(server, "/few", rss(server.origin, items(1, 2))))
    hands.poll()
    few, counted[:] = list(counted), []
    hands.add(serve(server, "/many", rss(server.origin, items(100, 900))))
    hands.poll()
    assert len(counted) <= len(few)


_KILLED = """
import sys, os, signal
from datetime import datetime, timezone
from newsflow.poll import claims, step, store
from newsflow.settings import Settings
calls = []
original = store.save_feeds
def dying(conn, decided):
    original(conn, decided)
    calls.append(1)
    if len(calls) == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
store.save_feeds = dying
step._FLUSH_S = 3600.0  # batches by number alone, however slow the machine is
settings = Settings(database_url=sys.argv[1], allow_origins=sys.argv[2], delay_s=0, poll_batch=2, poll_threads=1,
                    parse_workers=1, shards=1)
for shard in claims.claim(settings, int(sys.argv[3])):
    step.ask(settings, int(sys.argv[3]), shard.shard)
"""


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_killed_in_any_batch_and_run_again_gives_the_rows_of_one_clean_run(
    server: Server, hands: Hands, batch: int
) -> None:
    hands.now = utcnow()  # the clock of the process that is killed
    for n in range(6):
        hands.add(serve(server, f"/{n}", rss(server.origin, items(10 * n, 10 * n + 4))))
    run_id = runs.start(hands.conn, "test", "killed", hands.now, {})
    died = subprocess.run(
        [sys.executable, "-c", _KILLED, hands.dsn, server.origin, str(run_id), str(batch)],
        env={"PYTHONPATH": str(ROOT / "plugins")},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    before = hands.row("select count(*) from ingest.poll").count
    assert before == 2 * (batch - 1)

    hands.poll_in(run_id)

    assert hands.row("select count(*), count(distinct feed_id) as feeds from ingest.poll")[:2] == (6, 6)
    assert hands.row("select count(*) from ingest.entry").count == 30
    assert hands.row("select count(*) from ingest.page where state = 'pending'").count == 30
    assert hands.row("select count(*) from ingest.feed where claimed_until is null").count == 6


def test_two_polls_at_once_ask_each_feed_once(server: Server, hands: Hands) -> None:
    """As when news_poll and news_ingest begin in the same minute."""
    paths = [f"/rss{n}" for n in range(24)]
    hands.add(*(serve(server, path, rss(server.origin + path, items(1, 3))) for path in paths))
    numbers = [runs.start(hands.conn, "test", name, hands.now, {}) for name in ("news_poll", "news_ingest")]
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(hands.poll_in, numbers))
    assert sum(report.counts.get("ok", 0) for report in reports) == len(paths)
    assert [len(server.asked(path)) for path in paths] == [1] * len(paths)
    assert hands.row("select count(*) from ingest.entry").count == 3 * len(paths)
