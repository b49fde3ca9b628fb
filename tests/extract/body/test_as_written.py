"""Words are stored as they are written: what the engine drops comes back."""

from __future__ import annotations

import pytest

from newsflow.extract.body.as_written import as_written
from newsflow.extract.document import extract
from newsflow.text.word_count import count_words

URL = "https://courier.example/2026/05/12/pier"
WORDS = {
    "fa": "شورای شهر می‌خواهد اسکله را دوباره بسازد و ماهی‌گیران می‌گویند که راه‌آهن هم باید تعمیر شود.",
    "hi": "विश्व‍विद्यालय के शिक्षकों ने कहा कि श्री‌लंका से आए छात्रों को भी नए पाठ्यक्रम का लाभ मिलेगा।",
    "emoji": "The harbour families 👨‍👩‍👧 of Westmere waved from the pier when the first ferry of the spring came in.",
}


@pytest.mark.parametrize("name", WORDS)
def test_a_body_is_written_as_its_page(name: str) -> None:
    line = WORDS[name]
    boxes = "".join(f"<{tag}>{line} {tag}</{tag.split()[0]}>" for tag in ("p", "p class='x'", "div", "blockquote"))
    html = f"<html><body><article><h1>{line[:20]}</h1>{boxes}<ul><li><b>{line}</b> {line}</li></ul></article></body>"
    body = extract(html.encode(), URL).body
    assert body.count(line) == 6, body


def test_a_line_that_the_engine_marked_keeps_its_marks() -> None:
    assert as_written("- می خواهد", "می‌ خواهد") == "- می‌ خواهد"
    assert as_written("plain", "plain") == "plain"


LOST = (
    "They told<span> </span><i>The Courier</i><b>—</b><b>at last</b>, after <a href=/a>the storms</a>, <a href=/b>the"
    " floods</a> and <em>the long winter of the year before</em><span>.</span>"
)


def test_what_stands_in_an_element_of_its_own_is_not_lost() -> None:
    html = f"<html><body><article><h1>After the storms</h1><p>{LOST}</p><p>{LOST} Again.</p></article></body>"
    said = "They told The Courier—at last, after the storms, the floods and the long winter of the year before."
    assert extract(html.encode(), URL).body.split("\n") == [said, f"{said} Again."]


def test_marks_of_tables_and_lists_stay() -> None:
    assert as_written("| a | b |", "a b") == "| a | b |"
    assert as_written("- a,b", "a, b") == "- a, b"
    assert as_written("---", "***") == "---"
    assert as_written("Share", "\ue192 Share") == "Share"
    assert as_written("The pier", "The pier #") == "The pier"
    assert as_written("#pier", "#pier") == "#pier"


def test_a_joiner_parts_no_words() -> None:
    assert count_words("می‌خواهد بسازد") == 2
    assert count_words("‍ ‍") == 0
