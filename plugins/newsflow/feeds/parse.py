"""Bytes to a feed: one way in for RSS, Atom, JSON Feed, sitemaps and sitemap indexes.

Well-formed XML is read by `xml_feed` and `sitemap` from lxml with entities, network and huge
trees refused; what lxml refuses goes to feedparser's loose parser. `parser_process` runs this in a
process that can be killed.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import replace

from lxml import etree

from newsflow.feeds import encoding, item_bytes, json_feed, known_items, sitemap, xml_feed
from newsflow.feeds.item_bytes import ItemBytes
from newsflow.feeds.known_items import KnownItems
from newsflow.feeds.pages import reading as pages
from newsflow.feeds.pages.memory import PageKnowledge
from newsflow.feeds.parsed import FeedError, ParsedFeed, repaired
from newsflow.feeds.repair_xml import mended, trimmed
from newsflow.model import Entry
from newsflow.outcomes import Outcome

_JSON = (b"{", b")]}'")  # see `json_repair` about the second
# behind a comment, the call of a script or a warning, but in no page or feed of XML
_HIDDEN_JSON = re.compile(
    rb"(?!.{0,8192}?<(?:\?xml|!doctype|html|rss|feed|rdf|urlset|sitemapindex)\b)[^{]{0,8192}?\{\s*\"(?=.{0,8192}?\"items\"\s*:)",
    re.IGNORECASE | re.DOTALL,
)
_ITEM = re.compile(rb"<(?:[\w-]{1,30}:)?(?:item|entry)\b", re.IGNORECASE)
_LARGEST_BROKEN = 5_000_000  # bytes; mending and loose parsing cost time and memory that grow faster than the size
# libxml2's words for its own limits: what is over them is refused, not read otherwise
_LIMITS = ("Excessive depth", "xmlSAX2Characters", "huge text node", "XML_PARSE_HUGE", "amplification")
_PAGE = re.compile(rb"^\s*(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL)


def parse(
    body: bytes,
    base: str,
    content_type: str = "",
    *,
    max_bytes: int = 50_000_000,
    known: bytes = b"",
    page: PageKnowledge | None = None,
) -> ParsedFeed:
    """Read a feed of any format that we know.

    :param base: address that the bytes came from, after redirects; relative links start there.
    :param max_bytes: cap on the size after gunzip of a file that *is* gzip (`sitemap.xml.gz`).
    :param known: items that need not be read again, as `known_items.joined` keeps them.
    :param page: what is known of a page that is to be read as a feed of what it links to; None for a feed.
    :raises FeedError: with outcome not_a_feed, parse_error or too_big.
    """
    if page is not None:
        return pages.read(body, base, content_type, page)
    body = _gunzip(body, max_bytes) if body[:2] == b"\x1f\x8b" else body
    characters = encoding.utf8(body, content_type)
    body = trimmed(characters.body)
    if not body:
        raise FeedError(Outcome.NOT_A_FEED, "the answer is empty")
    is_json = body.startswith(_JSON) or _HIDDEN_JSON.match(body)
    codec = "utf-8" if characters.codec else None
    found = json_feed.read(body, base) if is_json else _read_xml(body, base, codec, KnownItems(known))
    return with_identity(repaired(found, characters.repair))


def _gunzip(body: bytes, limit: int) -> bytes:
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = inflate.decompress(body, limit + 1)
    except zlib.error as error:
        raise FeedError(Outcome.PARSE_ERROR, f"broken gzip file: {error}") from error
    if len(found) > limit:
        raise FeedError(Outcome.TOO_BIG, f"more than {limit} bytes after gunzip")
    if not inflate.eof:
        raise FeedError(Outcome.PARSE_ERROR, "the gzip file ends too early")
    return found


def _tree(body: bytes, base: str, codec: str | None = "utf-8", *, recover: bool = False) -> etree._Element:
    """The root element.

    :param codec: of the body; None to believe its XML declaration.
    :raises etree.XMLSyntaxError: not well-formed, or over libxml2's limits (depth 256, 10 MB a text).
    """
    parser = etree.XMLParser(
        encoding=codec,
        recover=recover,
        resolve_entities="internal",  # type: ignore[arg-type]  # lxml-stubs know it as a bool
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    return etree.fromstring(body, parser, base_url=base)


def _read_xml(body: bytes, base: str, codec: str | None, known: KnownItems) -> ParsedFeed:
    if _PAGE.match(body[:4096]):
        raise FeedError(Outcome.NOT_A_FEED, "the answer is an HTML page")
    try:
        found = _read_again(body, base, known) if codec else None
        found = found or _read_whole(body, base, codec)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        return _read_broken(body, base, error, known)
    return found or _read_loose(body, mended(body), base, "the root element is none of a feed")


def _read_whole(body: bytes, base: str, codec: str | None = "utf-8") -> ParsedFeed | None:
    root = _tree(body, base, codec)
    cut = item_bytes.cut(body, known_items.MOST) if codec and xml_feed.kind_of(root) else None
    return _read_tree(root, base, cut)


def _read_tree(root: etree._Element, base: str, cut: ItemBytes | None = None) -> ParsedFeed | None:
    if sitemap.kind_of(root):
        return sitemap.read(root, base)
    return xml_feed.read(xml_feed.opened(root, base, cut)) if xml_feed.kind_of(root) else None


def _read_again(body: bytes, base: str, known: KnownItems) -> ParsedFeed | None:
    """A feed of which items are known, its new ones parsed alone; None where it is to be read whole."""
    cut = item_bytes.cut(body, known_items.MOST) if known else None
    try:
        return _read_new(cut, base, known) if cut else None
    except (etree.XMLSyntaxError, LookupError, ValueError):
        return None


def _read_new(cut: ItemBytes, base: str, known: KnownItems) -> ParsedFeed | None:
    root = _tree(cut.document(), base)
    if not xml_feed.kind_of(root):
        return None
    bare = xml_feed.opened(root, base, cut)
    prints = (known_items.fingerprint(item, bare.context) for item in cut.items)
    entries = known.entries(prints) if bare.context else []
    if not any(entries):
        return None
    new = [number for number, entry in enumerate(entries) if entry is None]
    document = xml_feed.opened(_tree(cut.document(new), base), base, cut) if new else bare
    return xml_feed.read(document, entries) if document.context == bare.context else None


def _read_broken(body: bytes, base: str, error: Exception, known: KnownItems) -> ParsedFeed:
    why = f"not well-formed: {str(error)[:200]}"
    if b"<!ENTITY" in body[:100_000] and "entity" in str(error).lower():
        raise FeedError(Outcome.PARSE_ERROR, why)
    if len(body) > _LARGEST_BROKEN or any(limit in str(error) for limit in _LIMITS):
        raise FeedError(Outcome.PARSE_ERROR, why)
    better = mended(body)
    try:
        found = _read_again(better, base, known) or _read_whole(better, base)
    except (etree.XMLSyntaxError, LookupError, ValueError):
        found = None
    return repaired(found or _read_loose(body, better, base, why), why)


def _read_loose(body: bytes, better: bytes, base: str, why: str) -> ParsedFeed:
    """What two lenient readers make of it; ours wins where it finds as many entries, as it names them as ever.

    :param better: the body, mended.
    """
    # imported late: 60 ms that most children never need
    from newsflow.feeds import loose

    recovered = _recovered(better, base)
    if recovered and recovered.title and len(recovered.entries) >= len(_ITEM.findall(body)):
        return recovered  # there is no more in it
    found = loose.read(body, base)
    if recovered and (recovered.children or len(recovered.entries) >= max(len(found.entries), 1)):
        return recovered
    if found.entries:
        return found
    if recovered and recovered.title:
        return recovered
    if not found.kind:
        raise FeedError(Outcome.NOT_A_FEED, "the answer is neither RSS, Atom, JSON Feed nor sitemap")
    if not found.title:
        raise FeedError(Outcome.PARSE_ERROR, why)
    return found


def _recovered(better: bytes, base: str) -> ParsedFeed | None:
    """What libxml2 makes of broken XML, if anything."""
    try:
        root = _tree(better, base, recover=True)
        return _read_tree(root, base) if root is not None else None
    except (etree.XMLSyntaxError, LookupError, ValueError):
        return None


def with_identity(feed: ParsedFeed) -> ParsedFeed:
    """Entries with a guid each, every guid once: the first showing of an entry wins.

    Without a guid the link is the identity, then the title, then all the rest. A guid that stands
    on entries with different links (some systems write the same for all) counts for nothing.
    """
    links: dict[str, set[str]] = {}
    for entry in feed.entries:
        links.setdefault(entry.guid, set()).add(entry.link)
    found: dict[str, Entry] = {}
    for entry in feed.entries:
        guid = entry.guid if entry.guid and len(links[entry.guid]) == 1 else ""
        guid = guid or entry.link or _made_up(entry)
        if guid:
            found.setdefault(guid, entry if guid == entry.guid else replace(entry, guid=guid))
    return replace(feed, entries=tuple(found.values()))


def _made_up(entry: Entry) -> str:
    """An identity for an entry that brings none; nothing for one that brings nothing at all."""
    if entry.title:
        return f"title:{entry.title}"
    dates = (entry.published_raw, entry.updated_at)
    rest = (*dates, *entry.authors, entry.summary, entry.content_html, *entry.enclosures)
    return f"sha256:{hashlib.sha256(repr(rest).encode()).hexdigest()}" if any(rest) else ""
