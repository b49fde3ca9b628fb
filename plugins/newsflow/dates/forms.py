"""The forms in which days are written; each gives year, month and day, or nothing. Texts are folded (`fold.py`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from newsflow.dates import calendars, names

_LETTER = r"[^\s\d\x00-\x40\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u2000-\u206f\u3000-\u303f]"
_WORD = rf"(?<![^\W\d_])(?P<m>{_LETTER}+(?:\.{_LETTER}+)*)"
_D = r"(?<!\d)(?<!\d[:.,/-])(?P<d>\d{1,2})(?:-?[^\W\d_]{1,3}(?=[\s.,]))?"
_FILLERS = (
    r"de la|de l'|del|de|of|ta'|d'|di|da|den|der|the|el|al|ng|gada|m|metu|г|год[ау]?|р|року|ж|жылғы|พ\.ศ|ค\.ศ|ano|anno|"
    r"год|an|le|месяца|год|y|n|în|ko|eko|\(e\)ko|yil|yili|nam|оны|он"
)
_FILL = rf"(?:(?:{_FILLERS})(?:(?<=')|\b)\.?[\s,]*)?"
_GAP = r"[\s,./\-]*"
_Y = r"(?P<y>\d{4}(?!\d)|(?:19|20)\d\d(?=\d{1,2}\.? ?[^\W\d_])|'?\d{2}(?!\d)(?![:h./-]\d)(?!\s?(?:am|pm)\b))"
_THAI_SHORT = 55  # short Buddhist years from here on are of the web's time: 2555 is 2012
_LONGEST_WORD = 20  # characters of a day of the week
_TWO_NAMES = re.compile(r"(?<=\d )([\u0600-\u06ff]+)\s?/\s?[\u0600-\u06ff]+(?= \d{4})")
_CJK = r"[〇零一二三四五六七八九十]"


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its place in the text; `other` is the day that a numeric form means where the month comes first."""

    at: date
    start: int
    end: int
    other: date | None = None
    short_year: bool = False


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full(written: str, language: str) -> int:
    """A year as it was meant; two digits as RFC 2822 reads them: 00 to 49 are of this century."""
    short = len(written := written.lstrip("'")) == 2
    year = calendars.common_year(int(written), language, two_digits=short)
    if not short or year > 99:
        return year
    return year + (2000 if year < 50 else 1900)


def _named(match: re.Match[str], language: str) -> Day | None:
    year, word, day = int(match["y"].lstrip("'")), match["m"], int(match["d"])
    short = len(match["y"].lstrip("'")) == 2
    if year in calendars.PERSIAN_YEARS and (number := calendars.PERSIAN_MONTH.get(word)):
        return _persian(match, year, number, day)
    if not (number := names.month(word, language[:2], _word_before(match))):
        return None
    # Thai names of months go with Thai years, whatever the page says of its language; nobody means 1960 by 60 there
    thai = "\u0e00" <= word[0] <= "\u0e7f"
    at = _date(_full(match["y"], "th" if thai else language), number, day)
    short = short and "'" not in match["y"] and not (thai and year >= _THAI_SHORT)
    return Day(at, match.start(), match.end(), short_year=short) if at else None


def _word_before(match: re.Match[str]) -> str:
    """Where a day of the week stands."""
    words = match.string[max(0, match.start() - _LONGEST_WORD) : match.start()].rstrip(" ,.").split(" ")
    return words[-1]


def _persian(match: re.Match[str], year: int, month: int, day: int) -> Day | None:
    try:
        return Day(calendars.persian(year, month, day), match.start(), match.end())
    except ValueError:
        return None


def _year_first(match: re.Match[str], language: str) -> Day | None:
    year, month, day = (int(match[part]) for part in ("y", "mm", "d"))
    if year in calendars.PERSIAN_YEARS:
        return _persian(match, year, month, day) if language[:2] == "fa" else None
    at = _date(calendars.common_year(year, language), month, day)
    return Day(at, match.start(), match.end()) if at else None


def _minguo(match: re.Match[str], language: str) -> Day | None:
    return _year_first(match, language) if language[:2] == "zh" else None


def _numeric(match: re.Match[str], language: str) -> Day | None:
    first, second, year = int(match["a"]), int(match["b"]), _full(match["y"], language)
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    short = len(match["y"]) == 2
    if match["s"] == "." and day_first:
        return Day(day_first, match.start(), match.end(), short_year=short)
    if not (at := day_first or month_first):
        return None
    other = month_first if day_first and month_first != day_first else None
    return Day(at, match.start(), match.end(), other, short)


def _east(match: re.Match[str], language: str) -> Day | None:
    era = match["era"] or ""
    year, month, day = (_number(match[part]) for part in ("y", "mm", "d"))
    year = calendars.ERAS[era] + year if era else calendars.common_year(year, language)
    at = _date(year, month, day) if year > 1900 else None
    return Day(at, match.start(), match.end()) if at else None


def _east_day_first(match: re.Match[str], language: str) -> Day | None:
    at = _date(int(match["y"]), _number(match["mm"]), int(match["d"]))
    return Day(at, match.start(), match.end()) if at else None


def _number(text: str) -> int:
    """Digits, or Chinese numerals: of a year digit by digit (二〇二六), of a day by tens (二十四)."""
    if text.isdigit() and text.isascii():
        return int(text)
    if text == "元":  # the first year of an era
        return 1
    ones = "〇一二三四五六七八九"
    text = text.replace("零", "〇")
    if "十" not in text:
        return int("".join(str(ones.index(c)) for c in text))
    tens, _, rest = text.partition("十")
    return (ones.index(tens) if tens else 1) * 10 + (ones.index(rest) if rest else 0)


