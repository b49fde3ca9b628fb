"""Rows of any shape become extractions, or a reason that a person understands."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.importer.columns import FIELDS, ColumnMapError, MissingColumnError, checked, parse_map
from newsflow.importer.file_row import Asked, BadRowError, Row
from newsflow.importer.file_row import row as read_row
from newsflow.importer.markup import text_of

NOTHING = ["N/A", "null", "None", "nan", "NaT", "<NA>", "\\N", "#N/A", "-", " "]  # what programs write for it
GOOD = {"url": "https://Paper.example/a?utm_source=x", "title": "A title", "body": "First.\n\n Second. "}
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def row(line: int, record: object, columns: dict[str, str]) -> Row:
    return read_row(line, record, Asked(columns, now=NOW))


def test_a_row_becomes_an_extraction() -> None:
    found = row(7, GOOD | {"language": "en-GB", "publisher": "The Paper"}, {})
    assert found.line == 7
    assert found.publisher == "The Paper"
    assert found.extraction.url == "https://paper.example/a"
    assert found.extraction.body == "First.\nSecond."
    assert found.extraction.language == "en"
    assert found.extraction.published_quality == "unknown"


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("eng", "en"), ("deu", "de"), ("ger", "de"), ("English", "en"), ("en_US", "en"), ("pt-BR", "pt"), ("EN", "en"),
        ("zh-Hant", "zh"), ("cmn", "zh"), ("nob", "no"), ("nb", "no"), ("Norwegian", "no"), ("iw", "he"), ("fil", "tl"),
        (" Deutsch ", "de"), ("français", "fr"), ("中文", "zh"),
    ],
)  # fmt: skip
def test_a_language_is_read_as_people_write_it(written: str, language: str) -> None:
    found = row(1, GOOD | {"language": written}, {}).extraction
    assert (found.language, found.language_confidence) == (language, 1.0)


@pytest.mark.parametrize("written", [None, "", "xx", "und", "mul", "tlh", "n/a", "42", "-", "en or de", "\x00", 7])
def test_a_language_that_says_nothing_is_told_by_the_text(written: object) -> None:
    body = "Der Stadtrat hat am Dienstag beschlossen, die Bibliothek auch an Sonntagen zu öffnen."
    found = row(1, GOOD | {"body": body, "language": written}, {}).extraction
    assert found.language == "de"
    assert 0 < found.language_confidence <= 1
    assert row(1, GOOD | {"body": "42", "language": written}, {}).extraction.language == ""


def test_the_host_names_the_publisher_where_the_row_does_not() -> None:
    assert row(1, GOOD | {"url": "https://www.bbc.co.uk/news/1"}, {}).publisher == "bbc.co.uk"


def test_columns_may_have_other_names() -> None:
    record = {"link": "https://a.example/1", "headline": "H", "text": "Words."}
    found = row(1, record, {"url": "link", "title": "headline", "body": "text"}).extraction
    assert (found.url, found.title, found.body) == ("https://a.example/1", "H", "Words.")


@pytest.mark.parametrize(
    ("value", "moment", "quality"),
    [
        ("2026-03-01T12:00:00Z", NOON, "exact"),
        ("2026-03-01T14:00:00+02:00", NOON, "exact"),
        ("2026-03-01 12:00:00", NOON, "unzoned"),
        ("2026-03-01T12:00:00.0000000Z", NOON, "exact"),
        ("2026-03-01", NOON.replace(hour=0), "day"),
        (date(2026, 3, 1), NOON.replace(hour=0), "day"),
        (NOON, NOON, "exact"),
        (NOON.replace(tzinfo=None), NOON, "unzoned"),
        (NOON.timestamp(), NOON, "exact"),
        (str(int(NOON.timestamp())), NOON, "exact"),
        ("", None, "unknown"),
        (None, None, "unknown"),
        *((nothing, None, "unknown") for nothing in NOTHING),
        ("20260301", NOON.replace(hour=0), "day"),
        ("2026/03/01", NOON.replace(hour=0), "day"),
        ("1 March 2026", NOON.replace(hour=0), "day"),
        ("March 1, 2026", NOON.replace(hour=0), "day"),
        ("1. März 2026", NOON.replace(hour=0), "day"),
        ("01.03.2026", NOON.replace(hour=0), "day"),
        ("Mar 1, 2026 12:00 PM", NOON, "unzoned"),
        ("2026-03-01 12:00:00 UTC", NOON, "exact"),
        ("2026-03-01 13:00 CET", NOON, "exact"),
        ("Sun, 01 Mar 2026 12:00:00 GMT", NOON, "exact"),
        ({"$date": "2026-03-01T12:00:00Z"}, NOON, "exact"),
    ],
)
def test_times(value: object, moment: datetime | None, quality: str) -> None:
    found = row(1, GOOD | {"published_at": value}, {}).extraction
    assert (found.published_at, found.published_quality) == (moment, quality)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (["a", "list"], "not an object"),
        ({}, "url: "),
        (GOOD | {"url": "ftp://a.example/x"}, "url: the scheme is ftp"),
        (GOOD | {"url": "https://user:pw@a.example/x"}, "url: the URL carries credentials"),
        (GOOD | {"body": " \n\t"}, "body: there is no text"),
        (GOOD | {"body": None}, "body: there is no text"),
        (GOOD | {"body": float("nan")}, "body: there is no text"),
        (GOOD | {"published_at": "yesterday"}, "published_at: 'yesterday' is no time"),
        (GOOD | {"published_at": "9999-12-31T23:59:59-12:00"}, "published_at: "),
        (GOOD | {"published_at": "0001-01-01"}, "published_at: the year 1 "),
        (GOOD | {"modified_at": 1e30}, "modified_at: "),
    ],
)
def test_bad_rows_say_why(record: object, reason: str) -> None:
    with pytest.raises(BadRowError, match=reason.replace("(", r"\(")):
        row(1, record, {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ann Lee; Bo Ek", ("Ann Lee", "Bo Ek")),
        ("Ann Lee, Bo Ek", ("Ann Lee", "Bo Ek")),
        ("By Ann Lee and Bo Ek", ("Ann Lee", "Bo Ek")),
        ([{"name": "Ann Lee"}, {"name": "Bo Ek", "url": "x"}], ("Ann Lee", "Bo Ek")),
        ('["Ann Lee", "Bo Ek"]', ("Ann Lee", "Bo Ek")),
        ({"name": "Ann Lee"}, ("Ann Lee",)),
        ("Ann Lee, Reuters", ("Ann Lee",)),
        ("A, B", ("A", "B")),
        ("By A and B", ("A", "B")),
        (["Ann", "", None], ("Ann",)),
        ("['Ann Lee', 'Bo Ek']", ("Ann Lee", "Bo Ek")),
        ("['Ann Lee' 'Bo Ek']", ("Ann Lee", "Bo Ek")),
        ("[{'name': 'Ann Lee'}]", ("Ann Lee",)),
        ([["Ann Lee"], ["Bo Ek"]], ("Ann Lee", "Bo Ek")),
        ([{"first": "Ann", "last": "Lee"}], ("Ann Lee",)),
        ([{"givenName": "Ann", "familyName": "Lee"}], ("Ann Lee",)),
        ("Ann Lee\nBo Ek", ("Ann Lee", "Bo Ek")),
        ("&Eacute;mile Zola", ("Émile Zola",)),
        ("ann@a.example", ()),
        ("https://a.example/ann", ()),
        *((nothing, ()) for nothing in NOTHING),
        ("Smith, Jr.", ("Smith, Jr.",)),
        (None, ()),
    ],
)
def test_several_authors(value: object, expected: tuple[str, ...]) -> None:
    assert row(1, GOOD | {"authors": value}, {}).extraction.authors == expected


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_word_for_nothing_is_nothing_in_each_field(nothing: str) -> None:
    fields = {name: nothing for name in FIELDS if name not in ("url", "body")}
    assert row(1, GOOD | fields, {}) == row(1, GOOD | dict.fromkeys(fields), {})


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (["One.", "Two."], "One.\nTwo."),
        ({"text": "One."}, "One."),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", "One.\nTwo."),
        ("<![CDATA[<p>One.</p>]]>", "One."),
        ("if a<b and c>d then &lt;p&gt; stays", "if a<b and c>d then <p> stays"),
    ],
)
def test_a_body_in_other_shapes(written: object, text: str) -> None:
    assert row(1, GOOD | {"body": written}, {}).extraction.body == text


@pytest.mark.parametrize("named", [{"id": None, "name": "The Paper"}, ["The Paper"], {"title": "The Paper"}])
def test_a_publisher_that_is_an_object_is_its_name(named: object) -> None:
    assert row(1, GOOD | {"publisher": named}, {}).publisher == "The Paper"


@pytest.mark.parametrize(
    ("written", "kind"),
    [("LIVE", "live"), ("NewsArticle", "article"), ("LiveBlogPosting", "live"), ("OpinionNewsArticle", "opinion")],
)
def test_a_type_in_other_letters_and_by_schema_org(written: str, kind: str) -> None:
    found = row(1, GOOD | {"page_type": written}, {})
    assert (found.extraction.page_type, found.notes) == (kind, ())


def test_hostile_characters_are_cleaned() -> None:
    found = row(1, GOOD | {"title": "a\x00b\u202e\ud800c\x1b[31m", "body": "x\x00y\\."}, {}).extraction
    assert "\x00" not in found.title + found.body
    assert found.title.encode()
    assert found.body == "xy\\."


@pytest.mark.parametrize("pair", ["title", "nothing=x", "title=", "=x"])
def test_a_map_that_is_none_is_refused(pair: str) -> None:
    with pytest.raises(ColumnMapError, match="FIELD=COLUMN"):
        parse_map([pair])


def test_a_map() -> None:
    assert parse_map(["title=headline", "body=main text"]) == {"title": "headline", "body": "main text"}


NAMES = st.sampled_from(["url", "title", "body", "published_at", "authors", "language", "tags"])
VALUES = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.lists(st.text()), st.datetimes())


@given(st.dictionaries(NAMES, VALUES))
def test_any_row_is_taken_or_refused(record: dict[str, object]) -> None:
    try:
        found = row(1, record, {})
    except BadRowError as error:
        assert str(error)
    else:
        assert found.extraction.body


@pytest.mark.parametrize(
    "stated",
    ["Sun, 01 Mar 2026 08:00:00 GMT", "1 Mar 2026 09:00:00 +0100", "2026/03/01 08:00Z", 1772352000, "1772352000000"],
)
def test_times_as_feeds_and_exports_write_them(stated: object) -> None:
    found = row(1, {"url": "https://a.example/1", "body": "Text.", "published_at": stated}, {})
    assert found.extraction.published_at == datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    assert found.extraction.published_quality == "exact"


@pytest.mark.parametrize("stated", ["yesterday", "01/03/2026", "Sun, 32 Mar 2026 08:00:00 GMT"])
def test_times_that_could_mean_anything_are_refused(stated: str) -> None:
    with pytest.raises(BadRowError, match="published_at"):
        row(1, {"url": "https://a.example/1", "body": "Text.", "published_at": stated}, {})


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("The Paper, Ltd.", "The Paper, Ltd."),
        ("https://www.paper.example/news", "paper.example"),
        ("www.paper.example", "paper.example"),
        ("", "a.example"),
        (None, "a.example"),
    ],
)
def test_a_publisher_may_be_a_name_a_host_or_an_address(stated: str | None, expected: str) -> None:
    assert row(1, {"url": "https://a.example/1", "body": "Text.", "publisher": stated}, {}).publisher == expected


@pytest.mark.parametrize("value", [["article"], {"a": 1}, 5, float("nan"), None, b"x", "x" * 100_000])
@pytest.mark.parametrize("field", [field for field in FIELDS if field not in {"url", "body"}])
def test_no_value_of_a_field_raises_anything_but_a_bad_row(field: str, value: object) -> None:
    try:
        assert row(1, GOOD | {field: value}, {}).extraction.url
    except BadRowError:
        assert field in {"published_at", "modified_at"}


@pytest.mark.parametrize("name", ["foo.example/x//y", "xn--a.com", "https://xn--zzzz.invalid--.co.uk", "//", "a.b//"])
def test_a_publisher_that_is_no_host_is_a_bad_row_or_a_name(name: str) -> None:
    try:
        assert row(1, GOOD | {"publisher": name}, {}).publisher
    except BadRowError as error:
        assert str(error).startswith("publisher: ")


def test_a_zone_is_taken_for_times_that_name_none() -> None:
    asked = Asked(zone=timezone(timedelta(hours=2)), now=NOW)
    times = {
        "2026-03-01 14:00:00": (NOON, "exact"),
        "2026-03-01T12:00:00Z": (NOON, "exact"),
        "2026-03-01": (datetime(2026, 2, 28, 22, tzinfo=timezone.utc), "day"),
    }
    for written, expected in times.items():
        found = read_row(1, GOOD | {"published_at": written}, asked).extraction
        assert (found.published_at, found.published_quality) == expected


@pytest.mark.parametrize(
    ("written", "year"), [("1650-03-01", 1700), ("2031-01-01T00:00:00Z", NOW.year), (1_900_000_000_000, NOW.year)]
)
def test_times_that_can_not_be_are_cut_back(written: object, year: int) -> None:
    found = row(1, GOOD | {"published_at": written}, {}).extraction
    assert found.published_at is not None
    assert (found.published_at.year, found.published_quality) == (year, "clamped")
    assert found.published_raw == str(written)


@pytest.mark.parametrize("header", ["URL", "Url ", "url"])
def test_columns_are_found_in_any_case(header: str) -> None:
    record = {header: "https://a.example/1", "BODY": "Words.", "Published At": "2026-03-01T12:00:00Z", "image-url": "i"}
    found = row(1, record, {}).extraction
    assert (found.url, found.published_at, found.image_url) == ("https://a.example/1", NOON, "i")
    assert row(1, record | {"Head Line": "H"}, {"title": "head_line"}).extraction.title == "H"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<p>One &amp; two.</p><p>Three<br>four <b>bold</b>.</p>", "One & two.\nThree\nfour bold."),
        ("<div>A</div><script>alert(1)</script><style>p {}</style><!-- no --><ul><li>B</li></ul>", "A\nB"),
        ("One.\nTwo &lt;3 &quot;q&quot;", 'One.\nTwo <3 "q"'),
        ("If a < b and b > c, no mark-up.", "If a < b and b > c, no mark-up."),
        ("Caf&eacute; <em>au</em> lait", "Café au lait"),
        ("R&D at AT&T", "R&D at AT&T"),
    ],
)
def test_markup_becomes_text(written: str, text: str) -> None:
    assert row(1, GOOD | {"body": written}, {}).extraction.body == text


@given(st.text(alphabet="<p>/br &amp;x\x00\ud800\n!-"))
def test_any_markup_is_read(written: str) -> None:
    assert isinstance(text_of(written), str)


def test_a_type_that_we_have_not_is_told() -> None:
    found = row(1, GOOD | {"page_type": "newsitem"}, {})
    assert found.extraction.page_type == "article"
    assert "'newsitem' is none of article" in found.notes[0]
    assert row(1, GOOD | {"page_type": "opinion"}, {}).notes == ()


@pytest.mark.parametrize(
    ("columns", "message"),
    [({}, r"no column body; there are url, text \(--map body=COLUMN\)"), ({"title": "head"}, "no column head, body")],
)
def test_missing_columns_are_named_once_with_those_that_are_there(columns: dict[str, str], message: str) -> None:
    with pytest.raises(MissingColumnError, match=message):
        checked([(n, {"url": "u", "text": "t"}) for n in range(3)], columns)


def test_columns_that_some_rows_have_are_there() -> None:
    records = [(1, {"url": "u"}), (2, ValueError("no JSON")), (3, {"Body": "t"})]
    assert list(checked(records, {})) == records
