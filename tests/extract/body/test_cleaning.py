"""What is struck out of a body, and what stays, line by line."""

from __future__ import annotations

import pytest

from newsflow.extract.body.cleaning import Known, clean
from newsflow.extract.body.placement import Paragraph
from newsflow.extract.page.blocks import Block
from newsflow.text.site_lines import line_hash
from tests.extract.pages import PARAGRAPHS


def line(text: str, tag: str = "p", links: float = 0.0, order: int = 0) -> Paragraph:
    return Paragraph(text, Block(text, tag, links, ("div#.", f"{tag}#."), (1, 2 + order), order))


def cut(*extra: Paragraph, before: bool = False, known: Known = Known()) -> list[str]:
    """The reasons given to `extra`, which stand before or after the text of an article."""
    text = [line(p) for p in PARAGRAPHS]
    body = [*extra, *text] if before else [*text, *extra]
    clean(body, known)
    assert not any(p.cut for p in text)
    return [p.cut for p in extra]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Read more: The ferry that never came", "related"),
        ("Lesen Sie auch: Die Fähre, die nie kam", "related"),
        ("À lire aussi : le bac qui n'est jamais venu", "related"),
        ("Читайте также: Паром, который не пришёл", "related"),
        ("関連記事：来なかったフェリー", "related"),
        ("Sign up for our morning newsletter", "promotion"),
        ("Suscríbete a nuestro boletín", "promotion"),
        ("Подпишитесь на наш канал", "promotion"),
        ("ακολουθήστε μας στο Google News", "promotion"),
        ("© 2026 The Westmere Courier. All rights reserved.", "legal"),
        ("Alle Rechte vorbehalten.", "legal"),
        ("版权所有，未经许可不得转载", "legal"),
        ("ADVERTISEMENT", "advertisement"),
        ("Anzeige", "advertisement"),
        ("Реклама", "advertisement"),
        ("Share", "interface"),
        ("Imprimir", "interface"),
        ("シェア", "interface"),
        ("https://courier.example/2026/05/12/pier", "address"),
        ("12.05.2026, 08:30", "date"),
        ("(Reporting by Ada Lane; Editing by Pål Eide)", "credit"),
        ("Ada Lane contributed to this report.", "credit"),
        ("（责任编辑：王小明）", "credit"),
        ("Photo: Pål Eide / Courier", "credit"),
        ("Foto: Pål Eide", "credit"),
        ("The pier in winter, Getty Images", "credit"),
        ("Get the day's stories in your inbox by signing up for our newsletter.", "promotion"),
        ("Больше новостей: подпишитесь на наш Telegram", "related"),
        ("Want more? Follow the Courier on WhatsApp.", "promotion"),
        ("Leave a Reply", "comment form"),
        ("Schreibe einen Kommentar", "comment form"),
    ],
)
def test_site_lines_after_the_text(text: str, reason: str) -> None:
    assert cut(line(text)) == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "Foster Books, $18.99; ages 5-8",
        "Readers wrote more letters about the pier than about any other matter, the council's clerk said on Friday.",
        "The newsletter of the harbour council, to which 400 people subscribe, will carry the drawings next week.",
        "“I joined Telegram and followed the harbour master there,” one of them said, “and learned of it at noon.”",
        "Reporters were let in at noon, and the photograph of the pier in the council's hall was taken down.",
        "Copyright law played no part in the dispute, which turned on a lease from 1911 that neither side could find.",
        "“Follow the money,” said one of the fishermen, who asked not to be named, and laughed at his own joke.",
        "In 1911, 1934 and 1952 the pier was rebuilt after storms; each time the town paid for it all by itself.",
    ],
)
def test_prose_that_sounds_like_a_site_line_stays(text: str) -> None:
    assert cut(line(text)) == [""]


def test_a_line_that_is_one_link_is_no_text() -> None:
    assert cut(line("The ferry that never came, and the town that waited", links=1.0)) == ["link"]


def test_a_page_that_is_a_list_of_links_keeps_them() -> None:
    body = [line(f"{p} {n}", "li", 1.0) for n in range(5) for p in PARAGRAPHS]
    clean(body, Known())
    assert not any(p.cut for p in body)


