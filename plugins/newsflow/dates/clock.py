"""Times of day: 24 and 12 hours, with the marks that languages put between hours and minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from functools import lru_cache

from newsflow.dates import names, zones

# Words between a day and its time ("at", "um", "kl.").
_LEADS = (
    r"at|um|om|em|kl|klo|klockan|kello|alle ore|alle|ore|ora|a las|a les|las|as|a|o|ob|u|в|о|у|на|στις|saat|pukul|jam|"
    r"luc|time|เวลา|الساعة|الساعه|ساعت|בשעה|года|году|г|року|р|godz|d|h"
)
_TAILS = r"uhr|hrs?|hours?|h|น|klo|г|ч|น\.|horas|heures|uur"
_HOUR_MARKS = r"uhr|h|hrs|時|时|點|点|시|ч|u"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day since midnight, with its zone where one was named."""

    since_midnight: timedelta
    zone: tzinfo | None
    american: bool
    start: int
    end: int


@lru_cache(maxsize=64)
def _pattern(language: str) -> re.Pattern[str]:
    before, after = names.halves(language)
    half = names.alternatives(before | after)
    return re.compile(
        rf"(?:(?P<half>{half})\s?)?(?<!\d)(?P<hour>\d{{1,2}})"
        r"(?:\s?(?::|\.|٫|h:?|時|时|點|点|시|u)\s?(?P<minute>\d{1,2})(?!\d)"
        r"(?:\s?(?::|\.|m|分|분)\s?(?P<second>\d{1,2})(?!\d)(?:[.,]\d{1,9})?\s?(?:s\b|秒|초)?|\s?(?:分|분|min\b|mn\b))?"
        rf"|(?=\s?(?:{half})(?![^\W\d_]))|\s?(?:{_HOUR_MARKS})(?![^\W\d_])|(?=\s[+-]\d{{4}}$))"
        rf"(?:\s?,?\s?(?P<half2>{half})(?![^\W\d_]))?(?:\s?(?:{_TAILS})\.?(?![^\W\d_]))?"
        rf"(?:\s?(?P<zone>{zones.PATTERN}))?"
    )


_LEAD = re.compile(
    r"[\s,;.|·•・()\[\]/\-@»>:t]*"
    r"(?:(?:星期|周|週)?[月火水木金土日一二三四五六](?:曜日?)?\)?\s?|[월화수목금토일](?:요일)?\)?\s?)?"
    rf"(?:(?:{_LEADS})\b\.?[\s:,]*)?"
)


def behind(text: str, start: int, language: str) -> Clock | None:
    """The time of day that follows a day which ends at `start`."""
    lead = _LEAD.match(text, start)
    for place in dict.fromkeys((lead.end() if lead else start, start)):
        match = _pattern(language).match(text, place)
        if match and (found := _read(match, language)):
            return found
    return None


def before(text: str, end: int, language: str) -> Clock | None:
    """The time of day that stands right before a day which begins at `end` ("08:15 | 4 may 2026")."""
    for match in _pattern(language).finditer(text, max(0, end - 30), end):
        if not text[match.end() : end].strip(" ,|·•-/()") and match["minute"]:
            return _read(match, language)
    return None


def since_midnight(hour: int, minute: int, second: int) -> timedelta | None:
    """A time of day; None where there is no such.

    24:00 is midnight at the end of the day, a 60th second is a leap second (ISO 8601).
    """
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _read(match: re.Match[str], language: str) -> Clock | None:
    at = _time_of(match, language)
    if at is None or not _is_written_well(match):
        return None
    named: str = match["zone"] or ""
    zone = zones.read(named, language) if named else None
    end = match.end() if zone or not named else match.start("zone")
    return Clock(at, zone, zones.is_american(named), match.start(), end)


def _time_of(match: re.Match[str], language: str) -> timedelta | None:
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    hour_of_day = _of_24(hour, match["half"] or match["half2"] or "", language)
    return None if hour_of_day is None else since_midnight(hour_of_day, minute, second)


def _is_written_well(match: re.Match[str]) -> bool:
    """One digit of minutes is written with seconds or a unit only ("15:4:5"): else it is a score or a page."""
    minute = match["minute"]
    return minute is None or len(minute) == 2 or match["second"] is not None or match[0].rstrip().endswith(("分", "분"))


def _of_24(hour: int, half: str, language: str) -> int | None:
    if not half:
        return hour if hour <= 24 else None
    _, after = names.halves(language)
    is_after = half.rstrip(".") in after or half in after
    if hour > 12:  # "15:30 pm" says one thing twice, "15:30 am" two things
        return hour if is_after and hour < 24 else None
    return hour % 12 + 12 * is_after
