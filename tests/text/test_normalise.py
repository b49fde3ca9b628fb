"""Tokens are what comparison sees: two typographies of one text must agree, two texts must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.text.normalise import fold, text_hash, tokens, tokens_by_line, weight, weights, word_count


def hashed(text: str) -> bytes:
    return text_hash(tokens_by_line(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The U.S. said “no”.", 'The US said "no".'),
        ("It’s don't", "It's don’t"),
        ("São Paulo, Zürich, Málaga", "Sao Paulo, Zurich, Malaga"),
        ("1,000 people and 12,345,678 euros", "1000 people and 12345678 euros"),
        ("up 5% today", "up 5 percent today"),
        ("up 5 per cent today", "up 5 percent today"),
        ("ﬁnal　ＡＢＣ１２", "final ABC12"),
        ("co\u00adoperation zero\u200bwidth", "cooperation zerowidth"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "caf\u00e9"),
        ("мужчина й", "МУЖЧИНА Й"),
        ("كِتَاب", "كتاب"),
        ("first line\nsecond", "first line second"),
    ],
)
def test_house_style_makes_no_difference(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)
    assert hashed(one) == hashed(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Arsenal won 2-1 at 10:30.", ["arsenal", "won", "2-1", "at", "10:30"]),
        ("fell 1.5 to 3,25 on 24/11/2026", ["fell", "1.5", "to", "3,25", "on", "24/11/2026"]),
        ("1,5 and 1,500", ["1,5", "and", "1500"]),
        ("The G20's 3-year-old plan", ["the", "g20s", "3", "year", "old", "plan"]),
        ("at 10.30pm v1.5b, B-52 -- 3,", ["at", "10.30pm", "v1.5b", "b", "52", "3"]),
        ("snake_case", ["snake", "case"]),
        ("新华社北京", ["新", "华", "社", "北", "京"]),
        ("iPhone发布", ["iphone", "发", "布"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("서울 시장", ["서울", "시장"]),
        ("प्रधानमंत्री ने कहा।", ["प्रधानमंत्री", "ने", "कहा"]),
        ("", []),
        (" .,;!? ", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_thai_gives_characters_with_their_marks_kept() -> None:
    assert "".join(tokens("กรุงเทพ ประชุม")) == "กรุงเทพประชุม"


@pytest.mark.parametrize("pair", [("fell 2.5 percent", "fell 25 percent"), ("won 2-1", "won 1-2"), ("北京", "京北")])
def test_different_facts_stay_different(pair: tuple[str, str]) -> None:
    assert hashed(pair[0]) != hashed(pair[1])


def test_text_hash_golden_vector() -> None:
    """A stored hash must mean the same next year: raise VERSION when this changes."""
    assert hashed("Hello, World! 1,000").hex() == ("eb64342068c4f336bb23b486a67d0faee86f337ae7954159670b1daaf2adf7ea")


@pytest.mark.parametrize(
    ("token", "expected"), [("a", 1.0), ("word", 1.0), ("서", 1.0), ("新", 0.6), ("カ", 0.4), ("ก", 0.2), ("é", 1.0)]
)
def test_weight(token: str, expected: float) -> None:
    assert weight(token) == expected


def test_weights_are_left_out_for_whole_words() -> None:
    assert weights(["a", "word"]) is None
    assert weights(["ab", "新"]) == [1.0, 0.6]


@pytest.mark.parametrize(("text", "words"), [("one two three", 3), ("新华社北京十月电", 5), ("", 0)])
def test_word_count(text: str, words: int) -> None:
    assert word_count(text) == words


@given(st.text())
def test_any_text_gives_clean_tokens(text: str) -> None:
    for token in tokens(text):
        assert token
        assert not any(c.isspace() for c in token)
    assert len(hashed(text)) == 32


@given(st.text())
def test_folding_ignores_case(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert fold(plain.upper()) == fold(plain.lower())


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_fast_way_of_ascii_gives_the_same_tokens(text: str) -> None:
    """A word that is not ASCII sends the same text through the general way."""
    assert tokens(text + " жук") == [*tokens(text), "жук"]


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\n\n.,aU1é’カक\u0301\u200b% per cent"))))
def test_the_tokens_of_the_lines_are_those_of_the_text(text: str) -> None:
    lines = tokens_by_line(text)
    assert lines == [tokens(line) for line in text.split("\n")]
    assert [word for line in lines for word in line] == tokens(text)
    assert text_hash(lines) == text_hash([tokens(text)])