def test_a_linked_heading_within_the_text_stays() -> None:
    body = [line(PARAGRAPHS[0]), line("What comes next", "h2", 1.0), line(PARAGRAPHS[1])]
    clean(body, Known())
    assert [p.cut for p in body] == ["", "", ""]


def item(text: str) -> Paragraph:
    return Paragraph(text, Block(text, "li", 1.0, ("div#.", "ul#.", "li#."), (1, 2, 3), 0))


@pytest.mark.parametrize(
    ("lead", "reason"), [("These towns have one:", ""), ("Read more:", "link"), ("No town has one.", "link")]
)
def test_a_list_of_links_that_the_text_leads_in_stays(lead: str, reason: str) -> None:
    items = [item("The ferry of Westmere"), item("The pier of Eastmere")]
    clean([line(PARAGRAPHS[0]), line(lead), *items, *map(line, PARAGRAPHS[1:])], Known())
    assert [p.cut for p in items] == [reason, reason]


@pytest.mark.parametrize(("plain", "reason"), [(2, ""), (1, "link")])
def test_linked_items_stay_in_a_list_of_which_half_is_no_link(plain: int, reason: str) -> None:
    linked = [item("The ferry of Westmere"), item("The pier of Eastmere")]
    others = [item(f"Tent pegs, {n} of them") for n in range(plain)]
    for p in others:
        assert p.block
        p.block.links = 0.0
    clean([line(PARAGRAPHS[0]), *linked, *others, *map(line, PARAGRAPHS[1:])], Known())
    assert [p.cut for p in linked] == [reason, reason]


def test_linked_items_above_the_text_are_no_part_of_it() -> None:
    linked, others = [item("Harbour news"), item("Ferries of Westmere")], [item(f"Row {n}") for n in range(3)]
    for p in others:
        assert p.block
        p.block.links = 0.0
    clean([*linked, *others, *map(line, PARAGRAPHS)], Known())
    assert [p.cut for p in linked] == ["link", "link"]


def test_the_title_and_its_variants_above_the_text() -> None:
    known = Known(titles=("The pier is rebuilt", "The pier is rebuilt - Courier"))
    assert (
        cut(line("THE PIER IS REBUILT!"), line("The pier is rebuilt – Courier"), before=True, known=known)
        == ["title"] * 2
    )


def test_bylines_and_bios() -> None:
    known = Known(names=("Ingrid Solvang", "Pål Eide"))
    assert cut(line("By Ingrid Solvang and Pål Eide"), before=True, known=known) == ["byline"]
    assert cut(line("Ingrid Solvang covers the coast for the Courier."), known=known) == ["author"]
    assert cut(line("Write to her at ingrid@courier.example or follow @ingrids"), known=Known()) == ["author"]


def test_a_person_quoted_at_the_end_is_no_bio() -> None:
    text = "“We have waited long enough,” Ingrid Solvang said after the vote, and went down to the water."
    assert cut(line(text), known=Known(names=("Ingrid Solvang",))) == [""]


def test_a_heading_that_heads_nothing_goes_with_what_it_headed() -> None:
    assert cut(line("More on this", "h3"), line("The ferry that never came to the town", links=1.0)) == [
        "related",
        "link",
    ]
    assert cut(line("The long road ahead", "h3"), line("A linked headline of four words", links=1.0)) == [
        "heading",
        "link",
    ]
    assert cut(line("The long road ahead", "h3")) == ["heading"]


def test_learned_lines_are_left_out_whatever_their_numbers() -> None:
    known = Known(site_lines=frozenset({line_hash("This text was read 12 times.")}))
    assert cut(line("This text was read 4711 times."), known=known) == ["site line"]


def test_a_quoted_post_keeps_its_signature() -> None:
    assert cut(line("— Westmere Harbour (@westmereharbour) May 12, 2026"), line(PARAGRAPHS[0] + " So it ends.")) == [
        "",
        "",
    ]


