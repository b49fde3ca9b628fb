"""The links of a page with what stands around them, in one walk over its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from lxml.etree import HTMLParser, LxmlError, ParserError, iterwalk
from lxml.html import HtmlElement, document_fromstring

from newsflow.feeds.parsed import MAX_TITLE, FeedError
from newsflow.feeds.sanitize import squeeze
from newsflow.outcomes import Outcome
from newsflow.text.characters import strip
from newsflow.text.declaration import without_declaration
from newsflow.web import charset
from newsflow.web.urls import BadUrl, canonicalise

MOST_ANCHORS = 5_000  # of a page; the busiest home pages have 1,500
_DIGITS = re.compile(r"\d+")
_PATH = 8  # elements above a link that make its place; what is further up is the same for all of a page
_LONGEST_CLASS = 40
_MOST_PIECES = 400  # begins and ends of elements in a link: one that is never closed holds all that follows
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "iframe"))
_INLINE_NAMES = "a abbr b bdi bdo big cite code em font i mark q small strong sub sup u wbr"
_INLINE = frozenset(_INLINE_NAMES.split())
# HTML Standard 4.3 and WAI-ARIA landmarks: parts of a page that lead around the site and not to what it says.
_AROUND = {"nav": "nav", "footer": "footer", "menu": "nav"}
_ROLES = {"navigation": "nav", "menubar": "nav", "menu": "nav", "contentinfo": "footer", "banner": "header"}
_WITHIN = frozenset(("article", "main"))


class Anchor(NamedTuple):
    """A link as it stands at one place of a page."""

    url: str  # canonical
    text: str
    place: str  # the path of elements that leads to it: the same for all links of a list
    is_heading: bool
    in_article: bool
    around: str  # nav, footer or header of the site, "" for none of them
    rel: frozenset[str]
    under: str = ""  # the heading above it, where that is no link itself


class ReadPage(NamedTuple):
    """A page's links, and what it says of itself."""

    anchors: tuple[Anchor, ...]
    title: str
    language: str
    cut: bool  # it has more links than are read


class _Frame(NamedTuple):
    """An open element."""

    sign: str
    is_heading: bool
    in_article: bool
    within: bool  # in an article or main: a header or footer there is none of the site
    around: str


_OUTERMOST = _Frame("", False, False, False, "")


def read(body: bytes, base: str, content_type: str = "") -> ReadPage:
    """The http(s) links of a page.

    :param base: address that the bytes came from; `<base href>` moves the start of relative links.
    :raises FeedError: `not_a_feed`, where it is no page.
    """
    root = _tree(body, content_type)
    start = _start(root, base)
    anchors: list[Anchor] = []
    for anchor in _walk(root, start):
        if len(anchors) >= MOST_ANCHORS:
            return ReadPage(tuple(anchors), _title(root), _language(root), True)
        anchors.append(anchor)
    return ReadPage(tuple(anchors), _title(root), _language(root), False)


def _tree(body: bytes, content_type: str) -> HtmlElement:
    text = without_declaration(strip(charset.decode(body, content_type)))
    parser = HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(text.encode(), parser=parser)
    except (LxmlError, ParserError, ValueError, AssertionError) as error:
        raise FeedError(Outcome.NOT_A_FEED, "the answer is no HTML page") from error
    return root


def _start(root: HtmlElement, base: str) -> str:
    for node in root.iter("base"):
        try:
            return canonicalise(str(node.get("href") or ""), base)
        except BadUrl:
            continue
    return base


def _title(root: HtmlElement) -> str:
    return next((squeeze("".join(node.itertext()), MAX_TITLE) for node in root.iter("title")), "")


def _language(root: HtmlElement) -> str:
    return squeeze(str(root.get("lang") or ""), 35).lower()


def _walk(root: HtmlElement, base: str) -> Iterator[Anchor]:
    stack, under = [_OUTERMOST], ""
    for event, node in iterwalk(root, events=("start", "end")):
        if event == "end":
            stack.pop()
            continue
        frame = _frame(node, stack[-1])
        stack.append(frame)
        if node.tag in _HEADINGS:
            under = "" if next(node.iter("a"), None) is not None else _text(node)[0]
        elif node.tag == "a" and node.get("href"):
            anchor = _anchor(node, frame, stack, base)
            if anchor is not None:
                yield anchor._replace(under=under)


def _frame(node: HtmlElement, above: _Frame) -> _Frame:
    tag = str(node.tag)
    within = above.within or tag in _WITHIN
    return _Frame(
        sign=_sign(tag, node.get("class")),
        is_heading=above.is_heading or tag in _HEADINGS,
        in_article=above.in_article or tag == "article",
        within=within,
        around=_around(tag, str(node.get("role") or ""), within) or above.around,
    )


def _around(tag: str, role: str, within: bool) -> str:
    if tag == "header" or role == "banner":
        return "" if within else "header"
    return _ROLES.get(role) or _AROUND.get(tag, "")


def _sign(tag: str, classes: str | None) -> str:
    """An element's kind: its tag and first class. Further classes, and numbers in them, often are of one item only."""
    first = str(classes).split(None, 1)[0] if classes and classes.strip() else ""
    return f"{tag}.{_DIGITS.sub('', first[:_LONGEST_CLASS])}" if first else tag


def _anchor(node: HtmlElement, frame: _Frame, stack: list[_Frame], base: str) -> Anchor | None:
    try:
        url = canonicalise(str(node.get("href")), base)
    except BadUrl:
        return None
    text, holds_heading = _text(node)
    return Anchor(
        url=url,
        text=text or squeeze(_instead(node), MAX_TITLE),
        place="/".join(each.sign for each in stack[-_PATH:]),
        is_heading=frame.is_heading or holds_heading,
        in_article=frame.in_article,
        around=frame.around,
        rel=frozenset(str(node.get("rel") or "").lower().split()),
    )


def _text(node: HtmlElement) -> tuple[str, bool]:
    """What a link says, and whether it holds a heading: of a whole card that heading, or else its longest line."""
    lines: list[list[str]] = [[]]
    heading: list[str] = []
    silent = in_heading = 0
    for event, inner in islice(iterwalk(node, events=("start", "end")), _MOST_PIECES):
        tag, step = str(inner.tag), 1 if event == "start" else -1
        silent += step * (tag in _SILENT)
        in_heading += step * (tag in _HEADINGS)
        if tag not in _INLINE and lines[-1]:
            lines.append([])
        piece = inner.text if event == "start" else inner.tail if inner is not node else None
        if piece and not silent:
            (heading if in_heading else lines[-1]).append(piece)
    if heading and (said := squeeze("".join(heading), MAX_TITLE)):
        return said, True
    return max((squeeze("".join(line), MAX_TITLE) for line in lines), key=len), bool(heading)


def _instead(node: HtmlElement) -> str:
    """What stands for the words of a link that has none."""
    named = (str(node.get(name) or "") for name in ("aria-label", "title"))
    pictures = (str(image.get("alt") or "") for image in islice(node.iter("img"), 3))
    return next((text for text in (*named, *pictures) if text.strip()), "")
