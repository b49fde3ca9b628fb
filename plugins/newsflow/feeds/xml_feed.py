"""RSS 0.9x/1.0/2.0 and Atom 0.3/1.0 read from a hardened lxml tree: one reader for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from newsflow.feeds import known_items, xml_fields
from newsflow.feeds.dates import parse_date, zone_in_use
from newsflow.feeds.item_bytes import ItemBytes
from newsflow.feeds.links import start_of_links
from newsflow.feeds.namespaces import short
from newsflow.feeds.newest import newest
from newsflow.feeds.parsed import MAX_ENTRIES, ParsedFeed, PollingHints
from newsflow.feeds.polling_hints import read_hints
from newsflow.feeds.xml_fields import PUBLISHED, UPDATED, Element, Named
from newsflow.model import Entry
from newsflow.text.storable import replaced

_ITEMS = ("item", "entry")
_ROOTS = {"rss": "rss", "rdf:rdf": "rss", "rdf": "rss", "channel": "rss", "feed": "atom", "rss1.1": "rss"}
_MOST_ATTRIBUTES = 1_000  # that stand around items; lxml takes a time in the square of their number
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


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
    home: str
    shared: Shared


class Opened(NamedTuple):
    """A document whose head was read, which is done once for each tree: it gives the tree the base of its links.

    :param items: elements of the entries, the newest where there are too many.
    :param cut: bytes of these, where they can be told; by them the next poll knows the entries again.
    :param context: all that the items of the cut are read with but their own bytes: when it changes, each is read anew.
        Empty where there is no cut, or the document has other items than it, or has them at several places.
    """

    root: Element
    head: Head
    items: Sequence[Element]
    cut: ItemBytes | None
    context: bytes


def opened(root: Element, base: str, cut: ItemBytes | None = None) -> Opened:
    """Read a document's head; it may have no entries, or empty ones in their places.

    :param base: the address that it came from.
    """
    head = _head(root, base)
    items = newest(_items(root, head.channel), _when, MAX_ENTRIES)
    return Opened(root, head, items, cut, _context(head, items, cut) if cut else b"")


def _head(root: Element, base: str) -> Head:
    kind = kind_of(root)
    channel = next((c for c in root if xml_fields.name_of(c) == "channel"), root)
    named = xml_fields.fields_of(channel, base)
    home = xml_fields.link(named)
    if not (root.get(_BASE) or channel.get(_BASE)):
        root.base = start_of_links(home, base, always=kind == "rss")
    authors = xml_fields.authors(named) if kind == "atom" else ()
    return Head(channel, named, home, Shared(base, xml_fields.language(channel, named), authors))


def _context(top: Head, items: Sequence[Element], cut: ItemBytes) -> bytes:
    box = items[0].getparent() if len(items) == len(cut.items) else None
    if box is None or not all(_is_cut(item, box, cut.name) for item in items):
        return b""
    places = (box, *box.iterancestors())
    if sum(len(node.attrib) for node in places) > _MOST_ATTRIBUTES:
        return b""
    above = [(node.tag, sorted(node.attrib.items())) for node in places]
    names = sorted(box.nsmap.items(), key=repr)
    info = box.getroottree().docinfo  # a DTD elsewhere may declare entities: then those that nobody knows are no errors
    document = (info.doctype, info.standalone, info.xml_version)  # type: ignore[attr-defined]  # not in lxml-stubs
    return known_items.context(top.shared, box.base, above, names, document, zone_in_use())


def _is_cut(item: Element, box: Element, name: str) -> bool:
    """Whether an element begins with a tag as the cut finds them; it finds all of these, so as many are the same."""
    return item.getparent() is box and item.prefix is None and str(item.tag).rpartition("}")[2] == name


def read(document: Opened, known: Sequence[Entry | None] = ()) -> ParsedFeed:
    """Read a whole document.

    :param known: entries of the cut's items that need not be read; None for each that is to be.
    """
    root, top, items, cut, with_what = document
    before = known or [None] * len(items)
    entries: Iterable[Entry] = (old or _entry(item, top.shared) for old, item in zip(before, items, strict=True))
    return ParsedFeed(
        kind=kind_of(root),
        title=xml_fields.title(top.named),
        home=top.home,
        language=top.shared.language,
        polling_hints=_wishes(top.named),
        entries=tuple(_recorded(entries, cut.items, with_what) if cut and with_what else entries),
    )


def _recorded(entries: Iterable[Entry], items: Iterable[bytes], context: bytes) -> Iterator[Entry]:
    for entry, item in zip(entries, items, strict=True):
        if entry.known:
            yield entry
        else:
            yield replaced(entry, record=known_items.record(known_items.fingerprint(item, context), entry))


def _items(root: Element, channel: Element) -> list[Element]:
    found = _items_in(channel)
    if channel is not root:
        found += _items_in(root)
    boxes = () if found else (box for box in root.iter() if xml_fields.name_of(box) == "items")
    return found or [node for box in boxes for node in _items_in(box)]


def _items_in(box: Element) -> list[Element]:
    return [node for node in box if xml_fields.name_of(node) in _ITEMS]


def _when(node: Element) -> datetime | None:
    named = xml_fields.fields_of(node, "")
    return xml_fields.date(named, PUBLISHED, "")[0] or xml_fields.date(named, UPDATED, "")[0]


def _entry(node: Element, shared: Shared) -> Entry:
    named = xml_fields.fields_of(node, shared.base)
    language = xml_fields.language(node, named) or shared.language
    published, raw = xml_fields.date(named, PUBLISHED, language)
    updated, updated_raw = xml_fields.date(named, UPDATED, language)
    updated = updated or parse_date(xml_fields.attribute(named, "lastmod"), language)
    return Entry(
        guid=xml_fields.guid(named, node),
        link=xml_fields.link(named),
        title=xml_fields.title(named),
        authors=xml_fields.authors(named) or xml_fields.authors_of_source(named) or shared.authors,
        published_at=published or updated,
        published_raw=raw or updated_raw,
        updated_at=updated,
        summary=xml_fields.summary(named),
        content_html=xml_fields.content(named),
        categories=xml_fields.categories(named),
        language=language,
        image_url=xml_fields.image(named),
        enclosures=xml_fields.enclosures(named),
    )


def _wishes(head: Named) -> PollingHints:
    def texts(name: str) -> list[str]:
        return [xml_fields.text_of(node) for node in head.fields.get(name, ())]

    def inner(name: str) -> list[str]:
        return [xml_fields.text_of(child) for node in head.fields.get(name, ()) for child in node]

    return read_hints(
        ttl=texts("ttl"),
        period=texts("sy:updateperiod"),
        frequency=texts("sy:updatefrequency"),
        hours=inner("skiphours"),
        days=inner("skipdays"),
    )
