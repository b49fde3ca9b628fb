"""Feeds that are no well-formed XML, read by feedparser's loose parser.

It gives the same identities as the reader of well-formed feeds: guids as they are written, links resolved by the same
rule. A feed that is broken for one night must not show all of its entries as new.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

import feedparser

from newsflow.feeds.dates import parse_date
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
    ParsedFeed,
)
from newsflow.feeds.sanitize import harmless, plain, squeeze
from newsflow.model import Entry

# feedparser reads "&amp;id" in a CDATA section as "&ampid"
_LINK_TEXT = re.compile(rb"<(?:link|guid|id)\b[^<>]*>\s*<!\[CDATA\[[^<>]{1,4000}\]\]>", re.IGNORECASE)


def read(body: bytes, base: str) -> ParsedFeed:
    """Read what can be read; `kind` is empty where there is nothing of a feed in it.

    :param body: in UTF-8.
    """
    # without an address of the document, feedparser leaves relative links and guids as they are
    body = _LINK_TEXT.sub(lambda match: match[0].replace(b"&amp;", b"&"), body)
    headers = {"content-type": "application/xml; charset=utf-8"}
    found = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    version = str(found.get("version") or "")
    kind = "" if not version else "atom" if version.startswith("atom") else "rss"
    home = resolve(found.feed.get("link", ""), base)
    start = start_of_links(home, base, always=kind == "rss")
    language = found.feed.get("language", "")
    people = _people(found.feed) if kind == "atom" else ()
    return ParsedFeed(
        kind=kind,
        title=plain(found.feed.get("title", ""), MAX_TITLE),
        home=home,
        language=squeeze(language, 35).lower(),
        entries=tuple(_entry(item, start, language, people) for item in newest(found.entries, _when, MAX_ENTRIES)),
        reader="feedparser",
    )


def _when(item: Any, language: str = "") -> datetime | None:
    return _date(item, "published", language) or _date(item, "updated", language)


def _written(item: Any, name: str) -> str:
    # asked for a date that is not there, feedparser gives another
    return str(item[name] or "") if name in item else ""


def _date(item: Any, name: str, language: str) -> datetime | None:
    # feedparser's own reading is not asked: it gives another time where the form is odd
    return parse_date(_written(item, name), language)


def _people(item: Any) -> tuple[str, ...]:
    names = (plain(box.get("name", ""), MAX_NAME) for box in item.get("authors", ()))
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_LIST]


def _guid(item: Any) -> str:
    # the parser of broken markup leaves its references as they are
    return squeeze(html.unescape(item.get("id", "")), MAX_URL)


def _entry(item: Any, start: str, language: str, people: tuple[str, ...]) -> Entry:
    content = next((box.get("value", "") for box in item.get("content", ()) if box.get("value")), "")
    images = [box.get("url", "") for box in item.get("media_thumbnail", ())]
    language = squeeze(item.get("language", language) or language, 35).lower()
    return Entry(
        guid=_guid(item),
        link=resolve(item.get("feedburner_origlink", item.get("link", "")), start),
        title=plain(item.get("title", ""), MAX_TITLE),
        authors=_people(item) or people,
        published_at=_when(item, language),
        published_raw=squeeze(_written(item, "published") or _written(item, "updated"), 100),
        updated_at=_date(item, "updated", language),
        summary=plain(item.get("summary", ""), MAX_SUMMARY),
        content_html=harmless(content, start, MAX_CONTENT),
        categories=tuple(squeeze(tag.get("term") or "", MAX_NAME) for tag in item.get("tags", ())[:MAX_LIST]),
        language=language,
        image_url=resolve(images[0], start) if images else "",
        enclosures=tuple(resolve(box.get("href", ""), start) for box in item.get("enclosures", ())[:MAX_LIST]),
    )
