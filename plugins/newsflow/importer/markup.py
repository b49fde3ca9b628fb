"""Bodies and headlines that files hold as HTML, as text."""

from __future__ import annotations

import html
import re

import lxml.html
from lxml.etree import LxmlError

_BLOCKS = (
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
)  # fmt: skip
_HIDDEN = ("script", "style", "noscript", "template", "iframe", "object", "svg")
_INLINE = ("a", "abbr", "b", "cite", "em", "font", "i", "img", "q", "small", "span", "strong", "sub", "sup", "u")
_TAG = re.compile(
    rf"</?(?:{'|'.join((*_BLOCKS, *_HIDDEN, *_INLINE))})(?:\s(?=[^<>]*=)[^<>]*|\s*/?)>|<!--", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def _is_markup(text: str) -> bool:
    """Whether a text is an element from end to end, as it is where its marks were escaped once more."""
    return (first := _TAG.match(text.lstrip())) is not None and first[0] != "<!--" and text.rstrip().endswith(">")


def text_of(written: str) -> str:
    """A text without mark-up and escapes, a block a line; a text that has none as it stands."""
    written = _CDATA.sub(r"\1", written)
    if not _TAG.search(written):
        text = html.unescape(written) if _ENTITY.search(written) else written
        return text_of(text) if text != written and _is_markup(text) else text
    try:
        root = lxml.html.fragment_fromstring(written, create_parent="div")
    except (LxmlError, ValueError, AssertionError):
        return html.unescape(_TAG.sub("\n", written))
    for node in list(root.iter(*_HIDDEN, lxml.etree.Comment)):
        node.drop_tree()
    for node in root.iter(*_BLOCKS):
        node.text = "\n" + (node.text or "")
        node.tail = "\n" + (node.tail or "")
    return str(root.text_content())
