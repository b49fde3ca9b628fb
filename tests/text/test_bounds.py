"""Bounds of bodies: what is no word goes, and what is language stays, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.text.bounds import LONGEST_BODY, LONGEST_WORD, bounded, broken_up

WORDS = "A text of words that stays."


@pytest.mark.parametrize("sign", ["w", "(", "a\u0301", "%", "\ufdfa", "中", "QUJD", "\u200d", "1-", "a.", "1,"])
def test_a_run_that_is_no_word_goes_and_its_neighbours_stay(sign: str) -> None:
    assert bounded([f"{WORDS} {sign * 300_000} {WORDS}"]) == [f"{WORDS} {WORDS}"]
    assert bounded([WORDS, sign * 300_000]) == [WORDS]


@pytest.mark.parametrize(
    "line",
    [
        "https://a.example/" + "/".join(["path"] * 190),  # an address of a thousand characters
        "新しい橋が月曜日に開通した。" * 500,  # no spaces, but sentences
        "Donaudampfschifffahrtsgesellschaftskapitän " * 100,
        "อาคารใหม่เปิดในวันจันทร์ " * 300,
    ],
)
def test_language_stays(line: str) -> None:
    assert broken_up(line) == line


@given(st.lists(st.text(max_size=60), max_size=30), st.integers(0, 3))
def test_what_is_within_the_bounds_is_kept_as_it_is(lines: list[str], times: int) -> None:
    assert bounded(lines * times) == [line for line in lines * times if line]


def test_a_body_is_cut_at_its_bound() -> None:
    made = bounded(["a word, " * 1_000] * 1_000)
    assert len("\n".join(made)) in range(LONGEST_BODY - LONGEST_WORD, LONGEST_BODY + 1)
