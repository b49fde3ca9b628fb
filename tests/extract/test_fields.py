"""Title, persons, dates and the rest: which source wins, and what is made of it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from newsflow.extract import dates
from newsflow.extract.authors import people, tidy
from newsflow.extract.document import extract
from newsflow.extract.title import strip_site
from newsflow.model import Extraction, Hints
from tests.extract.pages import page

URL = "https://courier.example/news/pier"
SITES = {"thewestmerecourier", "courier"}


def ld(**fields: Any) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def made(
    head: str = "", *, title: str = "Westmere rebuilds its ferry pier", hints: Hints = Hints(), url: str = URL
) -> Extraction:
    return extract(page(title=title, head=head), url, hints)


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Pier rebuilt - The Westmere Courier", "Pier rebuilt"),
        ("Pier rebuilt | Politics | The Westmere Courier", "Pier rebuilt | Politics"),
        ("The Westmere Courier: Pier rebuilt", "The Westmere Courier: Pier rebuilt"),
        ("The Westmere Courier » Pier rebuilt", "Pier rebuilt"),
        ("Pier rebuilt – at last", "Pier rebuilt – at last"),
        ("Pier-rebuilding begins", "Pier-rebuilding begins"),
    ],
)
def test_the_site_s_name_is_cut_off_a_title(raw: str, title: str) -> None:
    assert strip_site(raw, SITES) == title


def test_the_visible_headline_wins_where_another_source_knows_it() -> None:
    found = made('<meta property="og:title" content="Westmere rebuilds its ferry pier | Courier">')
    assert (found.title, found.sources["title"]) == ("Westmere rebuilds its ferry pier", "h1")


def test_the_stated_headline_wins_over_an_h1_of_other_words() -> None:
    html = page(head=ld(headline="Ferry pier to be rebuilt")).replace(
        b"<h1>Westmere rebuilds its ferry pier", b"<h1>Local news"
    )
    html = html.replace(b"<title>Westmere rebuilds its ferry pier", b"<title>Courier")
    found = extract(html, URL)
    assert (found.title, found.sources["title"]) == ("Ferry pier to be rebuilt", "json-ld")


@pytest.mark.parametrize(
    ("raw", "persons", "agencies"),
    [
        (["By Ingrid Solvang"], ("Ingrid Solvang",), ()),
        (["Von Ingrid Solvang und Pål Eide"], ("Ingrid Solvang", "Pål Eide"), ()),
        (["Par Ingrid Solvang, Pål Eide"], ("Ingrid Solvang", "Pål Eide"), ()),
        (["Автор: Ингрид Сольванг"], ("Ингрид Сольванг",), ()),
        (["Ingrid Solvang, Reuters"], ("Ingrid Solvang",), ("Reuters",)),
        (["Associated Press"], (), ("AP",)),
        (["AFP", "dpa"], (), ("AFP", "dpa")),
        (["The Westmere Courier"], (), ()),
        (["Staff Reporter", "Editorial Team", "admin"], (), ()),
        (["Ingrid Solvang", "INGRID SOLVANG"], ("Ingrid Solvang",), ()),
        (["12 May 2026"], (), ()),
        (["https://courier.example/authors/ingrid"], (), ()),
    ],
)
def test_persons_and_agencies(raw: list[str], persons: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    assert people(raw, SITES) == (persons, agencies)


def test_a_name_is_tidied() -> None:
    assert tidy("By  Ingrid Solvang (ingrid@courier.example)") == "Ingrid Solvang"


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "name": "Ingrid Solvang"},
        [{"@type": "Person", "name": "Ingrid Solvang"}],
        "Ingrid Solvang",
        {"@type": "Person", "name": ["Ingrid Solvang"]},
    ],
)
def test_authors_in_json_ld(author: Any) -> None:
    found = made(ld(headline="Westmere rebuilds its ferry pier", author=author))
    assert (found.authors, found.sources["authors"]) == (("Ingrid Solvang",), "json-ld")


def test_authors_fall_back_to_meta_then_markup_then_feed() -> None:
    assert made('<meta name="author" content="Pål Eide">').sources["authors"] == "meta"
    marked = page(before='<span class="byline">By Pål Eide</span>')
    assert extract(marked, URL).authors == ("Pål Eide",)
    assert made(hints=Hints(authors=("Pål Eide",))).sources["authors"] == "feed"


UTC = timezone.utc


@pytest.mark.parametrize(
    ("raw", "at", "quality"),
    [
        ("2026-05-12T08:30:00Z", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "exact"),
        ("2026-05-12T08:30:00+02:00", datetime(2026, 5, 12, 6, 30, tzinfo=UTC), "exact"),
        ("2026-05-12T08:30:00.123+0530", datetime(2026, 5, 12, 3, 0, tzinfo=UTC), "exact"),
        ("2026-05-12 08:30", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "exact"),
        ("2026-05-12", datetime(2026, 5, 12, tzinfo=UTC), "day"),
        ("20260512", datetime(2026, 5, 12, tzinfo=UTC), "day"),
        ("Tue, 12 May 2026 08:30:00 GMT", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "exact"),
        ("May 12, 2026", datetime(2026, 5, 12, tzinfo=UTC), "day"),
        ("1778574600", datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "exact"),
    ],
)
def test_times_as_pages_write_them(raw: str, at: datetime, quality: str) -> None:
    assert dates.parse(raw) == (at, quality)


@pytest.mark.parametrize(
    "raw", ["", "soon", "2026-13-45", "99999999999", "0000-00-00T00:00:00Z", "2026-02-30", "x" * 5000]
)
def test_what_is_no_time_is_none(raw: str) -> None:
    assert dates.parse(raw) is None


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
    assert dates.url_date(url) == day


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


def test_the_rest() -> None:
    head = (
        '<meta property="og:image" content="/pier.jpg"><link rel="canonical" href="/news/pier">'
        '<link rel="amphtml" href="https://courier.example/amp/pier"><meta name="keywords" content="pier, ferry, Pier">'
        '<meta property="article:section" content="Town"><meta name="robots" content="noarchive">'
        '<meta property="og:description" content="After nine years the dispute over the pier is over.">'
    )
    found = made(head)
    assert found.image_url == "https://courier.example/pier.jpg"
    assert found.canonical_url == "https://courier.example/news/pier"
    assert found.amp_url == "https://courier.example/amp/pier"
    assert found.tags == ("pier", "ferry")
    assert found.section == "Town"
    assert found.lead.startswith("After nine years")
    assert found.rights == {"robots": "noarchive"}


@pytest.mark.parametrize(
    ("head", "url", "kind"),
    [
        ('<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Live"}</script>', URL, "live"),
        ("", "https://courier.example/opinion/pier", "opinion"),
        ("", "https://courier.example/video/pier", "video"),
        ("", "https://courier.example/gallery/pier", "gallery"),
        ("", "https://courier.example/podcasts/pier", "podcast"),
        ("", URL, "article"),
    ],
)
def test_types_of_pages(head: str, url: str, kind: str) -> None:
    assert made(head, url=url).page_type == kind


@pytest.mark.parametrize("url", ["http://[::1", "not a url", "", "javascript:alert(1)", "http://a.example/\ud800"])
def test_odd_addresses_break_nothing(url: str) -> None:
    assert extract(page(head='<link rel="canonical" href="http://[::1">'), url).outcome == "ok"
