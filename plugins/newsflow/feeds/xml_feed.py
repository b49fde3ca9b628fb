"""RSS 0.9x/1.0/2.0 and Atom 0.3/1.0 read from a hardened lxml tree.

One reader for all of them: names are folded (`names.short`), and each field has a list of
elements in order of preference, as publishers mix the formats' modules freely.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from newsflow.feeds import known_items
from newsflow.feeds.dates import parse_date, zone_in_use
from newsflow.feeds.links import resolve, start_of_links
from newsflow.feeds.namespaces import is_atom, short
from newsflow.feeds.newest import newest
from newsflow.feeds.parsed import (
    MAX_CONTENT,
    MAX_ENTRIES,
    MAX_LIST,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_TITLE,
    MAX_URL,
    ParsedFeed,
    PollingHints,
)
from newsflow.feeds.polling_hints import read_wishes
from newsflow.feeds.sanitize import harmless, literal, plain, squeeze
from newsflow.model import Entry
from newsflow.text.storable import replaced

Element = etree._Element
Fields = dict[str, list[Element]]

_ITEMS = ("item", "entry")
_ROOTS = {"rss": "rss", "rdf:rdf": "rss", "rdf": "rss", "channel": "rss", "feed": "atom", "rss1.1": "rss"}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

_TITLE = ("title", "dc:title", "media:title", "itunes:title")
_PUBLISHED = ("pubdate", "published", "dcterms:issued", "issued", "dc:date", "dcterms:created", "created", "date")
_UPDATED = ("updated", "modified", "dcterms:modified", "lastbuilddate")
_AUTHOR = ("author", "dc:creator", "dc:author", "itunes:author", "managingeditor", "dc:contributor")
# what Atom and podcasts say of a person, element by element
_PERSON = frozenset(("name", "itunes:name", "email", "itunes:email", "uri", "url", "homepage"))
_SUMMARY = ("description", "summary", "dcterms:abstract", "dc:description", "itunes:summary", "media:description")
_CONTENT = ("content:encoded", "content", "xhtml:body", "body", "fullitem")
_MAIL = re.compile(r"\s*[(<\[]?\s*(?:mailto:)?[\w.+'-]+@[\w.-]+\s*[)>\]]?\s*")
_WEB = ("http://", "https://")


class Named(NamedTuple):
    """A tree's fields and the address that its relative links start from."""

    fields: Fields
    base: str
    attributes: dict[str, str]

    def all(self, names: Iterable[str]) -> list[Element]:
        """Elements of these names, in the order of the names."""
        return [node for name in names if name in self.fields for node in self.fields[name]]


class Shared(NamedTuple):
    """What a feed says for those of its entries that don't: their base address, language and (Atom) authors."""

    base: str
    language: str
    authors: tuple[str, ...]


def kind_of(root: Element) -> str:
    """rss, atom, or nothing where the root element is neither's."""
    return _ROOTS.get(short(str(root.tag)), "")


class Head(NamedTuple):
    """What a document says of itself, and for those of its entries that don't."""

    channel: Element
    named: Named
    shared: Shared

    def context(self) -> bytes:
        """All that entries are read with but their own bytes: when it changes, each is read anew."""
        root = self.channel.getroottree().getroot()
        attributes = [sorted(node.attrib.items()) for node in (root, self.channel)]
        names = [sorted(node.nsmap.items(), key=repr) for node in (root, self.channel)]
        return known_items.context(self.shared, self.channel.base, attributes, names, zone_in_use())


def head(root: Element, base: str) -> Head:
    """The head of a document, which may have no entries.

    :param base: the address that it came from.
    """
    kind = kind_of(root)
    channel = next((c for c in root if _name(c) == "channel"), root)
    named = _fields(channel, base)
    if not (root.get(_BASE) or channel.get(_BASE)):
        root.base = start_of_links(_link(named), base, always=kind == "rss")
    return Head(channel, named, Shared(base, _language(channel, named), _authors(named) if kind == "atom" else ()))


