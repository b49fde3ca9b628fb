"""Each walk finds what the expression finds in whose place it stands."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import XPath
from trafilatura.xpaths import BODY_XPATH, OVERALL_DISCARD_XPATH

from newsflow.extract.body.trafilatura import xpaths
from newsflow.extract.page import tree

WALKS = xpaths.walks()
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
    "role": ["navigation", "Navigation", "main", ""],
    "itemprop": ["articleBody", "articleBody x", "name"],
    "aria-hidden": ["true", "false", ""],
    "data-component": ["MostPopularStories", "x-MostPopularStories-y", "Stories"],
    "data-lp-replacement-content": ["", "x"],
}
TAGS = ["div", "section", "article", "main", "p", "span", "list", "item", "ul", "h2", "a"]


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


@pytest.mark.parametrize("walk", WALKS[1:], ids=["beside", "hidden"])
@given(html=boxes)
def test_a_walk_finds_what_its_expression_finds(walk: xpaths.XpathWalk, html: str) -> None:
    root = tree.parse(f"<html><body><div>{html}</div></body></html>")
    assert root is not None
    assert list(walk(root)) == walk.expression(root)


@pytest.mark.parametrize("walk", WALKS[1:], ids=["beside", "hidden"])
@pytest.mark.parametrize("one", ["", "x", "cookie", "reply-1", "overflow:hidden"])
@pytest.mark.parametrize("other", ["", "x", "cookie", "reply-1", "overflow:hidden"])
def test_of_two_attributes_the_first_counts_even_an_empty_one(walk: xpaths.XpathWalk, one: str, other: str) -> None:
    for names in permutations(("id", "class", "style"), 2):
        stated = " ".join(f'{name}="{value}"' for name, value in zip(names, (one, other), strict=True))
        root = tree.parse(f"<html><body><div><p {stated}>x</p></div></body></html>")
        assert root is not None
        assert list(walk(root)) == walk.expression(root), stated


@given(boxes)
def test_the_first_body_is_that_of_the_expression(html: str) -> None:
    """The only one that trafilatura takes; the expression gives the first of each box as well."""
    root = tree.parse(f"<html><body><div>{html}</div></body></html>")
    assert root is not None
    assert list(WALKS[0](root))[:1] == WALKS[0].expression(root)[:1]


@pytest.mark.parametrize("walk", WALKS, ids=["body", "beside", "hidden"])
def test_each_wording_is_met_as_the_expression_meets_it(walk: xpaths.XpathWalk) -> None:
    for name in NAMES:
        for kind in ("id", "class"):
            root = tree.parse(f'<html><body><div><section {kind}="{name}">x</section></div></body></html>')
            assert root is not None
            assert list(walk(root)) == walk.expression(root), (kind, name)


def test_trafilatura_is_itself_before_and_after() -> None:
    before = [BODY_XPATH[0], *OVERALL_DISCARD_XPATH]
    with pytest.raises(ZeroDivisionError), xpaths.taken():
        assert (BODY_XPATH[0], *OVERALL_DISCARD_XPATH) == WALKS
        _ = 1 / 0
    assert [BODY_XPATH[0], *OVERALL_DISCARD_XPATH] == before
    assert all(isinstance(expression, XPath) for expression in before)
