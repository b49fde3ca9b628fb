"""One row of a file as an extraction, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Any

from newsflow.clock import utcnow
from newsflow.credits import credits
from newsflow.extract import row as row_of_page
from newsflow.extract.fields import names
from newsflow.extract.fields.language import detect, stated
from newsflow.extract.fields.name_words import AND
from newsflow.extract.fields.one_name import without_by
from newsflow.importer import times
from newsflow.importer.columns import fields
from newsflow.importer.markup import text_of
from newsflow.importer.values import parts, plain
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from newsflow.text.bounds import bounded
from newsflow.text.characters import clean, clean_lines
from newsflow.text.storable import Storable
from newsflow.web.urls import LONGEST_NAME, BadUrl, canonicalise, publisher_name

EXTRACTOR = "import/1"
LONGEST_TITLE = 500  # characters that are kept of a row that is left out
_PAGE_TYPES = frozenset({"article", "live", "opinion", "video", "gallery", "podcast"})
_BY_SCHEMA = {
    "newsarticle": "article", "reportagenewsarticle": "article", "liveblogposting": "live",
    "opinionnewsarticle": "opinion", "videoobject": "video", "imagegallery": "gallery", "podcastepisode": "podcast",
}  # fmt: skip
_BETWEEN = re.compile(rf",(?! *(?:Jr|Sr|PhD|MD|I{{2,3}}|IV)\b)|[;|]| (?:{AND}) ", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)


class BadRowError(ValueError):
    """A row that is no article; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Glimpse(Storable):
    """What is kept of a row that is left out; empty for what it has not, or what can't be read."""

    url: str = ""
    publisher: str = ""
    title: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row(Storable):
    """A row of a file, valid: its extraction, and the publisher that it names or that its host does."""

    line: int
    extraction: Extraction
    publisher: str
    notes: tuple[str, ...] = ()  # what was taken otherwise than it says

    @property
    def glimpse(self) -> Glimpse:
        """What is kept of it where it is left out."""
        it = self.extraction
        return Glimpse(it.url, self.publisher, it.title[:LONGEST_TITLE], it.published_at)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be read.

    :param columns: field → column, where they differ.
    :param zone: of times that name none; None: they are taken as UTC, and told to be.
    :param now: when the import began: nothing is published much later.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo | None = None
    now: datetime = field(default_factory=utcnow)


def row(line: int, record: object, asked: Asked) -> Row:
    """One record of a file.

    :raises BadRowError: where it has no usable address, no text, or a time that is none.
    """
    if not isinstance(record, Mapping):
        raise BadRowError("not an object with named fields")
    values = fields(record, asked.columns)
    try:
        url = canonicalise(_text(values["url"]))
    except BadUrl as error:
        raise BadRowError(f"url: {error}") from None
    body = "\n".join(bounded(clean_lines(text_of(plain(values["body"], "\n")))))
    if not body:
        raise BadRowError("body: there is no text")
    return Row(line, _extraction(url, body, values, asked), _publisher(_text(values["publisher"]), url), _notes(values))


def _extraction(url: str, body: str, values: Mapping[str, Any], asked: Asked) -> Extraction:
    published, quality = _time("published_at", values, asked)
    language, confidence = _language(_text(values["language"]), body)
    authors, agencies = _authors(values["authors"])
    return Extraction(
        url=url,
        outcome=Outcome.OK,
        title=_line(values["title"]),
        lead=_line(values["lead"]),
        body=body,
        authors=authors,
        agencies=tuple(credits(body, authors, agencies)),
        published_at=published,
        published_raw=_text(values["published_at"])[:100],
        published_quality=quality,
        modified_at=_time("modified_at", values, asked)[0],
        language=language,
        language_confidence=confidence,
        section=_line(values["section"]),
        tags=_several(values["tags"]),
        image_url=_text(values["image_url"]),
        canonical_url=_text(values["canonical_url"]),
        page_type=_page_type(values) or "article",
        sources={"import": "row"},
        extractor=EXTRACTOR,
    )


def content_hash(extraction: Extraction) -> bytes:
    """sha256 over all that a row says: files, unlike pages, change nothing with each rendering."""
    it = extraction
    more = repr((it.tags, it.section, it.image_url, it.page_type))
    return sha256(row_of_page.content_hash(it) + more.encode("utf-8", "surrogatepass")).digest()


def _page_type(values: Mapping[str, Any]) -> str:
    """One of our types, also as schema.org names it; "" for any other word."""
    kind = _text(values["page_type"]).casefold()
    return kind if kind in _PAGE_TYPES else _BY_SCHEMA.get(kind, "")


def _notes(values: Mapping[str, Any]) -> tuple[str, ...]:
    kind = _text(values["page_type"])
    if not kind or _page_type(values):
        return ()
    return (f"page_type {kind[:40]!r} is none of {', '.join(sorted(_PAGE_TYPES))}: taken as article",)


def glimpse(record: object, asked: Asked) -> Glimpse:
    """What can be read of a record that is no article; nothing of what is not an object."""
    if not isinstance(record, Mapping):
        return Glimpse()
    values = fields(record, asked.columns)
    title = _line(values["title"])[:LONGEST_TITLE]
    try:
        url = canonicalise(_text(values["url"]))
    except BadUrl:
        return Glimpse(title=title)
    named, published = "", None
    with suppress(BadRowError):
        named = _publisher(_text(values["publisher"]), url)
    with suppress(BadRowError):
        published = _time("published_at", values, asked)[0]
    return Glimpse(url, named, title, published)


def _language(named: str, body: str) -> tuple[str, float]:
    """ISO 639-1 and confidence: as the row says (1), else as the text tells."""
    language = stated(named)
    return (language, 1.0) if language else detect(body)


def _publisher(name: str, url: str) -> str:
    """A name as it stands; for an address or a host what that host's publisher is called; else the page's host's."""
    if _HOST.fullmatch(name):
        try:
            return publisher_name(name if "://" in name else f"https://{name}")
        except BadUrl as error:
            raise BadRowError(f"publisher: {error}") from None
    return name[:LONGEST_NAME] or publisher_name(url)


def _text(value: object) -> str:
    return clean(plain(value))


def _line(value: object) -> str:
    return clean(text_of(plain(value)))


def _several(value: object) -> tuple[str, ...]:
    return tuple(part for part in map(_line, parts(value)) if part)


def _authors(value: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and agencies: of "By A and B", "A, B", [{"name": "A"}]; what is no name that we know stays as it is."""
    lines = _several(value)
    persons, agencies = names.people(lines, set())
    if persons or agencies:
        return persons, agencies
    parted = (part.strip() for line in lines for part in _BETWEEN.split(without_by(line)))
    return tuple(name for name in parted if name and not _is_address(name)), ()


def _is_address(name: str) -> bool:
    return "@" in name or "://" in name or _HOST.fullmatch(name) is not None


def _time(name: str, values: Mapping[str, Any], asked: Asked) -> tuple[datetime | None, str]:
    """A time with its quality; None and unknown where there is none."""
    value = values[name]
    value = plain(value) if isinstance(value, (Mapping, list, tuple)) else value
    if value is None or plain(value).strip() == "":
        return None, "unknown"
    try:
        return times.read(value, asked.zone, asked.now, _text(values["language"]))
    except ValueError as error:
        raise BadRowError(f"{name}: {error}") from None