def read(root: Element, base: str, items: Sequence[bytes] = ()) -> ParsedFeed:
    """Read a whole document.

    :param base: the address that it came from.
    :param items: the bytes of its items, as far as they are known; by them the next poll knows the entries again.
    """
    top = head(root, base)
    found = newest(_items(root, top.channel), _when, MAX_ENTRIES)
    entries = [_entry(item, top.shared) for item in found]
    return ParsedFeed(
        kind=kind_of(root),
        title=_title(top.named),
        home=_link(top.named),
        language=top.shared.language,
        polling_hints=_wishes(top.named),
        entries=tuple(_recorded(entries, items, top.context()) if len(items) == len(entries) else entries),
    )


def _recorded(entries: Iterable[Entry], items: Iterable[bytes], context: bytes) -> Iterator[Entry]:
    for entry, item in zip(entries, items, strict=True):
        yield replaced(entry, record=known_items.record(known_items.fingerprint(item, context), entry))


def _items(root: Element, channel: Element) -> list[Element]:
    found = [node for node in channel if _name(node) in _ITEMS]
    if channel is not root:
        found += [node for node in root if _name(node) in _ITEMS]
    if not found:
        found = [node for box in root.iter() if _name(box) == "items" for node in box if _name(node) in _ITEMS]
    return found


def _name(node: Element) -> str:
    return short(node.tag) if isinstance(node.tag, str) else ""


def _fields(node: Element, base: str) -> Named:
    found: Fields = {}
    for child in node:
        name = _name(child)
        found.setdefault(name, []).append(child)
        if name == "media:group":
            for inner in child:
                found.setdefault(_name(inner), []).append(inner)
    return Named(found, node.base or base, {str(key): str(value) for key, value in node.attrib.items()})


def _text(node: Element) -> str:
    return node.text or "" if len(node) == 0 else "".join(map(str, node.itertext()))


def _first(named: Named, names: Iterable[str]) -> str:
    return next((text for node in named.all(names) if (text := _text(node).strip())), "")


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
    return _name(node[0]) in ("div", "xhtml:div") and "</" in (node[0].text or "")


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
    return literal(_text(node), limit) if _is_text(node) else plain(_markup(node), limit)


def _title(named: Named) -> str:
    return next((line for node in named.all(_TITLE) if (line := _line(node, MAX_TITLE))), "")


def _link(named: Named) -> str:
    for node in named.fields.get("feedburner:origlink", ()):
        if text := _text(node).strip():
            return resolve(text, named.base)
    return _href(named) or _permalink(named) or _body_source(named) or resolve(_attribute(named, "href"), named.base)


def _attribute(named: Named, name: str) -> str:
    """An attribute of the item itself, where CDF 1.0 keeps link and date (in capitals, mostly)."""
    return next((value for key, value in named.attributes.items() if key.lower() == name), "")


def _href(named: Named) -> str:
    """RSS text links first, then Atom's: alternate (HTML before other types), then any but self and enclosure."""
    spare = ""
    for node in named.fields.get("link", ()):
        href, rel = node.get("href"), (node.get("rel") or "alternate").lower()
        rel = rel.removeprefix("http://www.iana.org/assignments/relation/")
        if href is None:
            if text := _text(node).strip():
                return resolve(text, node.base or named.base)
        elif rel == "alternate" and "html" in node.get("type", "html"):
            return resolve(href, node.base or named.base)
        elif rel in ("alternate", "related", "via") and not spare:
            spare = resolve(href, node.base or named.base)
    return spare


def _permalink(named: Named) -> str:
    for node in named.all(("guid", "id")):
        text = _text(node).strip()
        if text.startswith(_WEB) and node.get("isPermaLink", node.get("ispermalink", "true")).lower() != "false":
            return resolve(text, named.base)
        if node.get("isPermaLink", "").lower() == "true" and text:
            return resolve(text, named.base)
    return ""


def _body_source(named: Named) -> str:
    return next((resolve(src, named.base) for node in named.all(("content",)) if (src := node.get("src"))), "")


def _guid(named: Named, node: Element) -> str:
    text = _first(named, ("guid", "id")) or str(node.get(_ABOUT) or "")
    return squeeze(text, MAX_URL)


def _language(node: Element, named: Named) -> str:
    text = _first(named, ("language", "dc:language")) or node.get(_LANG, "")
    parent = node.getparent()
    if not text and parent is not None:
        text = parent.get(_LANG, "")
    return squeeze(text, 35).lower().replace("_", "-")


def _date(named: Named, names: Iterable[str], language: str) -> tuple[datetime | None, str]:
    """The first date of these names that can be read, and how it was written."""
    written = ""
    for node in named.all(names):
        raw = squeeze(_text(node), 100)
        written = written or raw
        if found := parse_date(raw, language):
            return found, raw
    return None, written


