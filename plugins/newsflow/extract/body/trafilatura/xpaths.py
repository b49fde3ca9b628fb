"""trafilatura's dearest XPaths as walks, in their places for as long as a call lasts.

Regular expressions within XPath call Python for each element and each pattern, and together they cost more than
parsing the page. Callables that find the same elements stand in trafilatura's places instead of these expressions.
They read the patterns from the expressions, and remember the names that they met; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from lxml.etree import XPath
from lxml.html import HtmlElement

from newsflow.extract.body.trafilatura import pruning, sections
from newsflow.extract.body.trafilatura.expressions import asked_for, first_of
from newsflow.extract.page.blocks import JUNK
from newsflow.extract.page.remembered import remembered

_TAG = re.compile(r"self::(\w+)")

Asks = Callable[[HtmlElement], bool]


class XpathWalk:
    """An expression of the form `.//*[tags][conditions]` as a callable that looks for the same elements.

    :param further: the conditions that are neither patterns nor wordings of an id or a class.
    """

    def __init__(self, expression: XPath, further: Asks = lambda _: False) -> None:
        self.expression, self._further = expression, further
        self._tags = _TAG.findall(expression.path)
        self._class, self._id = _names(expression, "class"), _names(expression, "id")

    def __call__(self, tree: HtmlElement) -> Iterator[HtmlElement]:
        """The elements below a tree, in document order; the first alone is taken."""
        return filter(self._is_one, tree.iterdescendants(*self._tags))

    def _is_one(self, element: HtmlElement) -> bool:
        return self._class(element.get("class", "")) or self._id(element.get("id", "")) or self._further(element)


def _names(expression: XPath, attribute: str) -> Callable[[str], bool]:
    """Whether a class or an id is one that an expression asks for."""
    pattern = asked_for(expression, attribute)
    return remembered(lambda name: pattern.search(name) is not None)


def _is_body(element: HtmlElement) -> bool:
    return bool(element.get("itemprop") == "articleBody")


def _is_story(element: HtmlElement) -> bool:
    return bool(element.get("role") == "article")


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
        if element.tag in _CLEANED or (element.tag == "div" and _is_footer(element)):
            return True
        return self._consent(element.get("class", "")) or self._consent(element.get("id", ""))


def _is_footer(element: HtmlElement) -> bool:
    return "footer" in first_of(dict(element.items()), "class", "id")


_CLEANED = frozenset(("aside", "fencedframe", "footer", "script", "style", "svg", "template"))
_CONSENT = re.compile(r"re:test\(@class, '([^']*)', 'i'\)")


class Pruning:
    """One of the expressions that prune the page as it came, as a callable."""

    def __init__(self, expression: XPath, finds: Callable[[HtmlElement], list[HtmlElement]]) -> None:
        self.expression, self._finds = expression, finds

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        return self._finds(tree)


class Place(NamedTuple):
    """A place of trafilatura's: an item of a list, or an attribute of a module; and our own that stands in it."""

    holder: Any
    at: int | str
    ours: Any

    def get(self) -> Any:
        return self.holder[self.at] if isinstance(self.at, int) else getattr(self.holder, self.at)

    def put(self, what: Any) -> None:
        if isinstance(self.at, int):
            self.holder[self.at] = what
        else:
            setattr(self.holder, self.at, what)


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    """Where our own stand instead: walks in the places of expressions, a function, and a class."""
    from trafilatura import external, main_extractor
    from trafilatura import xpaths as theirs

    from newsflow.extract.body.trafilatura.justext_paragraphs import Maker

    baseline = import_module("trafilatura.baseline")  # its package has a function of this name
    body = theirs.BODY_XPATH
    return (
        Place(body, 0, XpathWalk(body[0], _is_body)),
        Place(body, 2, XpathWalk(body[2], _is_story)),
        Place(body, 3, XpathWalk(body[3])),
        Place(theirs.RAW_TREE_PRUNE_XPATH, 0, Pruning(theirs.RAW_TREE_PRUNE_XPATH[0], pruning.following)),
        Place(
            theirs.REMOVE_COMMENTS_AND_LISTS_XPATH,
            0,
            Pruning(theirs.REMOVE_COMMENTS_AND_LISTS_XPATH[0], pruning.comments),
        ),
        Place(baseline, "BASIC_CLEAN_XPATH", BasicCleaning(baseline.BASIC_CLEAN_XPATH)),
        Place(main_extractor, "prune_unwanted_sections", sections.prune_unwanted_sections),
        Place(external, "ParagraphMaker", Maker),
    )


@lru_cache(maxsize=1)
def cleared_places() -> tuple[Place, ...]:
    """The same for a tree that `prepare.clear` left: what it has none of is not looked for, tag by tag."""
    from trafilatura.settings import MANUALLY_CLEANED

    left = [tag for tag in MANUALLY_CLEANED if tag not in JUNK]
    return (*places(), Place(import_module("trafilatura.htmlprocessing"), "MANUALLY_CLEANED", left))


@contextmanager
def taken(ours: Sequence[Place]) -> Iterator[None]:
    """Ours stand in their places as long as this lasts."""
    theirs = [(place, place.get()) for place in ours]
    for place in ours:
        place.put(place.ours)
    try:
        yield
    finally:
        for place, original in theirs:
            place.put(original)
