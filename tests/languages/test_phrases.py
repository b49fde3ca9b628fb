"""Each phrase of each language does its work on a page of that language.

Driven by the files: a new language or phrase is tried without a new line here. A language without an article in
`tests/extract/texts.py` is tried around the English one: what stands around a phrase has no say in whether it is found.
"""

from __future__ import annotations

import json
from html import escape

import pytest

from newsflow.extract.document import extract, read
from newsflow.extract.fields.one_name import tidy
from newsflow.languages import lists
from newsflow.outcomes import Outcome
from tests.extract.texts import TEXTS, Text
from tests.extract.walls import document, paragraphs

URL = "https://courier.example/news/westmere-votes-to-rebuild-the-ferry-pier-20260512"
NAME = "Ingrid Solvang"


def cases(*names: str) -> list[object]:
    """One case a language and list that it has."""
    return [
        pytest.param(code, name, id=f"{code}-{name}")
        for code, held in lists.by_language().items()
        for name in names
        if name in held
    ]


def of(code: str, name: str) -> tuple[str, ...]:
    return lists.by_language()[code][name]


def text_of(code: str) -> Text:
    return TEXTS.get(code, TEXTS["en"])


def article(code: str, line: str) -> bytes:
    """An article of this language whose last line is the one under test."""
    text = text_of(code)
    body = f"<article><h1>{escape(text.title)}</h1>{paragraphs(*text.paragraphs, line)}</article>"
    return document(text.title, body, code)


def outcome(html: bytes) -> Outcome:
    return extract(html, URL).outcome


@pytest.mark.parametrize(
    ("code", "name"), cases("related", "promotion", "legal", "advertisement", "comment_form", "credit")
)
def test_a_line_that_opens_with_it_is_cut(code: str, name: str) -> None:
    for phrase in of(code, name):
        lines = {p.text: p.cut for p in read(article(code, f"{phrase} — Fjordglass"), URL).paragraphs}
        assert all(cut for line, cut in lines.items() if line.endswith("Fjordglass")), phrase
        assert not any(lines.get(paragraph) for paragraph in text_of(code).paragraphs), phrase


@pytest.mark.parametrize(("code", "name"), cases("interface"))
def test_a_line_that_is_it_is_cut(code: str, name: str) -> None:
    for phrase in of(code, name):
        assert phrase not in extract(article(code, phrase), URL).body.split("\n"), phrase


@pytest.mark.parametrize(("code", "name"), cases("join"))
def test_a_last_line_that_asks_to_join_a_channel_is_cut(code: str, name: str) -> None:
    for phrase in of(code, name):
        body = extract(article(code, f"Fjordglass {phrase} WhatsApp"), URL).body
        assert "Fjordglass" not in body, phrase


@pytest.mark.parametrize(("code", "name"), cases("photo"))
def test_a_line_that_credits_a_picture_is_cut(code: str, name: str) -> None:
    for word in of(code, name):
        assert "Solvang" not in extract(article(code, f"{word.rstrip('*')}: Solvang"), URL).body.split("\n")[-1], word


@pytest.mark.parametrize(("code", "name"), cases("removed", "soft_404"))
def test_a_page_that_says_so_is_no_article(code: str, name: str) -> None:
    for phrase in of(code, name):
        expected = {Outcome.REMOVED, Outcome.SOFT_404}
        assert outcome(document(phrase, f"<h1>{escape(phrase)}</h1>{paragraphs(phrase)}", code)) in expected, phrase


@pytest.mark.parametrize(("code", "name"), cases("bot_challenge"))
def test_a_browser_check_is_no_article(code: str, name: str) -> None:
    for phrase in of(code, name):
        assert outcome(document("courier.example", paragraphs(phrase), code)) is Outcome.BOT_CHALLENGE, phrase


@pytest.mark.parametrize(("code", "name"), cases("javascript"))
def test_a_shell_that_asks_for_scripts_is_no_article(code: str, name: str) -> None:
    for phrase in of(code, name):
        html = document("Courier", f'<div id="root"></div><noscript>{escape(phrase)}</noscript>', code)
        assert outcome(html) is Outcome.NEEDS_JAVASCRIPT, phrase


