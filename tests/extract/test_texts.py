"""Ways for plain ASCII give what the ways for any text give."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.extract import phrase_lists
from newsflow.extract.fields import title
from newsflow.extract.page import blocks
from newsflow.text import characters

EVERYTHING = "".join(map(chr, range(0x110000)))
BAD = "\x00\x1b\x7f\u00ad\u200b\ufeff\u202e\ud800\ufffe"


@pytest.mark.parametrize("text", [EVERYTHING[:128], EVERYTHING], ids=["ascii", "unicode"])
def test_a_key_holds_letters_and_digits(text: str) -> None:
    assert blocks.key(text) == "".join(char for char in text if char.isalnum())


@pytest.mark.parametrize("text", [EVERYTHING[:128], EVERYTHING], ids=["ascii", "unicode"])
def test_a_squeezed_text_holds_words_in_small_letters(text: str) -> None:
    assert title.squeeze(text) == re.sub(r"\W", "", text.casefold())


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("text", ["", "Plain words.\r\n\tAnd more", "Größe, 北京, ‘quoted’ 🙂"])
def test_what_belongs_into_no_field_is_taken_out_wherever_it_stands(text: str, bad: str) -> None:
    for at in range(len(text) + 1):
        assert characters.strip(text[:at] + bad + text[at:]) == text
    assert characters.strip(text) == text


@given(st.text())
def test_lines_are_clean_and_keep_their_words(text: str) -> None:
    lines = characters.clean_lines(text)
    assert all(line == " ".join(line.split()) != "" for line in lines)
    assert " ".join(lines).split() == characters.strip(text).split()


def test_a_phrase_of_one_word_is_a_whole_one_and_a_label_stands_alone() -> None:
    for opens, line in ((True, "Donate now"), (False, "Donated boats"), (True, "Werbung"), (True, "Anzeige | Hafen")):
        name = "promotion" if line.startswith("Donate") else "advertisement"
        assert phrase_lists.opens(name, line) == opens, line
    assert not phrase_lists.opens("advertisement", "Anzeige gegen Unbekannt")


@pytest.mark.parametrize("name", ["related", "promotion", "legal", "advertisement", "comment_form", "credit"])
def test_a_line_opens_with_each_phrase_of_a_list_and_with_no_other(name: str) -> None:
    for phrase in filter(lambda phrase: phrase[0].isalnum(), phrase_lists.phrases(name)):
        assert phrase_lists.opens(name, f"• {phrase}: and more")
    assert not phrase_lists.opens(name, "Xq is how no phrase begins")
    assert not phrase_lists.opens(name, "")
