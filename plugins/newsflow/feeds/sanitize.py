"""Feed texts made plain, and feed HTML made harmless."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

import lxml.html
from lxml import etree
from lxml.etree import LxmlError

from newsflow.text.characters import BIDI, BOM, CONTROLS, SURROGATES

_ANSI = re.compile("\x1b\\[[0-9;]*[A-Za-z]")
# NEL and annotation marks besides; soft hyphens stay, as the feed's text is kept as it came
_UNWANTED = re.compile(f"[{CONTROLS}\x85{SURROGATES}{BIDI}{BOM}\ufff9-\ufffb]")
# Control characters of C1 in a text were windows-1252: HTML reads references to them so (&#150; is a dash). NEL was a
# line end.
_C1 = {n: bytes([n]).decode("cp1252") for n in range(0x80, 0xA0) if n not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)}
_MAY_BE_C1 = re.compile("[\x80-\x9f]")
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|em|font|i|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_INTRICATE = re.compile(r"<(?:script|style|noscript|template|iframe|!--|\?)", re.IGNORECASE)
_HIDDEN = ("script", "style", "noscript", "template", "iframe")

# Elements that go with all that is in them; those that are not HTML's for text go, their content stays.
_ACTIVE_NAMES = (
    "script style noscript template iframe frame frameset object embed applet form input button select textarea "
    "link meta base svg math canvas dialog"
)
_ACTIVE = frozenset(_ACTIVE_NAMES.split())
_LINKS = ("href", "src", "cite", "poster")
_KEPT = frozenset(
    (*_LINKS, "alt", "title", "lang", "dir", "datetime", "colspan", "rowspan", "start", "width", "height", "rel")
)


def clean(text: str) -> str:
    """Text without characters that a database or a terminal would choke on."""
    if text.isprintable():
        return text
    text = _ANSI.sub("", text) if "\x1b" in text else text
    if not text.isascii() and _MAY_BE_C1.search(text):  # to look for them costs a tenth of `translate`
        text = text.translate(_C1)
    return _UNWANTED.sub("", text)


def squeeze(text: str, limit: int) -> str:
    """One line of at most `limit` characters, whitespace folded."""
    return " ".join(clean(text).split())[:limit].rstrip()


def plain(text: str, limit: int) -> str:
    """HTML, or text that may be HTML, as one plain line of at most `limit` characters."""
    text = text[: 8 * limit]
    if _TAG.search(text):
        # a parse costs ten times as much, and is needed only where text hides in elements
        simple = not _INTRICATE.search(text)
        text = html.unescape(_TAG.sub(" ", _INLINE.sub("", text))) if simple else _without_tags(text)
    elif _ENTITY.search(text):
        text = html.unescape(text)
    return squeeze(text, limit)


def literal(text: str, limit: int) -> str:
    """Text that is declared not to be HTML; entities escaped twice are still undone."""
    return squeeze(html.unescape(text) if _ENTITY.search(text) else text, limit)


def _without_tags(text: str) -> str:
    try:
        root = lxml.html.fragment_fromstring(clean(text), create_parent="div")
    except (LxmlError, ValueError, AssertionError):
        return html.unescape(_TAG.sub(" ", text))
    for node in list(root.iter(*_HIDDEN)):
        node.drop_tree()
    for node in root.iter("br", "p", "div", "li", "td"):
        node.tail = " " + (node.tail or "")
    return str(root.text_content())


def harmless(markup: str, base: str, limit: int) -> str:
    """Feed HTML without scripts, frames, forms and event handlers, its links absolute and http(s)."""
    markup = clean(markup[:limit]).strip()
    if "<" not in markup:
        return markup
    body = _body(markup)
    if body is None:
        return html.escape(_TAG.sub(" ", markup), quote=False).strip()
    etree.strip_elements(body, *_ACTIVE, with_tail=False)
    for node in body.iter():
        if node.attrib:
            _disarm(node, base)
    whole = str(etree.tostring(body, encoding="unicode", method="html", with_tail=False))
    return whole.partition(">")[2].removesuffix("</body>").strip()


def _body(markup: str) -> etree._Element | None:
    """The tree of a piece of HTML, without comments; None where there is none."""
    # lxml.html's own elements cost a third more, and none of what they can is needed
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(f"<html><body>{markup}</body></html>", parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return root.find("body") if root is not None else None


def _disarm(node: etree._Element, base: str) -> None:
    attributes = node.attrib
    for name, value in attributes.items():
        if name not in _KEPT:
            del attributes[name]
        elif name in _LINKS and (link := _web(str(value), base)) != value:
            if link:
                attributes[name] = link
            else:
                del attributes[name]


def _web(link: str, base: str) -> str:
    """An absolute http(s) address, or nothing."""
    if link.startswith(("https://", "http://")):
        return link
    try:
        found = urljoin(base, _SPACE.sub("", link))
    except ValueError:
        return ""
    return found if found.startswith(("https://", "http://")) else ""
