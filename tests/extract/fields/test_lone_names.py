"""A name that stands alone beside the day: an author's, and no place's, club's or section's."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.texts import TEXTS

URL = "https://courier.example/news/eastern-pier"
TEXT = TEXTS["en"]
PLACES = """
New York, San Francisco, Sri Lanka, Costa Rica, América Latina, Kuala Lumpur, Buenos Aires, Tel Aviv, West Ham United,
Royal Albert Hall, Breaking Story, Real Madrid, World Cup, Premier League, Westmere Town Council
"""


def authors(line: str) -> tuple[str, ...]:
    paragraphs = "".join(f"<p>{text}</p>" for text in TEXT.paragraphs)
    article = f"<article><h1>{TEXT.title}</h1><p>{line}</p><p>4 May 2026</p>{paragraphs}</article>"
    return extract(f"<html lang=en><body>{article}</body></html>".encode(), URL).authors


@pytest.mark.parametrize("name", ["Mara Quist", "Jean Le Roux", "Van Morrison"])
def test_a_persons_name_is_the_authors(name: str) -> None:
    assert authors(name) == (name,)


@pytest.mark.parametrize("line", [line.strip() for line in PLACES.split(",")])
def test_a_place_or_a_section_is_nobody(line: str) -> None:
    assert authors(line) == ()


def below(last: str, before: str = "") -> tuple[str, ...]:
    paragraphs = "".join(f"<p>{text}</p>" for text in (*TEXT.paragraphs, before, last) if text)
    return extract(f"<html lang=en><body><article><h1>{TEXT.title}</h1>{paragraphs}</article>".encode(), URL).authors


def test_who_writes_says_so_in_the_last_line_alone() -> None:
    assert below("Mara Quist is a reporter in Westmere.") == ("Mara Quist",)
    assert below("Mara Quist was a reporter in Westmere until she joined the council.") == ()
    told = "The pier will outlive all of us who stand here in the rain today, said Mara Quist on Monday."
    assert below("Mara Quist is a professor of history at the college in Westmere.", told) == ()
