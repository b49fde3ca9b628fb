"""The headline stands in its own field, and nowhere in the body, in whatever dress it comes again."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
LANGUAGES = ("en", "de", "ru", "ja", "ar")
DRESSES = """
<p><strong>{}</strong></p>
<p><b>{}</b></p>
<strong>{}</strong><br>
<h2>{}</h2>
<h3><a href=/pier>{}</a></h3>
<figure><img src=/a.jpg><figcaption>{}</figcaption></figure>
<p class=caption>{}</p>
<p class=wp-caption-text>{}</p>
<div class=standfirst>{}</div>
<h2 class=subtitle>{}</h2>
<p class=lead><em>{}</em></p>
<div>{}</div>
<p>{}.</p>
<p>“{}”</p>
<p><strong>{} | The Westmere Courier</strong></p>
<p>{} - The Westmere Courier</p>
<nav><a href=/>Home</a> › <a href=/n>News</a> › {}</nav>
<p><a href=/>Home</a> » <a href=/n>News</a> » {}</p>
<p>Home / News / Local news / {}</p>
<ul><li><a href=/>Home</a></li><li><a href=/n>News</a></li><li>{}</li></ul>
<blockquote><p>{}</p></blockquote>
<p><strong>{}</strong></p><p class=caption>{}</p>
<figure><figcaption>{}</figcaption></figure><h2>{}</h2>
<p><span style='font-size:20px'><strong>{}</strong></span></p>
<table><tr><td>{}</td></tr></table>
""".strip().splitlines()


def read(language: str, above: str = "", within: str = "", head: str = "", headline: str = "<h1>{}</h1>") -> list[str]:
    text = TEXTS[language]
    more = [p.replace("a", vowel) for vowel in "eiou" for p in text.paragraphs]
    own = [f"<p>{p}</p>" for p in (*text.paragraphs, *more)]
    own.insert(9, within)
    titled = (part.replace("{}", text.title) for part in (headline, above, "".join(own), head))
    headline, above, body, head = titled
    html = f"<html lang={language}><head><title>{text.title} | The Westmere Courier</title>{head}</head><body>"
    found = extract(f"{html}<article>{headline}{above}<div class=text>{body}</div></article>".encode(), URL)
    assert found.title == text.title
    return found.body.split("\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dress", DRESSES)
def test_above_the_text(dress: str, language: str) -> None:
    assert read(language, dress)[0] == TEXTS[language].paragraphs[0]


@pytest.mark.parametrize("dress", DRESSES)
def test_as_the_texts_first_line(dress: str) -> None:
    assert read("en", headline=f"<h1>{{}}</h1><div class=text>{dress}</div>")[0] == TEXTS["en"].paragraphs[0]


@pytest.mark.parametrize("dress", DRESSES)
def test_where_the_page_says_it_of_itself(dress: str) -> None:
    said = '<meta name=description content="{}"><meta property="og:description" content="{}">'
    assert read("en", dress, head=said)[0] == TEXTS["en"].paragraphs[0]


@pytest.mark.parametrize("dress", ["<p><strong>{}</strong></p>", "<h2>{}</h2>", "<p class=caption>{}</p>", "<p>{}</p>",
                                   "<figure><figcaption>{}</figcaption></figure>"])  # fmt: skip
def test_a_second_time_further_down(dress: str) -> None:
    assert not [line for line in read("en", within=dress) if TEXTS["en"].title in line]


def test_a_sentence_that_begins_as_the_headline_stays() -> None:
    line = f"{TEXTS['en'].title}, said the mayor, who had waited for nine years."
    assert line in read("en", f"<p>{line}</p>")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "within", ["Why is the pier so dear?", "What CVE-2024-49113 means", "What came in 2.26 (May)?"]
)
def test_headings_of_the_first_level_within_a_text(within: str, language: str) -> None:
    """Some write each heading of a text as an h1; also the one before its first line, and one with numbers."""
    heading, first = f"<h1>{within}</h1>", TEXTS[language].paragraphs[0]
    assert read(language, headline=f"<h1 class=big>{{}}</h1><div class=text>{heading}<p>{first}</p></div>")[0] == within
    assert within in read(language, within=heading, headline=f"<h1 class=big>{{}}</h1><div>{heading}</div>")


def test_headings_of_one_level_in_one_box() -> None:
    text = TEXTS["en"]
    parts = "".join(f"<h1>Part {n}</h1><p>{p}</p>" for n, p in enumerate(text.paragraphs * 2, 1))
    html = f"<title>{text.title}</title><body><article><h1>{text.title}</h1>{parts}</article>"
    body = extract(html.encode(), URL).body
    assert "Part 2" in body and text.paragraphs[-1] in body
