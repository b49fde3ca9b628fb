"""What trafilatura prunes before it looks for the text, found without its XPaths.

Regular expressions within XPath call Python for each element and each pattern, which costs as much as parsing the
page. Here one walk asks for names, and a name that was met before is known. The rules are those of trafilatura's
`RAW_TREE_PRUNE_XPATH` and `REMOVE_COMMENTS_AND_LISTS_XPATH`; a test compares the two.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from newsflow.extract.page.remembered import remembered

_ANY = {"following": r"mvp-post-add-(?:box|wrap)", "endless": r"infinite-?scroll"}
_PATTERNS = {
    "id": _ANY | {"comments": r"^(?:[Cc]omment(?!ary)|comol)", "thread": r"^(?:disqus_thread|dsq-comments)"},
    "class": _ANY | {"comments": r"^[Cc]omment(?!ary)|(?:article|post)-comments", "shares": r"elementor-share-buttons"},
}
# A part of any name that a rule may meet: few names have one, and looking for parts costs a tenth of the patterns.
_NONE: frozenset[str] = frozenset()
_PARTS = ("mvp-post-add-", "infinite", "omment", "comol", "disqus_thread", "dsq-", "elementor-share-")
_RULES = {
    attribute: {rule: re.compile(pattern) for rule, pattern in patterns.items()}
    for attribute, patterns in _PATTERNS.items()
}
_TAGS = ("div", "section", "aside", "details", "list", "ol", "ul")


@remembered
def _rules(attribute: str, name: str) -> frozenset[str]:
    """The rules that a class or an id meets: nearly always none."""
    if not any(part in name for part in _PARTS):
        return _NONE
    return frozenset(rule for rule, pattern in _RULES[attribute].items() if pattern.search(name))


def unwanted(root: HtmlElement) -> list[HtmlElement]:
    """Boxes of other articles, of buttons for sharing, and of readers' comments, in document order."""
    return [element for element in root.iterdescendants(*_TAGS) if _unwanted(element)]


def following(root: HtmlElement) -> list[HtmlElement]:
    """Boxes of other articles alone."""
    boxes = root.iterdescendants("div", "section", "aside")
    return [box for box in boxes if (met := _met(box)) and _follows(box, met)]


def comments(root: HtmlElement) -> list[HtmlElement]:
    """Boxes of readers' comments alone."""
    return [element for element in root.iterdescendants(*_TAGS) if (met := _met(element)) and _comments(element, met)]


def _met(element: HtmlElement) -> frozenset[str]:
    by_class, own = _rules("class", element.get("class", "")), element.get("id")
    return by_class | _rules("id", own) if own else by_class


def _unwanted(element: HtmlElement) -> bool:
    met = _met(element)
    return bool(met) and (_beside(element, met) or _comments(element, met))


def _beside(element: HtmlElement, met: frozenset[str]) -> bool:
    return element.tag in {"div", "section", "aside"} and ("shares" in met or _follows(element, met))


def _follows(element: HtmlElement, met: frozenset[str]) -> bool:
    """A box without end is the page's own where it holds the headline."""
    return "following" in met or ("endless" in met and next(element.iterdescendants("h1"), None) is None)


def _comments(element: HtmlElement, met: frozenset[str]) -> bool:
    thread = "thread" in met and element.tag not in {"ol", "ul"}
    return element.tag != "aside" and (thread or "comments" in met)
