"""Ours takes out of a tree what trafilatura's own pruning takes out."""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import tostring
from lxml.html import HtmlElement
from trafilatura.main_extractor import prune_unwanted_sections as theirs
from trafilatura.settings import Extractor
from trafilatura.xpaths import DISCARD_IMAGE_ELEMENTS, OVERALL_DISCARD_XPATH, TEASER_DISCARD_XPATH

from newsflow.extract.body.trafilatura.sections import prune_unwanted_sections as ours
from newsflow.extract.page import tree

_PATTERN = re.compile(r"'([^']{3,})'")
EXPRESSIONS = [*OVERALL_DISCARD_XPATH, *DISCARD_IMAGE_ELEMENTS, *TEASER_DISCARD_XPATH]
PARTS = sorted({part for each in EXPRESSIONS for found in _PATTERN.findall(each.path) for part in found.split("|")})
PLAIN = [re.sub(r"[\^$]|\(\?:|\)|\?|\[-_]", "", part) for part in PARTS]
NAMES = ["", "plain", "Teaser", *PLAIN, *(f"x{part}" for part in PLAIN), *(f"{part}-y z" for part in PLAIN)]
VALUES = {
    "id": NAMES,
    "class": NAMES,
    "style": ["", "color: red", "display:none", "color:red; display: none", "overflow:hidden", "display :none"],
    "role": ["navigation", "Navigation", "main", ""],
    "aria-hidden": ["true", "false"],
    "data-component": ["x-MostPopularStories-y", "Stories"],
    "data-lp-replacement-content": ["", "x"],
}
TAGS = ["div", "list", "item", "p", "section", "span", "ref", "table", "td", "head", "graphic"]
WORDS = ["word ", "A sentence of seven words stands here. ", "ten words of a paragraph that is rather long, too. " * 4]
OPTIONS = Extractor(output_format="python", comments=False)


def attribute(name: str) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from(VALUES[name]).map(lambda value: (name, value))


attributes = st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True).flatmap(
    lambda names: st.tuples(*map(attribute, names))
)
# A tag, attributes, the text in it, what it holds, and the text behind it.
boxes = st.recursive(
    st.tuples(st.just("ref"), st.just(()), st.sampled_from(WORDS), st.just(()), st.sampled_from(["", *WORDS])),
    lambda inner: st.tuples(
        st.sampled_from(TAGS), attributes, st.sampled_from(["", *WORDS]),
        st.lists(inner, max_size=6), st.sampled_from(["", *WORDS]),
    ),
    max_leaves=20,
)  # fmt: skip


def made(parent: HtmlElement, box: tuple) -> None:
    tag, stated, text, held, tail = box
    element = parent.makeelement(tag, dict(stated))
    element.text, element.tail = text or None, tail or None
    parent.append(element)
    for one in held:
        made(element, one)


def body() -> HtmlElement:
    root = tree.parse("<html><body><div></div></body></html>")
    assert root is not None
    return root.find("body").find("div")


def same(root: HtmlElement, tags: set[str], options: Extractor = OPTIONS, *, keep: bool = False) -> bool:
    rival = deepcopy(root)
    found = ours(root, tags, options, keep), theirs(rival, tags, options, keep)
    return found[0] is root and tostring(found[0]) == tostring(found[1])


@pytest.mark.parametrize("focus", ["balanced", "recall"])
@given(held=st.lists(boxes, min_size=1, max_size=8), keep=st.booleans())
def test_both_leave_the_same(focus: str, held: list[tuple], keep: bool) -> None:
    root = body()
    for box in held:
        made(root, box)
    assert same(root, {"table"}, Extractor(output_format="python", comments=False, recall=focus == "recall"), keep=keep)


@pytest.mark.parametrize("kind", ["id", "class"])
def test_each_wording_is_met_as_the_expressions_meet_it(kind: str) -> None:
    root = body()
    for name in NAMES:
        for tag in ("div", "b"):
            made(root, (tag, ((kind, name),), "word ", (), WORDS[2]))
    assert same(root, {"table"})


@pytest.mark.parametrize("one", ["", "x", "cookie", "reply-1", "overflow:hidden"])
@pytest.mark.parametrize("other", ["", "x", "cookie", "reply-1", "overflow:hidden"])
def test_of_two_attributes_the_first_counts_even_an_empty_one(one: str, other: str) -> None:
    root = body()
    for names in permutations(("id", "class", "style"), 2):
        made(root, ("section", tuple(zip(names, (one, other), strict=True)), "word ", (), WORDS[2]))
    assert same(root, {"table"})
