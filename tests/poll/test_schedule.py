"""When a feed is asked again: the rules, one by one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.feeds.parsed import PollingHints
from newsflow.outcomes import Outcome
from newsflow.poll.schedule import LONGEST_S, SHORTEST_S, Seen, after_failure, after_success

NOON = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)  # a Wednesday


def wait(seen: Seen, interval_s: float | None = 3600.0, now: datetime = NOON, jitter: float = 0.5) -> float:
    return (after_success(seen, interval_s, now, jitter).at - now).total_seconds()


def interval(seen: Seen, interval_s: float | None = 3600.0) -> float:
    return after_success(seen, interval_s, NOON, 0.5).interval_s


@pytest.mark.parametrize(
    ("known", "expected"),
    [(0, 1800), (9, 1800), (10, 3600), (20, 3600), (21, 5400), (30, 5400)],
)
def test_share_of_known_entries_steers_the_interval(known: int, expected: float) -> None:
    assert interval(Seen(entries=30, known=known)) == pytest.approx(expected)


def test_first_poll_comes_back_in_half_an_hour() -> None:
    assert interval(Seen(entries=30, known=0), None) == pytest.approx(1800)


def test_interval_stays_between_ten_minutes_and_a_day() -> None:
    assert wait(Seen(entries=30, known=0), 600.0) == pytest.approx(SHORTEST_S)
    assert interval(Seen(entries=30, known=30), 80_000.0) == pytest.approx(LONGEST_S)


def test_never_longer_than_a_thirty_second_part_of_the_window_at_its_busiest() -> None:
    assert interval(Seen(entries=30, known=30, horizon_s=12_000), 80_000.0) == pytest.approx(750)


@pytest.mark.parametrize(("daily", "polls"), [(4, 4), (16, 8), (100, 20)])
def test_polls_a_day_grow_with_the_root_of_the_rate(daily: int, polls: int) -> None:
    # a window of two weeks: half of it in seven days
    seen = Seen(entries=14 * daily, known=14 * daily, horizon_s=7 * 86_400)
    assert interval(seen, 80_000.0) == pytest.approx(86_400 / polls)


def test_a_wait_ends_before_the_tick_that_its_interval_just_passes() -> None:
    assert wait(Seen(entries=30, known=15), 2400.0) == pytest.approx(2400 - 300)
    assert wait(Seen(entries=30, known=15), 7200.0) == pytest.approx(7200 - 300)
    assert wait(Seen(entries=30, known=15), 840.0) == pytest.approx(600)


@pytest.mark.parametrize(
    "seen",
    [
        Seen(entries=30, known=30, fresh_s=7200),
        Seen(entries=30, known=30, polling_hints=PollingHints(ttl_s=7200)),
        Seen(entries=30, known=30, polling_hints=PollingHints(update_s=7200)),
    ],
)
def test_wishes_of_the_publisher_count(seen: Seen) -> None:
    assert wait(seen, 600.0) == pytest.approx(7200)


def test_wishes_never_make_us_lose_entries() -> None:
    assert wait(Seen(entries=30, known=0, horizon_s=19_200, fresh_s=7200), 600.0) == pytest.approx(1200)


def test_an_absurd_ttl_is_no_reason_to_stay_away() -> None:
    assert wait(Seen(entries=30, known=30, polling_hints=PollingHints(ttl_s=10**9)), 600.0) <= 6 * 3600 + 1


def test_skip_hours_and_days() -> None:
    hours = PollingHints(skip_hours=frozenset({13, 14}))
    at = after_success(Seen(30, 15, polling_hints=hours), 5400.0, NOON, 0.5).at
    assert at == NOON.replace(hour=15)
    days = PollingHints(skip_days=frozenset({2, 3}))
    assert after_success(Seen(30, 15, polling_hints=days), 5400.0, NOON, 0.5).at == datetime(
        2026, 3, 6, tzinfo=timezone.utc
    )


def test_skipping_everything_skips_nothing_for_ever() -> None:
    all_hours = PollingHints(skip_hours=frozenset(range(24)))
    assert after_success(Seen(30, 15, polling_hints=all_hours), 3600.0, NOON, 0.5).at <= NOON + timedelta(days=8)


@pytest.mark.parametrize(
    ("outcome", "first_s"),
    [(Outcome.SERVER_ERROR, 900), (Outcome.DNS_ERROR, 1800), (Outcome.NOT_FOUND, 3600), (Outcome.PARSE_ERROR, 900)],
)
def test_failures_weigh_by_kind_and_double(outcome: Outcome, first_s: float) -> None:
    waits = [(after_failure(outcome, n, NOON, 0.0) - NOON).total_seconds() for n in (1, 2, 3)]
    assert waits == [first_s, 2 * first_s, 4 * first_s]


def test_retry_after_is_a_floor_of_at_most_a_day() -> None:
    assert after_failure(Outcome.RATE_LIMITED, 1, NOON, 0.0, 7200) == NOON + timedelta(hours=2)
    assert after_failure(Outcome.RATE_LIMITED, 1, NOON, 0.0, 1e12) == NOON + timedelta(days=1)


@given(
    outcome=st.sampled_from(sorted(Outcome)),
    failures=st.integers(1, 10_000),
    jitter=st.floats(0, 1),
    asked=st.none() | st.floats(0, 1e300),
)
def test_no_feed_is_ever_given_up(outcome: Outcome, failures: int, jitter: float, asked: float | None) -> None:
    at = after_failure(outcome, failures, NOON, jitter, asked)
    assert NOON < at <= NOON + timedelta(days=1.1)


@given(
    entries=st.integers(0, 1000),
    share=st.floats(0, 1),
    interval=st.none() | st.floats(0, 1e9),
    horizon=st.none() | st.floats(0, 1e9),
    fresh=st.none() | st.floats(0, 1e9),
    hours=st.frozensets(st.integers(0, 23)),
    jitter=st.floats(0, 1),
)
def test_an_answer_is_always_followed_by_a_poll_within_bounds(
    entries: int,
    share: float,
    interval: float | None,
    horizon: float | None,
    fresh: float | None,
    hours: frozenset[int],
    jitter: float,
) -> None:
    seen = Seen(entries, int(entries * share), horizon, fresh, PollingHints(skip_hours=hours))
    then = after_success(seen, interval, NOON, jitter)
    assert SHORTEST_S <= then.interval_s <= LONGEST_S
    assert NOON + timedelta(seconds=0.95 * SHORTEST_S) <= then.at <= NOON + timedelta(days=8, hours=3)