def _authors(named: Named) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in _AUTHOR:
        for node in named.fields.get(name, ()):
            if text := _person(node):
                found.setdefault(text)
        if found:
            break
    return tuple(found)[:MAX_LIST]


def _authors_of_source(named: Named) -> tuple[str, ...]:
    """Of the feed that an aggregator copied the entry from; they come before its own feed's (RFC 4287 §4.2.1)."""
    sources = (_authors(_fields(source, named.base)) for source in named.fields.get("source", ()))
    return next((found for found in sources if found), ())


def _person(node: Element) -> str:
    inner = {_name(child): _text(child) for child in node}
    written = "" if inner.keys() & _PERSON else _text(node)  # other elements within are markup
    text = plain(inner.get("name") or inner.get("itunes:name") or written or inner.get("email", ""), MAX_NAME)
    if "</" in text:  # markup that was escaped twice: no name has any
        text = plain(text, MAX_NAME)
    # "jane@example.org (Jane Doe)" and its like: RSS 2.0 wants an address, readers want the name
    without = _MAIL.sub(" ", text).strip(" ()[]<>,")
    return without or text


def _categories(named: Named) -> tuple[str, ...]:
    nodes = named.all(("category", "dc:subject", "media:category", "itunes:category", "keywords"))
    texts = (
        squeeze(n.get("label") or n.get("term") or n.get("text") or plain(_text(n), MAX_NAME), MAX_NAME) for n in nodes
    )
    return tuple(dict.fromkeys(t for t in texts if t))[:MAX_LIST]


def _summary(named: Named) -> str:
    return next((line for node in named.all(_SUMMARY) if (line := _line(node, MAX_SUMMARY))), "")


def _content(named: Named) -> str:
    for node in named.all(_CONTENT):
        markup = _markup(node)
        if markup.strip():
            return harmless(markup, node.base or named.base, MAX_CONTENT)
    return ""


def _is_image(node: Element) -> bool:
    return node.get("medium") == "image" or node.get("type", "").startswith("image/")


def _image(named: Named) -> str:
    for node in named.all(("media:content", "enclosure")):
        if _is_image(node) and node.get("url"):
            return resolve(node.get("url", ""), named.base)
    for node in named.all(("media:thumbnail", "itunes:image", "image")):
        if found := node.get("url") or node.get("href"):
            return resolve(found, named.base)
    return ""


def _enclosures(named: Named) -> tuple[str, ...]:
    found = [node.get("url", "") for node in named.all(("enclosure", "media:content"))]
    found += [n.get("href", "") for n in named.fields.get("link", ()) if n.get("rel") == "enclosure"]
    return tuple(dict.fromkeys(resolve(url, named.base) for url in found if url))[:MAX_LIST]


def _when(node: Element) -> datetime | None:
    named = _fields(node, "")
    return _date(named, _PUBLISHED, "")[0] or _date(named, _UPDATED, "")[0]


def _entry(node: Element, shared: Shared) -> Entry:
    named = _fields(node, shared.base)
    language = _language(node, named) or shared.language
    published, raw = _date(named, _PUBLISHED, language)
    updated, updated_raw = _date(named, _UPDATED, language)
    updated = updated or parse_date(_attribute(named, "lastmod"), language)
    return Entry(
        guid=_guid(named, node),
        link=_link(named),
        title=_title(named),
        authors=_authors(named) or _authors_of_source(named) or shared.authors,
        published_at=published or updated,
        published_raw=raw or updated_raw,
        updated_at=updated,
        summary=_summary(named),
        content_html=_content(named),
        categories=_categories(named),
        language=language,
        image_url=_image(named),
        enclosures=_enclosures(named),
    )


def _wishes(head: Named) -> PollingHints:
    def texts(name: str) -> list[str]:
        return [_text(node) for node in head.fields.get(name, ())]

    def inner(name: str) -> list[str]:
        return [_text(child) for node in head.fields.get(name, ()) for child in node]

    return read_wishes(
        ttl=texts("ttl"),
        period=texts("sy:updateperiod"),
        frequency=texts("sy:updatefrequency"),
        hours=inner("skiphours"),
        days=inner("skipdays"),
    )
