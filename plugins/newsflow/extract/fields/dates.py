"""When a page says that it was published and changed; with what precision, and on whose word."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from lxml.html import HtmlElement

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
_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?(?!\d)",
    re.IGNORECASE,
)
_URL = re.compile(r"/(19[89]\d|20\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=\D|$)")
# English in addresses all over the world.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_URL_NAMED = re.compile(rf"/(20\d\d)/({'|'.join(_MONTHS)})/(0?[1-9]|[12]\d|3[01])(?=/|$)", re.IGNORECASE)
_URL_TIGHT = re.compile(r"(?<!\d)(20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
# Abbreviations that news pages use, in seconds east of UTC; IST is India's.
_ZONES = {
    name: hours * 1800
    for name, hours in {
        "EST": -10, "EDT": -8, "CST": -12, "CDT": -10, "MST": -14, "MDT": -12, "PST": -16, "PDT": -14, "AST": -8,
        "GMT": 0, "UTC": 0, "BST": 2, "WEST": 2, "CET": 2, "CEST": 4, "EET": 4, "EEST": 6, "MSK": 6, "IST": 11,
        "PKT": 10, "SGT": 16, "HKT": 16, "JST": 18, "KST": 18, "AEST": 20, "AEDT": 22, "NZST": 24, "NZDT": 26,
    }.items()
}  # fmt: skip
# Before the web: what claims to be older is a default value (1970-01-01) or a date in the text.
EARLIEST = datetime(1990, 1, 1, tzinfo=timezone.utc)
LATEST = 2100  # year; without a time of capture, what lies behind it is a slip of the pen
_SLACK = timedelta(days=2)  # clocks that are wrong, and local times without a zone
# A nightly run sees what came out since the one before, within a day; a night that failed doubles that.
SEEN_WITHIN = timedelta(days=2)
_BARE = re.compile(r"\d{1,7}")  # a year, or a year and a month: dateutil makes a day of some
_DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 3, 2))  # noqa: DTZ001 - differ in year, month and day; no zone yet
_YEAR_ALONE = "-01-01"  # what htmldate makes of "© 2026"
_LONGEST = 60  # characters; dateutil finds dates in any longer text


@dataclass(frozen=True, slots=True)
class Dated:
    """An aware time, as its source wrote it, with its quality and source.

    Qualities: `exact`, `day`, `guessed`, `clamped`, `doubtful`, and `unknown` without a time.
    """

    at: datetime | None = None
    raw: str = ""
    quality: str = "unknown"
    source: str = ""


def parse(raw: str) -> tuple[datetime, str] | None:
    """An aware time in the zone that it was written in, and its precision; None where it can't be read.

    ISO 8601 and RFC 5322 forms; a time without a zone is taken as UTC.
    """
    match = _ISO.search(raw)
    try:
        if epoch := _epoch(raw):
            return epoch
        return _iso(match) if match else _loose(raw)
    except (ValueError, OverflowError, TypeError):
        return None


def _iso(match: re.Match[str]) -> tuple[datetime, str]:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = _zone(match[7] or "")
    at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    return at, "exact" if match[4] else "day"


def _zone(text: str) -> timezone:
    if not text or text.upper() in {"Z", "UTC", "GMT"}:
        return timezone.utc
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return timezone(-offset if text[0] == "-" else offset)


def _loose(raw: str) -> tuple[datetime, str] | None:
    """What dateutil makes of other forms ("Tue, 12 May 2026 10:30 EST"); None where year, month or day is missing.

    A missing part is one that dateutil takes from its default.
    """
    from dateutil.parser import ParserError
    from dateutil.parser import parse as read

    if not re.search(r"\d{4}", raw) or len(raw) > _LONGEST or _BARE.fullmatch(raw.strip()):
        return None
    try:
        at, other = (read(raw, tzinfos=_ZONES, default=default, ignoretz=False) for default in _DEFAULTS)
    except (ParserError, OverflowError):
        return None
    if at != other:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)), "exact" if ":" in raw else "day"


def _epoch(raw: str) -> tuple[datetime, str] | None:
    """Seconds or milliseconds since 1970; those of ten digits that begin with 1 lie between 2001 and 2033."""
    if not re.fullmatch(r"1\d{9}(?:\d{3})?", raw):
        return None
    return datetime.fromtimestamp(int(raw[:10]), timezone.utc), "exact"


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