Reader = Callable[[re.Match[str], str], "Day | None"]
_ERAS = "|".join(sorted(calendars.ERAS, key=len, reverse=True))
_EAST_NUMBER = rf"\d{{1,2}}|{_CJK}{{1,3}}"
_EAST = (
    rf"(?<!\d)(?:(?P<era>{_ERAS})\s?)?(?P<y>\d{{1,4}}|元|{_CJK}{{1,4}})\s?[年년]"
    rf"\s?(?P<mm>{_EAST_NUMBER})\s?[月월]\s?(?P<d>{_EAST_NUMBER})\s?[日일號号]?"
)
# as programs write it that know the form of the west and the names of the east ("周六, 17 1月 2026")
_EAST_DAY_FIRST = rf"(?<!\d)(?P<d>\d{{1,2}})[.日]?\s(?P<mm>{_EAST_NUMBER})\s?[月월],?\s(?P<y>\d{{4}})(?!\d)"
_ALONE = r"(?<!\d)(?<!\d[:./-])"
_SAME = r"\s?(?P=s)\s?"
_FORMS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"{_D}{_GAP}{_FILL}{_WORD}'?[\s,./\-]*{_FILL}{_FILL}{_Y}", _named),
        (rf"{_WORD}[\s.,/\-]*{_FILL}(?P<d>\d{{1,2}})(?:st|nd|rd|th|a|an)?[\s,./\-]+{_FILL}{_Y}", _named),
        (rf"(?<!\d)(?P<y>\d{{4}}){_GAP}{_FILL}{_FILL}{_WORD}{_GAP}(?P<d>\d{{1,2}})(?![\d:])", _named),
        (rf"(?<!\d)(?P<y>\d{{4}}){_GAP}{_FILL}(?P<d>\d{{1,2}})[.\s]+{_WORD}", _named),
        (rf"{_ALONE}(?P<y>\d{{4}})\s?(?P<s>[-/.])\s?(?P<mm>0?\d{{1,2}}){_SAME}(?P<d>\d{{1,2}})(?!\d)", _year_first),
        (
            rf"{_ALONE}(?P<a>\d{{1,2}})\s?(?P<s>[-/.])\s?(?P<b>\d{{1,2}}){_SAME}"
            r"(?P<y>\d{4}|\d{2})(?!\d)(?![.:/]\d)",
            _numeric,
        ),
        (r"(?<!\d)(?<!\d:)(?P<y>1\d\d)(?P<s>[-/.])(?P<mm>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)", _minguo),
        (_EAST, _east),
        (_EAST_DAY_FIRST, _east_day_first),
        (r"(?<!\d)(?P<d>\d{1,2})\.?\s(?:thang|thg?)\s?(?P<mm>\d{1,2}),?\s(?:nam\s)?(?P<y>\d{4})(?!\d)", _year_first),
        (r"(?<!\d)(?P<d>\d{1,2})\s(?P<mm>\d{1,2})(?:\s?-?р)?\sсар\s(?P<y>\d{4})(?!\d)", _year_first),
        (
            r"(?<!\d)(?P<y>\d{4})\s(?:оны?\s)?(?P<mm>\d{1,2})(?:\s?-?р)?\sсар(?:ын|ыг)?\s?(?P<d>\d{1,2})(?!\d)",
            _year_first,
        ),
    )
)
LONGEST = 400  # characters of a text that is searched


def days(text: str, language: str) -> tuple[Day, ...]:
    """The days in a text, by their place; where two forms overlap, the one that begins first, then the longer."""
    return _days(joined(text[:LONGEST]), language)


@lru_cache(maxsize=256)  # a page's lines are asked several times: for another region, and with years of two digits
def _days(text: str, language: str) -> tuple[Day, ...]:
    found = [day for pattern, read in _FORMS for match in pattern.finditer(text) if (day := read(match, language))]
    apart: list[Day] = []
    for day in sorted(found, key=lambda one: (one.start, -one.end)):
        if not apart or day.start >= apart[-1].end:
            apart.append(day)
    return tuple(apart)


def joined(text: str) -> str:
    """The text with months of two words as one, and of two names in Arabic ("May/Ayyar") the first."""
    if "/" in text:
        text = _TWO_NAMES.sub(r"\1", text)
    if " " in text:
        for name in names.of_two_words():
            if name in text:
                text = text.replace(name, name.replace(" ", ""))
    return text


@lru_cache(maxsize=256)
def month_first(language: str, region: str = "") -> bool | None:
    """Does 03/04 mean March 4? None where it can't be told.

    :param language: as pages and feeds state it ("en-US", "de"): alone, English is written in both orders.
    :param region: ISO 3166 code where something else tells it.
    """
    language = language.lower().replace("_", "-")
    region = region.upper() or (language.rsplit("-", 1)[-1].upper() if "-" in language else "")
    if region in _AMERICAN_REGIONS and language[:2] in {"en", "es", "fi", ""}:
        return True
    if region in _AMERICAN_REGIONS or (language[:2] in {"en", ""} and len(region) != 2):
        return None
    return False


_AMERICAN_REGIONS = frozenset(("US", "PH", "PR", "GU"))
