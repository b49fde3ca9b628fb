"""Pace and breaker of an origin: pure decisions."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.model import Exchange
from newsflow.outcomes import Blame, Outcome, Reach, where
from newsflow.web import pace
from newsflow.web.pace import Pace, after, delay_s

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
FINE = Exchange("u", Outcome.OK, 200, seconds=0.2)


def told(before: Pace, exchange: Exchange, jitter: float = 0.0, now: datetime = NOW) -> Pace:
    return after(before, exchange, now, jitter, least=1.0, most=30.0)


def cooled_s(found: Pace) -> float:
    assert found.cool_until is not None
    return (found.cool_until - NOW).total_seconds()


@pytest.mark.parametrize(
    ("crawl_delay", "response", "expected"),
    [
        (None, None, 1),  # our own minimum
        (None, 0.2, 1),
        (None, 4.0, 4),  # as long as the server takes
        (5.0, 0.2, 5),  # Crawl-delay
        (1e308, 0.2, 30),  # clamped
        (0.1, 0.2, 1),
    ],
)
def test_delay(crawl_delay: float | None, response: float | None, expected: float) -> None:
    assert delay_s(Pace(crawl_delay, response), least=1.0, most=30.0) == expected


def test_answer_sets_the_next_time_and_ends_failures() -> None:
    found = told(Pace(failures=3), FINE)
    assert found.failures == 0
    assert found.next_request_at == NOW + timedelta(seconds=1)
    assert not found.cooling(NOW)
    assert found.wait_s(NOW) == 1


def test_response_time_is_smoothed() -> None:
    found = told(Pace(response_s=1.0), Exchange("u", Outcome.OK, 200, seconds=2.0))
    assert found.response_s == pytest.approx(1.3)


@pytest.mark.parametrize(
    ("outcome", "status", "seconds"),
    [
        (Outcome.RATE_LIMITED, 429, 60),
        (Outcome.FORBIDDEN, 403, 2),
        (Outcome.SERVER_ERROR, 503, 30),
        (Outcome.SERVER_ERROR, 500, 2),
        (Outcome.CONNECT_ERROR, 0, 30),
        (Outcome.DNS_ERROR, 0, 60),
        (Outcome.DEADLINE, 0, 4),
    ],
)
def test_one_failure_cools_the_whole_origin(outcome: Outcome, status: int, seconds: float) -> None:
    found = told(Pace(), Exchange("u", outcome, status))
    assert cooled_s(found) == seconds
    assert (found.failures, found.cool_reason) == (1, str(outcome))
    assert found.cooling(NOW)


def test_pause_doubles_with_failures_in_a_row_up_to_hours() -> None:
    failed = Exchange("u", Outcome.CONNECT_ERROR)
    assert [cooled_s(told(Pace(failures=n), failed)) for n in (0, 1, 2, 3)] == [30, 60, 120, 240]
    assert cooled_s(told(Pace(failures=500), failed)) == pace.LONGEST_COOL_S


@pytest.mark.parametrize(("asked", "seconds"), [(7200.0, 7200), (10**9, 24 * 3600)], ids=["asked", "ages"])
def test_retry_after_is_heeded(asked: float, seconds: float) -> None:
    found = told(Pace(failures=4), Exchange("u", Outcome.RATE_LIMITED, 429, retry_after_s=asked))
    assert cooled_s(found) == seconds


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", [0.0, 1.0, 29.0])
def test_a_short_retry_after_does_not_end_our_own_doubling(status: int, asked: float) -> None:
    pauses = [
        cooled_s(told(Pace(failures=n), Exchange("u", Outcome.RATE_LIMITED, status, retry_after_s=asked)))
        for n in range(20)
    ]
    mute = [cooled_s(told(Pace(failures=n), Exchange("u", Outcome.RATE_LIMITED, status))) for n in range(20)]
    assert pauses == mute


def test_retry_after_of_a_redirect_is_no_pause() -> None:
    assert told(Pace(), Exchange("u", Outcome.OK, 200, retry_after_s=60)).cool_until is None


@pytest.mark.parametrize("outcome", [Outcome.NOT_FOUND, Outcome.GONE, Outcome.NOT_MODIFIED, Outcome.TOO_BIG])
def test_answers_that_are_the_pages_trouble_do_not_cool(outcome: Outcome) -> None:
    found = told(Pace(failures=2), Exchange("u", outcome, 404))
    assert (found.cool_until, found.failures) == (None, 0)


@pytest.mark.parametrize("outcome", where(lambda it: it.reach is Reach.UNSENT or it.blame is Blame.US))
def test_who_was_not_asked_is_not_judged(outcome: Outcome) -> None:
    before = Pace(failures=2)
    assert told(before, Exchange("u", outcome)) == before


@given(st.sampled_from(list(Outcome)), st.floats(0, 1), st.integers(0, 20), st.none() | st.floats(0, 1e12))
def test_jitter_only_lengthens(outcome: Outcome, jitter: float, failures: int, asked: float | None) -> None:
    exchange = Exchange("u", outcome, 429, retry_after_s=asked)
    calm, spread = told(Pace(failures=failures), exchange), told(Pace(failures=failures), exchange, jitter)
    for one, other in ((calm.cool_until, spread.cool_until), (calm.next_request_at, spread.next_request_at)):
        assert (one is None) == (other is None)
        assert one is None or other is None or other >= one
    if spread.cool_until is not None:
        assert spread.cool_until <= NOW + timedelta(days=1, minutes=1)


def test_returns_are_spread() -> None:
    failed = Exchange("u", Outcome.SERVER_ERROR, 500)
    times = {told(Pace(failures=6), failed, jitter / 10).cool_until for jitter in range(10)}
    assert len(times) == 10


def test_a_rest_that_a_clock_running_ahead_has_noted_is_no_rest() -> None:
    now = datetime(2026, 11, 22, 3, tzinfo=timezone.utc)
    assert Pace(next_request_at=now + timedelta(seconds=20)).wait_s(now) == 20.0
    assert Pace(next_request_at=now + timedelta(hours=26)).wait_s(now) == 0.0
    assert Pace(cool_until=now + timedelta(hours=26)).wait_s(now) == 26 * 3600
