"""What stands behind an article in boxes of its own is none of it, however short the article is."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.texts import TEXTS

URL = "https://news.example/2026/03/04/harbour-ferry-gets-a-second-pier"
TITLE = "Harbour ferry gets a second pier"
OWN, *OTHERS = TEXTS["en"].paragraphs
WORDS = [*" ".join(OTHERS).split()]


def line(number: int, words: int = 24) -> str:
    """A sentence of its own."""
    first = (number * 7) % (len(WORDS) - words)
    return f"Item {number} {' '.join(WORDS[first : first + words])}."


def page(behind: str, *, title: str = TITLE, inside: bool = True) -> str:
    """The body of a short article and what stands behind it, in the article's own box or beside it."""
    article = f"<h1>{title}</h1><p>{OWN}</p>"
    html = f"<div class=x1>{article}{behind}</div>" if inside else f"<div class=x1>{article}</div>{behind}"
    return extract(f"<html><head><title>{title}</title></head><body>{html}</body></html>".encode(), URL).body


def row(box: str, number: int = 6) -> str:
    return "".join(box.format(n=n, text=line(n)) for n in range(number))


TEASERS = (
    "<div class=c><h3><a href=/a/{n}>The headline of another story {n}</a></h3><p>{text}</p></div>",
    "<li><a href=/a/{n}><h4>The headline of another story {n}</h4></a><div>{text}</div></li>",
    "<article><h2>The headline of another story {n}</h2><p>{text}</p><a href=/a/{n}>Read the whole story</a></article>",
)
TALK = "<div><b>reader {n}</b><p>{text}</p></div>"


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("box", TEASERS)
def test_a_row_of_teasers(box: str, inside: bool) -> None:
    assert page(f"<div class=z9>{row(box)}</div>", inside=inside) == OWN


@pytest.mark.parametrize("name", ["discussion", "readerResponses", "comment-thread"])
def test_what_readers_say(name: str) -> None:
    assert page(f"<div class={name}>{row(TALK)}</div>") == OWN


@pytest.mark.parametrize("name", ["legalDisclaimer", "smallPrint", "imprint"])
def test_a_legal_notice(name: str) -> None:
    assert page(f"<div class={name}><p>{line(1, 60)}</p><p>{line(2, 60)}</p></div>") == OWN


def test_a_list_that_the_headline_promises_is_the_article() -> None:
    assert line(1) in page(f"<div class=z9>{row(TEASERS[0])}</div>", title="The 6 best ferries")


@pytest.mark.parametrize("mark", ["<a href=#p{n}>14:0{n}</a>", "<a href=/s/{n}>Share this</a>"])
def test_the_posts_of_a_live_report_are_the_article(mark: str) -> None:
    assert line(1) in page(row(f"<div class=post><div>{mark}</div><p>{{text}}</p></div>"))


def test_an_article_goes_on_behind_a_row_in_its_midst() -> None:
    assert line(1) in page(f"<div class=z9>{row(TEASERS[0])}</div><p>{line(20, 60)}</p>")


def test_a_notice_called_legal_is_short() -> None:
    """A longer text in a box of that name is a court's report, a law, or a government's notice."""
    assert page(f"<div class=legal><p>{line(1, 12)}</p></div>") == OWN
    assert line(2, 60) in page(f"<div class=legal><p>{line(1, 60)}</p><p>{line(2, 60)}</p></div>")


def test_an_article_about_disclaimers_has_headlines_in_its_boxes() -> None:
    box = "<div class=disclaimer-sample><h3>What the ferry company told its passengers</h3><p>{text}</p></div>"
    assert line(1) in page(row(box))


@pytest.mark.parametrize("part", ["<div><p><b>Why is item {n} here?</b></p><p>{text}</p></div>", "<p>{text}</p>"])
def test_questions_and_papers_are_discussions_as_well(part: str) -> None:
    assert line(1) in page(f"<section class=discussion>{row(part)}</section>")


@pytest.mark.parametrize("box", TEASERS)
def test_a_letter_of_several_rows_is_no_opening_with_teasers(box: str) -> None:
    rows = "".join(f"<section><h2>{n}</h2>{row(box, 16)}</section>" for n in range(3))
    assert line(1) in page(rows)
