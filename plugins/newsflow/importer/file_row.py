"""One row of a file as an extraction, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from newsflow.errors import NewsflowError
from newsflow.extract.fields.language import detect, stated
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from newsflow.text.bounds import bounded
from newsflow.text.characters import clean, clean_lines
from newsflow.text.storable import Storable
from newsflow.web.urls import LONGEST_NAME, BadUrl, canonicalise, publisher_name

EXTRACTOR = "import/1"
FIELDS = (
    "url", "title", "body", "published_at", "modified_at", "publisher", "language", "authors", "lead", "section",
    "tags", "image_url", "canonical_url", "page_type",
)  # fmt: skip
LONGEST_TITLE = 500  # characters that are kept of a row that is left out
_PAGE_TYPES = frozenset({"article", "live", "opinion", "video", "gallery", "podcast"})
_SEVERAL = re.compile(r"\s*[;|]\s*")
_HOST = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_MILLISECONDS = 100_000_000_000  # seconds until the year 5138, milliseconds since 1973
_FIRST, _LAST = datetime(1600, 1, 1, tzinfo=timezone.utc), datetime(2200, 1, 1, tzinfo=timezone.utc)


class ColumnMapError(NewsflowError):
    """What the user said of the columns names no field of ours."""


class BadRowError(ValueError):
    """A row that is no article; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Glimpse(Storable):
    """What is kept of a row that is left out; empty for what it has not, or what can't be read."""

    url: str = ""
    publisher: str = ""
    title: str = ""
    published_at: datetime | None = None


NOTHING_READ = Glimpse()


@dataclass(frozen=True, slots=True)
class Row(Storable):
    """A row of a file, valid: its extraction, and the publisher that it names or that its host does."""

    line: int
    extraction: Extraction
    publisher: str

    @property
    def glimpse(self) -> Glimpse:
        """What is kept of it where it is left out."""
        it = self.extraction
        return Glimpse(it.url, self.publisher, it.title[:LONGEST_TITLE], it.published_at)


def parse_map(pairs: list[str]) -> dict[str, str]:
    """`title=headline` → {"title": "headline"}: which column gives which field.

    :raises ColumnMapError: for a field that there is not, or a pair that is none.
    """
    found = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not column or field not in FIELDS:
            raise ColumnMapError(f"{pair!r}: write FIELD=COLUMN, with one of the fields {', '.join(FIELDS)}")
        found[field] = column
    return found


def row(line: int, record: object, columns: Mapping[str, str]) -> Row:
    """One record of a file, by the names of our fields or by those that `columns` gives them.

    :raises BadRowError: where it has no usable address, no text, or a time that is none.
    """
    if not isinstance(record, Mapping):
        raise BadRowError("not an object with named fields")
    values = {name: record.get(columns.get(name, name)) for name in FIELDS}
    try:
        url = canonicalise(_text(values["url"]))
    except BadUrl as error:
        raise BadRowError(f"url: {error}") from None
    body = "\n".join(bounded(clean_lines(_plain(values["body"]))))
    if not body:
        raise BadRowError("body: there is no text")
    published, quality = _time("published_at", values["published_at"])
    language, confidence = _language(_text(values["language"]), body)
    extraction = Extraction(
        url=url,
        outcome=Outcome.OK,
        title=_text(values["title"]),
        lead=_text(values["lead"]),
        body=body,
        authors=_several(values["authors"]),
        published_at=published,
        published_raw=_text(values["published_at"])[:100],
        published_quality=quality,
        modified_at=_time("modified_at", values["modified_at"])[0],
        language=language,
        language_confidence=confidence,
        section=_text(values["section"]),
        tags=_several(values["tags"]),
        image_url=_text(values["image_url"]),
        canonical_url=_text(values["canonical_url"]),
        page_type=kind if (kind := _text(values["page_type"])) in _PAGE_TYPES else "article",
        sources={"import": "row"},
        extractor=EXTRACTOR,
    )
    return Row(line, extraction, _publisher(_text(values["publisher"]), url))


def glimpse(record: object, columns: Mapping[str, str]) -> Glimpse:
    """What can be read of a record that is no article; nothing of what is not an object."""
    if not isinstance(record, Mapping):
        return NOTHING_READ
    value = {name: record.get(columns.get(name, name)) for name in ("url", "publisher", "title", "published_at")}
    with suppress(BadUrl):
        url = canonicalise(_text(value["url"]))
        named = ""
        with suppress(BadRowError):
            named = _publisher(_text(value["publisher"]), url)
        published = None
        with suppress(BadRowError):
            published = _time("published_at", value["published_at"])[0]
        return Glimpse(url, named, _text(value["title"])[:LONGEST_TITLE], published)
    return Glimpse(title=_text(value["title"])[:LONGEST_TITLE])


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


def _plain(value: object) -> str:
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN, as Parquet has it
        return ""
    return value if isinstance(value, str) else str(value)


def _text(value: object) -> str:
    return clean(_plain(value))


def _several(value: object) -> tuple[str, ...]:
    """A list, or texts separated by semicolons or bars (commas stand inside names: "Smith, Jr.")."""
    if value is None:
        return ()
    parts: Any = value if isinstance(value, (list, tuple)) else _SEVERAL.split(_plain(value))
    return tuple(part for part in map(_text, parts) if part)


def _time(field: str, value: object) -> tuple[datetime | None, str]:
    """ISO 8601, RFC 5322, seconds or milliseconds since 1970, or a date; without a zone it is UTC.

    Quality is exact, day or unknown.
    """
    if value is None or _plain(value).strip() == "":
        return None, "unknown"
    try:
        moment, quality = _moment(value)
        moment = moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise BadRowError(f"{field}: {_plain(value)[:40]!r} is no time that we read (write ISO 8601)") from None
    if not _FIRST < moment < _LAST:
        raise BadRowError(f"{field}: the year {moment.year} can't be right")
    return moment, quality


def _moment(value: object) -> tuple[datetime, str]:
    if isinstance(value, datetime):
        return value, "exact"
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc), "day"
    text = str(value).strip()
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / (1000 if seconds >= _MILLISECONDS else 1), timezone.utc), "exact"
    if text[:1].isalpha() or re.match(r"\d{1,2} [A-Z]", text):
        return parsedate_to_datetime(text), "exact"
    text = re.sub(r"^(\d{4})/(\d\d)/(\d\d)", r"\1-\2-\3", text)
    text = re.sub(r"(?<=\d)[zZ]$", "+00:00", text)
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return datetime.fromisoformat(text), "day" if len(text) == 10 else "exact"
