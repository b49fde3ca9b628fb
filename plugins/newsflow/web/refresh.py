"""A page that is nothing but a refresh: where it sends its readers (HTML Living Standard, "Refresh state"). Pure."""

from __future__ import annotations

import re

import lxml.html
from lxml.etree import LxmlError

from newsflow.text.declaration import without_declaration
from newsflow.web import charset
from newsflow.web.escapes import unescaped
from newsflow.web.urls import BadUrl, sendable

LARGEST = 64 * 1024  # bytes; no page that only sends its readers on is larger
LONGEST_WAIT_S = 30.0  # a page that waits longer is meant to be read, and loads itself anew
MOST_TEXT = 400  # characters beside the title: "You are being redirected, click here if nothing happens"

_CONTENT = re.compile(
    r"\s*(?P<wait>\d*)(?:\.[\d.]*)?\s*(?:[;,]\s*|\s)(?:url\s*=\s*)?(?P<quote>['\"]?)(?P<url>.*)",
    re.IGNORECASE | re.DOTALL,
)
_UNSEEN = frozenset(("script", "style", "title", "head", "template", "noscript"))


def target(body: bytes, url: str, header: str = "", content_type: str = "") -> str | None:
    """The address that a page refreshes to, where it shows nothing else; None for all other pages.

    :param url: the page's own address; relative ones start there, or at its `<base href>`.
    :param header: the answer's `Refresh`, which means the same.
    """
    if len(body) > LARGEST or not (header or _speaks_of_it(body)):
        return None
    text = without_declaration(charset.decode(body, content_type))
    if not text.strip():
        return _sendable(address(header), url)
    try:
        root = lxml.html.fromstring(text)
    except (LxmlError, ValueError):
        return None
    base = next((each.get("href", "") for each in root.iter("base")), "")
    told = _sendable(_told(root), base, url) or _sendable(address(header), url)
    return told if told and len(_text(root)) <= MOST_TEXT else None


def _speaks_of_it(body: bytes) -> bool:
    """Whether the word stands there, in UTF-16 too: there each of its letters has a zero beside it."""
    return b"refresh" in body.replace(b"\0", b"").lower()


def _told(root: lxml.html.HtmlElement) -> str:
    for meta in root.iter("meta"):
        if meta.get("http-equiv", "").strip().lower() == "refresh" and (raw := address(meta.get("content", ""))):
            return raw
    return ""


def _sendable(raw: str, *bases: str) -> str | None:
    """An address made absolute, base after base; None where there is none that can be asked for."""
    base = None
    try:
        for each in reversed(bases):
            base = sendable(each, base=base) if each else base
        return sendable(raw, base=base) if raw else None
    except BadUrl:
        return None


def address(content: str) -> str:
    """The address in a refresh's `content`; nothing where it has none or waits long."""
    found = _CONTENT.fullmatch(content)
    if not found or float(found["wait"][:6] or 0) > LONGEST_WAIT_S:
        return ""
    quote = found["quote"]
    return unescaped((found["url"].partition(quote)[0] if quote else found["url"]).strip())


def _text(root: lxml.html.HtmlElement) -> str:
    """What a reader sees."""
    parts = [
        text
        for node in root.iter()
        if isinstance(node.tag, str)
        for text in (node.text if node.tag not in _UNSEEN else "", node.tail)
        if text and not _is_unseen(node.getparent() if text is node.tail else node)
    ]
    return " ".join(" ".join(parts).split())


def _is_unseen(node: lxml.html.HtmlElement | None) -> bool:
    return node is not None and any(each.tag in _UNSEEN for each in (node, *node.iterancestors()))
