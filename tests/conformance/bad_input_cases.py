"""Bad inputs as feeds and as pages: what `ingest.poll` and `ingest.page` say of each afterwards.

One run polls and fetches them all, each from an origin of its own; the cases look up their rows.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

from newsflow.clock import utcnow
from newsflow.outcomes import Outcome
from newsflow.store import runs
from newsflow.subscriptions import store
from newsflow.subscriptions.lists import Listed
from tests.conformance.registry import World, case
from tests.feeds.test_parser_process import ATTRIBUTES, DEEP, LAUGHS, TITLE, XXE
from tests.inside import poll
from tests.waiting import PATIENCE_S
from tests.web import plays
from tests.web.hostile import HOSTILE
from tests.web.plays import HTML
from tests.webserver import Play, Server, says

XML = {"Content-Type": "application/rss+xml"}
ANSWERS = {
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "private.example": ["10.0.0.1"],
    "nat.example": ["100.64.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "mapped.example": ["::ffff:127.0.0.1"],
}
# hosts that lead to loopback or into a private network, as they stand in a URL
INWARD = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "127。0。0。1",
    "localhost",
    "[::1]",
    "[::127.0.0.1]",
    "[::ffff:7f00:1]",
    "example.org\\@127.0.0.1",
]
NO_URL = {
    "credentials": "http://user:secret@127.0.0.1/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:70/_x",
    "half an address": "http://[::1",
    "an empty part in the host": "http://example..org/",
    "2,705 bytes": "http://example.org/" + "x" * 2_686,
}
UNREADABLE: dict[str, tuple[bytes, Outcome]] = {
    "billion laughs": (LAUGHS, Outcome.PARSE_ERROR),
    "an external entity": (XXE, Outcome.PARSE_ERROR),
    "200,000 attributes in broken XML": (ATTRIBUTES, Outcome.PARSE_TIMEOUT),
    "XML 200,000 deep": (DEEP, Outcome.PARSE_ERROR),
    "a title of 20 MB": (TITLE, Outcome.PARSE_ERROR),
    "an HTML page": (b"<!doctype html><title>News</title>", Outcome.NOT_A_FEED),
    "nothing at all": (b"", Outcome.NOT_A_FEED),
}
STALLING = ("slow headers", "slow body", "endless 100 Continue", "no answer at all")
Rows = dict[str, str]


def once(work: Callable[[World], Any]) -> Callable[[World], Any]:
    """The result of the first call, for all cases of this module."""
    kept: list[Any] = []

    def call(world: World) -> Any:
        if not kept:
            kept.append(work(world))
        return kept[0]

    return call


def resolved(host: str, *_: object, **__: object) -> list[Any]:
    """DNS of this world."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ANSWERS.get(host, ["127.0.0.1"])]


def gone_through(world: World, urls: Sequence[str], *, feeds: bool, deadline_s: float = PATIENCE_S) -> Rows:
    """Outcomes by URL after a run in which all were feeds, or all were pages."""
    ledger = world.ledger
    ledger.more = {"deadline_s": deadline_s, "parse_timeout_s": 2.0, "max_bytes": 25_000_000, "parse_workers": 2}
    with patch("socket.getaddrinfo", resolved):
        if not feeds:
            ledger.pages(*urls)
            ledger.fetch()
            return dict(ledger.all("select url, outcome from ingest.page"))
        store.add(ledger.conn, [Listed(url) for url in urls], utcnow())
        run_id = runs.start(ledger.conn, "test", f"bad feeds {deadline_s}", utcnow(), {})
        poll(ledger.settings(), run_id)
    return dict(ledger.all("select f.url, p.outcome from ingest.poll p join ingest.feed f using (feed_id)"))


def served(world: World, bad: dict[str, Play]) -> dict[str, str]:
    """Addresses of these plays, each on an origin of its own, the endless redirect's target among them."""
    end = says(body=b"there", headers=HTML)
    return {name: world.server({"/x": play, "/end": end}).url("/x") for name, play in bad.items()}


