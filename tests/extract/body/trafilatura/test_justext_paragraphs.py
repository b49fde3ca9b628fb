"""Ours makes the paragraphs that jusText makes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from justext.core import ParagraphMaker

from newsflow.extract.body.trafilatura.justext_paragraphs import Maker
from newsflow.extract.page import tree

TAGS = ["div", "p", "a", "br", "h2", "span", "td", "select"]
boxes = st.recursive(
    st.sampled_from(["", " ", "words stand here", " one\n two ", "<br>", "<br><br>"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", st.sampled_from(TAGS), st.lists(inner, max_size=4)
    ),
    max_leaves=15,
)


def told(paragraphs: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (p.text, len(p), p.dom_path, p.is_heading, p.tags_count, p.chars_count_in_links, p.links_density())
        for p in paragraphs
    ]


@given(html=boxes)
def test_the_same_paragraphs(html: str) -> None:
    root = tree.parse(f"<html><body>{html}</body></html>")
    assert told(Maker.make_paragraphs(root)) == told(ParagraphMaker.make_paragraphs(root))
