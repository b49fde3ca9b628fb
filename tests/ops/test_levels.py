"""Changes of a publisher's level: those that last are told, those that pass or are ours are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

import pytest

from newsflow.ops import levels
from newsflow.ops.alarms import level
from newsflow.ops.alarms.judgement import Answer, Finding, Undecided
from newsflow.ops.alarms.level import NEW_USUAL, lasts
from newsflow.ops.history import Day
from newsflow.ops.levels import Tide
from tests.worlds.news_month import WARM, delay, is_false, live, newsroom
from tests.worlds.rhythms import draws

MONDAY = date(2026, 1, 5)
BEFORE = 84  # days of health
WEEK = (30, 30, 30, 30, 30, 15, 12)


def rise(name: str, days: list[Day], tide: Tide) -> Answer:
    return level.rise(name, levels.shifts(days, tide))


def fall(name: str, days: list[Day], tide: Tide) -> Answer:
    return level.fall(name, levels.shifts(days, tide))


def lived(after: int, factor: Callable[[int], float], seed: int = 5, part: float = 1.0) -> list[Day]:
    """Days of a publisher, whose level is multiplied from `BEFORE` on, by the number of the day from then."""
    rng = random.Random(seed)
    means = [WEEK[n % 7] * part * (factor(n - BEFORE) if n >= BEFORE else 1) for n in range(BEFORE + after)]
    counts = [draws(mean * rng.gammavariate(20, 1 / 20), rng) for mean in means]
    return [Day(MONDAY + timedelta(days=n), polls=1, polls_ok=1, new_entries=count) for n, count in enumerate(counts)]


@pytest.mark.parametrize("seed", range(5))
def test_three_times_the_usual_is_told_within_some_days(seed: int) -> None:
    found = rise("a.example", lived(5, lambda _: 3, seed), {})
    assert isinstance(found, Finding)
    assert "times its usual since" in found.sentence


@pytest.mark.parametrize(("factor", "rule"), [(3.0, rise), (0.4, fall)])
def test_the_weekends_of_a_large_publisher_that_rests_on_them_are_no_silence(
    factor: float, rule: Callable[[str, list[Day], Tide], Answer]
) -> None:
    days = [d if d.day.weekday() < 5 else replace(d, new_entries=0) for d in lived(21, lambda _: factor, part=4)]
    assert isinstance(rule("a.example", days, {}), Finding)


@pytest.mark.parametrize("seed", range(5))
def test_half_of_the_usual_is_told_within_three_weeks(seed: int) -> None:
    found = fall("a.example", lived(21, lambda _: 0.5, seed), {})
    assert isinstance(found, Finding)
    assert found.facts["seen"] < found.facts["usual"]


PASSING: dict[str, tuple[int, Callable[[int], float]]] = {
    "nothing": (20, lambda _: 1.0),
    "a flood of one day": (4, lambda n: 6.0 if n == 2 else 1.0),
    "a long weekend": (9, lambda n: 0.1 if n in (3, 4, 5) else 1.0),
    "a slow season": (28, lambda n: 1 - 0.25 * n / 28),
    "silence, which has an alarm of its own": (12, lambda _: 0.0),
}


@pytest.mark.parametrize("name", PASSING)
@pytest.mark.parametrize("part", [1.0, 0.1])
def test_what_passes_is_no_change_of_level(name: str, part: float) -> None:
    after, factor = PASSING[name]
    for end in range(BEFORE + 1, BEFORE + after + 1):
        days = lived(after, factor, part=part)[:end]
        assert (rise("a.example", days, {}), fall("a.example", days, {})) == (Undecided.CLEAR, Undecided.CLEAR)


def test_days_that_were_not_seen_and_what_waited_for_them_say_nothing() -> None:
    days = lived(9, lambda _: 1.0)
    days[-4] = Day(days[-4].day, polls=3, poll_failures={"connect_error": 3})
    del days[-7]
    seen = {d.day for d in levels.seen_days(days, set(), None)}
    left = {BEFORE + 9 - back for back in (7, 6, 4, 3)}  # a missing night, an unanswered one, and those after them
    assert seen == {MONDAY + timedelta(days=n) for n in range(BEFORE + 9) if n not in left}


def test_a_new_feed_begins_a_new_past() -> None:
    days = lived(10, lambda _: 3.0)
    fed_since = days[BEFORE].day
    seen = levels.seen_days(days, set(), fed_since)
    assert seen[0].day == fed_since + levels.SETTLING
    assert rise("a.example", seen, {}) is Undecided.CLEAR


def test_a_holiday_at_most_publishers_is_nobodys_level() -> None:
    own = {seed: lived(14, lambda n: 0.4 if n < 12 else 1.0, seed) for seed in range(levels.TIDED)}
    alone = fall("a.example", own[0][: BEFORE + 12], {})
    assert isinstance(alone, Finding)
    tide = levels.tides({seed: days[: BEFORE + 12] for seed, days in own.items()})
    assert fall("a.example", own[0][: BEFORE + 12], tide) is Undecided.CLEAR


@pytest.mark.parametrize(("days", "factor", "over"), [(20, 3.0, False), (20, 1.0, True)])
def test_an_alarm_is_over_when_the_level_is_back(days: int, factor: float, over: bool) -> None:
    own = lived(days, lambda n: 3.0 if n < 10 else factor)
    opened = datetime.combine(own[BEFORE + 3].day, time(3), timezone.utc)
    answer = lasts(own, {}, opened, datetime.combine(own[-1].day, time(3), timezone.utc))
    assert answer is (Undecided.CLEAR if over else Undecided.CANT_TELL)


def test_a_level_that_lasts_is_the_usual_one() -> None:
    own = lived(45, lambda _: 3.0)[-70:]
    opened = datetime.combine(own[-42].day, time(3), timezone.utc)
    assert lasts(own, {}, opened, opened + NEW_USUAL) is Undecided.CLEAR
    assert (rise("a.example", own, {}), fall("a.example", own, {})) == (Undecided.CLEAR, Undecided.CLEAR)


def test_a_month_of_ten_publishers() -> None:
    """The scripted month in small; `make bench PART=alarms` plays it with two hundred, and with many seeds."""
    world = newsroom(3, number=10, planted=True)
    raised = live(world, WARM + 20)
    sites = {site.name: site for site in world.sites}
    assert sum(is_false(alarm, sites) for alarm in raised) <= 1
    loud = [s for s in world.sites if s.fault in ("silent", "yield", "length", "wall", "surge") and s.a_night >= 4]
    late = [s for s in loud if (found := delay(s, raised)) is None or found > 7]
    assert loud
    assert not late
