"""Words of a text: two ways to count, one number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.text.word_count import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one, two; three_four 5.5", 5),
        ("it’s “two” — words…", 4),
        ("Fünf Wörter auf Deutsch: größer", 5),
        ("प्रधानमंत्री ने कहा", 3),
        ("東京タワー", 2),
        ("two words 新华社北京", 4),
    ],
)
def test_counts(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.text(alphabet=st.sampled_from("ab_1 .\n’“—é\u00a0\x1c")))
def test_the_fast_way_counts_as_the_expression_does(text: str) -> None:
    assert count_words(text) == len(re.findall(r"\w+", text))
