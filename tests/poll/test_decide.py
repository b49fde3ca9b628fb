"""What a poll means for its feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from newsflow.feeds.parsed import ParsedFeed
from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome
from newsflow.poll.decide import AUDIT_EVERY, MOVED_AFTER, conditional, decide, fresh_s
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.poll.window import Window, window_of

NOON = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
URL = "https://news.example/rss"
ENTRIES = tuple(
    Entry(f"g{n}", f"https://news.example/{n}", published_at=NOON - timedelta(minutes=10 * n)) for n in range(10)
)
FEED = FeedState(
    1,
    1,
    URL,
    kind="rss",
    etag='"1"',
    last_modified="then",
    interval_s=3600.0,
    last_poll_at=NOON - timedelta(hours=1),
    last_ok_at=NOON - timedelta(hours=1),
    window=window_of(ENTRIES, NOON),
)


def ok(feed: FeedState = FEED, headers: dict[str, str] | None = None, **more: object) -> PollResult:
    exchange = Exchange(URL, Outcome.OK, status=200, headers=headers or {}, final_url=URL)
    polled = PollResult(feed, exchange, Outcome.OK, NOON, parsed=ParsedFeed("rss"), entries=ENTRIES)
    return replace(polled, **more)  # type: ignore[arg-type]


def unchanged(feed: FeedState = FEED, headers: dict[str, str] | None = None) -> PollResult:
    exchange = Exchange(URL, Outcome.NOT_MODIFIED, status=304, headers=headers or {}, final_url=URL)
    return PollResult(feed, exchange, Outcome.NOT_MODIFIED, NOON, same=True)


def failed(outcome: Outcome, feed: FeedState = FEED, **more: float) -> PollResult:
    return PollResult(feed, Exchange(URL, outcome), outcome, NOON, detail="why", **more)


def test_validators_are_those_of_the_last_answer() -> None:
    feed = decide(ok(headers={"etag": 'W/"2"'}), EntryCounts(), NOON, 0.5).feed
    assert (feed.etag, feed.last_modified) == ('W/"2"', None)


def test_a_304_may_renew_validators_and_keeps_those_it_does_not_name() -> None:
    feed = decide(unchanged(headers={"last-modified": "now"}), EntryCounts(), NOON, 0.5).feed
    assert (feed.etag, feed.last_modified) == ('"1"', "now")


def test_after_some_304_one_poll_is_unconditional_and_later_for_servers_that_keep_their_word() -> None:
    feed, seen = replace(FEED, window=Window()), []
    for _ in range(4):
        polls = 0
        while conditional(feed, NOON):
            feed, polls = decide(unchanged(feed), EntryCounts(), NOON, 0.5).feed, polls + 1
        seen.append(polls)
        feed = decide(ok(feed, {"etag": '"1"'}, audited=True), EntryCounts(), NOON, 0.5).feed
    assert seen == [AUDIT_EVERY, 2 * AUDIT_EVERY, 4 * AUDIT_EVERY, 4 * AUDIT_EVERY]
    assert not feed.validators_lie


def test_304_is_believed_no_longer_than_half_of_the_window_lasts() -> None:
    feed = decide(unchanged(replace(FEED, full_at=NOON)), EntryCounts(), NOON, 0.5).feed
    horizon = timedelta(seconds=FEED.window.horizon_s or 0)
    assert conditional(feed, NOON + horizon * 0.9)
    assert not conditional(feed, NOON + horizon)
    assert conditional(replace(feed, audits_passed=1), NOON + horizon)


@pytest.mark.parametrize(
    ("held", "answered"),
    [
        ({"etag": '"1"'}, {"etag": '"1"'}),
        ({"etag": '"1"', "last_modified": "then"}, {"etag": '"1"', "last-modified": "now"}),
        ({"etag": None, "last_modified": "then"}, {"last-modified": "then"}),
    ],
)
def test_a_validator_that_hides_new_entries_lies_and_is_not_sent_again(
    held: dict[str, str | None], answered: dict[str, str]
) -> None:
    feed = replace(FEED, **held)  # type: ignore[arg-type]
    lying = decide(ok(feed, answered, audited=True), EntryCounts(new=2), NOON, 0.5).feed
    assert lying.validators_lie
    assert not conditional(lying, NOON)
    others = {name: f"{value} and more" for name, value in answered.items()}
    assert not decide(ok(feed, others, audited=True), EntryCounts(new=2), NOON, 0.5).feed.validators_lie
    assert not decide(ok(feed, answered, audited=True), EntryCounts(), NOON, 0.5).feed.validators_lie


def test_a_server_lies_that_had_said_304_while_entries_were_out() -> None:
    last = NOON + timedelta(hours=5)
    feed = replace(FEED, last_poll_at=last, polls_unaudited=6)
    for hours, lies in ((2, True), (4.5, False)):
        late = tuple(replace(entry, published_at=NOON + timedelta(hours=hours)) for entry in ENTRIES[:3])
        polled = replace(ok(feed, {"etag": '"2"'}, audited=True), entries=late)
        assert decide(polled, EntryCounts(new=3), last + timedelta(hours=1), 0.5).feed.validators_lie is lies


def moved(feed: FeedState, to: str, *, permanent: bool = True) -> FeedState:
    polled = ok(feed)
    exchange = replace(polled.exchange, final_url=to, permanent=permanent)
    return decide(replace(polled, exchange=exchange), EntryCounts(), NOON, 0.5).feed


def test_a_permanent_redirect_counts_once_several_polls_agree() -> None:
    feed = FEED
    for n in range(1, MOVED_AFTER + 1):
        feed = moved(feed, "https://new.example/rss")
        assert (feed.moved_to, feed.moved_polls) == ("https://new.example/rss", n)
    assert moved(feed, "https://other.example/rss").moved_polls == 1
    assert moved(feed, URL).moved_to is None
    assert moved(feed, "https://new.example/rss", permanent=False).moved_to is None


def test_gone_ends_the_feed_and_not_found_does_not() -> None:
    gone = decide(failed(Outcome.GONE), EntryCounts(), NOON, 0.5)
    assert (gone.feed.state, gone.look_for_another) == ("gone", True)
    lost = decide(failed(Outcome.NOT_FOUND), EntryCounts(), NOON, 0.5)
    assert (lost.feed.state, lost.feed.failures, lost.look_for_another) == ("active", 1, False)
    assert decide(failed(Outcome.NOT_FOUND, lost.feed), EntryCounts(), NOON, 0.5).look_for_another


def test_a_failure_keeps_what_was_known() -> None:
    feed = decide(failed(Outcome.PARSE_TIMEOUT), EntryCounts(), NOON, 0.5).feed
    assert replace(feed, failures=0, reason="", last_poll_at=FEED.last_poll_at) == FEED


@pytest.mark.parametrize("outcome", [Outcome.COOLING, Outcome.PAUSED, Outcome.OWN_OUTAGE])
def test_nobody_is_blamed_for_what_is_not_theirs(outcome: Outcome) -> None:
    decision = decide(failed(outcome, wait_s=500.0), EntryCounts(), NOON, 0.0)
    assert decision.feed.failures == 0
    assert decision.next_poll_at == NOON + timedelta(seconds=500)


def test_a_feed_is_blind_from_its_second_failure_on_since_it_last_answered() -> None:
    first = decide(failed(Outcome.SERVER_ERROR), EntryCounts(), NOON, 0.5)
    assert first.blind_since is None
    second = decide(failed(Outcome.SERVER_ERROR, first.feed), EntryCounts(), NOON, 0.5)
    assert second.blind_since == FEED.last_ok_at
    gap_open = replace(second.feed, gap_open=True)
    assert decide(failed(Outcome.SERVER_ERROR, gap_open), EntryCounts(), NOON, 0.5).blind_since is None
    back = decide(ok(gap_open), EntryCounts(), NOON, 0.5)
    assert (back.sees_again, back.gap, back.feed.failures) == (True, None, 0)


def test_one_retry_after_puts_the_feed_off() -> None:
    polled = replace(failed(Outcome.RATE_LIMITED), exchange=Exchange(URL, Outcome.RATE_LIMITED, retry_after_s=7200.0))
    assert decide(polled, EntryCounts(), NOON, 0.0).next_poll_at == NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=300"}, 300.0),
        ({"cache-control": "max-age=0"}, 0.0),
        ({"cache-control": "no-cache, max-age=300"}, None),
        ({"cache-control": "max-age=many"}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "Wed, 04 Mar 2026 13:00:00 GMT"}, 3600.0),
        ({"expires": "Wed, 04 Mar 2020 13:00:00 GMT"}, None),
        ({"cache-control": "max-age=60", "expires": "Wed, 04 Mar 2026 13:00:00 GMT"}, 60.0),
    ],
)
def test_freshness(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_s(Exchange(URL, Outcome.OK, headers=headers), NOON) == seconds


def test_horizon_is_the_busiest_half_window_and_silent_on_bulk_dates() -> None:
    assert window_of(ENTRIES, NOON).horizon_s == 3000
    assert window_of(ENTRIES[:4], NOON).horizon_s is None
    built = tuple(replace(entry, published_at=NOON) for entry in ENTRIES)
    assert window_of(built, NOON).horizon_s is None
    assert window_of((), NOON) == Window()


def test_a_busy_time_is_forgotten_slowly() -> None:
    quiet = tuple(replace(entry, published_at=NOON - timedelta(hours=n)) for n, entry in enumerate(ENTRIES))
    assert window_of(quiet, NOON).horizon_s == 5 * 3600
    assert window_of(quiet, NOON, window_of(ENTRIES, NOON)).horizon_s == 3300
    assert window_of(ENTRIES, NOON, window_of(quiet, NOON)).horizon_s == 3000


@pytest.mark.parametrize("horizon_s", [1, 2, 9, 10, 600])
def test_each_horizon_is_forgotten_in_time(horizon_s: int) -> None:
    """Also one of some seconds, from entries that a site imported one after the other."""
    window = Window(horizon_s=horizon_s)
    for _ in range(100):
        window = window_of(ENTRIES, NOON, window)
    assert window.horizon_s == window_of(ENTRIES, NOON).horizon_s
