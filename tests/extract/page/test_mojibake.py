"""What a publisher's system read wrongly is mended; what is meant stays."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from newsflow.extract.page.mojibake import repaired

URL = "https://courier.example/2026/05/12/pier"
LINE = (
    "The harbour council of Westmere doesn’t know when the “old” pier opens – “Société Générale” and the Żółw café"
    " wait for it, and the families 😀 of the street have asked for a date since the storms of March."
)


def page(line: str) -> str:
    return f"<html><body><article><h1>{line[:50]}</h1><p>{line}</p><p>{line} Again.</p></article></body></html>"


def body_of(html: str) -> str:
    return extract(html.encode(), URL).body


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_an_encoding_that_was_doubled_is_halved(codec: str) -> None:
    doubled = "".join(chr(byte) for byte in LINE.encode())
    if codec == "cp1252":  # what Windows has no character for stays a control
        doubled = "".join(bytes([ord(c)]).decode("cp1252", "replace").replace("\ufffd", c) for c in doubled)
    assert body_of(page(doubled)) == body_of(page(LINE))


def test_controls_are_the_marks_that_windows_has_there() -> None:
    assert "doesn’t – “know”" in body_of(page(LINE.replace("doesn’t", "doesn\x92t \x96 \x93know\x94")))


@pytest.mark.parametrize(
    "meant",
    [
        "« Il a explosé», dit-il, « déterminé» à « l’été»… une « difficulté » ambiguë»",
        "Ä… und „Ö“, ŠKODA, Überfälle–Ärger, São João é», NÃO",
        "Русский текст – «Ёлка», Ελληνικά «Ώρα», 漢字。「日本」",
        "I typed Ã¤ and saw â€™ on an old terminal.",  # an article on encodings
    ],
)
def test_what_is_meant_stays(meant: str) -> None:
    html = page(LINE) + f"<p>{meant}</p>"
    assert repaired(html, html.encode(), "utf-8") == html
    assert repaired(html, b"", "cp1252") == html


def test_a_part_of_any_length_is_read_in_time() -> None:
    for part in ("â€™" * 40_000, "\x92" * 200_000, "Ã" * 49_000 + "\x80"):
        html = f"<p>{part}</p>"
        assert repaired(html, html.encode(), "utf-8")
