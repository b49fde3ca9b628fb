"""trafilatura's pruning of the part of a page that it takes for the text, in one walk for all of its expressions.

The rules are those of its `prune_unwanted_sections`, whose place this takes, but for its mode of precision. Its
expressions each walk through all elements; here one walk asks for all names, and remembers those that it met. A test
compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from lxml.etree import strip_tags
from lxml.html import HtmlElement

from newsflow.extract.body.trafilatura import link_density
from newsflow.extract.body.trafilatura.expressions import asked_for, first_of
from newsflow.extract.page.remembered import remembered

_BOXES = frozenset(("div", "item", "list", "p", "section", "span"))
_LEAST = 7  # what is left of a text where that is pruned at all: more than one part of so many
# What an attribute tells of its element: all but the second of boxes alone, and the last is for `_of_first` to say.
_BESIDE, _HIDDEN, _CAPTION, _TEASER, _ONE_OF_TWO = 1, 2, 4, 8, 16
_OF_FIRST = ("cookie", "reply-", "hidden")
# What is asked of other attributes than names.
_FURTHER = {
    "role": {_BESIDE: re.compile("[Nn]av")},
    "data-component": {_BESIDE: re.compile("MostPopularStories")},
    "data-lp-replacement-content": {_BESIDE: re.compile("")},
    "aria-hidden": {_HIDDEN: re.compile(r"\Atrue\Z")},
    "style": {_HIDDEN: re.compile("display: ?none")},
}
_ASKED = frozenset(("class", "id", *_FURTHER))


def prune_unwanted_sections(
    tree: HtmlElement, potential_tags: Collection[str], options: Any, keep_teasers: bool = False
) -> HtmlElement:
    """Take out what is no text of the article; gives the same tree.

    :param potential_tags: the tags that are looked for in it.
    """
    beside, hidden, captions, teasers = _found(tree)
    _remove_unless_most(tree, dict.fromkeys([*beside, *hidden]))
    if "graphic" not in potential_tags:
        _remove(captions)
    if options.focus != "recall" and not keep_teasers:
        _remove(teasers)
    link_density.remove(tree)
    if "table" in potential_tags:
        _remove_link_tables(tree)
    strip_tags(tree, "span", *(() if "ref" in potential_tags else ("ref",)))  # the links were needed so far
    return tree


def _found(tree: HtmlElement) -> tuple[list[HtmlElement], ...]:
    """The elements of each kind, in document order."""
    found: tuple[list[HtmlElement], ...] = ([], [], [], [])
    for element in tree.iterdescendants("*"):
        if kinds := _kinds(element.tag, element.items()):
            for place, kind in enumerate((_BESIDE, _HIDDEN, _CAPTION, _TEASER)):
                if kinds & kind:
                    found[place].append(element)
    return found


def _kinds(tag: str, items: Iterable[tuple[str, str]]) -> int:
    kinds = 0
    for name, value in items:
        if name in _ASKED:
            kinds |= _of_value(name, value)
    if kinds & _ONE_OF_TWO:
        kinds |= _of_first(dict(items))
    return kinds if tag in _BOXES else kinds & _HIDDEN


@remembered
def _of_value(attribute: str, value: str) -> int:
    """What an attribute tells: nearly always nothing."""
    kinds = sum(kind for kind, pattern in _patterns(attribute).items() if pattern.search(value))
    if any(word in value for word in _OF_FIRST):
        kinds |= _ONE_OF_TWO
    return kinds


def _of_first(stated: Mapping[str, str]) -> int:
    """What an attribute tells if it stands before another."""
    hidden = "hidden" in first_of(stated, "id", "style") or first_of(stated, "id", "class").startswith("reply-")
    return _HIDDEN * hidden | _BESIDE * ("cookie" in first_of(stated, "id", "class"))


@lru_cache
def _patterns(attribute: str) -> Mapping[int, re.Pattern[str]]:
    if attribute in _FURTHER:
        return _FURTHER[attribute]
    from trafilatura import xpaths as theirs

    beside, hidden = theirs.OVERALL_DISCARD_XPATH
    (captions,), (teasers,) = theirs.DISCARD_IMAGE_ELEMENTS, theirs.TEASER_DISCARD_XPATH
    wanted = {_BESIDE: beside, _HIDDEN: hidden, _CAPTION: captions, _TEASER: teasers}
    return {kind: asked_for(expression, attribute) for kind, expression in wanted.items()}


def _remove_unless_most(tree: HtmlElement, found: Collection[HtmlElement]) -> None:
    """Where too little would be left, the names are wrong."""
    if not found:
        return
    outer = [element for element in found if not any(box in found for box in element.iterancestors())]
    whole = len(tree.text_content())
    if whole - sum(len(element.text_content()) for element in outer) > whole / _LEAST:
        _remove(outer)


def _remove_link_tables(tree: HtmlElement) -> None:
    from trafilatura.htmlprocessing import link_density_test_tables
    from trafilatura.xml import delete_element

    for table in [table for table in tree.iter("table") if link_density_test_tables(table)]:
        delete_element(table, keep_tail=False)


def _remove(elements: Iterable[HtmlElement]) -> None:
    from trafilatura.xml import delete_element

    for element in elements:
        delete_element(element)
