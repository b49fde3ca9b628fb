"""The fields of an item or a channel of RSS or Atom, from a tree of lxml.

Names are folded (`namespaces.short`), and each field has a list of elements in order of preference, as publishers mix
the formats' modules freely.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from newsflow.feeds.dates import parse_date
from newsflow.feeds.links import resolve
from newsflow.feeds.namespaces import is_atom, short
from newsflow.feeds.parsed import MAX_CONTENT, MAX_LIST, MAX_NAME, MAX_SUMMARY, MAX_TITLE, MAX_URL
from newsflow.feeds.sanitize import harmless, literal, plain, squeeze

Element = etree._Element
Fields = dict[str, list[Element]]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

_TITLE = ("title", "dc:title", "media:title", "itunes:title")
PUBLISHED = ("pubdate", "published", "dcterms:issued", "issued", "dc:date", "dcterms:created", "created", "date")
UPDATED = ("updated", "modified", "dcterms:modified", "lastbuilddate")
_AUTHOR = ("author", "dc:creator", "dc:author", "itunes:author", "managingeditor", "dc:contributor")
# what Atom and podcasts say of a person, element by element
_PERSON = frozenset(("name", "itunes:name", "email", "itunes:email", "uri", "url", "homepage"))
_SUMMARY = ("description", "summary", "dcterms:abstract", "dc:description", "itunes:summary", "media:description")
_CONTENT = ("content:encoded", "content", "xhtml:body", "body", "fullitem")
_OWN = frozenset(("href", "lastmod"))  # attributes of items; lxml takes a time in the square of their number for all
_MAIL = re.compile(r"\s*[(<\[]?\s*(?:mailto:)?[\w.+'-]+@[\w.-]+\s*[)>\]]?\s*")
_WEB = ("http://", "https://")


class Named(NamedTuple):
    """A tree's fields, the address that its relative links start from, and those of its attributes that we read."""

    fields: Fields
    base: str
    attributes: dict[str, str]

    def all(self, names: Iterable[str]) -> list[Element]:
        """Elements of these names, in the order of the names."""
        return [node for name in names if name in self.fields for node in self.fields[name]]


def name_of(node: Element) -> str:
    return short(node.tag) if isinstance(node.tag, str) else ""


def fields_of(node: Element, base: str) -> Named:
    found: Fields = {}
    for child in node:
        name = name_of(child)
        found.setdefault(name, []).append(child)
        if name == "media:group":
            for inner in child:
                found.setdefault(name_of(inner), []).append(inner)
    own = {key: node.get(key, "") for key in map(str, node.keys()) if key.lower() in _OWN}
    return Named(found, node.base or base, own)


def text_of(node: Element) -> str:
    return node.text or "" if len(node) == 0 else "".join(map(str, node.itertext()))


def _first(named: Named, names: Iterable[str]) -> str:
    return next((text for node in named.all(names) if (text := text_of(node).strip())), "")


def _markup(node: Element) -> str:
    """The content of a text construct as HTML (RFC 4287 §3.1, Atom 0.3 `mode`)."""
    kind, mode = node.get("type", "").lower(), node.get("mode", "").lower()
    if len(node) and not _wraps_markup(node, kind):
        inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in node)
        return (node.text or "") + inner
    text = (node[0].text if len(node) else node.text) or ""
    if mode == "base64" or (kind and "/" in kind and not kind.startswith("text/") and not kind.endswith("xml")):
        return _decoded(text)
    return text


def _wraps_markup(node: Element, kind: str) -> bool:
    """Whether an element's only child is a `<div>` of escaped HTML, as if XHTML were meant."""
    if kind != "html" or len(node) != 1 or len(node[0]):
        return False
    return name_of(node[0]) in ("div", "xhtml:div") and "</" in (node[0].text or "")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


def _is_text(node: Element) -> bool:
    """Whether the element holds literal text, in which `<b>` means those three characters."""
    kind = node.get("type", "").lower()
    plain_mode = len(node) == 0 and node.get("mode", "") not in ("escaped", "base64")
    if kind in ("text", "plain", "text/plain"):
        return plain_mode
    return not kind and plain_mode and is_atom(str(node.tag))


def _line(node: Element, limit: int) -> str:
    return literal(text_of(node), limit) if _is_text(node) else plain(_markup(node), limit)


def title(named: Named) -> str:
    return next((line for node in named.all(_TITLE) if (line := _line(node, MAX_TITLE))), "")


def link(named: Named) -> str:
    for node in named.fields.get("feedburner:origlink", ()):
        if text := text_of(node).strip():
            return resolve(text, named.base)
    return _href(named) or _permalink(named) or _body_source(named) or resolve(attribute(named, "href"), named.base)


def attribute(named: Named, name: str) -> str:
    """An attribute of the item itself, where CDF 1.0 keeps link and date (in capitals, mostly)."""
    return next((value for key, value in named.attributes.items() if key.lower() == name), "")


