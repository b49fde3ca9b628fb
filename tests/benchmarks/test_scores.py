"""The scores are those that their owners publish."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.resample import draws, gain, margin
from benchmarks.scores import f1, page_f1, page_scores, precision_recall, rouge_lsum, summary

words = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=12).map(" ".join)
texts = st.lists(words, max_size=4).map("\n".join)


@pytest.mark.parametrize(
    ("gold", "found", "precision", "recall"),
    [
        ("a b c d e", "a b c d e", 1.0, 1.0),
        ("a b c d e", "a b c d", 1.0, 0.5),
        ("a b c d", "x a b c d", 0.5, 1.0),
        ("a b c", "a b c", 1.0, 1.0),  # shorter than a shingle: one shingle
        ("a b c d", "w x y z", 0.0, 0.0),
        ("A b c d", "a b c d", 0.0, 0.0),  # the benchmark's own rule: case matters
    ],
)
def test_shingles(gold: str, found: str, precision: float, recall: float) -> None:
    assert precision_recall(gold, found) == (precision, recall)


def test_an_empty_side_has_no_figure() -> None:
    precision, recall = precision_recall("a b c d", "")
    assert math.isnan(precision)
    assert recall == 0.0
    assert all(map(math.isnan, precision_recall("", "")))


def test_a_page_without_text_costs_recall_but_not_precision() -> None:
    scores = page_scores(["a b c d", "a b c d"], ["a b c d", ""])
    assert summary(scores) == (pytest.approx(2 / 3), 1.0, 0.5)
    assert list(page_f1(scores)) == [1.0, 0.0]


def test_nothing_found_is_nought() -> None:
    assert summary(page_scores(["a b"], [""]))[0] == 0.0


def test_pages_that_were_not_found_count_as_empty() -> None:
    assert f1({"x": "a b c d", "y": "a b c d"}, {"x": "a b c d"}) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [  # what rouge-score 0.1.2 says (`rougeLsum`, without stemming)
        ("the cat sat on the mat\nthe dog barked", "the cat on mat\nthe dog sat and barked loudly", 0.8421052631578948),
        ("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", 0.5333333333333333),
        ("a b\nc d", "c d\na b", 1.0),
        ("one two three", "four five", 0.0),
    ],
)
def test_rouge_lsum(gold: str, found: str, expected: float) -> None:
    assert rouge_lsum(gold, found) == pytest.approx(expected)


def test_rouge_reads_every_script() -> None:
    assert rouge_lsum("порт открыт", "порт закрыт") == 0.5


@given(texts, texts)
def test_rouge_is_a_share_and_whole_for_the_same(one: str, other: str) -> None:
    assert 0.0 <= rouge_lsum(one, other) <= 1.0
    assert rouge_lsum(one, one) == 1.0


def test_the_margin_shrinks_with_more_pages() -> None:
    few = np.array([[1.0, 1.0], [0.5, 0.6], [0.9, 0.4]])
    many = np.repeat(few, 50, axis=0)
    assert margin(draws(many)) < margin(draws(few)) / 3


def test_draws_lie_around_the_score() -> None:
    scores = np.random.default_rng(3).uniform(0.5, 1.0, (200, 2))
    assert draws(scores).mean() == pytest.approx(summary(scores)[0], abs=0.005)


def test_a_better_extractor_gains_on_every_draw() -> None:
    theirs = np.random.default_rng(4).uniform(0.3, 0.9, (60, 2))
    low, high = gain(theirs + 0.05, theirs)
    assert 0.04 < low <= high < 0.06


def test_pages_of_one_publisher_are_drawn_together() -> None:
    """Ten pages each of few publishers that differ: drawn apart, the margin would be far too small."""
    rng = np.random.default_rng(5)
    scores = np.repeat(rng.uniform(0.2, 1.0, (8, 2)), 10, axis=0)
    groups = [f"p{n // 10}" for n in range(80)]
    assert margin(draws(scores, groups)) > 2 * margin(draws(scores))


def test_pages_without_a_figure_are_left_out_of_the_mean() -> None:
    scores = np.array([[np.nan, 0.0], [1.0, 1.0]] * 30)
    assert draws(scores).mean() == pytest.approx(2 / 3, abs=0.03)