@pytest.mark.parametrize(("code", "name"), cases("login"))
def test_a_form_for_a_password_with_it_is_no_article(code: str, name: str) -> None:
    for phrase in of(code, name):
        form = f'<h1>{escape(phrase)}</h1><form><input name="u"><input type="password"></form>'
        assert outcome(document(phrase, form, code)) is Outcome.LOGIN, phrase


@pytest.mark.parametrize(("code", "name"), cases("consent_wall"))
def test_three_phrases_of_a_consent_wall_are_one(code: str, name: str) -> None:
    for phrase in of(code, name):
        wall = document("Courier", paragraphs(f"cookie: {phrase}", "we use cookies, manage preferences"), code)
        assert outcome(wall) is Outcome.CONSENT_WALL, phrase


@pytest.mark.parametrize(("code", "name"), cases("paywall", "subscription"))
def test_what_stands_behind_a_text_that_breaks_off_is_a_paywall(code: str, name: str) -> None:
    text = text_of(code)
    head = '<script type="application/ld+json">' + json.dumps(
        {"@type": "NewsArticle", "headline": text.title, "isAccessibleForFree": False}
    ) + "</script>"  # fmt: skip
    for phrase in of(code, name):
        stub = f"<article><h1>{escape(text.title)}</h1>{paragraphs(text.paragraphs[0])}</article>"
        html = document(text.title, f'{stub}<div class="offer">{paragraphs(phrase)}</div>', code, head)
        assert outcome(html) is Outcome.PAYWALL, phrase


@pytest.mark.parametrize(("code", "name"), cases("by", "by_exact", "by_joined"))
def test_names_are_told_from_the_words_before_them(code: str, name: str) -> None:
    for word in of(code, name):
        line = f"{word.rstrip('*')}{':' if name == 'by_joined' else ' '}{NAME}"
        assert tidy(line) == NAME, word


# Sentences that open as furniture does, and are news.
INNOCENT = {
    "ru": "Популярное место отдыха закрыли до осени из-за ремонта набережной.",
    "uk": "Популярне місце відпочинку закрили до осені через ремонт набережної.",
    "id": "Gabungan kelompok tani menolak rencana pelabuhan baru itu pada Senin.",
    "pl": "Najpopularniejsze imiona w mieście to od lat Anna i Piotr.",
    "cs": "Nejčtenější kniha roku vypráví o přístavu a jeho lidech.",
    "de": "Anzeige gegen Unbekannt: Ein Fischer fand sein Boot am Montag leck.",
    "nl": "Ook interessant is dat de raad het plan twee keer had afgewezen.",
    "es": "Lo más visto en la feria fue el barco que construyeron los alumnos.",
    "bg": "Още от сутринта пред общината се събраха стотици рибари.",
    "lv": "Abonētāju skaits ostas pilsētā pērn pieauga par desmito daļu.",
    "ko": "네이버에서 검색하면 새 부두의 설계도를 누구나 볼 수 있다고 시는 밝혔다.",
    "zh": "未经授权的施工于周二被叫停，市政府说将在下周公布调查结果。",
    "he": "הצטרפו למחאה מאות דייגים שהגיעו מהאיים ביום שני.",
    "fa": "اپلیکیشن تازه شهرداری از دوشنبه در دسترس ساکنان بندر است.",
    "ar": "شارك وزير الصيد في اجتماع مجلس الميناء يوم الاثنين.",
    "fi": "Tilaajamäärät kasvoivat satamakaupungissa viime vuonna kymmenen prosenttia.",
    "ja": "広告大手の調査では、新しい桟橋を支持する市民が七割に上った。",
    "it": "Abbonati in calo: il giornale del porto ne ha persi duemila in un anno.",
    "el": "Απαγορεύεται η κυκλοφορία στην προβλήτα έως τον Σεπτέμβριο.",
    "hi": "व्हाट्सएप ने सोमवार को बंदरगाह के मछुआरों के लिए नई सेवा शुरू की।",
    "ro": "Pentru a continua lucrările la dig, primăria are nevoie de nouă milioane.",
}


@pytest.mark.parametrize("code", INNOCENT)
def test_a_sentence_that_opens_alike_stays(code: str) -> None:
    made = extract(article(code, INNOCENT[code]), URL)
    assert made.outcome is Outcome.OK
    assert made.body.endswith(INNOCENT[code])
