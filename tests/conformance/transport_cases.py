"""One exchange: identity, conditional requests, redirects, encodings, refusals.

After rachelbythebay's feed-reader behaviour score and RFC 9110.
"""

from __future__ import annotations

import gzip
import zlib
from socket import socket

import brotli

from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from tests.conformance.registry import World, case
from tests.webserver import Play, Request, Server, raw, says

OK = says(body=b"<p>news", headers={"Content-Type": "text/html"})
SENT_ALWAYS = {"host", "user-agent", "accept", "accept-encoding"}


def headers(server: Server) -> dict[str, str]:
    return server.requests[-1].headers


@case(
    "identity",
    "the User-Agent names us, a version and a contact",
    expected="newsflow/1.0 (+https://desk.example/bot)",
)
def user_agent(world: World) -> str:
    server = world.server({"/x": OK})
    with world.transport(contact="https://desk.example/bot") as transport:
        transport.exchange(server.url("/x"))
    return headers(server)["user-agent"]


@case(
    "identity",
    "nothing else is sent: no cookie, no referrer, no language",
    expected="accept, accept-encoding, host, user-agent",
)
def few_headers(world: World) -> str:
    _, server = world.get(OK)
    return ", ".join(sorted(headers(server)))


@case("identity", "a cookie that the server sets is not sent back", expected="no cookie in 2 requests")
def cookies(world: World) -> str:
    server = world.server({"/x": says(body=b"x", headers={"Set-Cookie": "id=1"})})
    with world.transport() as transport:
        for _ in range(2):
            transport.exchange(server.url("/x"))
    found = [request for request in server.requests if "cookie" in request.headers]
    return f"{'no cookie' if not found else 'cookies'} in {len(server.requests)} requests"


@case("redirects", "one that sets a cookie and comes back", expected="ok, 2 requests; nothing kept")
def cookie_redirect(world: World) -> str:
    moved = says("302 Found", headers={"Location": "/x", "Set-Cookie": "seen=1; Path=/"})

    def play(sock: socket, request: Request) -> None:
        (OK if request.headers.get("cookie") == "seen=1" else moved)(sock, request)

    server = world.server({"/x": play, "/y": OK})
    with world.transport() as transport:
        found = transport.exchange(server.url("/x"))
        transport.exchange(server.url("/y"))
    kept = "cookie kept" if "cookie" in headers(server) else "nothing kept"
    return f"{found.outcome}, {len(found.hops)} requests; {kept}"


@case("identity", "only what was asked for is requested (no favicon, no HEAD)", expected="/x")
def only_that(world: World) -> str:
    _, server = world.get(OK)
    return ", ".join(request.path for request in server.requests)


@case("identity", "the query is sent as given, the fragment is not", expected="/x?b=2&a=1&utm_source=rss")
def query(world: World) -> str:
    server = world.server({"*": OK})
    with world.transport() as transport:
        transport.exchange(server.url("/x?b=2&a=1&utm_source=rss#part"))
    return server.requests[-1].path


@case("identity", "one connection serves an origin's requests", expected="1 connection, 3 requests")
def keep_alive(world: World) -> str:
    server = world.server({"/x": OK})
    with world.transport() as transport:
        for _ in range(3):
            transport.exchange(server.url("/x"))
    return f"{server.connections} connection, {len(server.requests)} requests"


@case("conditional", "the first request has no validators", expected="none")
def unconditional(world: World) -> str:
    _, server = world.get(OK)
    return ", ".join(sorted(set(headers(server)) - SENT_ALWAYS)) or "none"


def validators(world: World, etag: str | None, modified: str | None) -> str:
    found, server = world.get(says("304 Not Modified"), etag=etag, last_modified=modified)
    sent = (headers(server).get("if-none-match"), headers(server).get("if-modified-since"))
    return f"{found.outcome}; {' + '.join(value for value in sent if value)}"


@case("conditional", "a strong ETag goes back verbatim", expected='not_modified; "a b;c"')
def strong_etag(world: World) -> str:
    return validators(world, '"a b;c"', None)


@case("conditional", "a weak ETag keeps its W/", expected='not_modified; W/"0815"')
def weak_etag(world: World) -> str:
    return validators(world, 'W/"0815"', None)


@case("conditional", "an ETag without quotes stays without", expected="not_modified; abc-gzip")
def bare_etag(world: World) -> str:
    return validators(world, "abc-gzip", None)


@case("conditional", "Last-Modified goes back verbatim, odd or not", expected="not_modified; Sun, 1 Mar 26 12:00 +0100")
def odd_date(world: World) -> str:
    return validators(world, None, "Sun, 1 Mar 26 12:00 +0100")


@case("conditional", "both validators are sent together", expected='not_modified; "1" + Sun, 01 Mar 2026 12:00:00 GMT')
def both(world: World) -> str:
    return validators(world, '"1"', "Sun, 01 Mar 2026 12:00:00 GMT")


@case("conditional", "a validator with a line break in it is not sent", expected="bad_response; ")
def injected(world: World) -> str:
    return validators(world, '"1"\r\nX-Evil: 1', None)


@case("conditional", "a 304 that nobody asked for is no answer", expected="bad_response")
def stray_304(world: World) -> str:
    return str(world.get(says("304 Not Modified"))[0].outcome)


