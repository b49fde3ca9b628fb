"""trafilatura's dearest XPaths as walks, in their places for as long as a call lasts.

Regular expressions within XPath call Python for each element and each pattern, and three of them cost as much as
parsing the page. Callables that find the same elements stand in trafilatura's lists instead of these three. They read
the patterns from the expressions, and remember the names that they met; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

_TEST = re.compile(r"re:test\(@(id|class), '([^']*)'\)")
_EQUAL = re.compile(r"@(id|class)='([^']*)'")
_TAG = re.compile(r"self::(\w+)")

Asks = Callable[[HtmlElement], bool]


class XpathWalk:
    """An expression of the form `.//*[tags][conditions]` as a callable that gives the same elements.

    :param further: the conditions that are neither patterns nor wordings of an id or a class.
    """

    def __init__(self, expression: XPath, further: Asks) -> None:
        self.expression, self._further = expression, further
        self._tags = _TAG.findall(expression.path)
        self._class, self._id = _names(expression, "class"), _names(expression, "id")

    def __call__(self, tree: HtmlElement) -> Iterator[HtmlElement]:
        """The elements below a tree, in document order, each looked for when it is asked for."""
        return filter(self._is_one, tree.iterdescendants(*self._tags))

    def _is_one(self, element: HtmlElement) -> bool:
        return self._class(element.get("class", "")) or self._id(element.get("id", "")) or self._further(element)


def _names(expression: XPath, attribute: str) -> Callable[[str], bool]:
    """Whether a class or an id is one that an expression asks for."""
    patterns = [pattern for name, pattern in _TEST.findall(expression.path) if name == attribute]
    patterns += [rf"\A{re.escape(wording)}\Z" for name, wording in _EQUAL.findall(expression.path) if name == attribute]
    pattern = re.compile("|".join(patterns))
    return lru_cache(maxsize=20_000)(lambda name: pattern.search(name) is not None)


def _first(element: HtmlElement, one: str, other: str) -> str:
    """The attribute of these two that stands first: what XPath takes a set of them for."""
    found, rival = element.get(one), element.get(other)
    if found is None or rival is None:
        return found or rival or ""
    return next(str(value) for name, value in element.items() if name in {one, other})


def _is_body(element: HtmlElement) -> bool:
    return bool(element.get("itemprop") == "articleBody")


def _is_beside(element: HtmlElement) -> bool:
    return (
        "nav" in element.get("role", "").replace("N", "n")
        or "MostPopularStories" in element.get("data-component", "")
        or element.get("data-lp-replacement-content") is not None
        or "cookie" in _first(element, "id", "class")
    )


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style", "")
    return (
        element.get("aria-hidden") == "true"
        or "display:none" in style
        or "display: none" in style
        or "hidden" in _first(element, "id", "style")
        or _first(element, "id", "class").startswith("reply-")
    )


@lru_cache(maxsize=1)
def walks() -> tuple[XpathWalk, XpathWalk, XpathWalk]:
    """Those for the first of `BODY_XPATH`, and for `OVERALL_DISCARD_XPATH`."""
    from trafilatura.xpaths import BODY_XPATH, OVERALL_DISCARD_XPATH

    beside, hidden = OVERALL_DISCARD_XPATH
    return XpathWalk(BODY_XPATH[0], _is_body), XpathWalk(beside, _is_beside), XpathWalk(hidden, _is_hidden)


@contextmanager
def taken() -> Iterator[None]:
    """The walks stand in their places as long as this lasts."""
    import trafilatura.xpaths

    xpaths: Any = trafilatura.xpaths  # lists typed as XPaths, which are only called
    body, *discard = walks()
    xpaths.BODY_XPATH[0], xpaths.OVERALL_DISCARD_XPATH[:] = body, discard
    try:
        yield
    finally:
        xpaths.BODY_XPATH[0] = body.expression
        xpaths.OVERALL_DISCARD_XPATH[:] = [walk.expression for walk in discard]
