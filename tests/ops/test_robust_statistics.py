"""Medians, ranges and exact tails."""

from __future__ import annotations

import random
from statistics import stdev

import pytest

from newsflow.ops.robust_statistics import at_most, mad, usual


def test_the_deviation_of_normal_data_is_its_standard_deviation() -> None:
    rng = random.Random(1)
    values = [rng.gauss(100, 15) for _ in range(4000)]
    assert mad(values) == pytest.approx(stdev(values), rel=0.05)


def test_one_wild_day_does_not_move_the_range() -> None:
    calm = usual([10, 11, 9, 10, 12, 10, 9])
    wild = usual([10, 11, 9, 10, 12, 10, 4000])
    assert calm is not None and wild is not None
    assert wild.high < 25
    assert abs(wild.middle - calm.middle) <= 1


def test_two_days_are_no_history() -> None:
    assert usual([5, 6]) is None
    assert mad([]) == 0.0


def test_a_constant_history_leaves_room_for_chance() -> None:
    found = usual([100, 100, 100, 100])
    assert found is not None
    assert (found.low, found.high) == (70, 130), "three times the square root of a hundred"
    assert not found.holds(69)


def test_a_range_never_goes_below_zero() -> None:
    found = usual([1, 0, 2, 1, 0])
    assert found is not None
    assert found.low == 0


@pytest.mark.parametrize(
    ("k", "n", "p", "expected"),
    [(0, 4, 0.95, 0.05**4), (1, 2, 0.5, 0.75), (5, 5, 0.3, 1.0), (0, 10, 0.0, 1.0), (3, 10, 0.5, 0.171875)],
)
def test_binomial_tails_are_exact(k: int, n: int, p: float, expected: float) -> None:
    assert at_most(k, n, p) == pytest.approx(expected, rel=1e-4)
