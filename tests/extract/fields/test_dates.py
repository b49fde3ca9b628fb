"""When an article was published: what the head states, what readers see, and which of these is believed."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from html import escape
from typing import Any

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from newsflow.extract.document import extract
from newsflow.extract.fields.date_reader import NO_DATE, Reader
from newsflow.extract.fields.stated_dates import url_date
from newsflow.languages import lists
from newsflow.model import Extraction, Hints
from tests.extract.pages import page

UTC = timezone.utc
URL = "https://courier.example/news/pier"
PARAGRAPH = (
    "<p>The harbour council of Westmere voted on Tuesday night to rebuild the old ferry pier, ending a dispute that "
    "had divided the town for almost nine years and cost two mayors their office.</p>"
)
TEXT = PARAGRAPH * 3


def ld(**fields: Any) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def made(head: str = "", *, hints: Hints = Hints(), url: str = URL) -> Extraction:
    return extract(page(head=head), url, hints)


def shown(
    line: str, language: str = "en", *, head: str = "", before: str = "", after: str = "", url: str = URL
) -> Extraction:
    """What is made of a page that shows a line between its headline and its text."""
    return extract(page(line + TEXT, head=head, before=before, after=after, language=language), url)


def day(found: Extraction) -> str:
    return found.published_at.date().isoformat() if found.published_at else ""


@pytest.mark.parametrize(
    ("raw", "at", "quality"),
    [
        ("2026-05-12T08:30:00Z", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "exact"),
        ("2026-05-12T08:30:00+02:00", datetime(2026, 5, 12, 6, 30, tzinfo=UTC), "exact"),
        ("2026-05-12T08:30:00.123+0530", datetime(2026, 5, 12, 3, 0, tzinfo=UTC), "exact"),
        ("2026-05-12 08:30", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "unzoned"),
        ("2026-05-12", datetime(2026, 5, 12, tzinfo=UTC), "day"),
        ("20260512", datetime(2026, 5, 12, tzinfo=UTC), "day"),
        ("Tue, 12 May 2026 08:30:00 GMT", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "exact"),
        ("May 12, 2026", datetime(2026, 5, 12, tzinfo=UTC), "day"),
        ("1778574600", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "exact"),
    ],
)
def test_times_as_pages_write_them(raw: str, at: datetime, quality: str) -> None:
    found = Reader().read(raw, "meta")
    assert (found.at, found.quality) == (at, quality)


@pytest.mark.parametrize(
    "raw", ["", "soon", "2026-13-45", "99999999999", "0000-00-00T00:00:00Z", "2026-02-30", "x" * 5000]
)
def test_what_is_no_time_is_none(raw: str) -> None:
    assert Reader().read(raw, "meta") == NO_DATE


@pytest.mark.parametrize(
    "raw", ["2026", "2026-05", "202605", "May 2026", "05/2026", "2026/05", "Mai 2026", "2026 10:30", "Tuesday 2026"]
)
def test_a_year_or_a_month_alone_is_no_day(raw: str) -> None:
    assert Reader().read(raw, "meta") == NO_DATE
    feed = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
    found = made(ld(headline="Westmere rebuilds", datePublished=raw), hints=Hints(published_at=feed))
    assert (found.published_at, found.published_quality) == (feed, "exact")


def test_a_time_keeps_the_zone_that_it_was_written_in() -> None:
    """So that its day is the publisher's day; the instant is the same."""
    found = made(ld(headline="Westmere rebuilds", datePublished="2026-05-12T23:30:00-05:00"))
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2026-05-12T23:30:00-05:00"
    assert found.published_at == datetime(2026, 5, 13, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/05/12/pier", "2026-05-12"),
        ("https://a.example/2026/may/12/pier", "2026-05-12"),
        ("https://a.example/news/20260512-pier", "2026-05-12"),
        ("https://a.example/news/2026-5-2/pier", "2026-05-02"),
        ("https://a.example/news/12345678/pier", ""),
    ],
)
def test_dates_in_addresses(url: str, day: str) -> None:
    assert url_date(url) == day


