"""Shingles mean the same next year (golden vectors) and the same in every script."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.dedupe.comparison_text import prepare
from newsflow.dedupe.shingles import LONGEST, distinct, hashed, shingles, token_hashes
from newsflow.dedupe.sketch import KEPT, LEAD_KEPT, bottom, comparison_key, sketch
from newsflow.text.normalise import tokens, weights

GOLDEN = (2751509989918348860, -8987601808121822250, -4869357976957801574)
GOLDEN_KEY = "82f791bea315c971"
SENTENCE = "the quick brown fox jumps over the lazy dog near the river bank".split()  # noqa: SIM905
WORDS = st.lists(st.text(alphabet="abcdefg", min_size=1, max_size=4), max_size=60)


def test_token_hashes_are_xxh3() -> None:
    """xxh3_64 of b"the" and b"fox", seed 0, as the reference implementation gives them."""
    import xxhash

    assert token_hashes(["the", "fox"]).tolist() == [xxhash.xxh3_64_intdigest(b"the"), xxhash.xxh3_64_intdigest(b"fox")]


def test_golden_sketch() -> None:
    """Raise newsflow.dedupe.ALGORITHM when this changes: stored sketches would mean something else."""
    assert bottom(hashed(SENTENCE))[:3] == GOLDEN


def test_golden_text_key() -> None:
    key = comparison_key(prepare("", " ".join(SENTENCE)))
    assert key is not None
    assert key.hex()[:16] == GOLDEN_KEY


@given(WORDS, WORDS)
def test_a_shared_run_gives_shared_shingles_wherever_it_stands(before: list[str], after: list[str]) -> None:
    run = set(shingles(hashed(SENTENCE), 8).hashes.tolist())
    assert run <= set(shingles(hashed([*before, *SENTENCE, *after]), 8).hashes.tolist())


@given(WORDS.filter(lambda w: len(w) >= 5))
def test_shingles_are_as_many_as_words_allow(words: list[str]) -> None:
    made = shingles(hashed(words), 5)
    assert len(made.hashes) == len(words) - 4
    assert made.ends.tolist() == list(range(5, len(words) + 1))


@given(WORDS.filter(lambda w: len(w) >= 6))
def test_order_matters(words: list[str]) -> None:
    turned = words[::-1]
    same = shingles(hashed(words), 6).hashes.tolist() == shingles(hashed(turned), 6).hashes.tolist()
    assert same == (words == turned)


def test_a_short_text_is_one_shingle_and_an_empty_one_none() -> None:
    assert len(shingles(hashed(["a", "b"]), 5).hashes) == 1
    assert len(shingles(hashed([]), 5).hashes) == 0


@pytest.mark.parametrize(("text", "characters"), [("新华社北京十月三日电", 9), ("กรุงเทพมหานครและปริมณฑลทั้งหมดในวันนี้", 25)])
def test_shingles_of_characters_weigh_as_much_as_words(text: str, characters: int) -> None:
    words = tokens(text)
    assert int(shingles(hashed(words, weights(words)), 5).ends[0]) == characters


def test_mixed_scripts_align_inside_any_surroundings() -> None:
    run = tokens("苹果公司发布了新款 iPhone 手机并公布了价格")
    inside = tokens("Breaking news: 苹果公司发布了新款 iPhone 手机并公布了价格 said the paper today")
    assert set(shingles(hashed(run, weights(run)), 5).hashes.tolist()) <= set(
        shingles(hashed(inside, weights(inside)), 5).hashes.tolist()
    )


def test_very_long_texts_are_bounded() -> None:
    assert len(shingles(hashed(["word"] * (LONGEST + 100)), 5).hashes) == LONGEST - 4


@given(st.lists(st.integers(0, 50)))
def test_distinct(values: list[int]) -> None:
    assert distinct(np.array(values, dtype=np.uint64)).tolist() == sorted(set(values))


@given(WORDS.filter(lambda w: len(w) >= 30))
def test_a_sketch_is_bounded_and_a_subset_of_the_shingles(words: list[str]) -> None:
    found = bottom(hashed(words))
    assert 0 < len(found) <= KEPT + LEAD_KEPT
    assert list(found) == sorted(set(found), key=lambda h: h % 2**64)
    assert set(found) <= set(shingles(hashed(words), 8).hashes.view(np.int64).tolist())


def test_a_brief_shares_hashes_with_the_long_text_that_it_begins() -> None:
    words = [f"w{i}" for i in range(3000)]
    assert set(bottom(hashed(words[:45]))) & set(bottom(hashed(words)))


def test_short_texts_have_no_sketch_but_a_key() -> None:
    found = sketch(1, 2, prepare("Title", "Only a few words here."))
    assert found.hashes == ()
    assert found.comparison_key is not None
    assert found.words == 5


def test_an_empty_text_equals_nothing() -> None:
    assert sketch(1, 2, prepare("Title", " \n")).comparison_key is None


def test_comment_forms_make_no_other_text() -> None:
    body = " ".join(SENTENCE * 4)
    form = "Leave a Reply\nYour email address will not be published. Required fields are marked *\nName *"
    assert (
        sketch(1, 1, prepare("", body)).comparison_key == sketch(1, 1, prepare("", body + "\n" + form)).comparison_key
    )
