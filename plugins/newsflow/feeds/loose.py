"""Feeds that are no well-formed XML, read by feedparser's loose parser."""

from __future__ import annotations

import calendar
from datetime import datetime, timezone
from typing import Any

import feedparser

from newsflow.feeds.dates import parse_date
from newsflow.feeds.parsed import (
    MAX_CONTENT,
    MAX_ENTRIES,
    MAX_LIST,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_TITLE,
    MAX_URL,
    ParsedFeed,
)
from newsflow.feeds.sanitize import harmless, plain, squeeze
from newsflow.model import Entry


def read(body: bytes, base: str, content_type: str = "") -> ParsedFeed:
    """Read what can be read; `kind` is empty where there is nothing of a feed in it."""
    headers = {"content-location": base, "content-type": content_type or "application/xml"}
    found = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=True)
    version = str(found.get("version") or "")
    return ParsedFeed(
        kind="" if not version else "atom" if version.startswith("atom") else "rss",
        title=plain(found.feed.get("title", ""), MAX_TITLE),
        home=found.feed.get("link", "")[:MAX_URL],
        language=squeeze(found.feed.get("language", ""), 35).lower(),
        entries=tuple(_entry(item, base, found.feed.get("language", "")) for item in found.entries[:MAX_ENTRIES]),
        reader="feedparser",
    )


def _date(item: Any, name: str) -> datetime | None:
    parts = item.get(f"{name}_parsed")
    try:
        found = datetime.fromtimestamp(calendar.timegm(parts), timezone.utc) if parts else None
    except (ValueError, OverflowError, OSError):
        return None
    # the bounds of `parse_date` hold here too
    return parse_date(found.isoformat(timespec="seconds")) if found else None


def _entry(item: Any, base: str, language: str) -> Entry:
    content = next((box.get("value", "") for box in item.get("content", ()) if box.get("value")), "")
    images = [box.get("url", "") for box in item.get("media_thumbnail", ())]
    people = [plain(box.get("name", ""), MAX_NAME) for box in item.get("authors", ())]
    return Entry(
        guid=squeeze(item.get("id", ""), MAX_URL),
        link=item.get("feedburner_origlink", item.get("link", ""))[:MAX_URL],
        title=plain(item.get("title", ""), MAX_TITLE),
        authors=tuple(dict.fromkeys(name for name in people if name))[:MAX_LIST],
        published_at=_date(item, "published") or _date(item, "updated"),
        published_raw=squeeze(item.get("published", item.get("updated", "")), 100),
        updated_at=_date(item, "updated") if "updated" in item else None,
        summary=plain(item.get("summary", ""), MAX_SUMMARY),
        content_html=harmless(content, base, MAX_CONTENT),
        categories=tuple(squeeze(tag.get("term") or "", MAX_NAME) for tag in item.get("tags", ())[:MAX_LIST]),
        language=squeeze(item.get("language", language) or language, 35).lower(),
        image_url=images[0][:MAX_URL] if images else "",
        enclosures=tuple(box.get("href", "") for box in item.get("enclosures", ())[:MAX_LIST]),
    )