def test_the_order_of_dates() -> None:
    stated = ld(headline="Westmere rebuilds", datePublished="2026-05-12T08:00:00Z", dateModified="2026-05-13T09:00:00Z")
    found = made(stated + '<meta property="article:published_time" content="2026-05-10T00:00:00Z">')
    assert found.sources["published_at"] == "json-ld"
    assert found.published_at == datetime(2026, 5, 12, 8, tzinfo=UTC)
    assert found.modified_at == datetime(2026, 5, 13, 9, tzinfo=UTC)
    assert found.published_raw == "2026-05-12T08:00:00Z"
    assert made(hints=Hints(published_at=datetime(2026, 5, 1, tzinfo=UTC))).sources["published_at"] == "feed"
    assert made(url="https://courier.example/2026/05/12/pier").published_quality == "day"


@pytest.mark.parametrize("raw", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2031-01-01T00:00:00Z"])
def test_times_that_cannot_be_are_not_believed(raw: str) -> None:
    seen = Hints(seen_at=datetime(2026, 5, 12, tzinfo=UTC))
    found = made(ld(headline="Westmere rebuilds its ferry pier", datePublished=raw), hints=seen)
    assert found.published_at is None or found.published_at.year == 2026


@pytest.mark.parametrize("raw", [1778574600, 1778574600000, "1778574600", "/Date(1778574600000)/"])
def test_seconds_since_1970_in_json_ld(raw: Any) -> None:
    assert made(ld(headline="x", datePublished=raw)).published_at == datetime(2026, 5, 12, 8, 30, tzinfo=UTC)


LANGUAGES = sorted({code for code in lists.by_language() if "date_published" in lists.by_language()[code]} - {"fa"})


EAST = ("ja", "ko", "zh")  # they number their months


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_date_line_of_any_language_is_read(code: str) -> None:
    published = lists.by_language()[code]["date_published"][0]
    changed = lists.by_language()[code]["date_modified"][0]
    for form in ("long", "full", "d MMM y" if code not in EAST else "long"):
        written, later = (format_date(date(2026, 5, number), form, locale=code) for number in (4, 9))
        for line in (
            written,
            f"{published} {written}",
            f"{published}: {written}",
            f"{changed} {later} | {published} {written}",
        ):
            found = shown(f"<div>{escape(line)}</div>", code)
            assert day(found) == "2026-05-04", line
            assert found.sources["published_at"] == "shown"


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_word_for_publication_and_change_is_told_apart(code: str) -> None:
    for word in lists.by_language()[code]["date_modified"]:
        found = shown(f"<p>2026-05-04</p><p>{escape(word)} 2026-05-09</p>", code)
        assert (day(found), found.modified_at) == ("2026-05-04", datetime(2026, 5, 9, tzinfo=UTC)), word
    for word in lists.by_language()[code]["date_published"]:
        assert day(shown(f"<p>2026-05-09</p><p>{escape(word)}: 2026-05-04</p>", code)) == "2026-05-04", word


@pytest.mark.parametrize(
    ("line", "language", "want"),
    [
        ("<p>03/04/2026</p>", "en-US", "2026-03-04"),
        ("<p>03/04/2026</p>", "en-GB", "2026-04-03"),
        ("<p>03/04/2026</p>", "it", "2026-04-03"),
        ("<p>4 พฤษภาคม 2569 08:15 น.</p>", "th", "2026-05-04"),
        ("<p>令和8年5月4日</p>", "ja", "2026-05-04"),
        ("<p>民國115年5月4日</p>", "zh-TW", "2026-05-04"),
        ("<p>۱۴ اردیبهشت ۱۴۰۵</p>", "fa", "2026-05-04"),
        ("<p>17 ذو القعدة 1447 هـ - 4 مايو 2026</p>", "ar", "2026-05-04"),
        ("<p>By Ada Lane | May 4, 2026 9:15 a.m. | 3 min read</p>", "en", "2026-05-04"),
        ("<div><span>Ada Lane</span> <span>04.05.2026, 10:15 Uhr</span></div>", "de", "2026-05-04"),
        ("<p>Published:</p><p>4 May 2026</p>", "en", "2026-05-04"),
        ("<p>4 May 2026 (updated 9 May 2026)</p>", "en", "2026-05-04"),
        ("<ul><li>Town</li><li>4 May 2026</li></ul>", "en", "2026-05-04"),
        ("<div class='social-share'><span>4 May 2026</span> <a href='#'>Share</a></div>", "en", "2026-05-04"),
        ("<p><time datetime='2026-05-04T08:00+02:00'>yesterday</time></p>", "en", "2026-05-04"),
        (
            "<p><time class='entry-date published' datetime='2026-05-04T08:00Z'>4 May 2026</time>"
            "<time class='updated' datetime='2026-05-09T08:00Z'>9 May 2026</time></p>", "en", "2026-05-04",
        ),
        ("<p>The market runs from 4 May 2026 to 9 May 2026</p>", "en", ""),
        ("<figure><figcaption>The old pier of Westmere on 4 May 2026</figcaption></figure>", "en", ""),
        ("<p>4 May</p>", "en", ""),
    ],
)  # fmt: skip
def test_date_lines(line: str, language: str, want: str) -> None:
    assert day(shown(line, language)) == want


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"before": "<header><time datetime='2026-06-09'>Tuesday, 9 June 2026</time> The Courier</header>"},
        {"before": "<div class='masthead'>9 June 2026</div>"},
        {"after": "<aside><p><time datetime='2026-06-09'>9 June 2026</time> <a href='/1'>Other</a></p></aside>"},
        {"after": "<section class='related'><div>9 June 2026 <a href='/1'>Other story of the day</a></div></section>"},
        {"after": "<ol class='comments'><li>Pål, 9 June 2026 at 10:15: What a pier!</li></ol>"},
        {"after": "<div class='teasers'><p>Published 9 June 2026</p></div>"},
        {"after": "<footer><p>9 June 2026</p></footer>"},
        {"before": "<div><article><h3><a href='/1'>Other</a></h3><time datetime='2026-06-09'></time></article></div>"},
        {"before": "<div><article><p>9 June 2026</p><p>Other</p></article></div>"},
        {"after": "<div><article><h2><a href='/1'>Other</a></h2><time datetime='2026-06-09'></time></article></div>"},
        {"head": "<meta property='article:modified_time' content='2026-06-09T10:00Z'>"},
    ],
)
def test_clocks_of_mastheads_teasers_and_comments_never_win(elsewhere: dict[str, str]) -> None:
    assert day(shown("<p>4 May 2026</p>", **elsewhere)) == "2026-05-04"
    assert day(shown("", **elsewhere)) == ""


