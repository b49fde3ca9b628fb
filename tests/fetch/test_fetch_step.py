"""The step over real servers and a real ledger: what each answer leaves in the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from newsflow.model import CapturePointer
from newsflow.store.archive import Archive
from tests.ledger import HTML, Ledger
from tests.webserver import says


def test_page_is_captured_and_can_be_read_back(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    server.plays["/a"] = says(body=b"<p>hello", headers=HTML | {"ETag": '"v1"', "X-Robots-Tag": "noai"})
    (number,) = ledger.pages(server.url("/a"))
    report = ledger.fetch()
    assert dict(report.counts) == {"ok": 1}
    assert report.label == "sample.example · 1/1"
    assert ledger.row(number, "state", "outcome", "etag", "attempts") == ("captured", "ok", '"v1"', 0)
    file, offset, length, digest, rights = ledger.one(
        'select file, "offset", length, payload_digest, rights from ingest.capture where page_id = %s', number
    )
    exchange = Archive(str(ledger.archive)).read(CapturePointer(file, offset, length, digest))
    assert exchange.body == b"<p>hello"
    assert rights["reserved"]
    assert ledger.all("select fetch_outcome from ingest.run_page") == [("ok",)]
    assert ledger.all("select outcome, status, bytes from ingest.fetch_log") == [("ok", 200, 8)]


def test_many_origins_and_outcomes_in_one_shard(ledger: Ledger, page: Callable[[str], Any]) -> None:
    for _ in range(5):
        server = ledger.server(robots=b"User-agent: *\nDisallow: /private\n")
        server.plays |= {"/a": page("a"), "/b": page("b"), "/gone": says("410 Gone"), "/e": says("451 No")}
        ledger.pages(*(server.url(path) for path in ("/a", "/b", "/gone", "/private/x", "/missing", "/e")))
    report = ledger.fetch()
    assert dict(report.counts) == {"ok": 10, "gone": 5, "robots_denied": 5, "not_found": 5, "forbidden": 5}
    states = dict(ledger.all("select state, count(*) from ingest.page group by state"))
    assert states == {"captured": 10, "rejected": 20}
    assert all(len(server.asked("/robots.txt")) == 1 for server in ledger.servers)
    assert not any(server.asked("/private/x") for server in ledger.servers)
