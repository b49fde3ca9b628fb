"""What the Feed Reader Behavior project watches of a reader, row by row.

Source: https://rachelbythebay.com/frb/, https://rachelbythebay.com/fs/help.html, and the bugs that it found in other
readers: https://github.com/feedbin/feedbin/issues/726, https://github.com/miniflux/v2/issues/2675,
https://github.com/spacecowboy/Feeder/issues/412, https://github.com/FreshRSS/FreshRSS/issues/7920.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from newsflow.clock import utcnow
from newsflow.poll.decide import AUDIT_EVERY
from tests.conformance.poll_cases import XML, due_in_minutes, feed, polled, sent, shows
from tests.conformance.registry import World, case
from tests.poll.feeds import items, rss
from tests.webserver import Server, says

GROUP = "feed reader behavior"
BODY = rss("http://news.example", items(1, 3))


def twice(world: World, first: dict[str, str], then: dict[str, str]) -> Server:
    """Three polls of a feed whose headers change after the first, and whose bytes do not."""
    server = feed(world, says(body=BODY, headers=XML | first))
    polled(world)
    server.plays["/rss"] = says(body=BODY, headers=XML | then)
    polled(world)
    polled(world)
    return server


@case(GROUP, "new validators are taken though the body is the same", expected='"2" and then')
def same_body(world: World) -> str:
    return sent(twice(world, {"ETag": '"1"', "Last-Modified": "now"}, {"ETag": '"2"', "Last-Modified": "then"}))


@case(GROUP, "a new ETag is taken though Last-Modified stays", expected='"2" and then')
def same_time(world: World) -> str:
    return sent(twice(world, {"ETag": '"1"', "Last-Modified": "then"}, {"ETag": '"2"', "Last-Modified": "then"}))


@case(GROUP, "Last-Modified alone is sent back", expected="Wed, 04 Mar 2026 12:00:00 GMT")
def modified_alone(world: World) -> str:
    told = {"Last-Modified": "Wed, 04 Mar 2026 12:00:00 GMT"}
    return sent(twice(world, told, told))


@case(GROUP, "validators are opaque: sent back byte for byte", expected='W/"0,x y" and last tuesday')
def opaque(world: World) -> str:
    told = {"ETag": 'W/"0,x y"', "Last-Modified": "last tuesday"}
    return sent(twice(world, told, told))


@case(GROUP, "no cookies, no referrer, nothing added to the address", expected="none of them; /rss?a=1&b")
def nothing_else(world: World) -> str:
    server = feed(world, says(body=BODY, headers=XML | {"Set-Cookie": "id=1; Path=/"}), "/rss?a=1&b")
    polled(world)
    polled(world)
    sent_too = {"cookie", "referer", "origin"} & {name for request in server.requests for name in request.headers}
    paths = {request.path for request in server.requests} - {"/robots.txt"}
    return f"{sorted(sent_too) or 'none of them'}; {', '.join(sorted(paths))}"


@case(GROUP, "gzip is accepted", expected="yes")
def compressed(world: World) -> str:
    server = feed(world, shows())
    polled(world)
    return "yes" if "gzip" in server.asked("/rss")[0].headers["accept-encoding"] else "no"


@case(GROUP, "nothing is asked but robots.txt, once, and the feed", expected="/robots.txt, /rss, /rss, /rss")
def nothing_but_the_feed(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    for _ in range(3):
        polled(world)
    return ", ".join(request.path for request in server.requests)


@case(GROUP, "a forced poll is conditional, too", expected='"1"')
def forced(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    polled(world)
    polled(world, force=True)
    return sent(server)


@case(GROUP, "of a quiet feed few polls have no validators", expected="2 of 20, the first included")
def quiet(world: World) -> str:
    server = feed(world, says(body=BODY, headers=XML | {"ETag": '"1"'}))
    polled(world)
    server.plays["/rss"] = lambda sock, request: says(
        *(("304 Not Modified",) if "if-none-match" in request.headers else ("200 OK", BODY)), headers={"ETag": '"1"'}
    )(sock, request)
    for _ in range(19):
        polled(world)
    bare = [request for request in server.asked("/rss") if "if-none-match" not in request.headers]
    return f"{len(bare)} of {len(server.asked('/rss'))}, the first included"


@case(GROUP, "validators that are frozen are found out", expected=f"after {AUDIT_EVERY + 1} polls; then not sent")
def frozen(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    polled(world)
    news = rss("http://news.example", items(3, 9))
    server.plays["/rss"] = lambda sock, request: says(
        *(("304 Not Modified",) if "if-none-match" in request.headers else ("200 OK", news)), headers={"ETag": '"1"'}
    )(sock, request)
    polls = next(n for n in range(1, 30) if "ok" in polled(world))
    polled(world)
    return f"after {polls} polls; then {'not sent' if sent(server) == 'no validators' else 'sent'}"


@case(GROUP, "a failure keeps the validators", expected='"1"')
def failure(world: World) -> str:
    server = feed(world, shows(ETag='"1"'))
    polled(world)
    server.plays["/rss"] = says("404 Not Found")
    polled(world)
    polled(world)
    return sent(server)


@case(GROUP, "a 429 that names no time is waited for, longer each time", expected="15 min, 30 min, 60 min")
def backed_off(world: World) -> str:
    feed(world, says("429 Too Many Requests"))
    waits = []
    for n in range(3):
        if n:
            with world.ledger.conn as conn, conn.cursor() as cursor:
                cursor.execute("update ingest.origin set cool_until = null, next_request_at = null")
        polled(world)
        waits.append(due_in_minutes(world))
    pairs = zip((15, 30, 60), waits, strict=True)
    return ", ".join(f"{m} min" if m * 0.97 <= wait <= m * 1.2 else f"{wait:.0f} min" for m, wait in pairs)


@case(GROUP, "Retry-After as a date is waited for", expected="at least 3 h")
def retry_date(world: World) -> str:
    until = format_datetime(utcnow() + timedelta(hours=3), usegmt=True)
    feed(world, says("503 Slow Down", headers={"Retry-After": until}))
    polled(world)
    minutes = due_in_minutes(world)
    return "at least 3 h" if minutes >= 179 else f"{minutes:.0f} min"


@case(GROUP, "Retry-After: 0 ends no wait", expected="at least 15 min")
def retry_at_once(world: World) -> str:
    feed(world, says("429 Too Many Requests", headers={"Retry-After": "0"}))
    polled(world)
    minutes = due_in_minutes(world)
    return "at least 15 min" if minutes >= 14.9 else f"{minutes:.1f} min"


def asked_old_address(world: World, status: str, polls: int) -> int:
    """How often a feed that redirects is asked for where it was."""
    server = feed(world, says(status, headers={"Location": "/elsewhere"}))
    server.plays["/elsewhere"] = shows()
    for _ in range(polls):
        polled(world)
    return len(server.asked("/rss"))


@case(GROUP, "a temporary redirect is asked for again at its old address", expected="/rss 5 times")
def temporary(world: World) -> str:
    return f"/rss {asked_old_address(world, '302 Found', polls=5)} times"


@case(GROUP, "a permanent redirect that holds is followed for good", expected="/rss 3 times, then not")
def permanent(world: World) -> str:
    return f"/rss {asked_old_address(world, '301 Moved', polls=6)} times, then not"


@case(GROUP, "no feed is asked more often than each 10 minutes", expected="at least 9.5 min")
def spaced(world: World) -> str:
    server = feed(world, shows())
    for n in range(8):  # all is new each time
        server.plays["/rss"] = says(body=rss("http://news.example", items(10 * n, 10 * n + 9, every_s=1)), headers=XML)
        polled(world)
    minutes = due_in_minutes(world)
    return "at least 9.5 min" if minutes >= 9.4 else f"{minutes:.1f} min"