@pytest.mark.parametrize("name", ["related", "comments", "article-teasers", "most-read"])
def test_dates_below_a_brief_are_those_of_others(name: str) -> None:
    brief = f"<p>The old ferry pier of Westmere will be rebuilt.</p><div class='{name}'><p>9 June 2026</p></div>"
    assert day(extract(page(brief), URL)) == ""


def test_a_date_above_the_headline_counts_in_the_headline_s_box() -> None:
    html = page(TEXT).decode().replace("<h1>", "<div><p>4 May 2026</p><h1>").replace("</h1>", "</h1></div>")
    assert day(extract(html.encode(), URL)) == "2026-05-04"


def test_a_press_office_s_dateline_is_read() -> None:
    assert day(extract(page(f"<p>WESTMERE, 4 May 2026 - {TEXT[3:]}"), URL)) == "2026-05-04"


def test_json_ld_of_another_page_gives_no_date() -> None:
    other = ld(headline="Oster wins the cup", url="https://courier.example/sport/cup", datePublished="2026-01-02")
    assert day(made(other)) == ""
    own = ld(
        headline="Westmere rebuilds its ferry pier",
        url="https://www.courier.example/pier?x=1",
        datePublished="2026-01-02",
    )
    assert day(made(own)) == "2026-01-02"


