"""Dates as feeds and pages write them: read for certain, or not at all.

`read` takes a text that is nothing but a date, `find` the dates in a line of text.
Sources of the forms: RFC 822 and 2822, RFC 3339, W3CDTF, ISO 8601, the date tests of gofeed, Miniflux and feedparser,
and what news pages write in the languages of the Unicode CLDR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timezone, tzinfo

from newsflow.dates import clock, forms, names, zones
from newsflow.dates.clock import Clock
from newsflow.dates.fold import fold
from newsflow.dates.forms import Day

LONGEST = 100  # characters of a text that is nothing but a date
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?:(?P<utc>[Zz])|(?P<offset>[+-]\d\d:?\d\d))?)?"
)
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MAIL = re.compile(
    rf"(?:[A-Z][a-z]{{2,8}},? +)?(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_ENGLISH)}) (?P<year>\d{{4}}) "
    r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))? (?:(?P<utc>GMT|UTC|UT|Z)|(?P<offset>[+-]\d{4}))"
)
_BASIC = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:[t ]?(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s?(\D\S*)?)?")
_EPOCH = re.compile(r"(?:/?date\()?(1\d{9}|[1-9]\d{8})(\d{3})?(?:\d{3})?(?:\.\d+)?(?:[+-]\d{4})?(?:\)/?)?")
_CTIME = re.compile(
    r"(.*?\S+ +\d{1,2}),? +(\d{1,2}:\d\d(?::\d\d)?) +(?:([a-z]{1,5}|[+-]\d{4}) +)?(\d{4})(?: +([a-z]{1,5}))?"
)
_SPACED = re.compile(r"(\S+ )(\d\d) (\d\d) (\d{4}\b.*)")
# of Java and of JavaScript, which name the zone once more behind its offset; without one they are the zone
_COMMENT = re.compile(r"([+-](?:0\d|1[0-4]):?\d\d|(?<=\d)z)(?:\[[a-z_]+/[a-z_/+\-\d]+\]| \([a-z ]+\))$")
_HANGUL = re.compile("[가-힣]")  # whoever writes a date in it lives in one zone; so does feedparser read it
_WORDS = re.compile(r"[^\s,;|·•()\[\]/\-:]+")
_NEXT_WORD = re.compile(r",? \(?([^\W\d_]{2,15})\)?[.,]?(?= )")
_FILLERS = re.compile(
    r"at|um|om|kl|klo|alle|ore|ora|a|las|les|as|o|ob|u|uhr|h|г|г\.|года|году|р|року|d|d\.|น|น\.|เวลา|the|of|de|del|el|le|la|on|den|"
    r"ngay|วันที่|วัน|ที่|т|t|gmt"
)
_LONGEST_WEEKDAY = 15


@dataclass(frozen=True, slots=True)
class Reading:
    """A time as it was written: aware where a zone was named, else without one."""

    at: datetime
    has_clock: bool
    is_american: bool = False

    def aware(self, zone: tzinfo = timezone.utc) -> datetime:
        """The same with a zone: the one that was named, else this."""
        return self.at if self.at.tzinfo else self.at.replace(tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Found(Reading):
    """A reading with its place in the folded text; `start` and `end` count its characters."""

    start: int = 0
    end: int = 0


def read(raw: str, language: str = "", region: str = "") -> Reading | None:
    """The time that a text says, if it says nothing else; None where that is not certain.

    :param language: of the text as feeds and pages state it ("fr", "en-US"): for names of months and for 03/04/2026.
    :param region: ISO 3166 code of the publisher's country, where it is known otherwise.
    """
    raw = raw.strip()
    if not 6 <= len(raw) <= LONGEST:
        return None
    try:
        return _quick(raw) or _whole(_COMMENT.sub(r"\1", fold(raw)), language.lower(), region)
    except (ValueError, OverflowError):
        return None


def _quick(raw: str) -> Reading | None:
    """The two forms that nearly all feeds keep to."""
    match = _ISO.fullmatch(raw) or _MAIL.fullmatch(raw)
    if match is None:
        return None
    at = clock.since_midnight(*(int(part or 0) for part in match.group("hour", "minute", "second")))
    offset: str = match["offset"] or ""
    zone = timezone.utc if match["utc"] else zones.read(offset.replace(":", "")) if offset else None
    if at is None or (offset and zone is None):
        return None
    return Reading(datetime.combine(_day_of(match), time(), zone) + at, match["hour"] is not None)


def _day_of(match: re.Match[str]) -> date:
    """Of a match whose month is a number or an English name."""
    month = match["month"]
    number = int(month) if month.isdecimal() else _ENGLISH.index(month) + 1
    return date(int(match["year"]), number, int(match["day"]))


def _whole(text: str, language: str, region: str) -> Reading | None:
    # before epochs: 202607142140 is an evening of 2026, and 1976 in milliseconds
    if (match := _BASIC.fullmatch(text)) and (found := _basic(match)):
        return found
    if match := _EPOCH.fullmatch(text):
        return Reading(datetime.fromtimestamp(int(match[1]), timezone.utc), has_clock=True)
    if match := _CTIME.fullmatch(text):
        text = f"{match[1]} {match[4]} {match[2]} {match[3] or match[5] or ''}"
    if (match := _SPACED.fullmatch(text)) and names.is_weekday(match[1].strip(" ,")):
        text = f"{match[1]}{match[2]}/{match[3]}/{match[4]}"
    text = forms.joined(text)
    day = next(iter(forms.days(text, language)), None)
    return _complete(text, day, language, region) if day else None


def _basic(match: re.Match[str]) -> Reading | None:
    """ISO 8601 without separators."""
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = zones.read(match[7]) if match[7] else None
    if (match[7] and zone is None) or not 1 <= month <= 12 or hour > 23:
        return None
    return Reading(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone), bool(match[4]))


def _complete(text: str, day: Day, language: str, region: str) -> Reading | None:
    """The day with the time and zone beside it, if nothing else is in the text."""
    at = _time_beside(text, day, language)
    before, after = _rest(text, day, at)
    zone, after = _zone_beside(after, at, language[:2])
    if not _says_nothing(before, after):
        return None
    if zone is None and at and _HANGUL.search(text):
        zone = zones.KOREA
    american = bool(at and at.american) or zones.is_american(text.rsplit(" ", 1)[-1])
    chosen = _chosen(day, before, language, "US" if american else region)
    return Reading(_moment(chosen, at, zone), at is not None, american) if chosen else None


def _zone_beside(after: str, at: Clock | None, language: str) -> tuple[tzinfo | None, str]:
    """The zone of the time, or the one named behind all else; and what is left behind it."""
    zone = at.zone if at else None
    named = zones.read(after, language) if after else None
    is_offset = after[-1:].isdigit()
    if named is None or (at is None and is_offset and len(after) <= 3):  # "+05" behind a day is no zone
        return zone, after
    return (named if zone is None or is_offset else zone), ""


def _time_beside(text: str, day: Day, language: str) -> Clock | None:
    """The time behind a day, or behind the day of the week that follows it (as in Turkish), or before the day."""
    word = _NEXT_WORD.match(text, day.end)
    end = word.end() if word and names.is_weekday(word[1]) else day.end
    return clock.behind(text, end, language[:2]) or clock.before(text, day.start, language[:2])


def _rest(text: str, day: Day, at: Clock | None) -> tuple[str, str]:
    start = min(day.start, at.start) if at else day.start
    end = max(day.end, at.end) if at else day.end
    between = text[day.end : at.start] if at and at.start >= day.end else ""
    return f"{text[:start]} {between}".strip(), text[end:].strip(" .,")


def _says_nothing(before: str, after: str) -> bool:
    """Is what stands around a date a day of the week, in whatever spelling, or a word like "at"?"""
    words = _WORDS.findall(before)
    rest = [w for w in (*words, *_WORDS.findall(after)) if not _FILLERS.fullmatch(w) and not names.is_weekday(w)]
    # one unknown word before all else is where a day of the week stands
    if len(rest) == 1 and words[:1] == rest and len(rest[0]) <= _LONGEST_WEEKDAY:
        rest = rest if any(c.isdigit() for c in rest[0]) else []
    return not rest


def _chosen(day: Day, before: str, language: str, region: str) -> date | None:
    """Of 03/04/2026 the day that the day of the week, else the language or country, means; None where none tells."""
    if day.other is None:
        return day.at
    told = _english_weekday(before)
    fitting = [one for one in (day.at, day.other) if one.weekday() == told]
    if len(fitting) == 1:
        return fitting[0]
    first = forms.month_first(language, region)
    return None if first is None else day.other if first else day.at


def _english_weekday(text: str) -> int | None:
    word = next(iter(_WORDS.findall(text)), "")[:3]
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return days.index(word) if word in days else None


def _moment(day: date, at: Clock | None, zone: tzinfo | None) -> datetime:
    start = datetime.combine(day, time(), tzinfo=zone)
    return start + at.since_midnight if at else start


def find(text: str, language: str = "", region: str = "", *, short_years: bool = False) -> Iterator[Found]:
    """The dates in a line, each with the time that stands beside it.

    :param text: folded (`fold.fold`), with months of two words joined (`forms.joined`).
    :param short_years: those with years of two digits, too: in a sentence, as many such numbers are none.
    """
    for day in forms.days(text, language.lower()):
        at = _time_beside(text, day, language)
        american = bool(at and at.american)
        chosen = _chosen(day, text[: day.start][-12:].strip(), language, "US" if american else region)
        if chosen and (short_years or not day.short_year):
            start, end = (min(day.start, at.start), max(day.end, at.end)) if at else (day.start, day.end)
            yield Found(_moment(chosen, at, at.zone if at else None), at is not None, american, start, end)
