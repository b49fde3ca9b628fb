"""Years and days of other calendars in use, as days of the Gregorian one."""

from __future__ import annotations

from datetime import date, timedelta

# Year 1 of each era, less one. Taiwan counts from its republic, Thailand from the death of Buddha.
ERAS = {
    "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "民国": 1911, "民國": 1911, "中華民国": 1911,
    "中華民國": 1911, "西元": 0,
    "公元": 0, "西暦": 0,
}  # fmt: skip
BUDDHIST = 543
_BUDDHIST_YEARS = range(2400, 2700)
_MINGUO_YEARS = range(90, 150)
PERSIAN_YEARS = range(1300, 1500)
# Iran's names, then Afghanistan's, folded.
_PERSIAN_MONTHS = (
    ("فروردین", "حمل"), ("اردیبهشت", "ثور"), ("خرداد", "جوزا"), ("تیر", "سرطان"),
    ("مرداد", "امرداد", "اسد"), ("شهریور", "سنبله"),
    ("مهر", "میزان"), ("ابان", "عقرب"), ("اذر", "قوس"), ("دی", "جدی"), ("بهمن", "دلو"), ("اسفند", "حوت"),
)  # fmt: skip
PERSIAN_MONTH = {name: number for number, names in enumerate(_PERSIAN_MONTHS, 1) for name in names}
# Leap years of the 33-year cycle, which is right from 1343 to 1472 (Borkowski; in use between 1964 and 2093).
_LEAP = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
_NEW_YEAR = date(1965, 3, 21)  # 1 Farvardin 1344


def persian(year: int, month: int, day: int) -> date:
    """A day of the Solar Hijri calendar.

    :raises ValueError: where there is no such day.
    """
    if year not in PERSIAN_YEARS or not 1 <= month <= 12 or not 1 <= day <= _month_length(year, month):
        raise ValueError(f"no day of the Persian calendar: {year}-{month}-{day}")
    years = range(1344, year) if year >= 1344 else range(year, 1344)
    days = sum(366 if _is_leap(one) else 365 for one in years)
    start = _NEW_YEAR + timedelta(days=days if year >= 1344 else -days)
    return start + timedelta(days=31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP


def _month_length(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or _is_leap(year) else 29


def common_year(year: int, language: str, *, two_digits: bool = False) -> int:
    """The Gregorian year of one without an era: Buddhist ones in Thai, the republic's in Chinese of three digits."""
    if language[:2] == "th" and two_digits and year >= 43:  # 43 to 99: nobody dates 1943 to 1999 so
        return 2500 + year - BUDDHIST
    if year in _BUDDHIST_YEARS and language[:2] in {"th", ""}:
        return year - BUDDHIST
    if year in _MINGUO_YEARS and language[:2] == "zh":
        return year + ERAS["民國"]
    return year
