"""Who is too slow to be waited for, and when the time of a set of origins is up."""

from __future__ import annotations

import pytest

from newsflow.web.pace import Pace
from newsflow.web.time_budget import NO_LIMIT, TimeBudget

BUDGET = TimeBudget(3600.0, 60.0, (1.0, 30.0))


@pytest.mark.parametrize(
    ("pace", "slow"),
    [
        (Pace(), False),
        (Pace(crawl_delay_s=2.9), False),
        (Pace(crawl_delay_s=3.0), True),
        (Pace(crawl_delay_s=1e308), True),
        (Pace(response_s=8.0), True),
    ],
)
def test_slow_is_who_takes_three_times_our_own_pause(pace: Pace, slow: bool) -> None:
    assert BUDGET.slow(pace) is slow


def test_nobody_is_slow_for_less_than_two_seconds() -> None:
    assert not TimeBudget(pause_s=(0.02, 30.0)).slow(Pace(crawl_delay_s=1.9))


def test_slow_origins_get_as_long_again_as_the_others_took_and_a_minute_at_least() -> None:
    assert not BUDGET.is_up(59.0, 0.0)
    assert BUDGET.is_up(60.0, 0.0)
    assert not BUDGET.is_up(1199.0, 600.0)
    assert BUDGET.is_up(1200.0, 600.0)


def test_the_whole_is_bounded_whoever_is_at_work() -> None:
    assert BUDGET.is_up(3600.0, 3600.0)
    assert not BUDGET.is_up(3599.0, 3599.0)


def test_no_limit_is_none() -> None:
    assert not NO_LIMIT.is_up(1e9, 0.0)
