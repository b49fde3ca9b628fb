"""Signals on text and data mining."""

from __future__ import annotations

from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.web.rights import AI_AGENTS, of_page, of_robots
from newsflow.web.robots import AGENT, Rules

ROOT = "https://example.org/"


def robots(body: str) -> dict[str, object]:
    return of_robots(Rules(body, (AGENT, *AI_AGENTS)), body, ROOT)


def page(body: bytes = b"", **headers: str) -> Exchange:
    return Exchange(ROOT, Outcome.OK, 200, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def test_crawlers_shut_out_by_name() -> None:
    found = robots("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: ClaudeBot\nDisallow: /private\n")
    assert found == {"ai_agents_denied": ["CCBot", "GPTBot"]}


def test_group_for_all_says_nothing_about_ai() -> None:
    assert robots("User-agent: *\nDisallow: /\n") == {}


def test_content_signals() -> None:
    found = robots("User-agent: *\nContent-Signal: search=yes, AI-train=no\nAllow: /\n")
    assert found == {"content_signals": {"search": "yes", "ai-train": "no"}}
    assert of_page(page(), found)["reserved"]


def test_no_signals_leave_the_column_empty() -> None:
    assert of_page(page(b"<p>hello"), {}) == {}


def test_headers() -> None:
    assert of_page(page(x_robots_tag="noai, noimageai"), {}) == {"x_robots_tag": "noai, noimageai", "reserved": True}
    found = of_page(page(tdm_reservation="1", tdm_policy="https://example.org/tdm.json"), {})
    assert (found["tdm_reservation"], found["tdm_policy"], found["reserved"]) == (
        "1",
        "https://example.org/tdm.json",
        True,
    )
    assert of_page(page(tdm_reservation="0"), {})["reserved"] is False
    assert of_page(page(x_robots_tag="noarchive"), {})["reserved"] is False


def test_meta_tags() -> None:
    found = of_page(page(b"<head><META content='NoAI, nofollow' NAME=robots><meta name=tdm-reservation content=1>"), {})
    assert found == {"meta_robots": "noai, nofollow", "tdm_reservation": "1", "reserved": True}


def test_broken_markup_is_survived() -> None:
    assert of_page(page(b"<meta " * 20_000 + b"name=robots content='noai'"), {}) == {}
    assert of_page(page(b"<meta name='robots' content='\xff\xfe'>"), {})["reserved"] is False
