"""Bytes to text as browsers do it, lies included."""

from __future__ import annotations

import codecs

import pytest

from newsflow.extract.document import extract
from newsflow.extract.page.charset import decode
from tests.extract.pages import page

CYRILLIC = "Портовый совет проголосовал за восстановление причала. " * 4
JAPANESE = "ウェストミア港湾評議会は桟橋の再建を決議した。" * 4


def html(text: str, charset: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>t</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (CYRILLIC, "cp1251", "windows-1251"),
        (CYRILLIC, "koi8-r", "koi8-r"),
        (JAPANESE, "cp932", "shift_jis"),
        (JAPANESE, "euc_jp", "x-euc-jp"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        ("韦斯特米尔决定重建码头。", "gb18030", "gb2312"),
        ("港務委員會決議重建碼頭。", "big5", "big5"),
        ("항만위원회는 부두를 재건한다. 뷁", "cp949", "ks_c_5601-1987"),
        ("Müller sagte: „Schön“ – für 5 €", "cp1252", "iso-8859-1"),
        ("Το λιμάνι", "iso8859-7", "greek"),
    ],
)
def test_declared_encodings(text: str, codec: str, label: str) -> None:
    data = html(text, label).encode(codec)
    assert text in decode(data)[0]
    assert text in decode(html(text).encode(codec), f"text/html; charset={label}")[0]


@pytest.mark.parametrize("bom", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_byte_order_mark_wins(bom: bytes) -> None:
    name = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}[bom]
    text, found = decode(bom + html(CYRILLIC, "windows-1252").encode(name), "text/html; charset=koi8-r")
    assert CYRILLIC in text
    assert found == name


def test_valid_utf8_beats_a_wrong_declaration() -> None:
    assert CYRILLIC in decode(html(CYRILLIC, "windows-1252").encode(), "text/html; charset=iso-8859-1")[0]


@pytest.mark.parametrize(
    "label", ["utf-7", "hex", "idna", "punycode", "rot13", "unicode_escape", "zlib", "nonsense", "x" * 39]
)
def test_labels_that_browsers_do_not_know_are_not_obeyed(label: str) -> None:
    data = html("plain +AGE- text \\u0041", label).encode()
    text, found = decode(data, f"text/html; charset={label}")
    assert "+AGE-" in text
    assert "\\u0041" in text
    assert found == "utf-8"


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    data = html(CYRILLIC * 5).encode().replace("причала".encode(), b"\xd0", 1)
    text, found = decode(data)
    assert found == "utf-8"
    assert "проголосовал" in text


def test_an_undeclared_encoding_is_guessed() -> None:
    assert "проголосовал" in decode(html(CYRILLIC).encode("cp1251"))[0]


@pytest.mark.parametrize("dirt", ["\x00", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\x85\x9f", "\x07"])
def test_no_field_holds_characters_that_nobody_sees(dirt: str) -> None:
    """What is taken out leaves neither gap nor trace; U+0085 ends a line, as Unicode says."""
    title = f"West{dirt}mere rebuilds its ferry pier"
    body = f"<p>The har{dirt}bour council voted on Tuesday night to rebuild the pier.</p>" * 3
    made = extract(
        page(body, title=title, head=f'<meta name="author" content="In{dirt}grid Solvang">'), "https://a.example/x"
    )
    for value in (made.title, made.body, *made.authors):
        assert not any(c in value for c in "\x00\x1b\u202e\u200b\ufeff\x9f\x07")


def test_lone_surrogates_in_json_do_not_reach_the_fields() -> None:
    head = (
        r'<script type="application/ld+json">{"@type":"NewsArticle","headline":"A \ud800 headline of words"}</script>'
    )
    made = extract(page(head=head, title=""), "https://a.example/x")
    made.title.encode("utf-8")
    assert "\ud800" not in str(made)


SHORT = {
    "ko": ("cp949", "항만 위원회는 화요일 동쪽 부두를 다시 짓기로 결정했다고 밝혔다. 공사는 열한 달이 걸린다."),
    "ja": ("euc_jp", "港湾委員会は火曜日、東桟橋の再建を決めたと発表した。工期は十一か月になる。"),
    "zh": ("gb18030", "港口委员会星期二决定重建东码头。工程将持续十一个月，费用由地区基金承担。"),
    "ru": ("cp1251", "Совет порта решил во вторник восстановить восточный причал."),
    "el": ("cp1253", "Το συμβούλιο αποφάσισε την Τρίτη να ξαναχτίσει την προβλήτα."),
}


@pytest.mark.parametrize("language", SHORT)
def test_a_short_page_without_a_label_is_read_by_its_script_or_language(language: str) -> None:
    codec, text = SHORT[language]
    page = f"<html lang={language}><head><title>t</title></head><body><p>{text}</p></body></html>"
    assert text in decode(page.encode(codec))[0]


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_scripts_tell_themselves_without_a_language(language: str) -> None:
    codec, text = SHORT[language]
    assert text in decode(f"<title>t</title><p>{text}".encode(codec))[0]


def test_western_bytes_stay_western() -> None:
    text = "Das Café in der Altstadt öffnet wieder – nach elf Monaten."
    assert text in decode(f"<html lang=de><p>{text}".encode("cp1252"))[0]


@pytest.mark.parametrize("declared", ["", "utf-8"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Der Gemeinderat öffnet das größte Hallenbad wieder, für Bäume gibt es eine Anhörung. " * 3, "cp1252"),
        ("Kommunstyrelsen öppnar den gamla simhallen på måndag, säger rådmannen från Växjö. " * 3, "iso8859-1"),
        ("O vereador não quis falar à imprensa sobre a situação, que é difícil. " * 3, "cp1252"),
        ("市议会星期一决定重新开放旧游泳馆。" * 2 + "The plan (B) costs 4 million.", "gb18030"),
        ("옛 수영장을 다시 열기로 했다. " * 2 + "KBS, 2026", "cp949"),
    ],
)
def test_letters_with_accents_are_no_chinese(text: str, codec: str, declared: str) -> None:
    assert text.strip() in decode(html(text, declared).encode(codec))[0]
