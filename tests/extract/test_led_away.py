"""Addresses that lead away from their story, and addresses that only moved."""

from __future__ import annotations

import pytest

from newsflow.extract.rejects.led_away import led_away

SITE = "https://example.org"


def led(asked: str, answered: str, *, stated: bool = False, listed: bool = True) -> str:
    urls = (each if "//" in each else f"{SITE}{each}" for each in (asked, answered))
    return led_away(*urls, stated=stated, listed=listed)


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/a/17", "/"),
        ("/2024/05/07/harbour-bridge-opens-today", "/"),
        ("/?p=173", "/"),
        ("/news/harbour-bridge-opens-in-may.html", "/index.html"),
        ("/a/17", "/?error=404"),
        ("/a/17?utm_source=rss", "/?utm_source=rss"),
        ("/artikel/17-die-neue-bruecke-am-hafen", "/de/"),
        ("/a/17", "/home"),
        ("/новости/17", "/"),
    ],
)
def test_to_the_home_page(asked: str, answered: str, stated: bool) -> None:
    assert led(asked, answered, stated=stated, listed=False) == "the home page"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/a/17", "/news/"),
        ("/news/2024/05/harbour-bridge-opens-today", "/news"),
        ("/sport/football/12345-some-match-report", "/sport/football"),
        ("/politik/artikel-17.html", "/politik/"),
        ("/2024/05/07/slug-of-a-story", "/latest-news"),
        ("/новости/17", "/новости/"),
    ],
)
def test_to_a_section_that_lists_others(asked: str, answered: str) -> None:
    assert led(asked, answered) == "a section"
    assert not led(asked, answered, stated=True)
    assert not led(asked, answered, listed=False)


@pytest.mark.parametrize("answered", ["/404", "/page-not-found", "/error.html", "/notfound/"])
def test_to_an_error_page(answered: str) -> None:
    assert led("/a/17", answered, listed=False) == "an error page"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/", "/"),
        ("/", "/en/"),
        ("/news/", "/"),
        ("/live/", "/live/today"),
        ("/a/17", "/a/17"),
        ("/?p=173", "/2024/05/bridge/"),
        ("/?p=173", "/harbour-bridge-opens-in-may"),
        ("/a/17/amp", "/a/17"),
        ("/story-of-four-words/amp", "/story-of-four-words"),
        ("/go/1", "/2024/bridge-1"),
        ("/go/17", "/?p=178"),
        ("/a/173", "/stories/bridge-173"),
        ("/news/2024/bridge-opens-17", "/bridge-opens"),
        ("/a/harbour-17", "https://consent.example/?continue=https://example.org/a/harbour-17"),
        ("not an address", "/"),
    ],
)
def test_moved_addresses_and_lists_that_were_asked_for(asked: str, answered: str) -> None:
    assert not led(asked, answered)


def test_a_site_of_one_story_is_no_home_page() -> None:
    assert not led("/a/17", "https://bridge.example/", stated=True)
    assert led("/a/17", "https://bridge.example/") == "the home page"
