"""What a poll means for its feed: pure decisions over the state before and what was seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from newsflow.model import Exchange
from newsflow.outcomes import Kind, Outcome
from newsflow.poll.schedule import LONGEST_S, Seen, after_failure, after_success
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.poll.window import Passed, passed, window_of
from newsflow.text.storable import replaced
from newsflow.web.urls import LONGEST

AUDIT_EVERY = 6  # answers 304 in a row before one poll is sent without validators
MOST_PASSED = 2  # times that this doubles, for a server whose validators were found to hold
_TELLING = 3  # new entries in one poll, to take their number for a rate
MOVED_AFTER = 3  # polls in a row that agree on a permanent redirect before the address is changed, or a change proposed
MOST_MOVED_POLLS = 1_000  # counted

# Entries that were out so long before the last 304 that it should have shown them: two, as dates are written by hand.
_OUT_BEFORE, _LATE_ENOUGH = timedelta(hours=1), 2
_LOOK_AT = (2, 8)  # failures in a row at which a dead address leads to a search for another


@dataclass(frozen=True, slots=True)
class PollDecision:
    """The feed's new state, when it is due, and what is to be written beside it."""

    feed: FeedState
    next_poll_at: datetime
    gap: Passed | None = None
    cause: str = "window"  # of the gap: the window moved past us, or we did not ask in time (not_polled)
    sees_again: bool = False  # the feed was down and answers again
    blind_since: datetime | None = None  # the feed is down: a gap runs since then
    look_for_another: bool = False  # the address is dead: look for the feed elsewhere


def decide(polled: PollResult, counts: EntryCounts, now: datetime, jitter: float) -> PollDecision:
    """The decision after one poll; `jitter` is between 0 and 1."""
    meaning = polled.outcome.meaning
    if meaning.kind is Kind.OK:
        return _went_well(polled, counts, now, jitter)
    if polled.entries:
        return _read_in_part(polled, counts, now, jitter)
    if not meaning.uses_try:
        # one poll interval at least, or a cooling origin would be looked at again and again
        wait = max(polled.wait_s, 60.0) * (1 + 0.1 * jitter)
        at = now + timedelta(seconds=min(wait, LONGEST_S))
        return PollDecision(replaced(polled.feed, reason=polled.detail), at)
    return _failed(polled, now, jitter)


def _went_well(polled: PollResult, counts: EntryCounts, now: datetime, jitter: float) -> PollDecision:
    feed = polled.feed
    window = (
        feed.window if polled.same else window_of(polled.entries, now, feed.window, _turnover_s(polled, counts, now))
    )
    entries = max(window.entries, 1) if polled.same else window.entries
    seen = Seen(
        entries=entries,
        known=entries if polled.same else counts.known(entries),
        horizon_s=window.horizon_s,
        fresh_s=fresh_s(polled.exchange, now),
        polling_hints=polled.polling_hints,
    )
    then = after_success(seen, feed.interval_s, now, jitter)
    parsed = polled.parsed
    told = replaced(
        _moved(_audited(feed, polled, counts, now), polled.exchange),
        kind=parsed.kind if parsed else feed.kind,
        home=parsed.home if parsed and parsed.home else feed.home,
        interval_s=then.interval_s,
        last_poll_at=now,
        last_ok_at=now,
        failures=0,
        reason="",
        window=window,
        body_hash=polled.body_hash or feed.body_hash,
        known_items=feed.known_items if polled.same else polled.known_items,
    )
    validated = _validated(told, polled)
    return PollDecision(
        _to_read_whole(validated) if polled.unsettled else validated,
        then.at,
        gap=None if polled.same or not polled.whole else passed(feed.window, polled.entries, feed.last_ok_at, now),
        cause="not_polled" if _overdue(feed, now) else "window",
        sees_again=feed.gap_open,
    )


def _turnover_s(polled: PollResult, counts: EntryCounts, now: datetime) -> int | None:
    """The time in which half of what is shown came, seconds; None where its dates tell it, or too little came to tell.

    Feeds without dates would else be asked ever less often until they lose entries: in `benchmarks/feed_world.py`
    one of twelve of theirs.
    """
    undated = sum(entry.published_at is None for entry in polled.entries) * 2 > len(polled.entries)
    asked_at = polled.feed.last_ok_at
    if polled.turnover_s or not undated or asked_at is None or counts.new < _TELLING:
        return polled.turnover_s
    elapsed_s = max((now - asked_at).total_seconds(), 0.0)  # a clock may have been set back
    return round(elapsed_s * max(len(polled.entries) / 2, 1) / counts.new)


def _read_in_part(polled: PollResult, counts: EntryCounts, now: datetime, jitter: float) -> PollDecision:
    """What was read all the same is followed at its own pace; without validators, so that the next poll sees it."""
    decision = _went_well(polled, counts, now, jitter)
    feed = replaced(decision.feed, failures=polled.feed.failures + 1, reason=polled.detail)
    return replace(decision, feed=_to_read_whole(feed))


def _to_read_whole(feed: FeedState) -> FeedState:
    """Without what the next poll would tell by that nothing changed."""
    return replaced(feed, etag=None, last_modified=None, body_hash=None)