def in_ledger(world: World, bad: dict[str, Play], *, feeds: bool) -> Rows:
    """Outcomes by name. Only servers that stall get a short deadline: the others answer as fast as the machine can."""
    urls = served(world, bad)
    stalling = [url for name, url in urls.items() if name in HOSTILE and HOSTILE[name][1] is Outcome.DEADLINE]
    rows = gone_through(world, stalling, feeds=feeds, deadline_s=1.0) if stalling else {}
    rows |= gone_through(world, [url for url in urls.values() if url not in stalling], feeds=feeds)
    return {name: rows[url] for name, url in urls.items()}


@once
def hostile_pages(world: World) -> Rows:
    return in_ledger(world, {name: make() for name, (make, _) in HOSTILE.items()}, feeds=False)


@once
def hostile_feeds(world: World) -> Rows:
    bad = {name: make() for name, (make, _) in HOSTILE.items()}
    bad |= {name: says(body=body, headers=XML) for name, (body, _) in UNREADABLE.items()}
    return in_ledger(world, bad, feeds=True)


@once
def inward(world: World) -> tuple[Rows, int]:
    """Outcomes by host, and how many connections the trap behind them saw."""
    trap = Server({"*": says(body=b"<p>secret", headers=HTML)})
    urls = {host: f"http://{host}:{trap.port}/{n}" for n, host in enumerate((*INWARD, *ANSWERS))}
    try:
        world.ledger.pages(*urls.values())
        with patch("socket.getaddrinfo", resolved):
            world.ledger.fetch()
        rows = world.ledger.all("select url, outcome from ingest.page")
        by_number = {url.rpartition("/")[2]: outcome for url, outcome in rows}
        return {host: by_number[url.rpartition("/")[2]] for host, url in urls.items()}, trap.connections
    finally:
        trap.close()


@once
def unusable(world: World) -> Rows:
    """Outcomes of entries whose links are no addresses, by the entry's title."""
    items = "".join(
        f"<item><title>{name}</title><guid isPermaLink='false'>{name}</guid><link>{url}</link></item>"
        for name, url in NO_URL.items()
    )
    feed = f"<rss><channel><title>News</title>{items}</channel></rss>".encode()
    server = world.server({"/rss": says(body=feed, headers=XML)})
    gone_through(world, [server.url("/rss")], feeds=True)
    return dict(world.ledger.all("select title, coalesce(outcome, 'a page') from ingest.entry"))


def _register() -> None:
    for name, (_, outcome) in HOSTILE.items():
        case("bad input", name, expected=f"page {outcome}, feed {outcome}")(
            lambda world, name=name: f"page {hostile_pages(world)[name]}, feed {hostile_feeds(world)[name]}"
        )
    for name, (_, outcome) in UNREADABLE.items():
        case("bad input", f"a feed that is {name}", expected=f"feed {outcome}")(
            lambda world, name=name: f"feed {hostile_feeds(world)[name]}"
        )
    for host in (*INWARD, *ANSWERS):
        answers = f" ({', '.join(ANSWERS[host])})" if host in ANSWERS else ""
        case("bad input", f"a page at {host}{answers}", expected="ssrf_blocked; never dialled")(
            lambda world, host=host: f"{inward(world)[0][host]}; {'dialled' if inward(world)[1] else 'never dialled'}"
        )
    for name in NO_URL:
        case("bad input", f"a link with {name}", expected="entry bad_url")(
            lambda world, name=name: f"entry {unusable(world)[name]}"
        )


_register()


@case("bad input", "a redirect whose body never ends", expected="page ok")
def endless_redirect(world: World) -> str:
    return f"page {in_ledger(world, {'it': plays.ENDLESS_REDIRECT_BODY}, feeds=False)['it']}"


def _register_deadlines() -> None:
    for name in STALLING:
        case("deadline", f"{name} for a page, 0.5 s", expected="deadline")(
            lambda world, name=name: _deadline(world, HOSTILE[name][0]())
        )


def _deadline(world: World, play: Play) -> str:
    """The outcome; by how much the exchange outlasted its time is printed, and judged by who reads it."""
    found, _ = world.get(play, deadline_s=0.5)
    world.measured = f"{found.seconds - 0.5:+.3f} s"
    return str(found.outcome)


_register_deadlines()
