"""trafilatura's dearest XPaths as walks, in their places for as long as a call lasts.

Regular expressions within XPath call Python for each element and each pattern, and together they cost more than
parsing the page. Callables that find the same elements stand in trafilatura's places instead of these expressions.
They read the patterns from the expressions, and remember the names that they met; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from lxml.etree import XPath
from lxml.html import HtmlElement

from newsflow.extract.body.trafilatura import pruning
from newsflow.extract.page.remembered import remembered

_TEST = re.compile(r"re:test\(@(id|class), '([^']*)'(, 'i')?\)")
_EQUAL = re.compile(r"@(id|class)='([^']*)'")
_FOLDED = re.compile(r"contains\(translate\(@(id|class), '([A-Z]+)',\s*'[a-z]+'\), '([^']*)'\)")
_TAG = re.compile(r"self::(\w+)")

Asks = Callable[[HtmlElement, str, str], bool]  # of an element, its class and its id
Found = Iterable[HtmlElement]


def _nothing(_element: HtmlElement, _classes: str, _own: str) -> bool:
    return False


class XpathWalk:
    """An expression of the form `.//*[tags][conditions]` as a callable that gives the same elements.

    :param further: the conditions that are neither patterns nor wordings of an id or a class.
    :param gather: `iter` where only the first is taken, and looked for when it is asked for; `list` where elements
        are taken out of the tree in turn.
    """

    def __init__(
        self, expression: XPath, further: Asks = _nothing, gather: Callable[[Iterator[HtmlElement]], Found] = list
    ) -> None:
        self.expression, self._further, self._gather = expression, further, gather
        self._tags = _TAG.findall(expression.path)
        self._class, self._id = _names(expression, "class"), _names(expression, "id")

    def __call__(self, tree: HtmlElement) -> Found:
        """The elements below a tree, in document order."""
        return self._gather(filter(self._is_one, tree.iterdescendants(*(self._tags or ("*",)))))

    def _is_one(self, element: HtmlElement) -> bool:
        classes, own = element.get("class", ""), element.get("id", "")
        return self._class(classes) or self._id(own) or self._further(element, classes, own)


def _names(expression: XPath, attribute: str) -> Callable[[str], bool]:
    """Whether a class or an id is one that an expression asks for."""
    path = expression.path
    patterns = [f"(?i:{wanted})" if flag else wanted for name, wanted, flag in _TEST.findall(path) if name == attribute]
    patterns += [rf"\A{re.escape(wording)}\Z" for name, wording in _EQUAL.findall(path) if name == attribute]
    patterns += [_folded(capitals, part) for name, capitals, part in _FOLDED.findall(path) if name == attribute]
    pattern = re.compile("|".join(patterns))
    return remembered(lambda name: pattern.search(name) is not None)


def _folded(capitals: str, part: str) -> str:
    """A part of a name of which some letters may be capitals, as a pattern."""
    either = {letter.lower(): f"[{letter}{letter.lower()}]" for letter in capitals}
    return "".join(either.get(letter, re.escape(letter)) for letter in part)


def _first(element: HtmlElement, one: str, other: str) -> str:
    """The attribute of these two that stands first: what XPath takes a set of them for."""
    found, rival = element.get(one), element.get(other)
    if found is None or rival is None:
        return found or rival or ""
    return next(str(value) for name, value in element.items() if name in {one, other})


def _is_body(element: HtmlElement, _classes: str, _own: str) -> bool:
    return bool(element.get("itemprop") == "articleBody")


def _is_story(element: HtmlElement, _classes: str, _own: str) -> bool:
    return bool(element.get("role") == "article")


def _is_beside(element: HtmlElement, classes: str, own: str) -> bool:
    return (
        "nav" in element.get("role", "").replace("N", "n")
        or "MostPopularStories" in element.get("data-component", "")
        or element.get("data-lp-replacement-content") is not None
        or (("cookie" in own or "cookie" in classes) and "cookie" in _first(element, "id", "class"))
    )


def _is_hidden(element: HtmlElement, classes: str, own: str) -> bool:
    style = element.get("style", "")
    return (
        element.get("aria-hidden") == "true"
        or "display:none" in style
        or "display: none" in style
        or (("hidden" in own or "hidden" in style) and "hidden" in _first(element, "id", "style"))
        or (("reply-" in own or "reply-" in classes) and _first(element, "id", "class").startswith("reply-"))
    )


class BasicCleaning:
    """`BASIC_CLEAN_XPATH` as a callable: boxes that are cut by their tags, and those named after cookies."""

    def __init__(self, expression: XPath) -> None:
        self.expression = expression
        pattern = re.compile(_CONSENT.findall(expression.path)[0], re.IGNORECASE)
        self._consent = remembered(lambda name: pattern.search(name) is not None)

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        """The elements below a tree, in document order."""
        return [element for element in tree.iterdescendants("*") if self._is_one(element)]

    def _is_one(self, element: HtmlElement) -> bool:
        if element.tag in _CLEANED or (element.tag == "div" and "footer" in _first(element, "class", "id")):
            return True
        return self._consent(element.get("class", "")) or self._consent(element.get("id", ""))


_CLEANED = frozenset(("aside", "fencedframe", "footer", "script", "style", "svg", "template"))
_CONSENT = re.compile(r"re:test\(@class, '([^']*)', 'i'\)")


class Pruning:
    """One of the expressions that prune the page as it came, as a callable."""

    def __init__(self, expression: XPath, finds: Callable[[HtmlElement], list[HtmlElement]]) -> None:
        self.expression, self._finds = expression, finds

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        return self._finds(tree)


class Walk(Protocol):
    """A callable in the place of an expression."""

    expression: XPath

    def __call__(self, tree: HtmlElement) -> Iterable[HtmlElement]:
        """The elements below a tree that the expression finds, in document order."""


class Place(NamedTuple):
    """A place of trafilatura's: an item of a list, or an attribute of a module; and the walk that stands in it."""

    holder: Any
    at: int | str
    walk: Walk

    def get(self) -> Any:
        return self.holder[self.at] if isinstance(self.at, int) else getattr(self.holder, self.at)

    def put(self, what: Any) -> None:
        if isinstance(self.at, int):
            self.holder[self.at] = what
        else:
            setattr(self.holder, self.at, what)


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    """Where walks stand, and which."""
    from trafilatura import xpaths as theirs

    baseline = import_module("trafilatura.baseline")  # its package has a function of this name
    body, beside = theirs.BODY_XPATH, theirs.OVERALL_DISCARD_XPATH
    return (
        Place(body, 0, XpathWalk(body[0], _is_body, iter)),
        Place(body, 2, XpathWalk(body[2], _is_story, iter)),
        Place(body, 3, XpathWalk(body[3], gather=iter)),
        Place(beside, 0, XpathWalk(beside[0], _is_beside)),
        Place(beside, 1, XpathWalk(beside[1], _is_hidden)),
        Place(theirs.TEASER_DISCARD_XPATH, 0, XpathWalk(theirs.TEASER_DISCARD_XPATH[0])),
        Place(theirs.RAW_TREE_PRUNE_XPATH, 0, Pruning(theirs.RAW_TREE_PRUNE_XPATH[0], pruning.following)),
        Place(
            theirs.REMOVE_COMMENTS_AND_LISTS_XPATH,
            0,
            Pruning(theirs.REMOVE_COMMENTS_AND_LISTS_XPATH[0], pruning.comments),
        ),
        Place(baseline, "BASIC_CLEAN_XPATH", BasicCleaning(baseline.BASIC_CLEAN_XPATH)),
    )


@contextmanager
def taken() -> Iterator[None]:
    """The walks stand in their places as long as this lasts."""
    for place in places():
        place.put(place.walk)
    try:
        yield
    finally:
        for place in places():
            place.put(place.walk.expression)
