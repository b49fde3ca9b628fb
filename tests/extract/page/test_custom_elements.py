"""Elements of a site's own are read as what they stand for."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
TEXT = TEXTS["en"]


def body_of(article: str) -> list[str]:
    return extract(f"<html><body>{article}</body></html>".encode(), URL).body.split("\n")


@pytest.mark.parametrize("around", ["{}", "<x-body>{}</x-body>", "<div><story-box><div>{}</div></story-box></div>"])
def test_paragraphs_of_any_name_are_text(around: str) -> None:
    paragraphs = "".join(f"<x-para class=q>{text}</x-para>" for text in TEXT.paragraphs)
    assert body_of(f"<x-story><h1>{TEXT.title}</h1>{around.format(paragraphs)}</x-story>") == list(TEXT.paragraphs)


def test_a_part_of_a_sentence_does_not_cut_it() -> None:
    first, *others = TEXT.paragraphs
    marked = f"<x-drop>{first[0]}</x-drop>{first[1:20]}<x-term>{first[20:30]}</x-term>{first[30:]}"
    rest = "".join(f"<p><x-all>{text}</x-all></p>" for text in others)
    for box in ("p", "div"):
        article = f"<article><h1>{TEXT.title}</h1><{box}>{marked}</{box}>{rest}</article>"
        assert body_of(article) == list(TEXT.paragraphs)
