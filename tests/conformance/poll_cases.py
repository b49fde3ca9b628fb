"""Feeds over time, as rachelbythebay's feed reader score watches them: validators, redirects, spacing, pauses.

Source of the checklist: https://rachelbythebay.com/fs/help.html.
"""

from __future__ import annotations

from datetime import datetime

from newsflow.clock import utcnow
from newsflow.store import queries, runs
from newsflow.store.db import transaction
from newsflow.subscriptions import store
from newsflow.subscriptions.lists import Listed
from tests.conformance.registry import World, case
from tests.inside import poll
from tests.poll.feeds import items, rss
from tests.webserver import Play, Server, says

XML = {"Content-Type": "application/rss+xml"}


def feed(world: World, play: Play, path: str = "/rss") -> Server:
    """A feed that is polled from now on."""
    server = world.server({path: play})
    store.add(world.ledger.conn, [Listed(server.url(path))], utcnow())
    return server


def shows(server_items: int = 3, **headers: str) -> Play:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return says(body=rss("http://news.example", items(1, server_items)), headers=XML | named)


def polled(world: World, *, force: bool = True) -> str:
    """One run; its outcomes."""
    ledger = world.ledger
    ledger.runs += 1
    run_id = runs.start(ledger.conn, "test", f"poll-{ledger.runs}", utcnow(), {})
    counts = poll(ledger.settings(parse_workers=1), run_id, force=force).counts
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())) or "nothing asked"


def sent(server: Server, path: str = "/rss") -> str:
    """The validators of the last request."""
    headers = server.asked(path)[-1].headers
    found = [headers[name] for name in ("if-none-match", "if-modified-since") if name in headers]
    return " and ".join(found) or "no validators"


def due_in_minutes(world: World) -> float:
    """Until the first feed is due."""
    with transaction(world.ledger.conn):
        at: datetime = min(row.next_poll_at for row in queries.poll.list_feeds(world.ledger.conn, publishers=None))
    return (at - utcnow()).total_seconds() / 60


@case("feeds", "both validators are sent back as they came", expected='W/"a,b" and Wed, 04 Mar 2026 12:00:00 GMT')
def both(world: World) -> str:
    server = feed(world, shows(ETag='W/"a,b"', Last_Modified="Wed, 04 Mar 2026 12:00:00 GMT"))
    polled(world)
    polled(world)
    return sent(server)


@case("feeds", "the first request has none", expected="no validators")
def first(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    polled(world)
    return sent(server)


@case("feeds", "a strong ETag stays as it is", expected='"1"')
def strong(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    polled(world)
    polled(world)
    return sent(server)


@case("feeds", "an answer without validators clears them (Expires: 0)", expected="no validators")
def cleared(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    polled(world)
    server.plays["/rss"] = shows(4, Expires="0")
    polled(world)
    polled(world)
    return sent(server)


@case("feeds", "304 keeps the validators", expected='1 not_modified; then "1"')
def kept(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    polled(world)
    server.plays["/rss"] = says("304 Not Modified", length=False)
    outcome = polled(world)
    polled(world)
    return f"{outcome}; then {sent(server)}"


@case("feeds", "a 304 renews Last-Modified", expected="Thu, 05 Mar 2026 12:00:00 GMT")
def renewed(world: World) -> str:
    server = feed(world, shows(Last_Modified="Wed, 04 Mar 2026 12:00:00 GMT"))
    polled(world)
    headers = {"Last-Modified": "Thu, 05 Mar 2026 12:00:00 GMT"}
    server.plays["/rss"] = says("304 Not Modified", headers=headers, length=False)
    polled(world)
    polled(world)
    return sent(server)


@case("feeds", "a feed is not asked again before it is due", expected="1 ok, then nothing asked")
def spaced(world: World) -> str:
    feed(world, shows())
    return f"{polled(world, force=False)}, then {polled(world, force=False)}"


@case("feeds", "Cache-Control: max-age=7200 is waited for", expected="at least 2 h, less jitter")
def fresh(world: World) -> str:
    feed(world, shows(Cache_Control="max-age=7200"))
    polled(world)
    minutes = due_in_minutes(world)
    return "at least 2 h, less jitter" if 113 <= minutes <= 127 else f"{minutes:.0f} min"


@case("feeds", "429 with Retry-After: 3600 puts the feed off", expected="1 rate_limited; at least 1 h")
def put_off(world: World) -> str:
    feed(world, says("429 Slow Down", headers={"Retry-After": "3600"}))
    outcome = polled(world)
    minutes = due_in_minutes(world)
    return f"{outcome}; {'at least 1 h' if minutes >= 59 else f'{minutes:.0f} min'}"


@case("feeds", "a cooling origin's other feeds are not asked", expected="2 cooling, 1 rate_limited; 2 requests")
def cooling(world: World) -> str:
    server = feed(world, says("429 Slow Down", headers={"Retry-After": "3600"}))
    for path in ("/b", "/c"):
        server.plays[path] = server.plays["/rss"]
        store.add(world.ledger.conn, [Listed(server.url(path))], utcnow())
    return f"{polled(world)}; {len(server.requests)} requests"


def redirected(world: World, status: str) -> str:
    server = feed(world, says(status, headers={"Location": "/new"}))
    server.plays["/new"] = shows()
    for _ in range(4):
        polled(world)
    return f"old address {len(server.asked('/rss'))} times, new {len(server.asked('/new'))} times in 4 polls"


for _status in ("301 Moved Permanently", "308 Permanent Redirect"):
    case(
        "feeds",
        f"{_status[:3]}: the third poll in a row changes the address",
        expected="old address 3 times, new 4 times in 4 polls",
    )(lambda w, s=_status: redirected(w, s))
for _status in ("302 Found", "307 Temporary Redirect"):
    case(
        "feeds",
        f"{_status[:3]}: the old address is asked each time",
        expected="old address 4 times, new 4 times in 4 polls",
    )(lambda w, s=_status: redirected(w, s))


@case("feeds", "410 ends the feed", expected="1 gone, then nothing asked")
def gone(world: World) -> str:
    feed(world, says("410 Gone"))
    return f"{polled(world)}, then {polled(world)}"


@case("feeds", "404 waits an hour and tells nobody that the feed is gone", expected="1 not_found; at least 1 h")
def missing(world: World) -> str:
    feed(world, says("404 Not Found"))
    outcome = polled(world)
    minutes = due_in_minutes(world)
    return f"{outcome}; {'at least 1 h' if minutes >= 59 else f'{minutes:.0f} min'}"


@case("feeds", "robots.txt holds for feeds, too", expected="1 robots_denied; not asked")
def denied(world: World) -> str:
    server = feed(world, shows())
    server.plays["/robots.txt"] = says(body=b"User-agent: *\nDisallow: /rss")
    return f"{polled(world)}; {'asked' if server.asked('/rss') else 'not asked'}"


@case("feeds", "Accept names feeds, User-Agent names us", expected="both")
def introduces(world: World) -> str:
    server = feed(world, shows())
    polled(world)
    headers = server.asked("/rss")[-1].headers
    good = "application/atom+xml" in headers["accept"] and headers["user-agent"].startswith("newsflow/")
    return "both" if good else str(headers)