def test_what_follows_a_comment_form_is_no_text() -> None:
    form = line("Leave a Reply")
    assert (
        cut(form, line("I have always said that the pier should be rebuilt, and nobody listened to me."))[0]
        == "comment form"
    )
    assert all(cut(line("Leave a Reply"), line("First!"), line("The mayor should resign over this, once and for all.")))


@pytest.mark.parametrize(
    "text",
    [
        "这次电话民意调查，自2011年12月9日至11日，针对全台湾1077名18岁以上民众进行，结果连疾管局也摇头，因为这个比例高于预期。",
        "2026年5月12日午後8時30分、ウェストミア港湾評議会は古いフェリー桟橋を再建することを決議し、論争に終止符を打った。",
    ],
)
def test_lines_of_scripts_without_spaces_are_as_long_as_they_look(text: str) -> None:
    assert cut(line(text), line(PARAGRAPHS[0] + " So it ends.")) == ["", ""]


ABOUT_THE_PAGE = """
3 min read|5 minute read|Updated 2 hours ago|Posted 3 days ago|941 comments|Reading time: 4 minutes|17 Kommentare
Lesezeit: 3 Minuten|vor 2 Stunden aktualisiert|Temps de lecture : 3 min|Mis à jour il y a 2 heures|Hace 2 horas
Tiempo de lectura: 3 min|3 min de leitura|Atualizado há 2 horas|Tempo di lettura: 3 minuti|Leestijd: 3 minuten
Czas czytania: 3 minuty|2 godziny temu|Lästid 3 min|Læsetid: 3 min.|Lukuaika 3 min|Doba čtení: 3 minuty
3 perc olvasás|Timp de citire: 3 minute|Okuma süresi: 3 dakika|Время чтения: 3 мин|Обновлено 2 часа назад
Час читання: 3 хв|Χρόνος ανάγνωσης: 3 λεπτά|وقت القراءة 3 دقائق|זמן קריאה: 3 דקות|3 मिनट पढ़ें|Waktu baca: 3 menit
Thời gian đọc: 3 phút|約3分で読めます|읽는 시간 3분|阅读时间 3 分钟
"""


@pytest.mark.parametrize("text", ABOUT_THE_PAGE.strip().replace("\n", "|").split("|"))
def test_lines_about_the_page_are_no_text(text: str) -> None:
    assert cut(line(text), before=True) == ["about the page"]
    assert cut(line(text)) == ["about the page"]


@pytest.mark.parametrize(
    "text", ["1. Read the minutes", "Two hours ago, 3 boats came back.", "1953", "3 boats", "Part 2"]
)
def test_lines_that_only_hold_a_number_stay(text: str) -> None:
    assert cut(line(text), before=True) == [""]


@pytest.mark.parametrize(
    "text",
    [
        "This audio is auto-generated. Please let us know if you have feedback.", "Artikel anhören",
        "Listen to this article",
        "Article continues after this advertisement", "Continua após a publicidade", "Tekst gaat verder onder de foto",
        "La suite après la publicité", "Der Artikel wird nach der Anzeige fortgesetzt", "Dalsza część tekstu pod wideo",
    ],
)  # fmt: skip
def test_audio_and_labels_of_advertisements_are_no_text(text: str) -> None:
    assert cut(line(text), before=True)[0] in {"audio", "advertisement"}


@pytest.mark.parametrize(("box", "reason"), [(9, "repeated"), (1, "")])
def test_a_text_that_comes_again_in_another_box_came_for_another_screen(box: int, reason: str) -> None:
    again = [
        Paragraph(p, Block(p, "p", 0.0, ("div#.", f"div#{box}.", "p#."), (1, box, 90 + n), 90 + n))
        for n, p in enumerate(PARAGRAPHS)
    ]
    path = ("div#.", "div#1.", "p#.")
    body = [Paragraph(p, Block(p, "p", 0.0, path, (1, 1, 20 + n), n)) for n, p in enumerate(PARAGRAPHS)]
    clean(body + again, Known())
    assert {p.cut for p in again} == {reason}
    assert not any(p.cut for p in body)
