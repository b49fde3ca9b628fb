"""When a page says that it was published and changed; with what precision, and on whose word."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone
from typing import Any

from lxml.html import HtmlElement

from newsflow.dates import forms, reading
from newsflow.dates.fold import fold
from newsflow.extract.page.metadata import PageMetadata, plain

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "publishdate",
    "publish_date", "publish-date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "pubdate",
    "article.published", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date",
    "published_at", "article_date_original", "originalpublicationdate", "displaydate", "ptime", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "last-modified", "lastmod",
    "dcterms.modified", "dc.date.modified", "article.updated", "modified_time", "utime",
)  # fmt: skip
_URL = re.compile(r"/(19[89]\d|20\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=\D|$)")
# English in addresses all over the world.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_URL_NAMED = re.compile(rf"/(20\d\d)/({'|'.join(_MONTHS)})/(0?[1-9]|[12]\d|3[01])(?=/|$)", re.IGNORECASE)
_URL_TIGHT = re.compile(r"(?<!\d)(20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
# Before the web: what claims to be older is a default value (1970-01-01) or a date in the text.
EARLIEST = datetime(1990, 1, 1, tzinfo=timezone.utc)
LATEST = 2100  # year; without a time of capture, what lies behind it is a slip of the pen
_SLACK = timedelta(days=2)  # clocks that are wrong, and local times without a zone
# A nightly run sees what came out since the one before, within a day; a night that failed doubles that.
SEEN_WITHIN = timedelta(days=2)
_YEAR_ALONE = "-01-01"  # what htmldate makes of "© 2026"


@dataclass(frozen=True, slots=True)
class Dated:
    """An aware time, as its source wrote it, with its quality and source.

    Qualities: `exact`, `day`, `guessed`, `clamped`, `doubtful`, and `unknown` without a time.
    """

    at: datetime | None = None
    raw: str = ""
    quality: str = "unknown"
    source: str = ""


def parse(raw: str, language: str = "") -> tuple[datetime, str] | None:
    """An aware time in the zone that it was written in, and its precision; None where it can't be read.

    A time without a zone is taken as UTC. Where more than a date is written, its day is taken.

    :param language: as the page states it.
    """
    if read := reading.read(raw, language):
        return read.aware(), "exact" if read.has_clock else "day"
    found = [*reading.find(forms.joined(fold(raw[: reading.LONGEST])), language)]
    if len({one.at.date() for one in found}) != 1:
        return None
    return datetime.combine(found[0].at.date(), time(), tzinfo=timezone.utc), "day"


def _plausible(at: datetime, now: datetime | None) -> bool:
    """:param now: when the page was captured, None where nobody knows."""
    # the year first: comparing a time of year 1 or 9999 with another zone overflows
    if not EARLIEST.year <= at.year <= LATEST or at < EARLIEST:
        return False
    return now is None or at <= now + _SLACK


def _statements(harvest: PageMetadata, keys: tuple[str, ...], metas: tuple[str, ...]) -> list[tuple[str, str]]:
    found = [("json-ld", plain(harvest.article.get(key))) for key in keys]
    found += [("meta", value) for name in metas for value in harvest.meta.get(name, ())]
    return [(source, raw) for source, raw in found if raw]


def _microdata(root: HtmlElement, prop: str) -> list[tuple[str, str]]:
    found = []
    for element in root.iter("time", "meta", "span", "abbr", "div", "p"):
        if prop in (element.get("itemprop") or "").split():
            raw = element.get("content") or element.get("datetime") or element.get("title") or element.text or ""
            found.append(("microdata", raw.strip()))
    return found[:3]


def _times(root: HtmlElement) -> list[tuple[str, str]]:
    found = []
    for element in root.iter("time"):
        raw = (element.get("datetime") or "").strip()
        if raw and not any(parent.tag in {"aside", "footer", "nav"} for parent in element.iterancestors()):
            found.append(("time", raw))
    return found[:1]


def url_date(url: str) -> str:
    """The date in a URL's path as YYYY-MM-DD, or ""."""
    match = _URL.search(url) or _URL_TIGHT.search(url)
    if not match and (named := _URL_NAMED.search(url)):
        return f"{named[1]}-{_MONTHS.index(named[2].lower()) + 1:02}-{int(named[3]):02}"
    return f"{int(match[1]):04}-{int(match[2]):02}-{int(match[3]):02}" if match else ""


def _first(statements: list[tuple[str, str]], now: datetime | None) -> Dated:
    for source, raw in statements:
        read = parse(raw)
        if read and _plausible(read[0], now):
            return Dated(read[0], raw[:100], read[1], source)
    return Dated()


def published(root: HtmlElement, harvest: PageMetadata, url: str, hint: datetime | None, now: datetime | None) -> Dated:
    """The time of publication.

    Order: JSON-LD, meta, microdata, the feed, `<time>`, the URL, and last the text (htmldate).
    """
    stated = _first(_statements(harvest, ("datePublished", "uploadDate", "dateCreated"), _PUBLISHED), now)
    if stated.at and stated.quality == "exact":
        return stated
    feed = [("feed", hint.isoformat())] if hint else []
    beside = _first([*_microdata(root, "datePublished"), *feed], now)
    if stated.at:
        return beside if _is_more_exact(beside, stated) else stated
    if beside.at:
        return beside
    shown = _first([*_times(root), ("url", url_date(url))], now)
    return shown if shown.at else _from_text(root, url, now)


def doubted(dated: Dated, first_seen_at: datetime | None, watched_since: datetime | None) -> Dated:
    """The date, as `doubtful` where its publisher's feeds were polled then, and showed the page much later.

    :param watched_since: since when they had been polled without a gap until `first_seen_at`; None where they had not.
    """
    if dated.at is None or first_seen_at is None or watched_since is None:
        return dated
    late = watched_since <= dated.at < first_seen_at - SEEN_WITHIN
    return replace(dated, quality="doubtful") if late else dated


def _is_more_exact(one: Dated, other: Dated) -> bool:
    """Does one give the hour of the day that the other names? A day apart is the same day in another zone."""
    if one.at is None or other.at is None or one.quality != "exact":
        return False
    return abs(one.at - other.at) < timedelta(days=1)


def _from_text(root: HtmlElement, url: str, now: datetime | None) -> Dated:
    from htmldate import find_date

    limit: Any = (now or datetime(2100, 1, 1, tzinfo=timezone.utc)).strftime("%Y-%m-%d")
    try:
        raw = find_date(root, extensive_search=False, original_date=True, max_date=limit)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raw = None
    read = parse(raw) if raw and not raw.endswith(_YEAR_ALONE) else None
    return Dated(read[0], raw or "", "guessed", "text") if read and _plausible(read[0], now) else Dated()


def modified(root: HtmlElement, harvest: PageMetadata, hint: datetime | None, now: datetime | None) -> Dated:
    """The time of the last change."""
    statements = _statements(harvest, ("dateModified",), _MODIFIED) + _microdata(root, "dateModified")
    if hint:
        statements.append(("feed", hint.isoformat()))
    return _first(statements, now)
