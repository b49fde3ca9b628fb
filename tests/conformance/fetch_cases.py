"""A run's fetch over its ledger: robots.txt, spacing, pauses, validators, hosts on fire."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import pairwise

from tests.conformance.registry import World, case
from tests.ledger import HTML
from tests.webserver import Play, Server, says

PAGE = says(body=b"<p>news", headers=HTML)


def fetched(world: World, server: Server, paths: list[str], **settings: float) -> str:
    world.ledger.pages(*(server.url(path) for path in paths))
    return counted(world.ledger.fetch(**settings).counts)


def counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))


def gaps(server: Server) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(server.requests)]


def robots(world: World, play: Play | bytes, path: str = "/a") -> str:
    server = world.server({"*": PAGE})
    server.plays["/robots.txt"] = says(body=play) if isinstance(play, bytes) else play
    result = fetched(world, server, [path])
    asked = "asked" if server.asked(path) else "not asked"
    return f"{result}; page {asked}"


case("robots", "Disallow for all", expected="1 robots_denied; page not asked")(
    lambda w: robots(w, b"User-agent: *\nDisallow: /a")
)
case("robots", "Disallow for newsflow, with a version", expected="1 robots_denied; page not asked")(
    lambda w: robots(w, b"User-agent: NewsFlow/0.1\nDisallow: /")
)
case("robots", "Disallow for somebody else", expected="1 ok; page asked")(
    lambda w: robots(w, b"User-agent: news\nDisallow: /\nUser-agent: GPTBot\nDisallow: /")
)
case("robots", "our own group outweighs the one for all", expected="1 ok; page asked")(
    lambda w: robots(w, b"User-agent: *\nDisallow: /\n\nUser-agent: newsflow\nAllow: /")
)
case("robots", "a byte order mark before it", expected="1 robots_denied; page not asked")(
    lambda w: robots(w, b"\xef\xbb\xbfUser-agent: *\nDisallow: /")
)
case("robots", "2.6 MB of it", expected="1 robots_denied; page not asked")(
    lambda w: robots(w, b"User-agent: *\nDisallow: /a\n" + b"#\n" * 1_300_000)
)
case("robots", "404 allows all", expected="1 ok; page asked")(lambda w: robots(w, says("404 Not Found")))
case("robots", "403 allows all (RFC 9309 §2.3.1.3)", expected="1 ok; page asked")(lambda w: robots(w, says("403 No")))
case("robots", "500 forbids all for now", expected="1 server_error; page not asked")(
    lambda w: robots(w, says("500 Oops"))
)
case("robots", "429 forbids all for now", expected="1 rate_limited; page not asked")(
    lambda w: robots(w, says("429", headers={"Retry-After": "600"}))
)


@case("robots", "201, 202, 204, 205 and 206 are successes (RFC 9309)", expected="5 times 1 ok; page asked")
def robots_successes(world: World) -> str:
    empty = {204: says("204 No Content", length=False), 205: says("205 Reset Content")}
    full = {status: says(f"{status} Fine", body=b"User-agent: *\nDisallow: /x") for status in (201, 202, 206)}
    seen = [robots(world, play) for play in (empty | full).values()]
    return f"{len(seen)} times {' or '.join(sorted(set(seen)))}"


@case("robots", "rules in a 206 are heeded", expected="1 robots_denied; page not asked")
def robots_partial(world: World) -> str:
    return robots(world, says("206 Partial Content", body=b"User-agent: *\nDisallow: /"))


@case("robots", "it is the first request to an origin", expected="/robots.txt, /a")
def order(world: World) -> str:
    server = world.server({"*": PAGE})
    fetched(world, server, ["/a"])
    return ", ".join(request.path for request in server.requests)


@case("robots", "a redirect to it is followed", expected="1 robots_denied; page not asked")
def robots_redirect(world: World) -> str:
    other = world.server({"/r": says(body=b"User-agent: *\nDisallow: /")})
    return robots(world, says("301 Moved", headers={"Location": other.url("/r")}))


@case("robots", "asked once for 5 pages in 2 runs", expected="1 time")
def robots_cached(world: World) -> str:
    server = world.server({"*": PAGE})
    fetched(world, server, ["/1", "/2", "/3"])
    fetched(world, server, ["/4", "/5"])
    return f"{len(server.asked('/robots.txt'))} time"


@case("robots", "a redirect into a forbidden path", expected="1 robots_denied; not asked")
def redirect_denied(world: World) -> str:
    server = world.server(
        {"/a": says("302 Found", headers={"Location": "/no"}), "/no": PAGE}, b"User-agent: *\nDisallow: /no"
    )
    result = fetched(world, server, ["/a"])
    return f"{result}; {'asked' if server.asked('/no') else 'not asked'}"


@case("robots", "a redirect to another origin asks its robots.txt", expected="1 robots_denied; not asked")
def other_denied(world: World) -> str:
    other = world.server({"/no": PAGE}, b"User-agent: *\nDisallow: /no")
    server = world.server({"/a": says("302 Found", headers={"Location": other.url("/no")})})
    result = fetched(world, server, ["/a"])
    return f"{result}; {'asked' if other.asked('/no') else 'not asked'}"


@case("spacing", "0.3 s between two requests, robots.txt included", expected="kept over 5 requests")
def spacing(world: World) -> str:
    server = world.server({"*": PAGE})
    fetched(world, server, ["/1", "/2", "/3", "/4"], delay_s=0.3)
    return f"{'kept' if min(gaps(server)) >= 0.3 else min(gaps(server))} over {len(server.requests)} requests"


@case("spacing", "Crawl-delay: 0.4", expected="kept")
def crawl_delay(world: World) -> str:
    server = world.server({"*": PAGE}, b"User-agent: *\nCrawl-delay: 0.4\nDisallow: /x")
    fetched(world, server, ["/1", "/2"])
    return "kept" if min(gaps(server)) >= 0.4 else str(gaps(server))


@case("spacing", "Crawl-delay: 1e308 is clamped", expected="1 ok, not after 1e308 s")
def crawl_delay_clamped(world: World) -> str:
    server = world.server({"*": PAGE}, b"User-agent: *\nCrawl-delay: 1e308\nDisallow: /x")
    return f"{fetched(world, server, ['/1'], max_delay_s=0.5)}, not after 1e308 s"


@case("spacing", "a slow server rests as long as it worked", expected="kept")
def slow(world: World) -> str:
    def play(sock: object, request: object) -> None:
        time.sleep(0.4)
        PAGE(sock, request)  # type: ignore[arg-type]

    server = world.server({"*": play})
    fetched(world, server, ["/1", "/2", "/3"])
    return "kept" if min(gaps(server)[1:]) >= 0.7 else str(gaps(server))


@case("spacing", "never two requests at once to an origin", expected="1 at a time, 6 requests")
def one_at_a_time(world: World) -> str:
    inside, most = [0], [0]

    def play(sock: object, request: object) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.05)
        inside[0] -= 1
        PAGE(sock, request)  # type: ignore[arg-type]

    server = world.server({"*": play})
    fetched(world, server, [f"/{n}" for n in range(5)], delay_s=0)
    return f"{most[0]} at a time, {len(server.requests)} requests"


@case("pauses", "one 429 with Retry-After rests the whole origin", expected="4 cooling, 1 rate_limited; 2 requests")
def pause_429(world: World) -> str:
    server = world.server({f"/{n}": says("429", headers={"Retry-After": "900"}) for n in range(5)})
    return f"{fetched(world, server, [f'/{n}' for n in range(5)])}; {len(server.requests)} requests"


@case("pauses", "503 without Retry-After, too", expected="4 cooling, 1 server_error; 2 requests")
def pause_503(world: World) -> str:
    server = world.server({f"/{n}": says("503 Busy") for n in range(5)})
    return f"{fetched(world, server, [f'/{n}' for n in range(5)])}; {len(server.requests)} requests"


@case(
    "pauses",
    "Retry-After: 1, 0 or a past date does not end our own pause",
    expected="4 cooling, 1 rate_limited; 3 requests for pages",
)
def pause_short(world: World) -> str:
    asked = ("1", "0", "Sat, 01 Jan 2000 00:00:00 GMT")
    servers = [world.server({"*": says("429", headers={"Retry-After": each})}, b"User-agent: *") for each in asked]
    outcomes = {fetched(world, server, [f"/{n}" for n in range(5)]) for server in servers}
    return f"{' or '.join(sorted(outcomes))}; {sum(len(server.requests) - 1 for server in servers)} requests for pages"


@case("pauses", "the pause holds for the next run", expected="1 cooling; 0 requests")
def pause_next_run(world: World) -> str:
    server = world.server({"/a": says("429", headers={"Retry-After": "900"}), "*": PAGE})
    fetched(world, server, ["/a"])
    before = len(server.requests)
    return f"{fetched(world, server, ['/b'])}; {len(server.requests) - before} requests"


@case("pauses", "a host on fire (500 to all of 50 pages)", expected="at most 6 requests, none rejected")
def on_fire(world: World) -> str:
    server = world.server({"*": says("500 Oops"), "/robots.txt": says("404 Not Found")})
    fetched(world, server, [f"/{n}" for n in range(50)])
    few = "at most 6" if len(server.requests) <= 6 else len(server.requests)
    rejected = world.ledger.one("select count(*) from ingest.page where state = 'rejected'")[0]
    return f"{few} requests, {rejected or 'none'} rejected"


@case("pauses", "a host that forbids (403 to all of 50 pages)", expected="at most 6 requests")
def forbidding(world: World) -> str:
    server = world.server({"*": says("403 No"), "/robots.txt": says("404 Not Found")})
    fetched(world, server, [f"/{n}" for n in range(50)])
    return f"{'at most 6' if len(server.requests) <= 6 else len(server.requests)} requests"


@case("pauses", "all hosts dead at once is our own outage", expected="10 own_outage; nobody penalised")
def own_outage(world: World) -> str:
    servers = [world.server() for _ in range(5)]
    world.ledger.pages(*(server.url(path) for server in servers for path in ("/a", "/b")))
    for server in servers:
        server.close()
    result = counted(world.ledger.fetch().counts)
    cooled = world.ledger.one("select count(*) from ingest.origin where failures > 0 or cool_until is not null")[0]
    return f"{result}; {cooled or 'nobody'} penalised"


def refetched(world: World, first: Play, second: Play) -> tuple[str, Server]:
    server = world.server({"/a": first})
    (number,) = world.ledger.pages(server.url("/a"))
    world.ledger.fetch()
    world.ledger.do("update ingest.page set state = 'pending', loaded_extraction_id = 1, next_attempt_at = '-infinity'")
    server.plays["/a"] = second
    result = counted(world.ledger.fetch().counts)
    etag, modified = world.ledger.row(number, "etag", "last_modified")
    return f"{result}; kept {etag} {modified}", server


@case("validators", "they are sent with the next fetch", expected='"1", Sun, 01 Mar 2026 12:00:00 GMT')
def sent_next(world: World) -> str:
    first = says(body=b"x", headers=HTML | {"ETag": '"1"', "Last-Modified": "Sun, 01 Mar 2026 12:00:00 GMT"})
    sent = refetched(world, first, says("304 Not Modified"))[1].requests[-1].headers
    return f"{sent['if-none-match']}, {sent['if-modified-since']}"


@case("validators", "a 304 without any keeps them", expected='1 not_modified; kept "1" None')
def kept_on_304(world: World) -> str:
    return refetched(world, says(body=b"x", headers=HTML | {"ETag": '"1"'}), says("304 Not Modified"))[0]


@case(
    "validators",
    "Last-Modified of a 304 is taken over",
    expected='1 not_modified; kept "1" Mon, 02 Mar 2026 12:00:00 GMT',
)
def refreshed_on_304(world: World) -> str:
    second = says("304 Not Modified", headers={"Last-Modified": "Mon, 02 Mar 2026 12:00:00 GMT"})
    return refetched(world, says(body=b"x", headers=HTML | {"ETag": '"1"'}), second)[0]


@case("validators", "a new ETag replaces the old one", expected='1 ok; kept "2" None')
def replaced(world: World) -> str:
    second = says(body=b"y", headers=HTML | {"ETag": '"2"'})
    return refetched(world, says(body=b"x", headers=HTML | {"ETag": '"1"'}), second)[0]


@case("validators", "a 200 without any clears them", expected="1 ok; kept None None")
def cleared(world: World) -> str:
    return refetched(world, says(body=b"x", headers=HTML | {"ETag": '"1"'}), says(body=b"y", headers=HTML))[0]


@case("validators", "Expires: 0 clears them", expected="1 ok; kept None None")
def expired(world: World) -> str:
    second = says(body=b"y", headers=HTML | {"ETag": '"2"', "Expires": "0"})
    return refetched(world, says(body=b"x", headers=HTML | {"ETag": '"1"'}), second)[0]


@case("pages", "410 ends the page", expected="1 gone; rejected; not asked again")
def gone(world: World) -> str:
    server = world.server({"/a": says("410 Gone")})
    result = fetched(world, server, ["/a"])
    state = world.ledger.one("select state from ingest.page")[0]
    before = len(server.requests)
    world.ledger.fetch()
    return f"{result}; {state}; {'not asked again' if len(server.requests) == before else 'asked again'}"


@case("pages", "a redirect to another origin stays with its page", expected="1 ok; final URL is the other origin's")
def moved(world: World) -> str:
    other = world.server({"/b": PAGE})
    server = world.server({"/a": says("301 Moved", headers={"Location": other.url("/b")})})
    result = fetched(world, server, ["/a"])
    final = world.ledger.one("select final_url from ingest.capture")[0]
    return f"{result}; final URL is {'the other origin' if final == other.url('/b') else final}'s"


@case("pages", "a PDF is no page, and its body stays unread", expected="1 bad_content_type; 0 bytes")
def pdf(world: World) -> str:
    server = world.server({"/a": says(body=b"%PDF" * 1000, headers={"Content-Type": "application/pdf"})})
    result = fetched(world, server, ["/a"])
    return f"{result}; {world.ledger.one('select bytes from ingest.fetch_log')[0]} bytes"
