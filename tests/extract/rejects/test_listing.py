"""Lists of other pages are told by their structure, in any language; articles that look a little like lists stay.

The articles here have no date, no author and no mark-up that calls them articles: only their text speaks for them.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest

from newsflow.extract.document import extract
from newsflow.extract.rejects import addresses
from newsflow.outcomes import Outcome
from tests.extract.texts import TEXTS, Text
from tests.extract.walls import document

Make = Callable[[Text], str]


def cards(text: Text) -> str:
    """A section: linked headlines, each with its summary."""
    shown = text.paragraphs * 6
    return f"<h1>{escape(text.title[:12])}</h1>" + "".join(
        f'<div class=card><h3><a href="/n/{n}">{escape(line[:70])}</a></h3><p>{escape(line[:90])}</p></div>'
        for n, line in enumerate(shown)
    )


def home(text: Text) -> str:
    """A home page: linked headlines in several boxes, a word of welcome."""
    lines = "".join(f"<li><a href=/a/{n}>{escape(line[:80])}</a></li>" for n, line in enumerate(text.paragraphs * 3))
    boxes = "".join(f"<section><h2>{n}</h2><ul>{lines}</ul></section>" for n in range(3))
    return f"<p>{escape(text.paragraphs[0])}</p>{boxes}"


def shelf(text: Text) -> str:
    """A shop's shelf: products with prices and buttons, an introduction above them."""
    lines = enumerate(line[:40] for line in text.paragraphs * 6)
    shown = "".join(
        f"<div class=product-item><a href=/p/{n}>{escape(line)}</a><span>{n}9.90 €</span><button>+</button></div>"
        for n, line in lines
    )
    return f"<h1>{escape(text.title[:12])}</h1><p>{escape(text.paragraphs[0])}</p>{shown}"


def best_of(text: Text) -> str:
    """An article that is a list: numbered headings, a paragraph, a price and a shop's link each."""
    items = "".join(
        f"<h2>{n}. {escape(line[:30])}</h2><p>{escape(line)}</p><p>{n}9.90 € <a href=https://shop.example/{n}>shop.example</a></p>"
        for n, line in enumerate(text.paragraphs * 2, 1)
    )
    return f"<article><h1>{escape(text.title)}</h1>{items}</article>"


def ticker(text: Text) -> str:
    """A live report: a time and a paragraph each."""
    items = "".join(f"<h3>1{n}:0{n}</h3><p>{escape(line)}</p>" for n, line in enumerate(text.paragraphs))
    return f"<article><h1>{escape(text.title)}</h1>{items}</article>"


def interview(text: Text) -> str:
    """Questions in bold type, and answers."""
    items = "".join(f"<p><strong>{escape(line[:40])}?</strong></p><p>{escape(line)}</p>" for line in text.paragraphs)
    return f"<main><h1>{escape(text.title)}</h1>{items}</main>"


def gallery(text: Text) -> str:
    """Pictures with a caption each, below an introduction."""
    shots = "".join(
        f"<figure><img src=/{n}.jpg></figure><p>{escape(line)}</p>" for n, line in enumerate(text.paragraphs)
    )
    return f"<main><h1>{escape(text.title)}</h1>{shots}</main>"


def over_teasers(text: Text) -> str:
    """A column above twenty linked headlines."""
    lines = "".join(f"<li><a href=/n/{n}>{escape(line[:70])}</a></li>" for n, line in enumerate(text.paragraphs * 4))
    full = "".join(f"<p>{escape(line)}</p>" for line in text.paragraphs)
    return f"<article><h1>{escape(text.title)}</h1>{full}</article><ul>{lines}</ul>"


LISTS: dict[Make, str] = {cards: "news/", home: "", shelf: "shop/lamps/"}
ARTICLES: dict[Make, str] = {
    best_of: "guide/ten-best-lamps-of-the-year", ticker: "news/live-report-from-the-harbour-8812",
    interview: "talks/a-talk-with-the-mayor", gallery: "pictures/the-week-in-pictures-31",
    over_teasers: "opinion/what-the-harbour-needs",
}  # fmt: skip


def outcomes(make: Make, path: str) -> dict[str, Outcome]:
    """By language; a list is titled with a word or two."""
    longest = 12 if make in LISTS else None
    pages = {code: document(text.title[:longest], make(text), code) for code, text in TEXTS.items()}
    return {code: extract(page, f"https://paper.example/{path}").outcome for code, page in pages.items()}


@pytest.mark.parametrize(("make", "path"), LISTS.items(), ids=lambda one: getattr(one, "__name__", None))
def test_a_list_is_none_in_any_language(make: Make, path: str) -> None:
    assert Outcome.OK not in outcomes(make, path).values()


@pytest.mark.parametrize(("make", "path"), ARTICLES.items(), ids=lambda one: getattr(one, "__name__", None))
def test_an_article_of_many_parts_is_one_in_any_language(make: Make, path: str) -> None:
    assert outcomes(make, path) == dict.fromkeys(TEXTS, Outcome.OK)


@pytest.mark.parametrize(
    ("url", "is_list"),
    [
        ("https://courier.example/author/mara-quist", True),
        ("https://courier.example/authors/mara-quist/page/2", True),
        ("https://courier.example/?s=pier", True),
        ("https://courier.example/search/?lang=en&q=pier", True),
        ("https://courier.example/news/the-author-of-the-pier?s=20", False),
        ("https://courier.example/news/in-search-of-the-pier?ref=search", False),
    ],
)
def test_pages_of_authors_and_searches_are_called_lists(url: str, is_list: bool) -> None:
    assert (addresses.called_a_list(url) > 0.5) is is_list


@pytest.mark.parametrize(
    ("url", "likeness"),
    [
        ("topic/coffee", 1),
        ("topic/coffee-trade", 2 / 3),
        ("topic/a-history-of-the-coffee-trade", 0),
        ("c/a-history-of-the-coffee-trade/s10042", 0),
        ("news-from-all-the-coasts/topic/coffee", 1),
    ],
)
def test_a_long_name_is_a_thing_s_and_no_list_s(url: str, likeness: float) -> None:
    assert addresses.called_a_list(f"https://courier.example/{url}") == pytest.approx(likeness)


@pytest.mark.parametrize(
    ("path", "is_section"),
    [("news", True), ("about/in-the-news/", True), ("news/pier", False), ("", False)],
)
def test_names_of_sections(path: str, is_section: bool) -> None:
    assert addresses.names_a_section(f"https://courier.example/{path}") is is_section
