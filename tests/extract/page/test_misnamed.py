"""A name alone never cuts what stands in a row with kept text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from newsflow.extract.document import extract
from newsflow.outcomes import Outcome
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
TEXT = (*TEXTS["en"].paragraphs, *(p.replace(" the ", " that island's ") for p in TEXTS["en"].paragraphs))
SUSPECT = ("sidebar-grid", "related-grid", "teaser-text", "promo-wrap", "widget-area", "next-part", "story-footer")
FOLDED = (
    "post-text-hidden",
    "collapsed",
    "is-collapsible",
    "expandable",
    "more-hidden",
    "hidden-content",
    "text-truncate",
)


def paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{p}</p>" for p in texts)


def read(body: str) -> list[str]:
    found = extract(f"<html lang=en><title>Pier</title><body><div id=page><h1>Pier</h1>{body}</div>".encode(), URL)
    assert found.outcome is Outcome.OK, found.detail
    return found.body.split("\n")


@pytest.mark.parametrize("name", (*SUSPECT, *FOLDED))
def test_boxes_of_one_name_that_hold_the_text_are_the_text(name: str) -> None:
    boxes = (
        f"<div class='{name} {name}--narrow'><div class={name}__in>{paragraphs(TEXT[n : n + 2])}</div></div>"
        for n in (0, 2, 4)
    )
    assert read("".join(boxes)) == list(TEXT)


@pytest.mark.parametrize("name", FOLDED)
@pytest.mark.parametrize("attribute", ["class", "id"])
@pytest.mark.parametrize("shown", [1, 2, 4])
def test_the_part_that_a_click_unfolds_is_text(name: str, attribute: str, shown: int) -> None:
    rest = f"<div {attribute}='{name}'>{paragraphs(TEXT[shown:])}</div>"
    assert read(f"<div class=text>{paragraphs(TEXT[:shown])}{rest}</div>") == list(TEXT)


@pytest.mark.parametrize(
    "name", ["related-text", "story-footer-text", "promo-none", "teaser", "caption-like", "share-quote"]
)
def test_a_paragraph_among_paragraphs_is_text(name: str) -> None:
    own = [f"<p class='{name}'>{p}</p>" if n in {2, 3} else f"<p>{p}</p>" for n, p in enumerate(TEXT)]
    assert read(f"<article>{''.join(own)}</article>") == list(TEXT)


@pytest.mark.parametrize("name", ["app-access-wall", "registration-wall", "regwall", "subscriber-wall"])
def test_the_words_of_a_wall_are_no_text(name: str) -> None:
    offers = "<ul><li>Read what our reporters write</li></ul>"
    wall = f"<h2>Enjoying our stories? Log in or create an account to go on</h2>{offers}"
    made = read(f"<div class='article__teaser'>{paragraphs(TEXT)}</div><div class='{name}'>{wall}</div>")
    assert made == list(TEXT)


@pytest.mark.parametrize("name", ["legal-disclaimer", "page-footer", "sidebar", "related-stories", "newsletter-box"])
def test_a_box_beside_the_text_is_none_however_long(name: str) -> None:
    other = paragraphs(TEXTS["de"].paragraphs * 4)
    assert read(f"<div class=text>{paragraphs(TEXT)}</div><div class='{name}'>{other}</div>") == list(TEXT)
