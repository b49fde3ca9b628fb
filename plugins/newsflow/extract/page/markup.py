"""A page's text mended where libxml2 reads it otherwise than browsers do: a step before the tree.

Browsers with scripts read what stands in `<noscript>` as plain text (HTML Standard §13.2.6.4.7), and close an open
`<div>` with the button, the section or the list that it stands in. libxml2 does neither: whatever follows a `<div>`
that was opened there and never closed becomes part of the noscript or the button, and goes with it. Such pages (one
of eight has as many ends of `<div>` too few or too many) go through an HTML5 parser first, which costs half a parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import accumulate

from resiliparse.parse.html import HTMLTree

_OPENS, _CLOSES = ("<noscript", "<NOSCRIPT"), ("</noscript", "</NOSCRIPT")
_CONTAINERS = ("div", "td", "tr", "table")  # ends of other elements don't end these for libxml2
# Entities that were escaped twice; not < and >, which pages about mark-up write so on purpose.
_TWICE = re.compile(
    r"&amp;(?=(?:amp|quot|apos|nbsp|[lr][sd]quo|[bs]dquo|sbquo|[mn]dash|hellip|[lr]aquo|#(?!0*6[02];)\d{2,6}"
    r"|#x(?!0*3[ce];)[0-9a-f]{2,6}|[AEIOUYNaeiouyn](?:acute|grave|circ|uml|tilde)|[Cc]cedil|szlig|euro|pound);)",
    re.IGNORECASE,
)


# What tells of such entities; and the tags that are asked for below: one look at a page for all of them, as each
# costs a twentieth of parsing it.
_ESCAPED = re.compile(r"&amp;(?:amp;|#|quot;|nbsp;)")
_TAGS = re.compile(rf"</?(?:{'|'.join((*_CONTAINERS, _OPENS[0][1:], _OPENS[1][1:]))})")


def mended(text: str) -> str:
    """The same page, as libxml2 has to be told it."""
    if _ESCAPED.search(text):
        text = _TWICE.sub("&", text)
    tags = _tags(text)
    if any(map(_is_open, _inside_noscripts(tags))):
        text = "".join(_without_open_noscripts(text))
        tags = _tags(text)
    return _evened(text) if _is_uneven(tags) else text


def _tags(text: str) -> str:
    """The page's tags of those kinds, without anything else."""
    return ">".join((*_TAGS.findall(text), ""))


def _evened(text: str) -> str:
    """The page as an HTML5 parser writes it: each element ends where browsers end it."""
    document = HTMLTree.parse(text).document
    return document.html if document is not None else text


def _is_uneven(text: str) -> bool:
    """Are there more or fewer ends of `<div>` than beginnings? Also counts those in scripts, which is no harm."""
    return text.count("<div") != text.count("</div")


def _without_open_noscripts(text: str) -> Iterator[str]:
    """The page in parts; what a noscript leaves open is made plain text, as browsers read all of them."""
    at = 0
    for start, end in _noscripts(text):
        inner = text[start:end]
        if _is_open(inner):
            yield text[at:start]
            yield escape(inner, quote=False)
            at = end
    yield text[at:]


def _inside_noscripts(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in _noscripts(text))


def _is_open(inner: str) -> bool:
    """Are there ends of containers missing or left over?"""
    return bool(inner) and any(inner.count(f"<{tag}") != inner.count(f"</{tag}") for tag in _CONTAINERS)


def _noscripts(text: str) -> Iterator[tuple[int, int]]:
    """Where what stands in them begins and ends."""
    for opens, closes in zip(_OPENS, _CLOSES, strict=True):
        end = 0
        while (found := text.find(opens, end)) >= 0:
            start, end = text.find(">", found) + 1, text.find(closes, found)
            if not 0 < start <= end:
                break
            yield start, end


_NESTED = ("div", "section", "article", "span", "ul", "ol", "table", "blockquote", "center", "font", "b", "i", "em")
_BOXES = re.compile(rf"<(/?)(?:{'|'.join((*_NESTED, *map(str.upper, _NESTED)))})\b")
_STEP = {"": 1, "/": -1}


def is_deep(text: str, levels: int) -> bool:
    """Do boxes stand within boxes more than so many levels deep? On some pages each is left open."""
    found = _BOXES.findall(text)
    return len(found) > levels and max(accumulate(map(_STEP.__getitem__, found))) > levels


_WRAPPINGS = re.compile(r"</?(?:noscript|template)\b[^>]*>", re.IGNORECASE)


def opened(text: str) -> str:
    """The same page with all that its noscripts and templates hold, and each element ended where browsers end it."""
    return _evened(_WRAPPINGS.sub(" ", text))
