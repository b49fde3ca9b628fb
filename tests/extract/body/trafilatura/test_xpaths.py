"""Each walk finds what the expression finds in whose place it stands."""

from __future__ import annotations

import re
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import XPath
from lxml.html import HtmlElement, fragment_fromstring

from newsflow.extract.body.trafilatura import xpaths
from newsflow.extract.page import tree

PLACES = xpaths.cleared_places()
WALKS = [place.ours for place in PLACES if hasattr(place.ours, "expression")]
NAMED = pytest.mark.parametrize("walk", WALKS, ids=[f"{n}-{type(walk).__name__}" for n, walk in enumerate(WALKS)])
ONE_OF_TWO = pytest.mark.parametrize("walk", [walk for walk in WALKS if "|@" in walk.expression.path])
_PATTERN = re.compile(r"'([^']{3,})'")


def words(expression: XPath) -> list[str]:
    """The wordings that an expression asks for, each as a name that meets it, and as parts of longer ones."""
    parts = {part for found in _PATTERN.findall(expression.path) for part in found.split("|")}
    plain = sorted(re.sub(r"[\^$]|\(\?:|\)|\?|\[-_]", "", part) for part in parts)
    return [*plain, *(f"x{part}" for part in plain), *(f"{part}-y z" for part in plain)]


NAMES = ["", "plain", *(name for walk in WALKS for name in words(walk.expression))]
VALUES = {
    "id": NAMES,
    "class": NAMES,
    "style": ["", "color: red", "display:none", "color:red; display: none", "overflow:hidden", "display :none"],
    "role": ["navigation", "Navigation", "main", "article", ""],
    "itemprop": ["articleBody", "articleBody x", "name"],
    "aria-hidden": ["true", "false", ""],
    "data-component": ["MostPopularStories", "x-MostPopularStories-y", "Stories"],
    "data-lp-replacement-content": ["", "x"],
}
TAGS = ["div", "section", "article", "main", "p", "span", "list", "item", "ul", "h1", "aside", "details", "footer", "a"]


def attribute(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(VALUES[name]).map(lambda value: f'{name}="{value}"')


attributes = st.lists(st.sampled_from(sorted(VALUES)), max_size=4, unique=True).flatmap(
    lambda names: st.tuples(*map(attribute, names)).map(" ".join)
)
boxes = st.recursive(
    st.just("words"),
    lambda inner: st.builds(
        lambda tag, given, parts: f"<{tag} {given}>{''.join(parts)}</{tag}>",
        st.sampled_from(TAGS), attributes, st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=15,
)  # fmt: skip


def parsed(html: str) -> HtmlElement:
    root = tree.parse(f"<html><body><div>{html}</div></body></html>")
    assert root is not None
    return root


def same(walk: Any, root: HtmlElement) -> bool:
    """Of bodies trafilatura takes the first alone; some expressions give the first of each box as well."""
    found, wanted = list(walk(root)), walk.expression(root)
    return found[:1] == wanted[:1] if "[1]" in walk.expression.path else found == wanted


@NAMED
@given(html=boxes)
def test_a_walk_finds_what_its_expression_finds(walk: Any, html: str) -> None:
    assert same(walk, parsed(html))


@ONE_OF_TWO
@pytest.mark.parametrize("one", ["", "x", "cookie", "footer", "reply-1", "overflow:hidden"])
@pytest.mark.parametrize("other", ["", "x", "cookie", "footer", "reply-1", "overflow:hidden"])
def test_of_two_attributes_the_first_counts_even_an_empty_one(walk: Any, one: str, other: str) -> None:
    for names in permutations(("id", "class", "style"), 2):
        stated = " ".join(f'{name}="{value}"' for name, value in zip(names, (one, other), strict=True))
        assert same(walk, parsed(f"<div {stated}>x</div>")), stated


@NAMED
def test_each_wording_is_met_as_the_expression_meets_it(walk: Any) -> None:
    for name in NAMES:
        for kind in ("id", "class"):
            assert same(walk, parsed(f'<section {kind}="{name}">x</section>')), (kind, name)


def test_trafilatura_is_itself_before_and_after() -> None:
    before = [place.get() for place in PLACES]
    with pytest.raises(ZeroDivisionError), xpaths.taken(PLACES):
        assert [place.get() for place in PLACES] == [place.ours for place in PLACES]
        _ = 1 / 0
    assert [place.get() for place in PLACES] == before
    assert not any(place.get() is place.ours for place in PLACES)


@NAMED
def test_a_walk_passes_over_comments_and_instructions(walk: Any) -> None:
    root = fragment_fromstring('<div><!-- c --><?pi class="nav"?><p class="nav">words</p></div>')
    assert same(walk, root)
