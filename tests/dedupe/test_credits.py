"""Agencies are credited where a text credits them, and not where it only quotes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.agency_names import NAME, marked
from newsflow.credits import credits, is_credit
from newsflow.dedupe.boilerplate import is_boilerplate, without_boilerplate
from newsflow.extract.document import extract
from tests.dedupe.conftest import Desk

REST = (
    "\nThe ministers met again in the afternoon and agreed on nothing at all, as so often before in this long year.\n"
)


HEADS = [
    ("By JANE DOE, AP Business Writer", {"AP"}),
    ("By Jane Doe of The Associated Press", {"AP"}),
    ("By Jane Doe for Reuters", {"Reuters"}),
    ("JANE DOE | Associated Press", {"AP"}),
    ("Reuters | March 3, 2026", {"Reuters"}),
    ("From Reuters", {"Reuters"}),
    ("Door onze redactie en ANP", {"ANP"}),
    ("BRUSSEL (ANP/BELGA) - De", {"ANP", "Belga"}),
    ("(BELGA) De", {"Belga"}),
    ("Москва. 3 марта. ИНТЕРФАКС - Министры", {"Interfax"}),
    ("［東京　３日　ロイター］ - 大臣", {"Reuters"}),
    ("【パリAFP＝時事】大臣", {"AFP", "Jiji"}),
    ("Palo Alto (AP) — The", {"AP"}),
    ("Aix-en-Provence (AFP) – Les", {"AFP"}),
    ("The People's Action Party (PAP) won", set()),
    ("American Psychological Association (APA) members said", set()),
    ("El Ente de Fomento Económico (EFE) anunció", set()),
    ("Alcoholics Anonymous (AA) said", set()),
    ("CANBERRA — The Australian Federal Police (AFP) - which", set()),
    ("Harrisburg, PA — The", set()),
    ("Moody's cut it to AA - the second best -", set()),
    ("By Michael Bloomberg", set()),
]
ENDS = [
    ("(Reporting by Jane Doe, Reuters; Editing by Bo Ek)", {"Reuters"}),
    ("Reporte de Juan Pérez, Reuters", {"Reuters"}),
    ("With reporting by AFP, Reuters, and the Associated Press", {"AFP", "Reuters", "AP"}),
    ("The Associated Press contributed to this report.", {"AP"}),
    ("AP writers Jane Doe in Paris and Bo Ek in Rome contributed to this report.", {"AP"}),
    ("(With agency inputs: ANI, PTI)", {"ANI", "PTI"}),
    ("(This story has not been edited and is published from a syndicated feed: PTI)", {"PTI"}),
    ("PTI ABC XYZ", {"PTI"}),
    ("First published by Reuters.", {"Reuters"}),
    ("Compiled from Reuters and AP reports", {"Reuters", "AP"}),
    ("(red, APA)", {"APA"}),
    ("jdo/dpa/AFP", {"dpa", "AFP"}),
    ("(ATS/AFP)", {"AFP"}),
    ("EFE/ABC", {"EFE"}),
    ("(TT-Reuters)", {"TT", "Reuters"}),
    ("Dieser Artikel wurde mit Material der Nachrichtenagentur dpa erstellt.", {"dpa"}),
    ("Originalmeldung von der Deutschen Presse-Agentur", {"dpa"}),
    ("La rédaction, avec AFP", {"AFP"}),
    ("Avec les informations de l’Agence France-Presse", {"AFP"}),
    ("Par AFP", {"AFP"}),
    ("Agencias AP y AFP", {"AP", "AFP"}),
    ("Door: ANP", {"ANP"}),
    ("Met ANP en Reuters", {"ANP", "Reuters"}),
    ("المصدر: رويترز", {"Reuters"}),
    ("（出典：ロイター）", {"Reuters"}),
    ("So they parted on Monday. AFP", {"AFP"}),
    ("So they parted on Monday, for the last time. (With inputs from PTI)", {"PTI"}),
    ("So they parted on Monday (he spoke with Reuters about it).", set()),
    ("picture-alliance/dpa", set()),
    ("AFP/Getty", set()),
    ("Michael Bloomberg contributed to the campaign.", set()),
    ("Harrisburg, PA", set()),
    ("Met AP sprak de minister dinsdag over de begroting.", set()),
    ("He had never seen such a thing. He called Reuters.", set()),
]


@pytest.mark.parametrize(
    ("body", "agencies"),
    [
        ("LONDON (Reuters) - The ministers met." + REST, {"Reuters"}),
        ("WASHINGTON (AP) — The ministers met." + REST, {"AP"}),
        ("PARIS, March 3 (AFP) - Ministers met." + REST, {"AFP"}),
        ("Berlin (dpa) - Die Minister trafen sich." + REST, {"dpa"}),
        ("Berlin (dpa/AFP) - Die Minister trafen sich." + REST, {"dpa", "AFP"}),
        ("Madrid, 3 mar (EFE).- Los ministros se reunieron." + REST, {"EFE"}),
        ("ROMA (ANSA) - I ministri si sono riuniti." + REST, {"ANSA"}),
        ("МОСКВА, 3 марта. /ТАСС/. Министры встретились." + REST, {"TASS"}),
        ("МОСКВА, 3 мар - РИА Новости. Министры встретились." + REST, {"RIA Novosti"}),
        ("РИА Новости. Министры встретились." + REST, {"RIA Novosti"}),
        ("باريس (ا ف ب) - اجتمع الوزراء." + REST, {"AFP"}),
        ("(أ ف ب) اجتمع الوزراء." + REST, {"AFP"}),
        ("القاهرة (رويترز) - اجتمع الوزراء." + REST, {"Reuters"}),
        ("【ニューヨーク共同】大臣が会談した。" + REST, {"Kyodo"}),
        ("（中央社記者王小明台北3日電）部長們開會。" + REST, {"CNA"}),
        ("中新社北京3月3日电 部长们开会。" + REST, {"CNS"}),
        ("[东京 3日 路透社] 部长们开会。" + REST, {"Reuters"}),
        ("(서울=연합뉴스) 김철수 기자 = 장관들이 만났다." + REST, {"Yonhap"}),
        ("Die TT-Meisterschaft beginnt am Montag." + REST, set()),
        ("Reuters-Recherchen zufolge trafen sie sich." + REST, set()),
        ("新华社北京3月3日电 部长们开会。" + REST, {"Xinhua"}),
        ("(共同) 大臣が会談した。" + REST, {"Kyodo"}),
        ("The ministers met." + REST + "With reporting by AFP and Reuters", {"AFP", "Reuters"}),
        ("The ministers met." + REST + "(With inputs from PTI)", {"PTI"}),
        ("The ministers met." + REST + "Additional reporting by PA Media", {"PA Media"}),
        ("The ministers met." + REST + "Mit Material der dpa", {"dpa"}),
        ("The ministers met." + REST + "Avec AFP", {"AFP"}),
        ("The ministers met." + REST + "Con información de EFE y AP", {"EFE", "AP"}),
        ("The ministers met." + REST + "Quelle: dpa", {"dpa"}),
        ("The ministers met." + REST + "© Agence France-Presse", {"AFP"}),
        ("The ministers met." + REST + "Copyright 2026 The Associated Press. All rights reserved.", {"AP"}),
        ("PA Media\nThe ministers met." + REST, {"PA Media"}),
        ("The minister told Reuters that nothing was agreed." + REST, set()),
        ("Reuters reported on Monday that the ministers had met." + REST, set()),
        ("A study by the PA Foundation and the AP exam board was read." + REST, set()),
        ("The ministers met." + REST + "dpa/lsw", {"dpa"}),
        ("The ministers met." + REST + "sda/apa", {"SDA", "APA"}),
        ("The ministers met." + REST + "(afp/dpa)", {"AFP", "dpa"}),
        ("The ministers met." + REST + "/ritzau/", {"Ritzau"}),
        ("The ministers met." + REST + "© dpa-infocom, dpa:260301-99-123456/2", {"dpa"}),
        ("The ministers met." + REST + "— AP", {"AP"}),
        ("The ministers met." + REST.rstrip() + " - AFP", {"AFP"}),
        ("The ministers met." + REST + "(Reporting by Reuters; Editing by Bo Ek)", {"Reuters"}),
        ("The ministers met." + REST + "Con información de EFE", {"EFE"}),
        ("The ministers met." + REST + "Mit Material von dpa", {"dpa"}),
        ("(ANSA) - ROMA, 03 MAR - I ministri si sono riuniti." + REST, {"ANSA"}),
        ("MARLOW (Reuters) – The ministers met." + REST, {"Reuters"}),
        ("The ministers met." + REST + "共同", {"Kyodo"}),
        ("The ministers met." + REST + "ТАСС", {"TASS"}),
        ("The ministers met." + REST + "Le Monde avec AFP", {"AFP"}),
        ("The ministers met." + REST + "Von Anna Berg, dpa", {"dpa"}),
        ("The ministers met." + REST + "Zdroj: ČTK", {"CTK"}),
        ("The ministers met." + REST + "This story was originally published by Reuters.", {"Reuters"}),
        ("Thomson Reuters shares rose." + REST, set()),
        ("Mr Dpa met the mayor." + REST, set()),
        ("The ministers met." + REST + "(AP Photo/Jane Doe)", set()),
        ("The ministers met." + REST + "(Foto: dpa)", set()),
        ("(Foto: AFP)\nThe ministers met." + REST, set()),
        ("Photo: AP\nThe ministers met." + REST, set()),
        ("The ministers met." + REST + "Photograph: Jane Doe/Reuters", set()),
        ("", set()),
        *(
            (f"{head} The ministers met.{REST}" if head[-1] in "-—–" else f"{head}{REST}", found)
            for head, found in HEADS
        ),
        *((f"The ministers met.{REST}{end}", found) for end, found in ENDS),
    ],
)
def test_credits(body: str, agencies: set[str]) -> None:
    assert set(credits(body)) == agencies


@pytest.mark.parametrize(
    ("author", "agencies"),
    [
        ("Reuters", {"Reuters"}),
        ("Anna Berg, dpa", {"dpa"}),
        ("By Jo Lee | Associated Press", {"AP"}),
        ("A. P. Smith", set()),
    ],
)
def test_bylines(author: str, agencies: set[str]) -> None:
    found = credits("Text.", [author])
    assert set(found) == agencies
    assert all(author in evidence for evidence in found.values())


def test_the_step_stores_credits_and_a_revision_takes_them_away(desk: Desk) -> None:
    desk.file("https://a.example/1", "LONDON (Reuters) - The ministers met." + REST)
    desk.deduplicate()
    assert desk.rows("select agency, evidence from ingest.credit") == [("Reuters", "LONDON (Reuters)")]
    desk.load()
    desk.file("https://a.example/1", "LONDON - The ministers met." + REST)
    desk.deduplicate()
    assert desk.rows("select agency from ingest.credit") == []


@given(st.text())
def test_any_text_is_read_without_harm(body: str) -> None:
    assert all(len(words) <= 200 for words in credits(body, [body]).values())


@pytest.mark.parametrize(
    "line",
    [
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "Schreibe einen Kommentar",
        "Tu dirección de correo electrónico no será publicada.",
        "Votre adresse e-mail ne sera pas publiée.",
        "Read more: the ten best walks",
        "Follow us on Facebook",
        "© 2026 The Paper. All rights reserved.",
    ],
)
def test_boilerplate(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    ["He left a reply on the minister's desk.", "The name of the ship was unknown.", "Sign language is taught.",
     "Comments by the mayor angered residents.", "Email was invented in 1971.", ""],
)  # fmt: skip
def test_sentences_are_no_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)


def test_boilerplate_goes_and_a_text_never_becomes_empty() -> None:
    assert without_boilerplate("One.\nLeave a Reply\nTwo.") == "One.\nTwo."
    assert without_boilerplate("One is here. Leave a Reply Name Email. Two.") == "One is here. Two."
    assert without_boilerplate("Leave a Reply") == "Leave a Reply"


@pytest.mark.parametrize(
    "line", ["(Reuters)", "AFP", "With reporting by AFP", "Con información de EFE", "来源：新华社"]
)
def test_a_last_line_that_only_credits_is_no_part_of_the_text(line: str) -> None:
    assert is_credit(line)
    assert without_boilerplate(f"The ministers met.\n{line}") == "The ministers met."


@pytest.mark.parametrize("line", ["", "He told Reuters so.", "Reuters said so.", "With reporting by AFP, he began."])
def test_a_line_that_says_more_is(line: str) -> None:
    assert not is_credit(line)


def test_a_credit_is_left_where_it_is_all_there_is() -> None:
    assert without_boilerplate("(Reuters)") == "(Reuters)"


def test_extraction_tells_the_agencies_that_the_credits_have() -> None:
    """One fact in one place: both ask the same function."""
    body = "".join(
        f"<p>The ministers met again in room {n} and agreed on nothing at all in a long year.</p>" for n in range(9)
    )
    page = f"<html><head><title>Met</title></head><body><article><h1>Met</h1>{body}<p>{{}}</p></article></body></html>"
    found = extract(page.format("With reporting by AFP and Reuters").encode(), "https://a.example/1")
    assert set(found.agencies) == {"AFP", "Reuters"}
    assert set(credits(found.body, found.authors, found.agencies)) == set(found.agencies)


@pytest.mark.parametrize("name", ["epd", "SID", "КИЕВ-24"])
def test_an_agency_that_a_page_names_is_credited_though_we_know_no_more_of_it(name: str) -> None:
    assert credits("Text.", agencies=[name]) == {name: f"byline: {name}"}


@pytest.mark.parametrize(
    "name", ["AFP", "Agence France-Presse", "أ ف ب", "PA Media", "TAR-TASS", "ITAR-TASS", "Télam", "연합뉴스"]
)
def test_an_agencys_name_is_one_letter_and_is_spelt_again(name: str) -> None:
    line = marked(f"Von Anna Berg, {name} und 路透社")
    assert line.names == (name, "路透社")
    match = re.fullmatch(rf"Von Anna Berg, ({NAME}) und {NAME}", line.text)
    assert match
    assert (line.spelt(match), line.spelt(match, 1)) == (f"Von Anna Berg, {name} und 路透社", name)


@pytest.mark.parametrize("text", ["APs", "XAP", "Reutersville", "dpas", "𐘀", "éAFP", "ТАССа"])
def test_letters_within_a_word_name_no_agency(text: str) -> None:
    assert marked(text).names == ()


def test_of_a_long_line_the_ends_credit() -> None:
    filler = "The ministers met again in the afternoon. " * 40
    assert set(credits(f"LONDON (Reuters) - {filler}(AFP)")) == {"Reuters", "AFP"}
    assert credits(f"{filler}© dpa {filler}") == {}
