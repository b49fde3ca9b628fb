"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import urljoin

from newsflow.feeds.dates import parse_date
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
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise FeedError(Outcome.PARSE_ERROR, f"broken JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise FeedError(Outcome.NOT_A_FEED, "JSON without a list of items")
    items = [item for item in data["items"][:MAX_ENTRIES] if isinstance(item, dict)]
    language = squeeze(_text(data, "language"), 35).lower()
    shared = _people(data)
    return ParsedFeed(
        "json",
        title=literal(_text(data, "title"), MAX_TITLE),
        home=_url(_text(data, "home_page_url"), base),
        language=language,
        entries=tuple(_entry(item, base, language, shared) for item in items),
        reader="json",
    )


def _text(item: dict[str, Any], *names: str) -> str:
    for name in names:
        value = item.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return ""


def _url(text: str, base: str) -> str:
    text = text.strip()[:MAX_URL]
    try:
        return urljoin(base, text) if text else ""
    except ValueError:
        return text


def _list(item: dict[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value[:MAX_LIST] if isinstance(value, list) else []


def _people(item: dict[str, Any]) -> tuple[str, ...]:
    boxes = _list(item, "authors") or [item.get("author")]
    names = (squeeze(_text(box, "name"), MAX_NAME) for box in boxes if isinstance(box, dict))
    return tuple(dict.fromkeys(name for name in names if name))


def _content(item: dict[str, Any], base: str) -> str:
    if markup := _text(item, "content_html"):
        return harmless(markup, base, MAX_CONTENT)
    return html.escape(_text(item, "content_text")[:MAX_CONTENT], quote=False)


def _entry(item: dict[str, Any], base: str, language: str, shared: tuple[str, ...]) -> Entry:
    raw = squeeze(_text(item, "date_published"), 100)
    updated = parse_date(_text(item, "date_modified"))
    attached = (_text(box, "url") for box in _list(item, "attachments") if isinstance(box, dict))
    tags = (squeeze(tag, MAX_NAME) for tag in _list(item, "tags") if isinstance(tag, str))
    return Entry(
        guid=squeeze(_text(item, "id"), MAX_URL),
        link=_url(_text(item, "url", "external_url"), base),
        title=literal(_text(item, "title"), MAX_TITLE),
        authors=_people(item) or shared,
        published_at=parse_date(raw) or updated,
        published_raw=raw,
        updated_at=updated,
        summary=literal(_text(item, "summary"), MAX_SUMMARY),
        content_html=_content(item, base),
        categories=tuple(dict.fromkeys(tag for tag in tags if tag)),
        language=squeeze(_text(item, "language"), 35).lower() or language,
        image_url=_url(_text(item, "image", "banner_image"), base),
        enclosures=tuple(_url(url, base) for url in attached if url),
    )