def test_json_ld_that_is_no_json_gives_its_date() -> None:
    broken = '{"@type": "NewsArticle" "headline": [, "datePublished": "2026-05-04T08:00:00Z"}'
    assert made(f'<script type="application/ld+json">{broken}</script>').published_at == datetime(
        2026, 5, 4, 8, tzinfo=UTC
    )


def test_microdata_of_comments_gives_no_date() -> None:
    other = '<meta itemprop="datePublished" content="2026-06-09">'
    comment = f'<div itemscope itemtype="https://schema.org/Comment">{other}</div>'
    own = '<meta itemprop="datePublished" content="2026-05-04">'
    assert day(extract(page(TEXT + comment + own), URL)) == "2026-05-04"


def test_a_moment_in_utc_is_given_in_the_time_that_the_page_shows() -> None:
    found = shown("<p>May 4, 2026, 9:15 p.m.</p>", head=ld(headline="x", datePublished="2026-05-05T01:15:20Z"))
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2026-05-04T21:15:20-04:00"
    assert (found.published_quality, found.sources["published_at"]) == ("exact", "json-ld")


def test_a_time_without_a_zone_is_in_the_publisher_s_and_says_so() -> None:
    head = ld(headline="x", datePublished="2026-07-04T08:15:00")
    assert made(head).published_at == datetime(2026, 7, 4, 8, 15, tzinfo=UTC)
    found = made(head, hints=Hints(zone="Europe/Madrid"))
    assert found.published_at == datetime(2026, 7, 4, 6, 15, tzinfo=UTC)
    assert found.published_quality == "unzoned"
    assert made(head, hints=Hints(zone="Mars/Base")).published_at == datetime(2026, 7, 4, 8, 15, tzinfo=UTC)
    assert day(made(ld(headline="x", datePublished="2026-07-04"), hints=Hints(zone="Asia/Tokyo"))) == "2026-07-04"


@given(offset=st.integers(-48, 56), at=st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1)))
def test_a_time_without_a_zone_takes_that_of_the_feed_where_it_is_the_same(offset: int, at: datetime) -> None:
    """Only a whole number of quarters of an hour apart."""
    feed = at.replace(microsecond=0, second=1, tzinfo=timezone(timedelta(minutes=15 * offset)))
    head = ld(headline="x", datePublished=at.replace(microsecond=0, second=1).isoformat())
    found = made(head, hints=Hints(published_at=feed))
    assert (found.published_at, found.published_quality) == (feed, "exact")


def test_a_feed_s_midnight_is_a_day() -> None:
    found = made(hints=Hints(published_at=datetime(2026, 5, 4, tzinfo=UTC)))
    assert (day(found), found.published_quality) == ("2026-05-04", "day")


@pytest.mark.parametrize(
    ("line", "url", "want"),
    [
        ("<p>3 May 2026</p>", "https://courier.example/2026/05/04/pier", "2026-05-03"),
        ("<p>9 June 2026</p>", "https://courier.example/2026/05/04/pier", "2026-05-04"),
        ("<p>Updated 9 June 2026</p>", "https://courier.example/2026/05/04/pier", "2026-05-04"),
        ("", "https://courier.example/2026/05/04/pier", "2026-05-04"),
        ("", "https://courier.example/29-10-2021/pier", "2021-10-29"),
    ],
)
def test_date_lines_and_addresses(line: str, url: str, want: str) -> None:
    assert day(shown(line, url=url)) == want


def test_the_last_change_beside_the_headline_is_a_guess() -> None:
    found = shown("<p>Updated 9 May 2026</p>")
    assert (day(found), found.published_quality) == ("2026-05-09", "guessed")
    assert found.modified_at == datetime(2026, 5, 9, tzinfo=UTC)


def test_day_and_month_in_doubt_are_a_guess() -> None:
    found = shown("<p>03/04/2026</p>", url="https://courier.example.com/pier")
    assert (day(found), found.published_quality) == ("2026-03-04", "guessed")


