"""Politeness over a whole shard: spacing, pauses, robots.txt, redirects to others."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any

import pytest

from newsflow.settings import Settings
from newsflow.store.db import transaction
from newsflow.web import origins, scheduler
from tests.ledger import HTML, Ledger
from tests.webserver import Play, Request, Server, says


def gaps(server: Server) -> list[float]:
    times = [request.at for request in server.requests]
    return [later - earlier for earlier, later in pairwise(times)]


def test_requests_to_an_origin_keep_their_distance(ledger: Ledger, page: Callable[[str], Any]) -> None:
    for _ in range(4):
        server = ledger.server()
        server.plays |= {f"/{n}": page("x") for n in range(5)}
        ledger.pages(*(server.url(f"/{n}") for n in range(5)))
    ledger.fetch(delay_s=0.2)
    for server in ledger.servers:
        assert len(server.requests) == 6  # robots.txt first
        assert server.requests[0].path == "/robots.txt"
        assert min(gaps(server)) >= 0.2
    first = [server.requests[0].at for server in ledger.servers]
    last = [server.requests[-1].at for server in ledger.servers]
    assert max(first) < min(last)  # origins side by side, not one after the other


def test_crawl_delay_is_kept_and_clamped(ledger: Ledger, page: Callable[[str], Any]) -> None:
    for delay in (b"0.3", b"1e308"):
        server = ledger.server(robots=b"User-agent: *\nCrawl-delay: " + delay + b"\nDisallow: /x\n")
        server.plays |= {"/a": page("a"), "/b": page("b")}
        ledger.pages(server.url("/a"), server.url("/b"))
    assert dict(ledger.fetch(max_delay_s=0.4).counts) == {"ok": 4}
    assert min(gaps(ledger.servers[0])) >= 0.3
    assert min(gaps(ledger.servers[1])) >= 0.4
    assert ledger.all("select crawl_delay_s::float8 from ingest.origin order by 1") == [
        (0.30000001192092896,),
        (0.4000000059604645,),
    ]


def test_one_connection_for_an_origin(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    server.plays |= {f"/{n}": page("x") for n in range(6)}
    ledger.pages(*(server.url(f"/{n}") for n in range(6)))
    ledger.fetch()
    assert server.connections == 1


@pytest.mark.parametrize("asked", ["0", "1", "Sat, 01 Jan 2000 00:00:00 GMT"])
def test_a_short_retry_after_is_no_leave_to_go_on(ledger: Ledger, asked: str) -> None:
    server = ledger.server(robots=b"User-agent: *")
    server.plays["*"] = says("429 Slow down", headers={"Retry-After": asked})
    ledger.pages(*(server.url(f"/{n}") for n in range(5)))
    assert dict(ledger.fetch().counts) == {"rate_limited": 1, "cooling": 4}
    assert len(server.requests) == 2


def test_long_retry_after_postpones_the_whole_origin(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server, other = ledger.server(), ledger.server()
    server.plays |= {f"/{n}": says("429 Slow down", headers={"Retry-After": "600"}) for n in range(5)}
    other.plays["/a"] = page("a")
    ledger.pages(*(server.url(f"/{n}") for n in range(5)), other.url("/a"))
    began = time.monotonic()
    assert dict(ledger.fetch().counts) == {"ok": 1, "rate_limited": 1, "cooling": 4}
    assert time.monotonic() - began < 600  # the pause was not waited for
    assert len(server.requests) == 2  # robots.txt and one page
    waits = ledger.all(
        "select state, extract(epoch from next_attempt_at - now())::float8 from ingest.page where outcome <> 'ok'"
    )
    assert {state for state, _ in waits} == {"pending"}
    assert all(500 < seconds < 670 for _, seconds in waits)
    tries = ledger.all("select outcome, attempts from ingest.page where outcome <> 'ok' group by 1, 2 order by 1")
    assert tries == [("cooling", 0), ("rate_limited", 1)]


def test_origin_that_cools_is_left_alone_by_the_next_run(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    server.plays |= {"/a": says("503 Busy", headers={"Retry-After": "600"}), "/b": page("b")}
    ledger.pages(server.url("/a"))
    ledger.fetch()
    ledger.pages(server.url("/b"))
    asked = len(server.requests)
    assert dict(ledger.fetch().counts) == {"cooling": 1}
    assert len(server.requests) == asked


def test_pause_that_polling_started_holds_for_pages(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    server.plays["/a"] = page("a")
    ledger.pages(server.url("/a"))
    ledger.do("update ingest.origin set cool_until = now() + interval '1 hour', cool_reason = 'rate_limited'")
    assert dict(ledger.fetch().counts) == {"cooling": 1}
    assert server.requests == []


def test_robots_txt_is_asked_once_a_day(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server(robots=b"User-agent: *\nDisallow: /no\n")
    server.plays |= {"/a": page("a"), "/b": page("b"), "/no": page("no")}
    ledger.pages(server.url("/a"))
    ledger.fetch()
    ledger.pages(server.url("/b"), server.url("/no"))
    assert dict(ledger.fetch().counts) == {"ok": 1, "robots_denied": 1}
    assert len(server.asked("/robots.txt")) == 1
    ledger.do("update ingest.origin set robots_expires_at = now() - interval '1 second'")
    ledger.do("update ingest.page set state = 'pending', next_attempt_at = '-infinity'")
    ledger.fetch()
    assert len(server.asked("/robots.txt")) == 2


def test_robots_txt_out_of_reach_forbids_all_for_now(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    server.plays |= {"/robots.txt": says("500 Oops"), "/a": page("a"), "/b": page("b")}
    ledger.pages(server.url("/a"), server.url("/b"))
    assert dict(ledger.fetch().counts) == {"server_error": 2}
    assert not server.asked("/a")
    assert ledger.all("select distinct state, detail from ingest.page") == [("pending", "robots.txt: status 500")]


def test_large_robots_txt_with_a_mark_is_read_to_its_cap(ledger: Ledger, page: Callable[[str], Any]) -> None:
    body = b"\xef\xbb\xbfUser-agent: *\nDisallow: /no\n" + b"# comment\n" * 260_000
    server = ledger.server(robots=body)
    server.plays |= {"/a": page("a"), "/no": page("no")}
    ledger.pages(server.url("/a"), server.url("/no"))
    assert dict(ledger.fetch().counts) == {"ok": 1, "robots_denied": 1}
    assert ledger.one("select length(robots_body) from ingest.origin") == (512_000 - 3,)


def test_redirect_to_another_origin_stays_with_the_page(ledger: Ledger, page: Callable[[str], Any]) -> None:
    old, new = ledger.server(), ledger.server(robots=b"User-agent: *\nDisallow: /no\n")
    old.plays |= {
        "/a": says("301 Moved", headers={"Location": new.url("/b")}),
        "/c": says("301 Moved", headers={"Location": new.url("/no")}),
    }
    new.plays["/b"] = page("b")
    first, second = ledger.pages(old.url("/a"), old.url("/c"))
    assert dict(ledger.fetch().counts) == {"ok": 1, "robots_denied": 1}
    assert ledger.all("select page_id, final_url from ingest.capture") == [(first, new.url("/b"))]
    assert ledger.row(second, "state", "outcome") == ("rejected", "robots_denied")
    assert not new.asked("/no")
    assert len(new.asked("/robots.txt")) == 1


def test_redirects_between_origins_end(ledger: Ledger) -> None:
    one, other = ledger.server(), ledger.server()
    one.plays["/a"] = says("302 Found", headers={"Location": other.url("/a")})
    other.plays["/a"] = says("302 Found", headers={"Location": one.url("/a")})
    (number,) = ledger.pages(one.url("/a"))
    ledger.fetch()
    assert ledger.row(number, "state", "outcome") == ("rejected", "too_many_redirects")


def consent(ledger: Ledger, page: Callable[[str], Any], cookie: str) -> tuple[Server, Server]:
    """A page that sends readers without consent to another host, and that host, which sends them back."""
    site, wall = ledger.server(), ledger.server()

    def story(sock: socket.socket, request: Request) -> None:
        agreed = "consent=1" in request.headers.get("cookie", "")
        play = page("The story.") if agreed else says("302 Found", headers={"Location": wall.url("/ask?back=1")})
        play(sock, request)

    site.plays["/a"] = story
    wall.plays["/ask?back=1"] = says("302 Found", headers={"Location": site.url("/set")})
    site.plays["/set"] = says("302 Found", headers={"Location": "/a"} | ({"Set-Cookie": cookie} if cookie else {}))
    return site, wall


def test_a_consent_host_that_sends_back_with_a_cookie_is_no_loop(ledger: Ledger, page: Callable[[str], Any]) -> None:
    site, wall = consent(ledger, page, "consent=1; Path=/")
    (number,) = ledger.pages(site.url("/a"))
    assert ledger.fetch().counts == {"ok": 1}
    assert ledger.row(number, "state", "outcome") == ("captured", "ok")
    assert len(wall.asked("/ask?back=1")) == 1


def test_a_consent_host_that_sends_back_without_a_cookie_is_a_loop(ledger: Ledger, page: Callable[[str], Any]) -> None:
    site, wall = consent(ledger, page, "")
    ledger.pages(site.url("/a"))
    assert ledger.fetch().counts == {"too_many_redirects": 1}
    assert len(wall.asked("/ask?back=1")) == 1


def test_a_new_cookie_at_each_redirect_is_followed_a_few_times(ledger: Ledger) -> None:
    one, other = ledger.server(), ledger.server()
    visits = count()

    def send(to: str) -> Play:
        def play(sock: socket.socket, request: Request) -> None:
            headers = {"Location": to, "Set-Cookie": f"visit={next(visits)}; Path=/"}
            says("302 Found", headers=headers)(sock, request)

        return play

    one.plays["/a"], other.plays["/b"] = send(other.url("/b")), send(one.url("/a"))
    ledger.pages(one.url("/a"))
    assert ledger.fetch().counts == {"too_many_redirects": 1}
    assert len(one.asked("/a")) + len(other.asked("/b")) <= 10


def test_cookies_stay_within_the_way_of_one_page(ledger: Ledger, page: Callable[[str], Any]) -> None:
    site, _ = consent(ledger, page, "consent=1; Path=/")
    site.plays["/b"] = page("Another story.")
    ledger.pages(site.url("/a"), site.url("/b"))
    assert ledger.fetch().counts == {"ok": 2}
    assert "cookie" not in site.asked("/b")[0].headers


def refreshes(to: str) -> Play:
    return says(body=f"<meta http-equiv=refresh content='0; url={to}'><p>One moment".encode(), headers=HTML)


def test_a_page_that_is_nothing_but_a_refresh_is_followed(ledger: Ledger, page: Callable[[str], Any]) -> None:
    site, other = ledger.server(), ledger.server()
    site.plays["/go"], other.plays["/b"] = refreshes(other.url("/b")), refreshes("/story")
    other.plays["/story"] = page("The story.")
    (number,) = ledger.pages(site.url("/go"))
    assert ledger.fetch().counts == {"ok": 1}
    assert ledger.all("select page_id, final_url from ingest.capture") == [(number, other.url("/story"))]
    assert len(other.asked("/robots.txt")) == 1


def test_refreshes_follow_the_rules_of_redirects(ledger: Ledger) -> None:
    site, shut = ledger.server(), ledger.server()
    shut.plays["/robots.txt"] = says(body=b"User-agent: *\nDisallow: /")
    site.plays["/loop"] = refreshes("/loop")
    site.plays["/one"], site.plays["/two"] = refreshes("/two"), refreshes("/one")
    for n in range(20):
        site.plays[f"/long/{n}"] = refreshes(f"/long/{n + 1}")
    site.plays["/shut"], site.plays["/inside"] = refreshes(shut.url("/a")), refreshes("http://10.0.0.1/")
    ledger.pages(*(site.url(path) for path in ("/loop", "/one", "/long/0", "/shut", "/inside")))
    counts = ledger.fetch().counts
    assert counts["ok"] == 3  # what can't be followed is the answer
    assert counts["robots_denied"] == 1
    assert sum(counts.values()) == 5
    assert not shut.asked("/a")
    assert len(site.asked("/loop")) == 1
    assert len([request for request in site.requests if request.path.startswith("/long/")]) <= 7


def test_redirect_into_a_private_network_is_not_followed(ledger: Ledger) -> None:
    server, secret = ledger.server(), Server({"*": says(body=b"secret", headers=HTML)})
    server.plays |= {
        "/a": says("302 Found", headers={"Location": secret.url("/")}),
        "/b": says("302 Found", headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
    }
    ledger.pages(server.url("/a"), server.url("/b"))
    assert dict(ledger.fetch().counts) == {"ssrf_blocked": 2}
    assert secret.connections == 0
    secret.close()


def test_pages_of_a_paused_publisher_wait(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    ledger.pages(server.url("/a"))
    run_id = ledger.plan()
    ledger.do("update ingest.publisher set paused = true")
    from newsflow.fetch.step import fetch

    assert dict(fetch(ledger.settings(), run_id, 0).counts) == {"paused": 1}
    assert server.requests == []
    assert ledger.one("select state, attempts from ingest.page") == ("pending", 0)


def test_own_outage_punishes_nobody(ledger: Ledger) -> None:
    dead = [ledger.server() for _ in range(6)]
    for server in dead:
        ledger.pages(server.url("/a"), server.url("/b"))
        server.close()
    assert dict(ledger.fetch().counts) == {"own_outage": 12}
    assert ledger.all("select distinct state, attempts from ingest.page") == [("pending", 0)]
    assert ledger.all("select distinct failures, cool_until from ingest.origin") == [(0, None)]


def test_dead_hosts_among_living_ones_are_dead(ledger: Ledger, page: Callable[[str], Any]) -> None:
    for number in range(7):
        server = ledger.server()
        server.plays["/a"] = page("a")
        ledger.pages(server.url("/a"))
        if number:
            server.close()
    assert dict(ledger.fetch().counts) == {"ok": 1, "connect_error": 6}
    assert ledger.all("select attempts, outcome from ingest.page where outcome <> 'ok' group by 1, 2") == [
        (1, "connect_error")
    ]
    with transaction(ledger.conn):
        numbers = [row[0] for row in ledger.all("select origin_id from ingest.origin")]
        failures = sorted(origin.pace.failures for origin in origins.load(ledger.conn, numbers).values())
    assert failures == [0, 1, 1, 1, 1, 1, 1]


def test_identity(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    server.plays["/a"] = page("a")
    ledger.pages(server.url("/a"))
    ledger.fetch(contact="https://desk.example/bot")
    agents = {request.headers["user-agent"] for request in server.requests}
    assert agents == {Settings(contact="https://desk.example/bot").user_agent}
    assert "desk.example" in agents.pop()


def test_a_slow_publisher_holds_nobody_and_its_newest_pages_come_first(
    ledger: Ledger, page: Callable[[str], Any]
) -> None:
    slow, quick = ledger.server(robots=b"User-agent: *\nCrawl-delay: 600\n"), ledger.server()
    for server in (slow, quick):
        server.plays |= {f"/{n}": page("x") for n in range(4)}
        ledger.pages(*(server.url(f"/{n}") for n in range(4)))
    ledger.do("update ingest.page set discovered_at = discovered_at - interval '1 day' where url not like '%%/2'")
    assert dict(ledger.fetch(fetch_tail_s=0.5, max_delay_s=3600).counts) == {"ok": 4, "postponed": 4}
    assert [request.path for request in slow.requests] == ["/robots.txt"]
    assert ledger.all(
        "select distinct state, attempts, next_attempt_at <= now() from ingest.page where outcome = 'postponed'"
    ) == [("pending", 0, True)]


def test_what_was_postponed_is_taken_up_by_the_next_run(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server(robots=b"User-agent: *\nCrawl-delay: 600\n")
    server.plays |= {f"/{n}": page("x") for n in range(3)}
    ledger.pages(*(server.url(f"/{n}") for n in range(3)))
    ledger.do("update ingest.page set discovered_at = discovered_at - interval '1 day' where url not like '%%/2'")
    ledger.fetch(fetch_tail_s=0.2, max_delay_s=3600)
    ledger.do("update ingest.origin set crawl_delay_s = null, next_request_at = null, robots_expires_at = null")
    server.plays["/robots.txt"] = says("404 Not Found")
    assert dict(ledger.fetch().counts) == {"ok": 3}
    assert server.requests[2].path == "/2"  # the newest, after robots.txt twice


def test_rules_that_take_long_to_apply_hold_up_their_own_site_only(
    ledger: Ledger, page: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "RULES_CPU_S", 0.0)  # the first page uses it up
    dear, good = ledger.server(robots=b"User-agent: *\nDisallow: /*a*b*c\n"), ledger.server()
    for server in (dear, good):
        server.plays |= {f"/{n}": page("x") for n in range(3)}
        ledger.pages(*(server.url(f"/{n}") for n in range(3)))
    counts = dict(ledger.fetch().counts)
    assert counts["ok"] + counts["postponed"] == 6
    assert len(dear.requests) <= 2  # robots.txt, and at most one page
