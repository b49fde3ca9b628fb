"""The rules over random publishers (tests/worlds/rhythms.py): quiet over the well, awake over the ill."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.ops import rhythm
from newsflow.ops.history import Day
from tests.worlds.rhythms import FAULTS, Habit, World, delay, found, quiet

MONDAY = date(2026, 1, 5)
DAILY = (15.0, 16.0, 15.0, 16.0, 15.0, 11.0, 11.0)


def test_publishers_that_are_well_raise_next_to_nothing() -> None:
    raised = [alarm for seed in (11, 12, 13) for alarm in quiet(10, seed).live(40)]
    assert not raised, "`make bench PART=alarms` counts them over many more"


@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_fault_of_a_steady_publisher_is_seen_in_one_run_or_two_beats(fault: str, seed: int) -> None:
    habits = [
        Habit(f"p{n}.example", DAILY, 0.95, 400, 0.4, 0.2, fault=fault if n % 2 else "", from_day=40) for n in range(6)
    ]
    world = World(habits, quiet(1, seed).rng)
    raised = world.live(44)
    for habit in habits[1::2]:
        alarm = found(habit, raised)
        assert alarm is not None, habit.name
        assert delay(habit, alarm) <= (2 if fault == "silent" else 1)
    assert {r.subject for r in raised} == {h.name for h in habits if h.fault}


def test_our_own_outage_is_nobodys_silence_and_hides_none() -> None:
    habits = [Habit(f"p{n}.example", DAILY, 0.95, 400, 0.4, 0.0) for n in range(4)]
    habits[0].fault, habits[0].from_day = "silent", 40
    world = World(habits, quiet(1, 5).rng, frozenset({41, 42}))
    raised = world.live(46)
    assert [r.subject for r in raised] == ["p0.example"]
    assert raised[0].day == 43, "two blind days are no evidence"


def _days(*news: int) -> list[Day]:
    return [Day(MONDAY + timedelta(days=n), polls=2, new_entries=found) for n, found in enumerate(news)]


def test_a_strict_rhythm_is_as_sure_as_its_days_together() -> None:
    weekly = _days(*([0, 0, 0, 9, 0, 0, 0] * 6))
    found = rhythm.quiets(weekly)
    assert found[3] < 0.01, "the day of its issue"
    assert min(found[:3] + found[4:]) > 0.99, "the others"


def test_an_irregular_one_has_one_chance_for_all_days_at_least() -> None:
    found = rhythm.quiets(_days(*([3, 0, 2, 0, 4, 0] * 7)))
    assert min(found) >= 0.5 - 0.01


def test_few_entries_a_day_may_be_none_by_chance_though_it_never_happened() -> None:
    steady = rhythm.quiets(_days(*([40] * 28)))
    small = rhythm.quiets(_days(*([2] * 28)))
    assert max(steady) < 0.01 < min(small)


def test_bursts_make_silence_likelier() -> None:
    calm = rhythm.quiets(_days(*([8, 7, 9, 8, 8, 7, 9] * 4)))
    bursts = rhythm.quiets(_days(*([1, 24, 2, 1, 20, 7, 1] * 2 + [22, 1, 1, 19, 1, 9, 3] * 2)))
    assert max(calm) < min(bursts)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=80), st.integers(0, 6))
def test_chances_are_chances(news: list[int], shift: int) -> None:
    days = [Day(MONDAY + timedelta(days=n + shift), polls=1, new_entries=found) for n, found in enumerate(news)]
    found = rhythm.quiets(days)
    assert len(found) == 7
    assert all(0 < chance <= 1 for chance in found)
    assert 0 <= rhythm.longest(days, found) <= len(days)
