"""Times as files write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from newsflow.dates import reading

_MILLISECONDS = 100_000_000_000  # seconds until the year 5138, milliseconds since 1973
_FIRST, _LAST = datetime(1600, 1, 1, tzinfo=timezone.utc), datetime(2200, 1, 1, tzinfo=timezone.utc)
OLDEST = datetime(1700, 1, 1, tzinfo=timezone.utc)  # older than nearly all newspapers: what says so is cut back to it
_DAY = re.compile(r"\d{4}([-/]?)\d\d\1\d\d(?!\d)")
_CLOCK = re.compile(r"\d:\d\d")
AHEAD = timedelta(days=2)  # after the import; what is said to come later is cut back to the import


def read(value: object, zone: tzinfo | None, now: datetime, language: str = "") -> tuple[datetime, str]:
    """ISO 8601, RFC 5322, seconds or milliseconds since 1970, or a date as people write it, with its quality.

    Quality is exact, unzoned (no zone is written, and none was given: read as UTC), day or clamped.

    :param zone: of times without one.
    :param language: of the row, as it says: for 03/04/2026.
    :raises ValueError: for what is no such time; the message says why, for people.
    """
    try:
        moment, quality = _moment(value, language)
        if moment.tzinfo is None:
            quality = "unzoned" if quality == "exact" and zone is None else quality
            moment = moment.replace(tzinfo=zone or timezone.utc)
        moment = moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{str(value)[:40]!r} is no time that we read (write ISO 8601)") from None
    if not _FIRST < moment < _LAST:
        raise ValueError(f"the year {moment.year} can't be right")
    if moment < OLDEST:
        return OLDEST, "clamped"
    return (now, "clamped") if moment > now + AHEAD else (moment, quality)


def _moment(value: object, language: str) -> tuple[datetime, str]:
    if isinstance(value, datetime):
        return value, "exact"
    if isinstance(value, date):
        return datetime.combine(value, time()), "day"
    text = str(value).strip()
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / (1000 if seconds >= _MILLISECONDS else 1), timezone.utc), "exact"
    with suppress(ValueError):
        return _written_for_machines(text)
    found = reading.read(text, language)
    if found is None:
        raise ValueError(text)
    return found.at, "exact" if found.has_clock else "day"


def _written_for_machines(text: str) -> tuple[datetime, str]:
    if not _DAY.match(text):
        return _of_mail(text), "exact"
    text = re.sub(r"^(\d{4})/(\d\d)/(\d\d)", r"\1-\2-\3", text)
    text = re.sub(r"(?<=\d)[zZ]$", "+00:00", text)
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return datetime.fromisoformat(text), "day" if _DAY.fullmatch(text) else "exact"


def _of_mail(text: str) -> datetime:
    """RFC 5322, which has a time of day: a date alone would become midnight.

    :raises ValueError: for any other text.
    """
    if not _CLOCK.search(text):
        raise ValueError(text)
    return parsedate_to_datetime(text)
