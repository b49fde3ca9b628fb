"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Any

from newsflow.feeds.dates import parse_date
from newsflow.feeds.json_repair import load
from newsflow.feeds.links import resolve, start_of_links
from newsflow.feeds.newest import newest
from newsflow.feeds.parsed import (
    MAX_CONTENT,
    MAX_ENTRIES,
    MAX_LIST,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_TITLE,
    MAX_URL,
    FeedError,
    ParsedFeed,
)
from newsflow.feeds.sanitize import harmless, literal, squeeze
from newsflow.model import Entry
from newsflow.outcomes import Outcome


def read(body: bytes, base: str) -> ParsedFeed:
    """Read a JSON Feed.

    :raises FeedError: not JSON (parse_error), or JSON of another kind (not_a_feed).
    """
    data, broken = load(body.decode("utf-8", "replace"))
    found = data.get("items") if isinstance(data, dict) else None
    if isinstance(found, dict):  # PHP writes a list from which something was taken as numbered items
        found = list(found.values()) if all(map(str.isdecimal, found)) else None
    if not isinstance(found, list):
        raise FeedError(Outcome.NOT_A_FEED, "JSON without a list of items")
    items = newest([item for item in found if isinstance(item, dict)], _when, MAX_ENTRIES)
    language = squeeze(_text(data, "language"), 35).lower()
    shared = _people(data)
    home = resolve(_text(data, "home_page_url"), base)
    start = start_of_links(home, base, always=False)
    return ParsedFeed(
        "json",
        title=literal(_text(data, "title"), MAX_TITLE),
        home=home,
        language=language,
        entries=tuple(_entry(item, start, language, shared) for item in items),
        reader="json",
        repairs=(broken[:200],) if broken else (),
    )


def _text(item: dict[str, Any], *names: str) -> str:
    for name in names:
        value = item.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return ""


def _list(item: dict[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value[:MAX_LIST] if isinstance(value, list) else []


def _people(item: dict[str, Any]) -> tuple[str, ...]:
    """`authors` (1.1), or `author` (1.0); names alone, which some write in place of objects, count too."""
    boxes = _list(item, "authors") or [item.get("authors"), item.get("author")]
    names = (squeeze(_text(box, "name") if isinstance(box, dict) else box, MAX_NAME) for box in boxes if _is_named(box))
    return tuple(dict.fromkeys(name for name in names if name))


def _is_named(box: Any) -> bool:
    return isinstance(box, (dict, str))


def _content(item: dict[str, Any], base: str) -> str:
    if markup := _text(item, "content_html"):
        return harmless(markup, base, MAX_CONTENT)
    return html.escape(_text(item, "content_text")[:MAX_CONTENT], quote=False)


def _when(item: dict[str, Any]) -> datetime | None:
    return parse_date(_text(item, "date_published")) or parse_date(_text(item, "date_modified"))


def _entry(item: dict[str, Any], base: str, language: str, shared: tuple[str, ...]) -> Entry:
    language = squeeze(_text(item, "language"), 35).lower() or language
    raw = squeeze(_text(item, "date_published"), 100)
    updated = parse_date(_text(item, "date_modified"), language)
    attached = (_text(box, "url") for box in _list(item, "attachments") if isinstance(box, dict))
    tags = (squeeze(tag, MAX_NAME) for tag in _list(item, "tags") if isinstance(tag, str))
    return Entry(
        guid=squeeze(_text(item, "id"), MAX_URL),
        link=resolve(_text(item, "url", "external_url"), base),
        title=literal(_text(item, "title"), MAX_TITLE),
        authors=_people(item) or shared,
        published_at=parse_date(raw, language) or updated,
        published_raw=raw,
        updated_at=updated,
        summary=literal(_text(item, "summary"), MAX_SUMMARY),
        content_html=_content(item, base),
        categories=tuple(dict.fromkeys(tag for tag in tags if tag)),
        language=language,
        image_url=resolve(_text(item, "image", "banner_image"), base),
        enclosures=tuple(resolve(url, base) for url in attached if url),
    )
