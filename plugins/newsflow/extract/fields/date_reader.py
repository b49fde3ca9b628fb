"""How the dates of one page are read: in its language, its country's order, its publisher's zone, and within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from urllib.parse import urlsplit

from newsflow.dates import forms, reading
from newsflow.dates.fold import fold
from newsflow.extract.page.metadata import PageMetadata

# Before the web: what claims to be older is a default value (1970-01-01) or a date in the text.
EARLIEST = datetime(1990, 1, 1, tzinfo=timezone.utc)
LATEST = 2100  # year; without a time of capture, what lies behind it is a slip of the pen
_SLACK = timedelta(days=2)  # clocks that are wrong, and local times without a zone
_COUNTRIES_OF_ALL = (
    "ai",
    "cc",
    "co",
    "fm",
    "gg",
    "io",
    "is",
    "la",
    "ly",
    "me",
    "nu",
    "sh",
    "st",
    "to",
    "tv",
    "ws",
)  # sold to all


@dataclass(frozen=True, slots=True)
class Dated:
    """An aware time, as its source wrote it, with its quality and source.

    Qualities: `exact`, `unzoned` (a time of day without a zone), `day`, `guessed`, `clamped`, `doubtful`, and `unknown`
    without a time.
    """

    at: datetime | None = None
    raw: str = ""
    quality: str = "unknown"
    source: str = ""


NO_DATE = Dated()


@dataclass(frozen=True, slots=True)
class Reader:
    """How dates of one page are read.

    :param zone: of the publisher; None for not known: times without one are taken as UTC.
    :param now: when the page was captured, None where nobody knows.
    """

    language: str = ""
    region: str = ""
    zone: tzinfo | None = None
    now: datetime | None = None

    def dated(self, found: reading.Reading, raw: str, source: str) -> Dated:
        """A reading as a time; without one where it is none that a page of the web can have."""
        quality = "day" if not found.has_clock else "exact" if found.at.tzinfo else "unzoned"
        # a day stays that day: midnight of the publisher's zone is another in UTC
        at = found.aware(self.zone if self.zone and found.has_clock else timezone.utc)
        return Dated(at, raw[:100], quality, source) if self._is_plausible(at) else Dated()

    def read(self, raw: str, source: str) -> Dated:
        """A statement as a time. Where it is more than a date, its day is taken."""
        if found := reading.read(raw, self.language, self.region):
            return self.dated(found, raw, source)
        days = [*reading.find(forms.joined(fold(raw[: reading.LONGEST])), self.language, self.region)]
        if len({one.at.date() for one in days}) != 1:
            return Dated()
        return self.dated(reading.Reading(datetime.combine(days[0].at.date(), time()), has_clock=False), raw, source)

    def _is_plausible(self, at: datetime) -> bool:
        # the year first: comparing a time of year 1 or 9999 with another zone overflows
        if not EARLIEST.year <= at.year <= LATEST or at < EARLIEST:
            return False
        return self.now is None or at <= self.now + _SLACK


def reader(page: PageMetadata, url: str, now: datetime | None, zone: tzinfo | None) -> Reader:
    """How this page's dates are read: in its language, and its country's order of day and month."""
    locale = page.language or page.first("og:locale", "content-language", "language", "dc.language")
    language = locale.split(",")[0].strip().replace("_", "-")[:12]
    own = (
        language.rsplit("-", 1)[-1] if "-" in language else page.first("og:locale").replace("-", "_").partition("_")[2]
    )
    region = own.upper() if len(own) == 2 else _country(url)
    return Reader(language.lower(), region, zone, now)


def _country(url: str) -> str:
    """The country of an address by its last part, "" for .com and its like."""
    try:
        last = (urlsplit(url).hostname or "").rsplit(".", 1)[-1]
    except ValueError:
        return ""
    if len(last) != 2 or last in _COUNTRIES_OF_ALL:
        return ""
    return "GB" if last == "uk" else last.upper()
