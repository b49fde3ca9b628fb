"""robots.txt by RFC 9309."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.web import robots
from newsflow.web.robots import RobotsFile, Rules, read

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
PAGE = "https://example.org/a"


def answer(status: int, body: bytes = b"", outcome: Outcome = Outcome.OK, **headers: str) -> Exchange:
    return Exchange("https://example.org/robots.txt", outcome, status, headers, body)


def test_google_cases(shared: Path) -> None:
    cases = json.loads((shared / "robots" / "cases.json").read_text())
    wrong = [c for c in cases if Rules(c["robots"], [c["ua"]]).allows(c["url"], c["ua"]) != c["allowed"]]
    assert len(cases) == 101
    assert wrong == []


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: newsflow\nDisallow: /", False),
        ("User-agent: NewsFlow/0.1 (+x)\nDisallow: /", False),
        ("User-agent: news\nDisallow: /", True),  # not our whole token
        ("User-agent: newsflow-images\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: newsflow\nAllow: /", True),
        ("User-agent: newsflow\nDisallow: /b\nUser-agent: x\nDisallow: /\n\nUser-agent: newsflow\nDisallow: /a", False),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("\ufeff\ufeffUser-agent: *\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", True),
        ("User-agent: *\nDisallow: /*.html$", True),
        ("User-agent: *\nDisallow:", True),
        ("<html>Not found</html>", True),
        ("", True),
        ("\x00\x01\x02\ud800", True),
    ],
)
def test_groups(body: str, allowed: bool) -> None:
    assert Rules(body).allows(PAGE) is allowed


def test_robots_txt_itself_is_always_allowed() -> None:
    assert Rules("User-agent: *\nDisallow: /").allows("https://example.org/robots.txt")


@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("5", 5.0),
        ("0.5", 0.5),
        ("1e308", 1e308),
        ("1e999", None),
        ("nan", None),
        ("-1", None),
        ("x", None),
        ("0", None),
    ],
)
def test_crawl_delay(line: str, delay: float | None) -> None:
    assert Rules(f"User-agent: *\nCrawl-delay: {line}\nDisallow: /x").crawl_delay_s == delay


def test_request_rate_stands_for_a_delay() -> None:
    assert Rules("User-agent: *\nRequest-rate: 1/10\nDisallow: /x").crawl_delay_s == 10


def test_sitemaps_are_told() -> None:
    assert Rules("Sitemap: https://example.org/s.xml\n").sitemaps == ("https://example.org/s.xml",)


def test_answer_with_rules() -> None:
    file = read(answer(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\x00b"), NOW)
    assert file == RobotsFile(200, "User-agent: *\nDisallow: /ab", NOW, NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    ("header", "hours"), [("max-age=7200", 2), ("max-age=1", 1), ("max-age=999999", 24), ("no-store", 24), ("", 24)]
)
def test_kept_between_an_hour_and_a_day(header: str, hours: int) -> None:
    file = read(answer(200, b"", **{"cache-control": header}), NOW)
    assert file is not None
    assert file.expires_at == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("status", [300, 304, 305, 400, 401, 403, 404, 410, 451])
def test_client_errors_and_redirects_to_nowhere_allow_all(status: int) -> None:
    file = read(answer(status, outcome=Outcome.NOT_FOUND), NOW)
    assert file is not None
    assert Rules(file.body).allows(PAGE)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(500, Outcome.SERVER_ERROR), (503, Outcome.RATE_LIMITED), (429, Outcome.RATE_LIMITED), (0, Outcome.DNS_ERROR),
     (0, Outcome.DEADLINE), (0, Outcome.CONNECT_ERROR), (200, Outcome.TRUNCATED)]
)  # fmt: skip
def test_unreachable_forbids_all_for_now(status: int, outcome: Outcome) -> None:
    assert read(answer(status, outcome=outcome), NOW) is None


def test_old_copy_serves_while_unreachable() -> None:
    old = RobotsFile(200, "User-agent: *\nDisallow: /a", NOW - timedelta(days=2), NOW - timedelta(days=1))
    kept = read(answer(500, outcome=Outcome.SERVER_ERROR), NOW, old)
    assert kept is not None
    assert (kept.body, kept.fetched_at) == (old.body, old.fetched_at)
    assert kept.expires_at == NOW + robots.ASK_AGAIN
    ancient = RobotsFile(200, "", NOW - timedelta(days=8), NOW - timedelta(days=7))
    assert read(answer(500, outcome=Outcome.SERVER_ERROR), NOW, ancient) is None


@pytest.mark.parametrize("outcome", [Outcome.TOO_MANY_REDIRECTS, Outcome.BAD_REDIRECT])
def test_redirects_that_lead_nowhere_allow_all(outcome: Outcome) -> None:
    file = read(answer(301, outcome=outcome), NOW)
    assert file is not None
    assert file.body == ""


def test_half_a_megabyte_is_read() -> None:
    body = b"User-agent: *\nDisallow: /a\n" + b"#" * 2_600_000
    file = read(answer(200, body), NOW)
    assert file is not None
    assert len(file.body) == robots.CAP


def test_our_token_is_the_first_word_of_our_user_agent() -> None:
    assert Settings().user_agent.split("/")[0] == robots.AGENT


def test_hostile_patterns_take_no_time() -> None:
    rules = Rules("User-agent: *\n" + "Disallow: /" + "*a" * 500 + "b\n")
    assert rules.allows("https://example.org/" + "a" * 2000)


@pytest.mark.parametrize(
    "line",
    ["Request-rate: 1/{n}", "Request-rate: {n}/1", "Crawl-delay: {n}", "Crawl-delay: -{n}", "Crawl-delay: 1e{n}"],
)
@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "\xb2", "\u0665", "nan", "inf", "0"])
def test_numbers_that_nobody_means_ask_for_nothing_and_shut_nobody_out(line: str, number: str) -> None:
    rules = Rules(f"User-agent: *\n{line.format(n=number)}\nDisallow: /x\n", ["newsflow"])
    assert (rules.crawl_delay_s or 0.0) >= 0.0
    assert rules.allows(PAGE)
