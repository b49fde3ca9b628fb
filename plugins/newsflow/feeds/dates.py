"""Dates as feeds write them: RFC 822, W3CDTF / RFC 3339, and what feedparser has met."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|z|[+-]\d\d:?\d\d)?)?$")
_RFC822 = re.compile(r"(?:\w{3},\s*)?\d{1,2} \w{3} \d{4} \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT|UTC|UT|Z|[ECMP][SD]T)$")
_NO_DAY = re.compile(r"\d{4}(?:-?\d\d)?")  # a year or a month alone (W3CDTF): feedparser makes its first day of it
_FIRST_YEAR, _LAST_YEAR = 1970, 2099


def parse_date(raw: str) -> datetime | None:
    """A date in UTC; None where it can't be told, or lies outside 1970–2099.

    A time without a zone is read as UTC, as feedparser does.
    """
    raw = raw.strip()[:100]
    if not raw:
        return None
    try:
        found = None if _NO_DAY.fullmatch(raw) else _iso(raw) or _rfc822(raw) or _odd(raw)
    except (ValueError, OverflowError, IndexError, TypeError, KeyError):
        return None
    return found if found and _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _iso(raw: str) -> datetime | None:
    match = _ISO.match(raw)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    # 24:00 is midnight at the end of the day (ISO 8601), :60 a leap second
    start = datetime(year, month, day, tzinfo=timezone.utc)
    return start + timedelta(hours=hour, minutes=minute, seconds=min(second, 59)) - _offset(match[7])


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def _rfc822(raw: str) -> datetime | None:
    if not _RFC822.match(raw):
        return None
    found = parsedate_to_datetime(raw)
    return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)


def _odd(raw: str) -> datetime | None:
    from feedparser.datetimes import _parse_date

    parts = _parse_date(raw)
    return datetime.fromtimestamp(calendar.timegm(parts), timezone.utc) if parts else None
