"""A page's headings as readers see them: in the pieces that their mark-up makes, without the site's logo."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from newsflow.extract.page.tree import class_of
from newsflow.text.characters import clean

LONGEST = 500  # characters of a headline
_UNSEEN = frozenset(("script", "style", "svg", "noscript", "template", "button", "select"))
_LOGO = re.compile(r"(?<![a-z])(?:logo|site-?_?(?:title|name|logo)|brand|masthead)(?![a-z])")
_HOME = re.compile(r"(?:https?:)?//[^/?#]+/?|/|(?:\.?/)?index\.(?:html?|php)|\.\.?/")
# Not those that a headline about mark-up may be of: "What &nbsp; does".
_ENTITY = re.compile(r"&(?:amp|quot|apos|[lr][sd]quo|[nm]dash|hellip|#\d{2,5}|#x[0-9a-fA-F]{2,5});")
_KICKER = re.compile(
    r"kicker|overline|over-?title|eyebrow|top-?line|dachzeile|roofline|ober-?titel|oberzeile|surtitre|antetitulo|occhiello"
)
_BEHIND_KICKERS = " -–—|:•·/"
_ANCHORS = frozenset("¶#§🔗")
_LETTER = re.compile(r"\w")
_MOST, _MOST_ALL = 20, 60  # headings: of the first level, of all


def headings(root: HtmlElement) -> list[str]:
    """Texts of the h1 elements, without repeats."""
    return list(dict.fromkeys(" ".join(pieces) for pieces in pieces_of_headings(root)))


def all_headings(root: HtmlElement) -> list[str]:
    """The texts of the page's headings, smaller ones too, in order."""
    found = (" ".join(_pieces(element)) for element in islice(root.iter("h1", "h2", "h3", "h4"), _MOST_ALL))
    return [text for text in found if text and len(text) < LONGEST]


def pieces_of_headings(root: HtmlElement) -> list[list[str]]:
    """The h1 elements as the pieces of text that their mark-up parts: a kicker, the headline; no logo's."""
    found = [pieces for element in root.iter("h1") if (pieces := _pieces(element)) and not _is_logo(element)]
    return [pieces for pieces in found if sum(map(len, pieces)) < LONGEST][:_MOST]


def _pieces(element: HtmlElement) -> list[str]:
    """What a reader sees of an element, piece by piece; marks that link to the place itself are none.

    A part that is called a kicker stands above a headline, and is none of it.
    """
    kickers = [inner for inner in element.iterdescendants("*") if _KICKER.search(class_of(inner))]
    first, *rest = (kickers and _parts(element, kickers)) or [""]
    first = first.lstrip(_BEHIND_KICKERS)
    return [first, *rest] if first else _parts(element, ())


def _parts(element: HtmlElement, apart: Sequence[HtmlElement]) -> list[str]:
    found: list[str] = []
    for piece in filter(None, _held(element, apart)):
        if found and _is_glued(found[-1], piece):
            found[-1] += piece
        else:
            found.append(piece)
    return [text for piece in found if (text := clean(twice_escaped(piece))) and text not in _ANCHORS]


def _held(element: HtmlElement, apart: Sequence[HtmlElement]) -> Iterator[str]:
    yield element.text or ""
    for inner in element:
        if inner.tag not in _UNSEEN and inner not in apart:
            yield from _held(inner, apart)
        yield inner.tail or ""


def _is_glued(before: str, piece: str) -> bool:
    """Does mark-up part a word, or a word from its mark: "<b>C</b>ouncil votes", "<i>Hamlet</i>: a review"?"""
    return bool(_LETTER.match(before[-1])) and (piece[0].islower() or piece[0] in ".,:;?!’”)")


def twice_escaped(text: str) -> str:
    """A text whose marks were escaped once more than the page's."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _is_logo(heading: HtmlElement) -> bool:
    """Is an h1 the site's logo: called so, or a link to the home page?"""
    inner = next(heading.iter("a", "img"), heading)
    named = any(_LOGO.search(class_of(part)) for part in (heading, inner))
    return named or (inner.tag == "a" and bool(_HOME.fullmatch((inner.get("href") or "").strip())))
