"""Elements of a site's own (`<story-paragraph>`): boxes or parts of sentences, whatever their names say.

A browser shows them by the site's style, and knows no meaning of their names (HTML Standard §4.13); all have a hyphen.
trafilatura leaves out the text of elements that it does not know.
"""

from __future__ import annotations

from lxml.html import HtmlElement

_TEXT = frozenset(("p", "a", "span", "b", "strong", "em", "i", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td"))


_FORMULA = "mjx-"  # MathJax's: each sign of a formula, and the whole once more for screen readers


def is_custom(tag: str) -> bool:
    """Is it the name of one, and none of a formula's?"""
    return "-" in tag and not tag.startswith(_FORMULA)


def settle(element: HtmlElement) -> str:
    """Give one the name of the element that it stands for, `span` or `div`; the name."""
    element.tag = "span" if _is_in_a_sentence(element) else "div"
    return str(element.tag)


def settle_all(root: HtmlElement) -> None:
    """Those of a whole tree."""
    for element in root.iter():
        if isinstance(element.tag, str) and is_custom(element.tag):
            settle(element)


def _is_in_a_sentence(element: HtmlElement) -> bool:
    """Does text stand right beside it, or does it stand in a paragraph?"""
    before, parent = element.getprevious(), element.getparent()
    if parent is None:
        return False
    text = before.tail if before is not None else parent.text
    return parent.tag in _TEXT or bool((text or "").strip() or (element.tail or "").strip())