def redirect(world: World, *statuses: str) -> str:
    server = world.server({"/end": OK})
    for number, status in enumerate(statuses):
        last = number + 1 == len(statuses)
        server.plays[f"/{number}"] = says(status, headers={"Location": "/end" if last else f"/{number + 1}"})
    with world.transport() as transport:
        found = transport.exchange(server.url("/0"))
    return f"{found.outcome}, {'permanent' if found.permanent else 'temporary'}, {len(found.hops)} requests"


for status, kind in (
    ("301", "permanent"),
    ("302", "temporary"),
    ("303", "temporary"),
    ("307", "temporary"),
    ("308", "permanent"),
):
    case("redirects", f"{status} is followed", expected=f"ok, {kind}, 2 requests")(
        lambda world, status=status: redirect(world, status)
    )
case("redirects", "301, 308 in a row are permanent", expected="ok, permanent, 3 requests")(
    lambda w: redirect(w, "301", "308")
)
case("redirects", "301, 302 in a row are not", expected="ok, temporary, 3 requests")(
    lambda w: redirect(w, "301", "302")
)
case("redirects", "more than five are not followed", expected="too_many_redirects, permanent, 6 requests")(
    lambda w: redirect(w, *["301"] * 9)
)


@case("redirects", "relative, and with bytes beyond ASCII", expected="ok at /%C3%A4?q=%C3%BC")
def relative(world: World) -> str:
    server = world.server({"/x": says("302", headers={"Location": "ä?q=ü".encode().decode("latin-1")}), "*": OK})
    with world.transport() as transport:
        found = transport.exchange(server.url("/x"))
    return f"{found.outcome} at {found.final_url.removeprefix(server.origin)}"


def moved(location: str) -> Play:
    return says("302 Found", headers={"Location": location})


def zipped(body: bytes, encoding: str = "gzip") -> Play:
    return says(body=body, headers={"Content-Encoding": encoding})


BUSY = {"Retry-After": "60"}
REFUSALS: list[tuple[str, str, Play, Outcome]] = [
    ("redirects", "to itself", moved("/x"), Outcome.TOO_MANY_REDIRECTS),
    ("redirects", "to http://[::1", moved("http://[::1"), Outcome.BAD_REDIRECT),
    ("redirects", "to file:", moved("file:///etc/passwd"), Outcome.BAD_REDIRECT),
    ("redirects", "to the cloud's metadata", moved("http://169.254.169.254/"), Outcome.SSRF_BLOCKED),
    ("redirects", "to localhost by name", moved("http://localhost/"), Outcome.SSRF_BLOCKED),
    ("answers", "404", says("404 Not Found"), Outcome.NOT_FOUND),
    ("answers", "410", says("410 Gone"), Outcome.GONE),
    ("answers", "401", says("401 Unauthorized"), Outcome.FORBIDDEN),
    ("answers", "451", says("451 Unavailable For Legal Reasons"), Outcome.FORBIDDEN),
    ("answers", "429 with Retry-After", says("429", headers=BUSY), Outcome.RATE_LIMITED),
    ("answers", "503 with Retry-After", says("503", headers=BUSY), Outcome.RATE_LIMITED),
    ("answers", "503 without", says("503 Busy"), Outcome.SERVER_ERROR),
    (
        "answers",
        "a body shorter than announced",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
        Outcome.TRUNCATED,
    ),
    ("answers", "gzip that is cut", zipped(gzip.compress(b"x" * 99)[:-4]), Outcome.TRUNCATED),
    ("answers", "gzip that is none", zipped(b"plain"), Outcome.DECODE_ERROR),
    ("answers", "gzip in gzip", zipped(b"x", "gzip, gzip"), Outcome.DECODE_ERROR),
    ("answers", "over the size limit", says(body=b"x" * 1_000_001), Outcome.TOO_BIG),
    ("answers", "not HTTP", raw(b"220 mail.example ESMTP\r\n"), Outcome.BAD_RESPONSE),
]
for group, name, play, expected in REFUSALS:
    case(group, name, expected=str(expected))(lambda world, play=play: str(world.get(play)[0].outcome))

ENCODINGS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}
for encoding, compress in ENCODINGS.items():
    answer = says(body=compress(b"<p>news"), headers={"Content-Encoding": encoding, "Content-Type": "text/html"})
    case("encodings", f"{encoding} is offered and undone", expected="offered, <p>news")(
        lambda world, answer=answer, encoding=encoding: encoded(world, answer, encoding)
    )


def encoded(world: World, play: Play, encoding: str) -> str:
    found, server = world.get(play)
    offered = encoding in headers(server)["accept-encoding"].split(", ")
    return f"{'offered' if offered else 'not offered'}, {found.body.decode()}"


def told(found: Exchange) -> str:
    return "nothing" if found.retry_after_s is None else f"{round(found.retry_after_s)} s"


@case("answers", "Retry-After in seconds", expected="120 s")
def retry_seconds(world: World) -> str:
    return told(world.get(says("429", headers={"Retry-After": "120"}))[0])


@case("answers", "Retry-After as a date", expected="about an hour")
def retry_date(world: World) -> str:
    from datetime import timedelta
    from email.utils import format_datetime

    from newsflow.clock import utcnow

    at = format_datetime(utcnow() + timedelta(hours=1), usegmt=True)
    seconds = world.get(says("503", headers={"Retry-After": at}))[0].retry_after_s
    return "about an hour" if seconds is not None and 3590 <= seconds <= 3600 else told(world.get(OK)[0])