SEEN, WATCHED = datetime(2026, 3, 10, 2, tzinfo=timezone.utc), datetime(2026, 2, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("raw", "watched", "quality"),
    [
        ("2026-03-09T20:00:00Z", WATCHED, "exact"),
        ("2026-03-08T02:00:00Z", WATCHED, "exact"),  # a night failed
        ("2026-03-08T01:59:59Z", WATCHED, "doubtful"),
        ("2026-03-02", WATCHED, "doubtful"),
        ("2026-01-31T12:00:00Z", WATCHED, "exact"),  # nobody looked then
        ("2026-03-02T12:00:00Z", None, "exact"),
        ("2026-03-02T12:00:00Z", datetime(2026, 3, 5, tzinfo=timezone.utc), "exact"),  # after a gap
    ],
)
def test_a_date_that_we_would_have_seen_is_doubtful(raw: str, watched: datetime | None, quality: str) -> None:
    hints = Hints(seen_at=SEEN, first_seen_at=SEEN, watched_since=watched)
    found = made(f'<meta property="article:published_time" content="{raw}">', hints=hints)
    assert (found.published_quality, found.sources["published_at"]) == (quality, "meta")
    assert found.published_at is not None


@pytest.mark.parametrize("line", ["Received: 16 December 2025 Accepted: 2 March 2026 Published: 4 May 2026",
    "Submitted 16 December 2025 | Published 4 May 2026", "For 1 April 2026. Published 4 May 2026"])  # fmt: skip
def test_days_beside_the_one_of_publication_are_others(line: str) -> None:
    assert day(shown(f"<p>{line}</p>", head='<meta name="dc.date" content="2026-05-04">')) == "2026-05-04"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "<dl><dt>Joined</dt><dd>Mar 12, 2012</dd></dl>"),
        ("en", "<p>Event date: 20 June 2026</p>"),
        ("en", "<p>Application deadline: 30 June 2026</p>"),
        ("en", "<p>Copyright © 1 January 2019 Westmere Courier</p>"),
        ("en", "<p>Member since <time datetime='2012-03-12'>12 March 2012</time></p>"),
        ("en", "<p>Saturday, 20 June 2026, 19:00 – 21:00</p>"),
        ("de", "<p>Registriert: 18.09.2008, 21:14</p>"),
        ("de", "<p>Termin: 20.06.2026, 19 Uhr</p>"),
        ("fr", "<p>Inscrit le : 04/02/2011</p>"),
        ("ru", "<p>Регистрация: 04.02.2011</p>"),
        ("zh", "<p>注册时间：2011-02-04</p>"),
    ],
)
def test_days_of_other_things(language: str, line: str) -> None:
    assert day(shown(line, language)) == ""
    assert day(shown(f"{line}<p>12.05.2026</p>", language)) == "2026-05-12"


@pytest.mark.parametrize(("language", "label"), [("en", "Published"), ("de", "Datum:"), ("fi", "Päiväys")])
def test_a_list_of_facts_beside_the_text(language: str, label: str) -> None:
    facts = f"<aside><dl><dt>{label}</dt><dd>12.5.2026</dd><dt>Place</dt><dd>Westmere</dd></dl></aside>"
    assert day(extract(page(TEXT, after=facts, language=language), URL)) == "2026-05-12"


def test_words_stand_as_the_times_do_that_they_are_of() -> None:
    line = (
        "<p>Last updated <time datetime='2026-06-07T10:00:00Z'>June 7</time> "
        "Published <time datetime='2026-05-12T10:00:00Z'>May 12</time></p>"
    )
    found = shown(line)
    assert day(found) == "2026-05-12"
    assert str(found.modified_at)[:10] == "2026-06-07"


def test_a_line_that_says_published_beats_a_later_day_in_the_head() -> None:
    built = '<meta name="date" content="2026-11-30T23:11:00Z">'
    assert day(shown("<p>Published: 12 May 2026</p>", head=built)) == "2026-05-12"


def test_the_day_in_a_link_to_another_page_is_that_pages() -> None:
    teaser = "<div><a href='/x'><div>School opens again</div><time datetime='2026-03-05'>Mar 5</time></a></div>"
    assert day(extract(page(TEXT * 3, after=teaser), URL)) == ""
