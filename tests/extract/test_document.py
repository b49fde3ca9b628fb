"""One page in, one extraction out."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from newsflow.outcomes import Outcome
from newsflow.text.bounds import LONGEST_BODY
from tests.extract.pages import COMMENT_FORM, PARAGRAPHS, page

URL = "https://courier.example/2026/05/12/westmere-ferry-pier"


def test_a_plain_article_comes_out_whole() -> None:
    found = extract(page(), URL)
    assert found.outcome is Outcome.OK
    assert found.title == "Westmere rebuilds its ferry pier"
    assert found.body.split("\n") == list(PARAGRAPHS)
    assert found.language == "en"
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2026-05-12T00:00:00+00:00"
    assert found.sources["published_at"] == "url"


def test_data_among_the_text_is_no_body() -> None:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + f"<p>{'w' * 300_000} And a sentence after it.</p>"
    found = extract(page(body), URL)
    assert found.body.split("\n") == [*PARAGRAPHS, "And a sentence after it."]


def test_a_body_is_cut_at_its_bound_and_says_so() -> None:
    body = "".join(f"<p>{n} {' '.join(PARAGRAPHS)}</p>" for n in range(2 + LONGEST_BODY // len(" ".join(PARAGRAPHS))))
    found = extract(page(body), URL)
    assert found.outcome is Outcome.OK
    assert LONGEST_BODY - 2_000 < len(found.body) <= LONGEST_BODY
    assert found.detail == f"the body was cut after {LONGEST_BODY} characters"


def test_a_title_repeated_above_the_text_stands_only_in_the_title() -> None:
    body = "<h2>Westmere rebuilds its ferry pier</h2>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    found = extract(page(body), URL)
    assert found.title == "Westmere rebuilds its ferry pier"
    assert "rebuilds its ferry pier" not in found.body


@pytest.mark.parametrize("inside", [True, False])
def test_a_comment_form_is_no_text(inside: bool) -> None:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    html = page(body + COMMENT_FORM) if inside else page(body, after=COMMENT_FORM)
    found = extract(html, URL)
    assert found.body.split("\n") == list(PARAGRAPHS)


def test_equal_bytes_give_equal_extractions() -> None:
    assert extract(page(), URL) == extract(page(), URL)


@pytest.mark.parametrize("html", [b"", b"\x00\x01\x02", b"   ", b"<", b"<!-- -->", b"\xff\xfe"])
def test_what_holds_nothing_is_no_text(html: bytes) -> None:
    assert extract(html, URL).outcome is Outcome.NOT_TEXT


def test_a_few_words_are_too_short() -> None:
    found = extract(page("<p>Five words and no more.</p>"), URL)
    assert found.outcome in {Outcome.TOO_SHORT, Outcome.NOT_TEXT}


DECK = "After nine years the dispute over the pier is over, and the fishermen keep their channel."


def test_a_visible_deck_opens_the_body() -> None:
    head = f'<meta property="og:description" content="{DECK}">'
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    html = page(f'<div class="teaser">{DECK}</div><div class="post-content">{text}</div>', head=head)
    assert extract(html, URL).body.split("\n") == [DECK, *PARAGRAPHS]


def test_a_summary_that_is_not_on_the_page_is_only_the_lead() -> None:
    found = extract(page(head=f'<meta property="og:description" content="{DECK}">'), URL)
    assert found.lead == DECK
    assert DECK not in found.body


def test_a_summary_that_opens_the_text_is_not_said_twice() -> None:
    found = extract(page(head=f'<meta property="og:description" content="{PARAGRAPHS[0]}">'), URL)
    assert found.body.split("\n") == list(PARAGRAPHS)
