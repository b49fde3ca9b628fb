"""News sitemaps, plain sitemaps and sitemap indexes (sitemaps.org 0.9, Google News 0.9)."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from newsflow.feeds.dates import parse_date
from newsflow.feeds.links import resolve
from newsflow.feeds.namespaces import short
from newsflow.feeds.newest import newest
from newsflow.feeds.parsed import MAX_ENTRIES, MAX_NAME, MAX_TITLE, MAX_URL, ParsedFeed, SitemapPart
from newsflow.feeds.sanitize import plain, squeeze
from newsflow.model import Entry

Element = etree._Element
DEPTH = 3  # an index of indexes of sitemaps
LARGEST = 50_000_000  # bytes, plain or of a gzip file (sitemaps.org)
_BEGINS = re.compile(rb"<(?:[a-z][\w.-]*:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)


def begins_one(beginning: bytes) -> bool:
    """Whether a body that begins so is a sitemap or an index of such, which may be larger than other feeds."""
    return bool(_BEGINS.search(beginning.replace(b"\x00", b"")))


def kind_of(root: Element) -> str:
    """sitemap, sitemapindex, or nothing."""
    return {"urlset": "sitemap", "sitemapindex": "sitemapindex"}.get(short(str(root.tag)), "")


def read(root: Element, base: str = "") -> ParsedFeed:
    """Read a sitemap or an index; one without `news:news` is marked as no news list.

    :param base: the file's address; sitemaps.org wants absolute addresses, and some sites write relative ones.
    """
    boxes = [texts for node in root if (texts := _texts(node)).get("loc")]
    for texts in boxes:
        texts["loc"] = resolve(texts["loc"], base)
    if kind_of(root) == "sitemapindex":
        return ParsedFeed("sitemapindex", children=tuple(_children(boxes)))
    return ParsedFeed(
        "sitemap",
        entries=tuple(map(_entry, newest(boxes, _when, MAX_ENTRIES))),
        news=any("news:title" in texts or "news:publication_date" in texts for texts in boxes),
    )


def _when(texts: dict[str, str]) -> datetime | None:
    return parse_date(texts.get("news:publication_date", "")) or parse_date(texts.get("lastmod", ""))


def _texts(node: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for inner in node.iter():
        if isinstance(inner.tag, str) and inner.text and inner.text.strip():
            found.setdefault(short(inner.tag), inner.text.strip())
    return found


def _children(boxes: list[dict[str, str]]) -> list[SitemapPart]:
    found = newest(boxes, _when, MAX_ENTRIES)
    return [SitemapPart(b["loc"][:MAX_URL], parse_date(b.get("lastmod", ""))) for b in found]


def _entry(texts: dict[str, str]) -> Entry:
    raw = squeeze(texts.get("news:publication_date", ""), 100)
    modified = parse_date(texts.get("lastmod", ""))
    words = (squeeze(word, MAX_NAME) for word in texts.get("news:keywords", "").split(","))
    return Entry(
        guid=texts["loc"][:MAX_URL],
        link=texts["loc"][:MAX_URL],
        title=plain(texts.get("news:title", ""), MAX_TITLE),
        published_at=parse_date(raw),
        published_raw=raw,
        updated_at=modified,
        categories=tuple(dict.fromkeys(word for word in words if word)),
        language=squeeze(texts.get("news:language", ""), 35).lower(),
        image_url=texts.get("image:loc", "")[:MAX_URL],
    )
