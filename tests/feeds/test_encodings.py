"""The characters of feeds whose declaration and bytes disagree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.feeds.parse import parse

BASE = "https://www.bote.example/rss"
GERMAN = "Müllabfuhr fällt aus: Die Straße ist für längere Zeit gesperrt, schöne Grüße"
TEXTS = {
    "cp1252": "Preis steigt auf 5 € – sagt „Rat“",
    "iso8859-2": "Żółć i źdźbło w Łodzi",
    "cp1251": "Привет, мир: новости дня",
    "koi8-r": "Привет, мир: новости дня",
    "iso8859-7": "Καλημέρα κόσμε",
    "cp1256": "مرحبا بالعالم",
    "gb18030": "今天的新闻来自北京的报道",
    "big5": "今天的新聞來自臺北的報導",
    "cp932": "今日のニュースは東京からです",
    "euc_jp": "今日のニュースは東京からです",
    "iso2022_jp": "今日のニュースは東京からです",
    "cp949": "오늘의 뉴스는 서울에서",
}
LABELS = {
    "cp1252": "ISO-8859-1", "iso8859-2": "ISO-8859-2", "cp1251": "windows-1251", "koi8-r": "KOI8-R",
    "iso8859-7": "ISO-8859-7", "cp1256": "windows-1256", "gb18030": "gb2312", "big5": "Big5", "cp932": "Shift_JIS",
    "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP", "cp949": "EUC-KR",
}  # fmt: skip


def feed(title: bytes, declared: str = "") -> bytes:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return head.encode() + b"<rss version='2.0'><channel><item><title>" + title + b"</title></item></channel></rss>"


def title(body: bytes, content_type: str = "") -> str:
    return parse(body, BASE, content_type).entries[0].title


@pytest.mark.parametrize("codec", TEXTS)
def test_a_true_declaration_is_believed(codec: str) -> None:
    assert title(feed(TEXTS[codec].encode(codec), LABELS[codec])) == TEXTS[codec]


@pytest.mark.parametrize("codec", TEXTS)
def test_a_header_counts_where_the_document_is_silent(codec: str) -> None:
    assert title(feed(TEXTS[codec].encode(codec)), f"text/xml; charset={LABELS[codec]}") == TEXTS[codec]


@pytest.mark.parametrize("text", TEXTS.values())
@pytest.mark.parametrize("declared", ["", "utf-8", "ISO-8859-1", "windows-1251", "gb2312", "Shift_JIS", "utf-16"])
def test_valid_utf8_is_utf8_whatever_is_declared(text: str, declared: str) -> None:
    assert title(feed(text.encode(), declared), "text/xml; charset=iso-8859-1") == text


@pytest.mark.parametrize("declared", ["", "utf-8", "UTF8", "ISO-8859-1", "windows-1252"])
@pytest.mark.parametrize("bad", [b"\xc3", b"\xe2\x82", b"\xff", b"\xa0"])
def test_one_bad_byte_spoils_one_character(bad: bytes, declared: str) -> None:
    whole = (GERMAN * 3).encode()
    assert (
        title(feed(whole + b" " + bad + b" Ende", declared)).replace("\ufffd", "").split()
        == (GERMAN * 3 + " Ende").split()
    )


@pytest.mark.parametrize("codec", ["cp1252", "cp1251", "cp932"])
def test_what_calls_itself_utf8_and_is_none_is_guessed(codec: str) -> None:
    assert title(feed((TEXTS[codec] * 8).encode(codec), "utf-8")) == TEXTS[codec] * 8


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_characters(codec: str) -> None:
    body = feed(GERMAN.encode(), "utf-16" if "16" in codec else "utf-32").decode().encode(codec)
    assert title(body) == GERMAN


@given(st.text(st.characters(min_codepoint=0xA1, max_codepoint=0x2FFF, exclude_categories=["C"]), min_size=1))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    body = feed(text.encode(), "ISO-8859-1")
    assert title(body) == " ".join(text.split())


def test_a_broken_feed_keeps_its_characters() -> None:
    body = feed(TEXTS["cp1252"].encode("cp1252"), "ISO-8859-1").replace(b"</channel>", b"<b>")
    assert title(body) == TEXTS["cp1252"]


@pytest.mark.parametrize(
    "before", [b" " * 10_000, b"\r\n" * 90, b"\xef\xbb\xbf\n\n", b"\n\xef\xbb\xbf", b"<!-- x -->\n"]
)
def test_what_stands_before_the_declaration_is_passed_over(before: bytes) -> None:
    assert title(before + feed(GERMAN.encode(), "utf-8")) == GERMAN


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("latin-1", "cp1252"), ("ansi", "cp1252"), ("windows1252", "cp1252"), ("cp-1252", "cp1252"),
        ("win-1251", "cp1251"), ("x-unknown", "cp1252"), ("iso_8859_2", "iso8859-2"),
    ],
)  # fmt: skip
def test_labels_that_browsers_do_not_know(label: str, codec: str) -> None:
    assert title(feed(TEXTS[codec].encode(codec), label)) == TEXTS[codec]
    assert title(feed(GERMAN.encode(), label)) == GERMAN


@pytest.mark.parametrize("dash", ["&#150;", "&#x96;", "\x96", "<![CDATA[&#150;]]>"])
def test_control_characters_were_windows_1252(dash: str) -> None:
    assert title(feed(f"5 {dash} 6".encode())) == "5 – 6"


@pytest.mark.parametrize("text", [GERMAN, *TEXTS.values(), "plain"])
@pytest.mark.parametrize("declared", ["", "utf-8", "UTF-8"])
def test_a_feed_that_is_what_it_says_is_not_called_broken(text: str, declared: str) -> None:
    assert parse(feed(text.encode(), declared), BASE).repairs == ()


def test_a_broken_character_is_told() -> None:
    assert parse(feed(GERMAN.encode() + b"\xff"), BASE).repairs == ("some of its characters are broken",)
