"""When a feed is asked again: a pure function of what was seen and of now.

The observed rate leads. Under a third of the entries known means that we came late, over
two thirds that we came early (the steering of Media Cloud's rss-fetcher). The wait never
outlasts a thirty-second part of the feed's window at its busiest, and is no shorter than the
publisher asks for, as far as that loses nothing. Nor does a wait outlast what the feed's rate
is worth: for a given number of requests the items of all feeds wait least when a feed is asked in
proportion to the square root of its rate (Sia, Cho and Cho, "Efficient Monitoring Algorithm
for Fast News Alerts", IEEE TKDE 19(7), 2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from newsflow.feeds.parsed import PollingHints
from newsflow.outcomes import Outcome

SHORTEST_S = 600.0
LONGEST_S = 86_400.0
FIRST_S = 1_800.0
_SOONER, _LATER = 0.5, 1.5
# Part of the horizon that a wait may take. In the worlds of `benchmarks/feed_world.py` with rates as Media Cloud counts
# them a sixteenth misses two fifths less of what is within reach than an eighth does, for two fifths more requests.
_OF_HORIZON = 0.0625
_LONGEST_WISH_S = 6 * 3600.0
_POLLS_A_DAY = 2.0  # of a feed that publishes one entry a day at its busiest; others by the root of their rate

# The Dag asks what is due every ten minutes: a wait that ends just behind a tick would last to the next one, so
# waits end early by what that rounding adds at the mean.
_HALF_A_TICK_S = 300.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A good poll: `known` of `entries` were known; a 304 or the same bytes know all."""

    entries: int = 0
    known: int = 0
    horizon_s: float | None = None  # shortest time in which half of the window was published
    fresh_s: float | None = None  # Cache-Control or Expires
    polling_hints: PollingHints = field(default_factory=PollingHints)


@dataclass(frozen=True, slots=True)
class Next:
    """When to ask, and the interval that now holds, seconds."""

    at: datetime
    interval_s: float


def clamp(seconds: float) -> float:
    """Between ten minutes and a day."""
    return max(SHORTEST_S, min(LONGEST_S, seconds))


def after_success(seen: Seen, interval_s: float | None, now: datetime, jitter: float) -> Next:
    """The next poll after an answer.

    :param interval_s: interval in force before, None after the first poll.
    :param jitter: 0 to 1; spreads polls by ± 5 %.
    """
    wish = min(
        max(seen.fresh_s or 0.0, seen.polling_hints.ttl_s or 0.0, seen.polling_hints.update_s or 0.0), _LONGEST_WISH_S
    )
    interval = clamp(min(max(_paced(seen, interval_s), wish), _longest_s(seen)))
    wait = max(interval - min(interval / 3, _HALF_A_TICK_S), min(wish, interval), SHORTEST_S)
    at = now + timedelta(seconds=wait * (0.95 + 0.1 * jitter))
    return Next(_awake(at, seen.polling_hints), interval)


def _paced(seen: Seen, interval_s: float | None) -> float:
    """The interval by the share of entries that were known."""
    if interval_s is None:
        return FIRST_S
    share = seen.known / seen.entries if seen.entries else 1.0
    return interval_s * (_SOONER if share < 1 / 3 else _LATER if share > 2 / 3 else 1.0)


def _longest_s(seen: Seen) -> float:
    """The longest wait that loses nothing and that the feed's rate is worth."""
    return LONGEST_S if seen.horizon_s is None else clamp(min(seen.horizon_s * _OF_HORIZON, _worth_s(seen)))


def _worth_s(seen: Seen) -> float:
    """The longest wait that a feed's busiest rate (half of its entries within the horizon) is worth."""
    daily = max(1, seen.entries // 2) * 86_400.0 / max(1.0, seen.horizon_s or 0.0)
    return 86_400.0 / (_POLLS_A_DAY * math.sqrt(daily))


def _awake(at: datetime, polling_hints: PollingHints) -> datetime:
    """Out of the hours (GMT) and days that the feed asks us to skip; RSS 2.0 skipHours, skipDays."""
    for _ in range(24 * 7):
        if at.hour not in polling_hints.skip_hours and at.weekday() not in polling_hints.skip_days:
            return at
        at = at.astimezone(timezone.utc).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def after_failure(
    outcome: Outcome, failures: int, now: datetime, jitter: float, retry_after_s: float | None = None
) -> datetime:
    """The next poll after failure number `failures` in a row (1 for the first); no feed is ever given up.

    :param retry_after_s: what the server or the origin's breaker asked for, at most a day of it counts.
    """
    # it doubles with each further failure in a row up to a day
    wait = min(outcome.meaning.feed_wait_s * 2.0 ** min(failures - 1, 10), LONGEST_S)
    wait = max(wait, min(retry_after_s or 0.0, LONGEST_S))
    return now + timedelta(seconds=wait * (1 + 0.1 * jitter))
