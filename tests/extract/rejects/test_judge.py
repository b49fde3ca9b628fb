"""Walls are never stored, articles never lost: a confusion table over pages in fifteen languages and of 30 vendors."""

from __future__ import annotations

from collections import Counter

import pytest

from newsflow.extract.document import extract
from newsflow.model import Extraction, Hints
from newsflow.outcomes import Outcome
from tests.extract import doubts, vendor_walls, walls
from tests.extract.pages import PARAGRAPHS, page
from tests.extract.texts import TEXTS
from tests.extract.walls import Case, articles, document, paragraphs

CASES = [*walls.cases(), *vendor_walls.cases(), *doubts.cases()]
WALLS = {
    Outcome.BOT_CHALLENGE,
    Outcome.CONSENT_WALL,
    Outcome.PAYWALL,
    Outcome.LOGIN,
    Outcome.SOFT_404,
    Outcome.REMOVED,
    Outcome.NEEDS_JAVASCRIPT,
    Outcome.INDEX_PAGE,
}


@pytest.fixture(scope="module")
def readings() -> dict[str, Extraction]:
    return {case.name: extract(case.html, case.url) for case in CASES}


@pytest.fixture(scope="module")
def table(readings: dict[str, Extraction]) -> dict[str, Outcome]:
    return {name: found.outcome for name, found in readings.items()}


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 1_000
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.expected for case in CASES} >= WALLS | {Outcome.OK}


def test_no_article_is_lost(table: dict[str, Outcome]) -> None:
    lost = {
        case.name: str(table[case.name]) for case in CASES if case.expected is Outcome.OK and table[case.name] != "ok"
    }
    assert lost == {}


def test_no_wall_is_stored(table: dict[str, Outcome]) -> None:
    stored = [case.name for case in CASES if case.expected is not Outcome.OK and table[case.name] is Outcome.OK]
    assert stored == []


def test_walls_are_called_by_their_names(table: dict[str, Outcome]) -> None:
    confusion = Counter((str(case.expected), str(table[case.name])) for case in CASES)
    right = sum(count for (expected, found), count in confusion.items() if expected == found)
    wrong = {pair: count for pair, count in confusion.items() if pair[0] != pair[1]}
    assert right / len(CASES) >= 0.97, wrong


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.name.endswith("-en") and c.expected in WALLS], ids=lambda c: c.name
)
def test_a_wall_has_a_detail_and_no_body_of_its_own(case: Case) -> None:
    found = extract(case.html, case.url)
    assert found.detail
    if found.outcome is not Outcome.PAYWALL:
        assert found.body == ""


def test_the_free_part_of_a_closed_article_stays_with_its_outcome() -> None:
    case = next(c for c in CASES if c.name == "paywall-declared-en")
    found = extract(case.html, case.url)
    assert found.outcome is Outcome.PAYWALL
    assert found.body.startswith("The harbour council")
    assert "900 words" in found.detail


def test_the_wrong_language_for_a_publisher() -> None:
    assert extract(page(), "https://a.example/x", Hints(languages=("de",))).outcome is Outcome.WRONG_LANGUAGE
    assert extract(page(), "https://a.example/x", Hints(languages=("de", "en"))).outcome is Outcome.OK


def test_an_article_whose_headline_speaks_of_an_error_page() -> None:
    head = '<meta property="article:published_time" content="2026-05-12T08:00:00Z">'
    html = page(title="Page not found: how the town's website lost its archive", head=head)
    assert extract(html, "https://a.example/2026/05/12/page-not-found").outcome is Outcome.OK


def test_a_short_notice_is_an_article() -> None:
    html = document("Bridge closed", f"<article><h1>Bridge closed</h1>{paragraphs(PARAGRAPHS[0])}</article>", "en")
    assert extract(html, "https://a.example/bridge-closed").outcome is Outcome.OK


@pytest.mark.parametrize("code", ["en", "ru", "ja", "ar"])
def test_articles_keep_every_paragraph(code: str) -> None:
    for case in articles(code, TEXTS[code]):
        body = extract(case.html, case.url).body
        assert all(p in body for p in TEXTS[code].paragraphs), case.name


def test_no_vendors_box_leaves_a_word_in_an_article(readings: dict[str, Extraction]) -> None:
    spoilt = [
        case.name
        for case in vendor_walls.cases()
        if case.expected is Outcome.OK
        and readings[case.name].body.split("\n") != list(TEXTS[case.name.rpartition("-")[2]].paragraphs)
    ]
    assert spoilt == []


@pytest.mark.parametrize(
    "box", ["<div hidden><h1>OOPS!</h1></div>", "<h1>Page not found</h1>", "<div class=err><h1>404</h1></div>"]
)
def test_a_second_headline_of_an_error_box_condemns_no_text(box: str) -> None:
    assert extract(page(after=box), "https://courier.example/pier").outcome is Outcome.OK


@pytest.mark.parametrize("query", ["?p=31228", "?id=4711", "?oid=8976", "?lang=en&nid=20517", "?page=1&article=1234"])
def test_an_article_named_by_its_number_is_no_section(query: str) -> None:
    links = "".join(f'<h4><a href="/?p={n}">Another story of the island number {n}</a></h4>' for n in range(20))
    found = extract(
        page(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>", after=links), f"https://courier.example/{query}"
    )
    assert found.outcome is Outcome.OK


@pytest.mark.parametrize("query", ["", "?page=100", "?cat=123", "?tag=4711", "?utm_id=12345"])
def test_a_page_of_a_list_is_one(query: str) -> None:
    links = "".join(f'<h4><a href="/?p={n}">Another story of the island number {n}</a></h4>' for n in range(20))
    found = extract(page(f"<p>{PARAGRAPHS[0]}</p>", after=links), f"https://courier.example/{query}")
    assert found.outcome is Outcome.INDEX_PAGE


NEWS = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-05-12"}</script>'


def test_a_flash_is_news_and_a_teaser_is_none() -> None:
    flash = "<p>The harbour council of Westmere has voted to rebuild the ferry pier.</p>"
    url = "https://courier.example/flash"
    assert extract(page(flash, head=NEWS), url).outcome is Outcome.OK
    assert extract(page(flash), url).outcome is Outcome.TOO_SHORT
    cut = "<p>The harbour council of Westmere has voted to rebuild the ferry …</p>"
    assert extract(page(cut, head=NEWS), url).outcome is Outcome.TOO_SHORT
    assert extract(page("<p>Pier, Westmere.</p>", head=NEWS), url).outcome is Outcome.TOO_SHORT