def _overdue(feed: FeedState, now: datetime) -> bool:
    """Whether we asked so late that losses are ours: after twice the interval and an hour."""
    if feed.last_poll_at is None:
        return False
    return (now - feed.last_poll_at).total_seconds() > 2 * (feed.interval_s or 0.0) + 3600


def _validated(feed: FeedState, polled: PollResult) -> FeedState:
    """Validators for the next poll. A 304 may renew them (RFC 9110 §15.4.5); `Expires: 0` with none drops them."""
    headers = polled.exchange.headers
    if polled.outcome is Outcome.NOT_MODIFIED:
        return replaced(
            feed,
            etag=headers.get("etag", feed.etag),
            last_modified=headers.get("last-modified", feed.last_modified),
        )
    return replaced(feed, etag=headers.get("etag"), last_modified=headers.get("last-modified"))


def _audited(feed: FeedState, polled: PollResult, counts: EntryCounts, now: datetime) -> FeedState:
    """An unconditional poll that shows new entries under the validators that we had: they lie."""
    if polled.outcome is Outcome.NOT_MODIFIED:
        return replaced(feed, polls_unaudited=feed.polls_unaudited + 1, full_at=feed.full_at or now)
    news = counts.new + counts.changed > 0
    lies = polled.audited and news and (_same_validators(feed, polled.exchange) or _withheld(feed, polled))
    held = not lies and bool(feed.etag or feed.last_modified) and news is not polled.audited
    return replaced(
        feed,
        polls_unaudited=0,
        full_at=now,
        validators_lie=feed.validators_lie or lies,
        audits_passed=0 if lies else min(feed.audits_passed + held, MOST_PASSED),
    )


def _same_validators(feed: FeedState, exchange: Exchange) -> bool:
    etag, modified = exchange.headers.get("etag"), exchange.headers.get("last-modified")
    if etag is not None or feed.etag is not None:
        return etag == feed.etag
    return modified is not None and modified == feed.last_modified


def _withheld(feed: FeedState, polled: PollResult) -> bool:
    """Whether entries are shown that were out long before the last answer, which was 304, and that are new to us."""
    before, newest = feed.last_poll_at, feed.window.newest_at
    if before is None or newest is None or not feed.polls_unaudited:
        return False
    late = [e for e in polled.entries if e.published_at and newest < e.published_at < before - _OUT_BEFORE]
    return len(late) >= _LATE_ENOUGH


def _moved(feed: FeedState, exchange: Exchange) -> FeedState:
    """Follow a permanent redirect for good once several polls in a row agree on it (RFC 9110 §15.4.2)."""
    if not exchange.permanent or exchange.final_url in ("", feed.url) or len(exchange.final_url) > LONGEST:
        return replaced(feed, moved_to=None, moved_polls=0)
    polls = feed.moved_polls + 1 if exchange.final_url == feed.moved_to else 1
    # a move that waits for a person may hold for years
    return replaced(feed, moved_to=exchange.final_url, moved_polls=min(polls, MOST_MOVED_POLLS))


def _failed(polled: PollResult, now: datetime, jitter: float) -> PollDecision:
    feed = replaced(polled.feed, failures=polled.feed.failures + 1, last_poll_at=now, reason=polled.detail)
    if polled.outcome is Outcome.GONE:
        ended = replaced(feed, state="gone", reason="the server says that it is gone for good (410)")
        return PollDecision(ended, now + timedelta(seconds=LONGEST_S), look_for_another=True)
    asked = max(polled.exchange.retry_after_s or 0.0, polled.wait_s)
    at = after_failure(polled.outcome, feed.failures, now, jitter, asked)
    dead = polled.outcome.meaning.address_dead and feed.failures in _LOOK_AT
    # one failed poll loses nothing that the next good one does not show
    blind = feed.last_ok_at if feed.failures >= 2 and not feed.gap_open else None
    return PollDecision(feed, at, blind_since=blind, look_for_another=dead)


def conditional(feed: FeedState, now: datetime) -> bool:
    """Whether to send the validators that we have: not where they lie, and not when an audit is due.

    Servers, and what stands before them, may say 304 for ever. One is due after so many of them, or when they last
    longer than half of the window does at the feed's busiest; less often where the validators were found to hold.
    """
    trust = 2**feed.audits_passed
    return not (feed.validators_lie or feed.polls_unaudited >= AUDIT_EVERY * trust or _outlasted(feed, now, trust))


def _outlasted(feed: FeedState, now: datetime, trust: int) -> bool:
    if not feed.polls_unaudited or feed.full_at is None or feed.window.horizon_s is None:
        return False
    return (now - feed.full_at).total_seconds() >= feed.window.horizon_s * trust


def fresh_s(exchange: Exchange, now: datetime) -> float | None:
    """How long the answer calls itself fresh, seconds (RFC 9111 §4.2.1: max-age, else Expires)."""
    control = exchange.headers.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return None
    for part in control.split(","):
        name, _, number = part.strip().partition("=")
        if name == "max-age":
            digits = number.strip('" ')
            return float(digits) if digits.isdecimal() and len(digits) < 10 else None
    return _until(exchange.headers.get("expires", ""), now)


def _until(expires: str, now: datetime) -> float | None:
    try:
        left = (parsedate_to_datetime(expires) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        # "0" and other rubbish mean: stale already (RFC 9111 §5.3)
        return None
    return left if left > 0 else None
