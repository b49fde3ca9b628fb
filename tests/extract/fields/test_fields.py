"""Title, persons, dates and the rest: which source wins, and what is made of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsflow.extract.document import extract
from newsflow.extract.fields.names import people
from newsflow.extract.fields.one_name import tidy
from newsflow.extract.fields.title import strip_site
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
    ("h1", "title"),
    [
        (
            "Westmere's old ferry pier will rise again after nine years",
            "Westmere's old ferry pier will rise again after nine years",
        ),
        ("Town | Ferry pier to be rebuilt in Westmere", "Ferry pier to be rebuilt in Westmere"),
        ("News from the coast and the islands", "Ferry pier to be rebuilt in Westmere"),
        ("渡し船の桟橋", "Ferry pier to be rebuilt in Westmere"),
    ],
)
def test_the_only_h1_wins_where_it_is_about_the_same(h1: str, title: str) -> None:
    """Readers see one headline, search engines another."""
    stated = '<meta property="og:title" content="Ferry pier to be rebuilt in Westmere">'
    html = page(title="Ferry pier", head=stated).replace(b"<h1>Ferry pier<", f"<h1>{h1}<".encode())
    assert extract(html, URL).title == title


def test_headlines_of_scripts_without_spaces_are_one_word_and_yet_headlines() -> None:
    html = page(title="韦斯特米尔决定重建旧渡轮码头-中新网").replace(
        "<h1>韦斯特米尔决定重建旧渡轮码头-中新网".encode(), "<h1>韦斯特米尔决定重建旧渡轮码头".encode()
    )
    found = extract(html, "https://courier.example/1")
    assert (found.title, found.sources["title"]) == ("韦斯特米尔决定重建旧渡轮码头", "h1")


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
        (["courier.in"], (), ()),
        (["View all posts by Ingrid Solvang"], ("Ingrid Solvang",), ()),
        (["Van Solvang", "Di Lane"], ("Van Solvang", "Di Lane"), ()),
        (["Pål Eide", "and Ingrid Solvang"], ("Pål Eide", "Ingrid Solvang"), ()),
        (["By Ingrid Solvang May 12, 2026 8:30 am"], ("Ingrid Solvang",), ()),
        (["Ingrid Solvang Published: 12 May 2026"], ("Ingrid Solvang",), ()),
        (["Ingrid Solvang The Associated Press"], ("Ingrid Solvang",), ("AP",)),
        (["The Associated Press"], (), ("AP",)),
        (["Ingrid Solvang The Westmere Courier"], ("Ingrid Solvang",), ()),
        (["Ingrid Solvang, Chief Technology Officer and Head of Labs"], ("Ingrid Solvang",), ()),
        (["王小明"], ("王小明",), ()),
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


HEADING = "Westmere rebuilds its ferry pier"


@pytest.mark.parametrize(
    ("line", "persons", "agencies"),
    [
        ("By Ada Lane", ("Ada Lane",), ()),
        ("BY ADA LANE AND PÅL EIDE", ("ADA LANE", "PÅL EIDE"), ()),
        ("By Ada Lane, Political Editor | 12 May 2026", ("Ada Lane",), ()),
        ("Von Ada Lane und Pål Eide, Westmere", ("Ada Lane", "Pål Eide"), ()),
        ("Par Ada Lane et Pål Eide", ("Ada Lane", "Pål Eide"), ()),
        ("Por Ada Lane y Pål Eide", ("Ada Lane", "Pål Eide"), ()),
        ("a cura di Ada Lane", ("Ada Lane",), ()),
        ("di Ada Lane", ("Ada Lane",), ()),
        ("Door Ada Lane en Jan van der Berg", ("Ada Lane", "Jan van der Berg"), ()),
        ("Av Ada Lane", ("Ada Lane",), ()),
        ("Af Ada Lane og Pål Eide", ("Ada Lane", "Pål Eide"), ()),
        ("Teksti: Ada Lane", ("Ada Lane",), ()),
        ("Autor: Ada Lane", ("Ada Lane",), ()),
        ("Piše: Ada Lane", ("Ada Lane",), ()),
        ("Szerző: Ada Lane", ("Ada Lane",), ()),
        ("Автор: Ингрид Сольванг", ("Ингрид Сольванг",), ()),
        ("Γράφει η Ίνγκριντ Σόλβανγκ", ("Ίνγκριντ Σόλβανγκ",), ()),
        ("Haber: Ada Lane", ("Ada Lane",), ()),
        ("Oleh Ada Lane", ("Ada Lane",), ()),
        ("Tác giả: Nguyễn Văn An", ("Nguyễn Văn An",), ()),
        ("بقلم: أحمد علي", ("أحمد علي",), ()),
        ("מאת: נועה לוי", ("נועה לוי",), ()),
        ("โดย สมชาย ใจดี", ("สมชาย ใจดี",), ()),
        ("記者陳小明／台北報導", ("陳小明",), ()),
        ("김민수 기자 minsu@courier.example", ("김민수",), ()),
        ("By Ada Lane, Reuters", ("Ada Lane",), ("Reuters",)),
        ("By The Associated Press", (), ("AP",)),
    ],
)
def test_a_by_line_that_no_mark_up_calls_so(line: str, persons: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    html = page().decode().replace("</h1>", f"</h1><p class=by>{line}</p>")
    found = extract(html.encode(), URL)
    assert (found.authors, found.agencies) == (persons, agencies)
    assert found.sources.get("authors", "") == ("text" if persons else "")


@pytest.mark.parametrize(
    "line",
    [
        "By the time the council voted, the harbour was dark",
        "By Tuesday",
        "Von Westmere nach Norden",
        "Related: Ada Lane",
        "Por la tarde llegó la niebla",
        "По словам Ингрид Сольванг",
        "Ada Lane",
    ],
)
def test_what_is_no_by_line(line: str) -> None:
    html = page().decode().replace("</h1>", f"</h1><p class=by>{line}</p>")
    assert extract(html.encode(), URL).authors == ()


def test_a_shown_by_line_that_names_more_persons_than_the_head_wins() -> None:
    head = ld(headline=HEADING, author={"@type": "Person", "name": "Ada Lane"})
    shown = page(head=head).decode().replace("</h1>", "</h1><p class=byline>By Ada Lane and Pål Eide, Courier</p>")
    found = extract(shown.encode(), URL)
    assert (found.authors, found.sources["authors"]) == (("Ada Lane", "Pål Eide"), "text")
    other = page(head=head).decode().replace("</h1>", "</h1><p class=byline>By Pål Eide</p>")
    assert extract(other.encode(), URL).authors == ("Ada Lane",)


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


@pytest.mark.parametrize(
    ("head", "caption"),
    [
        (ld(image={"url": "/pier.jpg", "caption": "The old pier in winter"}), "The old pier in winter"),
        (ld(image=[{"url": "/pier.jpg", "description": "The old pier"}]), "The old pier"),
        ('<meta property="og:image" content="/p.jpg"><meta property="og:image:alt" content="A pier">', "A pier"),
        ('<meta property="og:image:alt" content="A pier without a picture">', ""),
        (ld(image="/pier.jpg"), ""),
    ],
)
def test_the_caption_of_the_lead_image(head: str, caption: str) -> None:
    assert made(head).image_caption == caption
