"""Whatever the bytes, an extraction comes out: bounded, printable, the same twice."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsflow.extract.document import extract
from newsflow.model import Hints
from tests.extract.invariants import broken
from tests.extract.layouts import everything
from tests.extract.mutations import MUTATIONS, Mutation, mutate
from tests.extract.pages import PARAGRAPHS, page
from tests.extract.walls import cases

_TAGS = """
p div h1 h2 a ul li table tr td br article form script style span blockquote title meta svg template iframe pre button
nav time figure
"""
TAGS = _TAGS.split()
ATTRIBUTES = [
    "class=related",
    "id=comments",
    "style='display:none'",
    "href=http://[::1",
    "itemprop=author",
    "datetime=9999-99-99",
    "property=og:title content=x",
    "type=application/ld+json",
    "hidden",
    "class='post-content'",
    'class="\x00"',
]

text = st.one_of(
    st.sampled_from(PARAGRAPHS),
    st.text(max_size=60),
    st.sampled_from(['{"@type":"NewsArticle"', "[[[[", "&#xD800;", "<!--", "]]>"]),
)
piece = st.one_of(
    st.builds(lambda t, a, x: f"<{t} {a}>{x}</{t}>", st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES), text),
    st.builds(lambda t, x: f"<{t}>{x}", st.sampled_from(TAGS), text),
    st.builds(lambda t: f"</{t}>", st.sampled_from(TAGS)),
    text,
)
FEW = settings(max_examples=60)


# A few, so that each language stands in another layout or wall.
BASES = [page(), *(written.html for written in [*everything()][::4]), *(case.html for case in cases()[::13])]


def check(html: bytes) -> None:
    """The promises are kept, and the same bytes give the same again."""
    made = extract(html, "https://a.example/x")
    assert broken(made, html) == ""
    assert made == extract(html, "https://a.example/x")


@FEW
@given(st.lists(piece, max_size=40))
def test_any_markup(pieces: list[str]) -> None:
    check("".join(pieces).encode("utf-8", "surrogatepass"))


@FEW
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    check(data)


@FEW
@given(st.sampled_from(BASES), st.sampled_from(BASES), st.randoms(use_true_random=False))
def test_any_damage_to_a_page(whole: bytes, other: bytes, rng: Random) -> None:
    check(mutate(whole, other, rng))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_each_kind_of_damage_changes_pages_and_is_survived(mutation: Mutation) -> None:
    rng = Random(mutation.__name__)
    damaged = [mutation(whole, other, rng) for whole, other in pairwise(BASES[:4])]
    assert damaged != BASES[:3]
    for html in damaged:
        check(html)


@FEW
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=50))
def test_any_hint(title: str, content: str, url: str) -> None:
    hints = Hints(title=title, content_html=content, content_type=content, language=title, authors=(title,))
    extract(page(), url, hints)