def _href(named: Named) -> str:
    """RSS text links first, then Atom's: alternate (HTML before other types), then any but self and enclosure."""
    spare = ""
    for node in named.fields.get("link", ()):
        href, rel = node.get("href"), (node.get("rel") or "alternate").lower()
        rel = rel.removeprefix("http://www.iana.org/assignments/relation/")
        if href is None:
            if text := text_of(node).strip():
                return resolve(text, node.base or named.base)
        elif rel == "alternate" and "html" in node.get("type", "html"):
            return resolve(href, node.base or named.base)
        elif rel in ("alternate", "related", "via") and not spare:
            spare = resolve(href, node.base or named.base)
    return spare


def _permalink(named: Named) -> str:
    for node in named.all(("guid", "id")):
        text = text_of(node).strip()
        if text.startswith(_WEB) and node.get("isPermaLink", node.get("ispermalink", "true")).lower() != "false":
            return resolve(text, named.base)
        if node.get("isPermaLink", "").lower() == "true" and text:
            return resolve(text, named.base)
    return ""


def _body_source(named: Named) -> str:
    return next((resolve(src, named.base) for node in named.all(("content",)) if (src := node.get("src"))), "")


def guid(named: Named, node: Element) -> str:
    text = _first(named, ("guid", "id")) or str(node.get(_ABOUT) or "")
    return squeeze(text, MAX_URL)


def language(node: Element, named: Named) -> str:
    text = _first(named, ("language", "dc:language")) or node.get(_LANG, "")
    parent = node.getparent()
    if not text and parent is not None:
        text = parent.get(_LANG, "")
    return squeeze(text, 35).lower().replace("_", "-")


def date(named: Named, names: Iterable[str], language: str) -> tuple[datetime | None, str]:
    """The first date of these names that can be read, and how it was written."""
    written = ""
    for node in named.all(names):
        raw = squeeze(text_of(node), 100)
        written = written or raw
        if found := parse_date(raw, language):
            return found, raw
    return None, written


def authors(named: Named) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in _AUTHOR:
        for node in named.fields.get(name, ()):
            if text := _person(node):
                found.setdefault(text)
        if found:
            break
    return tuple(found)[:MAX_LIST]


def authors_of_source(named: Named) -> tuple[str, ...]:
    """Of the feed that an aggregator copied the entry from; they come before its own feed's (RFC 4287 §4.2.1)."""
    sources = (authors(fields_of(source, named.base)) for source in named.fields.get("source", ()))
    return next((found for found in sources if found), ())


def _person(node: Element) -> str:
    inner = {name_of(child): text_of(child) for child in node}
    written = "" if inner.keys() & _PERSON else text_of(node)  # other elements within are markup
    text = plain(inner.get("name") or inner.get("itunes:name") or written or inner.get("email", ""), MAX_NAME)
    if "</" in text:  # markup that was escaped twice: no name has any
        text = plain(text, MAX_NAME)
    # "jane@example.org (Jane Doe)" and its like: RSS 2.0 wants an address, readers want the name
    without = _MAIL.sub(" ", text).strip(" ()[]<>,")
    return without or text


def categories(named: Named) -> tuple[str, ...]:
    nodes = named.all(("category", "dc:subject", "media:category", "itunes:category", "keywords"))
    written = (n.get("label") or n.get("term") or n.get("text") or plain(text_of(n), MAX_NAME) for n in nodes)
    texts = (squeeze(text, MAX_NAME) for text in written)
    return tuple(dict.fromkeys(t for t in texts if t))[:MAX_LIST]


def summary(named: Named) -> str:
    return next((line for node in named.all(_SUMMARY) if (line := _line(node, MAX_SUMMARY))), "")


def content(named: Named) -> str:
    for node in named.all(_CONTENT):
        markup = _markup(node)
        if markup.strip():
            return harmless(markup, node.base or named.base, MAX_CONTENT)
    return ""


def _is_image(node: Element) -> bool:
    return node.get("medium") == "image" or node.get("type", "").startswith("image/")


def image(named: Named) -> str:
    for node in named.all(("media:content", "enclosure")):
        if _is_image(node) and node.get("url"):
            return resolve(node.get("url", ""), named.base)
    for node in named.all(("media:thumbnail", "itunes:image", "image")):
        if found := node.get("url") or node.get("href"):
            return resolve(found, named.base)
    return ""


def enclosures(named: Named) -> tuple[str, ...]:
    found = [node.get("url", "") for node in named.all(("enclosure", "media:content"))]
    found += [n.get("href", "") for n in named.fields.get("link", ()) if n.get("rel") == "enclosure"]
    return tuple(dict.fromkeys(resolve(url, named.base) for url in found if url))[:MAX_LIST]
