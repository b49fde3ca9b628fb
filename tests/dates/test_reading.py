"""Dates as feeds and pages write them: the time that was written, or none."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from babel.dates import format_date, format_datetime
from hypothesis import example, given
from hypothesis import strategies as st

from newsflow.dates import calendars, names, zones
from newsflow.dates.fold import fold
from newsflow.dates.forms import joined, month_first
from newsflow.dates.names_from_babel import TARGET, names_of_all
from newsflow.dates.reading import find, read


def utc(raw: str, language: str = "") -> str:
    """As YYYY-MM-DD, with HH:MM:SS where a time was given, and a Z where its zone was; "" for none."""
    found = read(raw, language)
    if found is None:
        return ""
    at = found.at.astimezone(timezone.utc) if found.at.tzinfo else found.at
    return at.strftime("%Y-%m-%d %H:%M:%S" if found.has_clock else "%Y-%m-%d") + ("Z" if found.at.tzinfo else "")


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("CET", 1), ("CEST", 2), ("MESZ", 2), ("BST", 1), ("IST", 5.5), ("JST", 9), ("MSK", 3),
        ("AEST", 10), ("ACST", 9.5),
        ("NZDT", 13), ("WIB", 7), ("BRT", -3), ("NST", -3.5), ("HST", -10), ("+0530", 5.5), ("+05:30", 5.5), ("-5", -5),
        ("-05:00Z", -5), ("--0700", -7), ("GMT+2", 2), ("UTC-5", -5), ("UTC+05:45", 5.75), ("GMT-0700 (MST)", -7),
        ("GMT+0200 (Central European Summer Time)", 2), ("-0700 MST", -7), ("MST -07:00", -7), ("Z", 0), ("UT", 0),
        ("Europe/Berlin", 2), ("America/Argentina/Buenos_Aires", -3), ("Etc/GMT+5", -5), ("ET", -4), ("PT", -7),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "form", ["Tue, 14 Jul 2026 21:40:00 {}", "2026-07-14T21:40:00 {}", "July 14, 2026 9:40:00 PM {}"]
)
def test_zones(form: str, zone: str, hours: float) -> None:
    want = datetime(2026, 7, 14, 21, 40) - timedelta(hours=hours)
    assert utc(form.format(zone)) == want.strftime("%Y-%m-%d %H:%M:%SZ")


@pytest.mark.parametrize("zone", ["XQT", "+1500", "-13:00", "+zz:00", "Mars/Base", "+02:99"])
def test_a_zone_that_nobody_knows_makes_no_time(zone: str) -> None:
    assert utc(f"Tue, 14 Jul 2026 21:40:00 {zone}") == ""


@pytest.mark.parametrize(
    ("clock", "want"),
    [
        ("1:55 PM", "13:55"), ("1:55pm", "13:55"), ("1:55 p.m.", "13:55"), ("1:55 a. m.", "01:55"),
        ("12:05 AM", "00:05"),
        ("12:05 PM", "12:05"), ("13:55 PM", "13:55"), ("3 pm", "15:00"), ("15.30 Uhr", "15:30"), ("14h30", "14:30"),
        ("14 h 30", "14:30"), ("kl. 08.15", "08:15"), ("à 8h05", "08:05"), ("um 9 Uhr", "09:00"), ("下午3:05", "15:05"),
        ("午後3時5分", "15:05"), ("3:05 μ.μ.", "15:05"), ("08:15 น.", "08:15"), ("3:05 ص", "03:05"),
        ("٣:٠٥ م", "15:05"),
    ],
)  # fmt: skip
def test_clocks(clock: str, want: str) -> None:
    assert utc(f"4 May 2026, {clock}") == f"2026-05-04 {want}:00"


@pytest.mark.parametrize("clock", ["15:30 AM", "25:00", "10:61", "10:15:61", "1:2:3:4"])
def test_a_clock_that_is_none_makes_no_time(clock: str) -> None:
    assert utc(f"Mon, 4 May 2026 {clock} GMT") == ""


@pytest.mark.parametrize(
    ("raw", "language", "want"),
    [
        ("1780932969", "", "2026-06-08 15:36:09Z"),
        ("1780932969000", "", "2026-06-08 15:36:09Z"),
        ("/Date(1780932969000+0200)/", "", "2026-06-08 15:36:09Z"),
        ("2026/03/07 18:20:00", "", "2026-03-07 18:20:00"),
        ("20260307T182000Z", "", "2026-03-07 18:20:00Z"),
        ("20260307", "", "2026-03-07"),
        ("2026-03-07T24:00:00Z", "", "2026-03-08 00:00:00Z"),
        ("2026-03-07T18:20+01:00[Europe/Paris]", "", "2026-03-07 17:20:00Z"),
        ("07/Mar/2026:18:20:00 +0100", "", "2026-03-07 17:20:00Z"),
        ("Sat Mar  7 18:20:00 2026", "", "2026-03-07 18:20:00"),
        ("Sat Mar 07 18:20:00 +0100 2026", "", "2026-03-07 17:20:00Z"),
        ("18:20 07.03.2026", "", "2026-03-07 18:20:00"),
        ("7 Mar 26 18:20 GMT", "", "2026-03-07 18:20:00Z"),
        ("7 Mar 97 18:20 GMT", "", "1997-03-07 18:20:00Z"),
        ("Wed, 7 Mar 2026 18:20:00 GMT", "", "2026-03-07 18:20:00Z"),  # it was a Saturday
        ("Blursday, 7 Mar 2026 18:20:00 GMT", "", "2026-03-07 18:20:00Z"),
        ("mar., 3 mars 2026", "fr", "2026-03-03"),
        ("Segunda-feira, 9 de março de 2026", "pt", "2026-03-09"),
        ("2026年5月4日(月) 8時15分", "ja", "2026-05-04 08:15:00"),
        ("二〇二六年五月二十四日", "zh", "2026-05-24"),
        ("2026. 5. 4. 오후 3:15", "ko", "2026-05-04 06:15:00Z"),
        ("ngày 4 tháng 5 năm 2026", "vi", "2026-05-04"),
        ("2026 m. gegužės 4 d.", "lt", "2026-05-04"),
        ("2026. gada 4. maijs", "lv", "2026-05-04"),
        ("2026ko maiatzaren 4a", "eu", "2026-05-04"),
        ("4 במאי 2026", "he", "2026-05-04"),
        ("4 كانون الثاني 2026", "ar", "2026-01-04"),
        ("4 listopada 2026", "pl", "2026-11-04"),
        ("4 listopada 2026", "hr", "2026-10-04"),
        ("4 listopada 2026", "", ""),
        ("17 Mai 2026 15:09:58 +0000", "", "2026-05-17 15:09:58Z"),  # as RFC 822 writes it, but for the month's name
        ("Sal, 14 Tem 2026 21:40:00 +0300", "", "2026-07-14 18:40:00Z"),
        ("14 Temmuz 2026 Salı 21:40", "", "2026-07-14 21:40:00"),
        ("Mar, 13 Ene 2026 21:40:00 +0100", "", "2026-01-13 20:40:00Z"),
        ("zo, 17 mei 2026 15:09:58 +0200", "", "2026-05-17 13:09:58Z"),
        ("pt., 17 lip 2026 15:09:58 +0200", "", "2026-07-17 13:09:58Z"),  # Polish: July
        ("sri, 17 lip 2026 15:09:58 +0200", "", "2026-06-17 13:09:58Z"),  # Croatian: June
        ("po, 17 srp 2026 15:09:58 +0200", "", "2026-08-17 13:09:58Z"),  # Czech: August
        ("sob., 17 paź 2026 15:09:58 +0200", "", "2026-10-17 13:09:58Z"),
        ("יום ג׳, 17 פבר׳ 2026 15:09:58 +0200", "", "2026-02-17 13:09:58Z"),
        ("周六, 17 1月 2026 15:09:58 +0800", "", "2026-01-17 07:09:58Z"),
        ("週三, 15 7 月 2026 08:00:00 +0000", "", "2026-07-15 08:00:00Z"),
        ("星期六, 17. 一月 2026 15:09 +0000", "", "2026-01-17 15:09:00Z"),
        ("토, 17 1월 2026 15:09:58 +0900", "", "2026-01-17 06:09:58Z"),
        ("T3, 14 Th7 2026 21:40:00 +0700", "", "2026-07-14 14:40:00Z"),
        ("2026-07-14 (Tue) 21:40", "", "2026-07-14 21:40:00"),
        ("mar, 14/07/2026 - 21:40", "", "2026-07-14 21:40:00"),
        ("202607142140", "", "2026-07-14 21:40:00"),
        ("20260714 21:40:00", "", "2026-07-14 21:40:00"),
        ("1980932969", "", "2032-10-09 11:09:29Z"),
        ("2026-07-14T21:40:00[Europe/Paris]", "", "2026-07-14 19:40:00Z"),
        ("2026-07-14T21:40:00Z[UTC]", "", "2026-07-14 21:40:00Z"),
        ("Tue, 14 Jul 2026 21:40:00 (CEST)", "", "2026-07-14 19:40:00Z"),
        ("Tue, 14 Jul 2026 21:40:00 Central European Summer Time", "", "2026-07-14 19:40:00Z"),
        ("Tue, 14 Jul 2026 21:40:00 (Eastern Daylight Time)", "", "2026-07-15 01:40:00Z"),
        ("Tue, 14 Jul 2026 21:40:00 (some time)", "", ""),
        ("Tue Jul 14 21:40:00 CST 2026", "", "2026-07-15 03:40:00Z"),
        ("Tue Jul 14 21:40:00 CST 2026", "zh-CN", "2026-07-14 13:40:00Z"),
        ("03/04/2026", "en-US", "2026-03-04"),
        ("03/04/2026", "en-GB", "2026-04-03"),
        ("03/04/2026", "it", "2026-04-03"),
        ("03/04/2026", "en", ""),
        ("03/04/2026", "", ""),
        ("03.04.2026", "", "2026-04-03"),
        ("03/14/2026", "", "2026-03-14"),
        ("Fri, 03/04/2026", "", "2026-04-03"),
        ("Wed, 03/04/2026", "", "2026-03-04"),
        ("03/04/2026 10:15 EST", "", "2026-03-04 15:15:00Z"),
        ("4 พฤษภาคม 2569", "", "2026-05-04"),
        ("4 พ.ค. 69 08:15 น.", "th", "2026-05-04 08:15:00"),
        ("วันจันทร์ที่ 4 พฤษภาคม พ.ศ. 2569", "th", "2026-05-04"),
        ("令和8年5月4日", "ja", "2026-05-04"),
        ("平成元年5月4日", "ja", "1989-05-04"),
        ("民國115年5月4日", "zh-TW", "2026-05-04"),
        ("115/05/04", "zh-TW", "2026-05-04"),
        ("115/05/04", "en", ""),
        ("۱۴ اردیبهشت ۱۴۰۵", "fa", "2026-05-04"),
        ("۱۴۰۵/۰۲/۱۴", "fa", "2026-05-04"),
        ("1405/02/14", "ar", ""),
        ("17 ذو القعدة 1447", "ar", ""),
    ],
)  # fmt: skip
def test_forms(raw: str, language: str, want: str) -> None:
    assert utc(raw, language) == want


@pytest.mark.parametrize(
    "raw",
    [
        "", "yesterday", "2026", "2026-05", "May 2026", "Nov. 2026", "10:15", "Mon, 4 May 10:15",
        "31 June 2026", "2026-02-30",
        "6-1-2 15:04", "2026-05-04-01", "2026-05-04T08:15:00 02:00", "4 May 2026 and 5 May 2026", "Version 4.5.2026.1",
        "12345678", "99999999999999", "4 May 2026 or later that week",
    ],
)  # fmt: skip
def test_what_is_no_certain_date(raw: str) -> None:
    assert utc(raw) == ""


LANGUAGES = sorted(
    set(names._file()) - {"am", "fa", "mn", "my", "yo", "th"}
)  # of other calendars, or with no date in words


@given(
    day=st.dates(date(1990, 1, 1), date(2049, 12, 31)),
    language=st.sampled_from(LANGUAGES),
    form=st.sampled_from(["d MMMM y", "d. MMM y", "EEEE, d MMMM y", "MMMM d, y", "y MMMM d"]),
    stated=st.booleans(),
)
@example(day=date(2026, 3, 3), language="fr", form="EEEE, d MMMM y", stated=True)
def test_a_day_of_any_language_is_read_back_or_none(day: date, language: str, form: str, stated: bool) -> None:
    found = read(format_date(day, form, locale=language), language if stated else "")
    assert found is None or (found.at.date(), found.has_clock) == (day, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_month_of_each_language_is_read(language: str) -> None:
    for month in range(1, 13):
        found = read(format_date(date(2026, month, 4), "d MMMM y", locale=language), language)
        assert found is not None, month
        assert found.at.date() == date(2026, month, 4)


TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2049, 12, 31)).map(lambda at: at.replace(microsecond=0))
TIME_FORMS = (
    "%a, %d %b %Y %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y/%m/%d %H:%M:%S %z",
    "%Y%m%dT%H%M%S%z",
    "%d %B %Y %I:%M:%S %p %z",
    "%b %d, %Y at %I:%M:%S%p GMT%z",
    "%a %b %d %H:%M:%S %z %Y",
    "%d.%m.%Y %H:%M:%S %z",
    "%A, %B %d, %Y, %H:%M:%S UTC%z",
)
MINUTES = st.integers(-12 * 60, 14 * 60)


@given(
    at=TIMES,
    minutes=MINUTES,
    form=st.sampled_from(TIME_FORMS),
)
def test_a_time_of_any_zone_is_read_back(at: datetime, minutes: int, form: str) -> None:
    written = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = read(written.strftime(form))
    assert found is not None
    assert found.at == written


@given(at=TIMES, zone=st.sampled_from(sorted(zones._HOURS)))
def test_a_time_of_any_named_zone_is_read_back(at: datetime, zone: str) -> None:
    found = read(at.strftime("%a, %d %b %Y %H:%M:%S ") + zone.upper())
    assert found is not None
    assert found.at == at.replace(tzinfo=timezone(timedelta(hours=zones._HOURS[zone])))


@given(st.text(max_size=80))
def test_any_text_ends_as_a_time_or_none(text: str) -> None:
    read(text)
    list(find(joined(fold(text))))


@given(
    st.lists(
        st.sampled_from(
            [
                "4",
                "may",
                "2026",
                "10:15",
                "pm",
                ",",
                ".",
                "/",
                "-",
                ":",
                "T",
                "Z",
                "+0200",
                "de",
                "mai",
                "月",
                "年",
                "日",
                "2026",
                "12",
                "31",
                "1447",
            ]
        ),
        max_size=12,
    )
)
def test_any_pieces_of_dates_end_as_a_time_or_none(pieces: list[str]) -> None:
    read(" ".join(pieces))
    list(find(joined(fold("".join(pieces)))))


def test_dates_in_a_line_with_their_places() -> None:
    line = fold("Updated 9 May 2026 10:00 | Published 4 May 2026 08:00 CEST")
    found = [(line[one.start : one.end], one.at.day, one.at.tzinfo is not None) for one in find(line)]
    assert found == [("9 may 2026 10:00", 9, False), ("4 may 2026 08:00 cest", 4, True)]


def test_months_before_days_by_language_and_region() -> None:
    assert [month_first(one) for one in ("en-US", "en_us", "en-GB", "fr", "de-CH", "en", "")] == [
        True, True, False, False, False, None, None,
    ]  # fmt: skip
    assert (month_first("en", "US"), month_first("en", "AU"), month_first("en-US", "GB")) == (True, False, False)


@pytest.mark.parametrize(
    ("year", "month", "day", "want"),
    [
        (1399, 12, 30, date(2021, 3, 20)), (1400, 1, 1, date(2021, 3, 21)), (1403, 12, 30, date(2025, 3, 20)),
        (1405, 2, 14, date(2026, 5, 4)), (1357, 11, 22, date(1979, 2, 11)), (1343, 1, 1, date(1964, 3, 21)),
    ],
)  # fmt: skip
def test_days_of_the_persian_calendar(year: int, month: int, day: int, want: date) -> None:
    assert calendars.persian(year, month, day) == want


def test_days_that_the_persian_calendar_has_not() -> None:
    for day in ((1404, 12, 30), (1405, 7, 31), (1405, 13, 1), (1201, 1, 1)):
        with pytest.raises(ValueError, match="Persian"):
            calendars.persian(*day)


def test_the_file_of_names_is_what_babel_says() -> None:
    """Where this fails after an upgrade of babel: run names_from_babel, look at what changed."""
    assert TARGET.read_text(encoding="utf-8") == names_of_all()


# Names that mean several months ("lis" is October in Croatian, November in Polish and Czech) or also a day of the week.
UNTOLD = {"cs": 2, "cy": 2, "ga": 1, "hr": 4, "pl": 4, "sq": 1, "tr": 1}


@pytest.mark.parametrize("code", ["cs", "cy", "de", "es", "fr", "he", "hr", "id", "it", "ja", "ko", "nl", "pl", "pt",
                                  "ru", "sv", "tr", "uk", "zh", "ga", "sq", "mn"])  # fmt: skip
def test_what_programs_write_in_the_form_of_rfc_822_with_the_names_of_a_language(code: str) -> None:
    forms = ("EEE, dd MMM yyyy HH:mm:ss +0000", "dd MMM yyyy HH:mm:ss +0000", "d MMMM yyyy")
    untold = 0
    for month in range(1, 13):
        at = datetime(2026, month, 17, 15, 9, 58, tzinfo=timezone.utc)
        for form in forms:
            raw = format_datetime(at, form, locale=code)
            found = utc(raw)
            assert found in {at.strftime("%Y-%m-%d %H:%M:%SZ" if "H" in form else "%Y-%m-%d"), ""}, raw
            untold += not found
            assert found or not form.startswith("EEE"), raw
    assert untold == UNTOLD.get(code, 0)
