"""What answers leave behind: validators, articles that stay, tries, encodings, types."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable
from typing import Any

import pytest

from newsflow.model import CapturePointer, Exchange
from newsflow.store.archive import Archive
from newsflow.web import pace
from tests.ledger import HTML, Ledger
from tests.waiting import PATIENCE_S
from tests.webserver import Request, answer, raw, says


def with_article(ledger: Ledger, page_id: int) -> None:
    """As if the page had been extracted and loaded."""
    ledger.do("update ingest.page set state = 'pending', loaded_extraction_id = 1, next_attempt_at = '-infinity'")


def conditional(sock: Any, request: Request) -> None:
    if request.headers.get("if-none-match") == '"v1"':
        sock.sendall(answer("304 Not Modified", headers={"Last-Modified": "Sun, 01 Mar 2026 12:00:00 GMT"}))
    else:
        sock.sendall(answer(body=b"<p>x", headers=HTML | {"ETag": '"v1"'}))


def test_unchanged_article_goes_back_to_loaded(ledger: Ledger) -> None:
    server = ledger.server()
    server.plays["/a"] = conditional
    (number,) = ledger.pages(server.url("/a"))
    ledger.fetch()
    with_article(ledger, number)
    assert dict(ledger.fetch().counts) == {"not_modified": 1}
    assert ledger.row(number, "state", "outcome", "etag", "last_modified") == (
        "loaded",
        "not_modified",
        '"v1"',
        "Sun, 01 Mar 2026 12:00:00 GMT",
    )
    assert ledger.one("select count(*) from ingest.capture") == (1,)


def test_page_without_article_is_asked_for_in_full(ledger: Ledger) -> None:
    """A 304 would leave nothing to extract."""
    server = ledger.server()
    server.plays["/a"] = conditional
    ledger.pages(server.url("/a"))
    ledger.fetch()
    ledger.do("update ingest.page set state = 'pending', next_attempt_at = '-infinity'")
    assert dict(ledger.fetch().counts) == {"ok": 1}
    assert "if-none-match" not in server.asked("/a")[-1].headers


def test_validators_that_the_server_dropped_are_forgotten(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    server.plays["/a"] = says(body=b"<p>x", headers=HTML | {"ETag": 'W/"1"'})
    (number,) = ledger.pages(server.url("/a"))
    ledger.fetch()
    assert ledger.row(number, "etag") == ('W/"1"',)
    server.plays["/a"] = page("new")
    with_article(ledger, number)
    assert dict(ledger.fetch().counts) == {"ok": 1}
    assert server.asked("/a")[-1].headers["if-none-match"] == 'W/"1"'
    assert ledger.row(number, "etag", "state") == (None, "captured")


def test_page_with_an_article_never_ends(ledger: Ledger) -> None:
    server = ledger.server()
    server.plays |= {
        "/a": says("404 Not Found"),
        "/b": says("410 Gone"),
        "/c": says(headers={"Content-Type": "image/png"}),
    }
    numbers = ledger.pages(*(server.url(path) for path in ("/a", "/b", "/c")))
    with_article(ledger, numbers[0])
    ledger.fetch()
    found = [ledger.row(number, "state", "outcome", "attempts") for number in numbers]
    assert found == [("loaded", outcome, 0) for outcome in ("not_found", "gone", "bad_content_type")]


def test_tries_are_bounded(ledger: Ledger) -> None:
    server = ledger.server()
    server.plays["/a"] = raw(answer(body=b"x", headers=HTML | {"Content-Length": "9"}))
    (number,) = ledger.pages(server.url("/a"))
    seen = []
    for _ in range(3):
        ledger.fetch(fetch_attempts=3)
        seen.append(ledger.row(number, "state", "attempts"))
        ledger.do("update ingest.page set next_attempt_at = '-infinity'")
    assert seen == [("pending", 1), ("pending", 2), ("rejected", 3)]


def test_same_body_is_stored_once(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    body = bytes(range(32, 127)) * 500
    server.plays["/a"] = says(body=body, headers=HTML)
    (number,) = ledger.pages(server.url("/a"))
    for _ in range(3):
        with_article(ledger, number)
        assert dict(ledger.fetch().counts) == {"ok": 1}
    found = ledger.all(
        'select capture_id, refers_to, file, "offset", length, payload_digest from ingest.capture order by 1'
    )
    first = found[0][0]
    assert [row[1] for row in found] == [None, first, first]
    archive = Archive(str(ledger.archive))
    assert all(archive.read(CapturePointer(*row[2:])).body == body for row in found)
    server.plays["/a"] = page("corrected")
    with_article(ledger, number)
    ledger.fetch()
    assert ledger.one("select refers_to from ingest.capture order by capture_id desc limit 1") == (None,)


def test_try_that_failed_for_a_moment_is_repeated_in_the_run(ledger: Ledger, page: Callable[[str], Any]) -> None:
    server = ledger.server()
    good, calls = page("x"), []

    def play(sock: Any, request: Request) -> None:
        calls.append(1)
        if len(calls) == 1:
            sock.sendall(answer(body=gzip.compress(b"<p>hello")[:-9], headers=HTML | {"Content-Encoding": "gzip"}))
        else:
            good(sock, request)

    server.plays["/a"] = play
    ledger.pages(server.url("/a"))
    assert dict(ledger.fetch().counts) == {"ok": 1}
    assert ledger.all("select outcome from ingest.fetch_log order by fetched_at") == [("truncated",), ("ok",)]


def test_content_types(ledger: Ledger) -> None:
    server = ledger.server()
    good = ("text/html", "Application/XHTML+xml; charset=x", "text/plain", "")
    bad = ("application/pdf", "image/png", "application/octet-stream", "nonsense")
    for number, kind in enumerate((*good, *bad)):
        server.plays[f"/{number}"] = says(body=b"<p>x", headers={"Content-Type": kind} if kind else {})
        ledger.pages(server.url(f"/{number}"))
    ledger.fetch()
    outcomes = [row[0] for row in ledger.all("select outcome from ingest.page order by page_id")]
    assert outcomes == ["ok"] * 4 + ["bad_content_type"] * 4


def test_headers_that_no_column_takes_are_cleaned(ledger: Ledger) -> None:
    server = ledger.server()
    server.plays["/a"] = says(
        body=b"<p>x", headers={"Content-Type": "text/html; x=\x00\x1b", "ETag": '"\x00"', "X": "\x1b"}
    )
    server.plays["/b"] = says("404 Not Found \x1b[31m\x00", headers={"Content-Type": "\x00"})
    ledger.pages(server.url("/a"), server.url("/b"))
    assert dict(ledger.fetch().counts) == {"ok": 1, "not_found": 1}
    assert ledger.all("select etag from ingest.page where state = 'captured'") == [('""',)]


def test_secrets_in_urls_stay_out_of_logs_and_details(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    secret = "s3cr3t-t0ken"
    server = ledger.server()
    server.plays[f"/a?token={secret}"] = says("302 Found", headers={"Location": f"http://[::1?{secret}"})
    server.plays[f"/b?token={secret}"] = says("418 Teapot")
    server.plays[f"/c?token={secret}"] = says(
        body=b"HTTP", headers={"Broken header": secret, "Content-Encoding": "gzip"}
    )
    server.plays[f"/d?token={secret}"] = says("302 Found", headers={"Location": f"http://10.0.0.1/?{secret}"})
    ledger.pages(*(server.url(f"/{name}?token={secret}") for name in "abcde"))
    with caplog.at_level(logging.DEBUG):
        ledger.fetch(deadline_s=1.0)  # /c never ends: its broken header hides how long it is
    assert secret not in caplog.text
    assert "5/5" in ledger.one("select label from ingest.run_stage")[0]
    assert secret not in str(ledger.all("select detail from ingest.page"))
    assert secret not in str(ledger.all("select detail from ingest.fetch_log"))


def test_log_tells_counts_slowest_hosts_and_first_failures(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    server = ledger.server()
    ledger.pages(*(server.url(f"/{n}") for n in range(15)))
    with caplog.at_level(logging.INFO, "newsflow.fetch"):
        ledger.fetch()
    assert "not_found 15" in caplog.text
    assert "slowest hosts: 127.0.0.1:" in caplog.text
    assert caplog.text.count("status 404") == 10


def test_nothing_to_do(ledger: Ledger) -> None:
    report = ledger.fetch()
    assert (dict(report.counts), report.label) == ({}, "no pages")
    assert not ledger.archive.exists() or not any(ledger.archive.rglob("*.gz"))


HOSTILE_HEADERS = [
    b"Content-Length: \xb2",
    b"Content-Length: " + b"9" * 5000,
    b"Retry-After: " + b"9" * 5000,
    b"Retry-After: \xb2",
    b"Content-Type: \xff\x00;charset=\xb2",
    b"ETag: \xff\xfe",
    b"Last-Modified: Mon, 99 Foo 99999999999 99:99:99 +9999",
    b"X-Robots-Tag: \xc3\x28\x00",
    b"Set-Cookie: \xb2=\xb2; expires=\xb2; max-age=" + b"9" * 400,
    b"Link: <http://[::1>; rel=\xb2",
    b"Location: http://\xb2/",
    b"Content-Encoding: \xb2",
    b"Transfer-Encoding: \xb2",
]


def test_no_header_ends_the_step(ledger: Ledger, page: Callable[[str], Any]) -> None:
    for number, header in enumerate(HOSTILE_HEADERS):
        server = ledger.server(robots=b"User-agent: *\nRequest-rate: 1/" + b"9" * 400 if number % 2 else None)
        for path, status in (("/page", b"200 OK"), ("/away", b"302 Found"), ("/gone", b"404 Not Found")):
            server.plays[path] = raw(b"HTTP/1.1 %s\r\n%s\r\nConnection: close\r\n\r\n<p>text" % (status, header))
        ledger.pages(*(server.url(path) for path in ("/page", "/away", "/gone")))
    good = ledger.server()
    good.plays["/good"] = page("good")
    ledger.pages(good.url("/good"))
    report = ledger.fetch(deadline_s=PATIENCE_S)
    assert report.taken == 3 * len(HOSTILE_HEADERS) + 1
    assert ledger.all("select outcome from ingest.page where url = %s", good.url("/good")) == [("ok",)]
    assert ledger.all("select count(*) from ingest.page where outcome is null") == [(0,)]


def test_what_nobody_thought_of_costs_its_own_page(
    ledger: Ledger, page: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an answer makes raise, and wherever it does: the page has an outcome, and the others are fetched."""
    broken, good = ledger.server(), ledger.server()
    for server in (broken, good):
        server.plays |= {"/a": page("a"), "/b": page("b")}
        ledger.pages(server.url("/a"), server.url("/b"))
    settle = pace.after

    def fail(found: Any, exchange: Exchange, *args: Any, **more: Any) -> Any:
        if exchange.url == broken.url("/a"):
            raise LookupError(exchange.url)
        return settle(found, exchange, *args, **more)

    monkeypatch.setattr(pace, "after", fail)
    assert dict(ledger.fetch().counts) == {"ok": 3, "bad_response": 1}
    assert ledger.all("select detail from ingest.page where outcome = 'bad_response'") == [
        ("LookupError while dealing with the answer",)
    ]
