"""How fast an origin is asked, and when it is left alone: pure decisions.

One breaker and one pace for all that we ask of an origin, feeds and pages alike. `now` and
`jitter` (between 0 and 1) come in as arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsflow.model import Exchange
from newsflow.outcomes import Blame, Reach

LONGEST_COOL_S = 6 * 3600.0  # of our own choice
LONGEST_ASKED_S = 24 * 3600.0  # by Retry-After; who asks for more is asked again daily
_SMOOTHING = 0.3  # weight of the newest response time
_DOUBLINGS = 12
_SPREAD = 0.05  # of the delay between two requests, so that origins fall out of step

FARTHEST_REST_S = 3600.0
_OVERLOADED_S = 30.0  # 503 that names no time


@dataclass(frozen=True, slots=True)
class Pace:
    """What we know of an origin's patience; times aware, UTC."""

    crawl_delay_s: float | None = None
    response_s: float | None = None
    failures: int = 0
    cool_until: datetime | None = None
    cool_reason: str = ""
    next_request_at: datetime | None = None

    def cooling(self, now: datetime) -> bool:
        """True while the origin is left alone."""
        return self.cool_until is not None and self.cool_until > now

    def held_for(self, other: Pace) -> Pace:
        """`other`, made to wait for what this one waits for; the later time wins."""
        held = other
        if self.cool_until and (held.cool_until is None or self.cool_until > held.cool_until):
            held = replace(held, cool_until=self.cool_until, cool_reason=self.cool_reason)
        if self.next_request_at and (
            held.next_request_at is None
            or 0 < (self.next_request_at - held.next_request_at).total_seconds() <= FARTHEST_REST_S
        ):
            held = replace(held, next_request_at=self.next_request_at)
        return held

    def wait_s(self, now: datetime) -> float:
        """Seconds until the next request may be sent; 0 when it may be sent now."""
        cool = 0.0 if self.cool_until is None else (self.cool_until - now).total_seconds()
        rest = 0.0 if self.next_request_at is None else (self.next_request_at - now).total_seconds()
        # a rest beyond any that we would take was noted by a clock that ran ahead
        return max(0.0, cool, rest if rest <= FARTHEST_REST_S else 0.0)


def delay_s(pace: Pace, *, least: float, most: float) -> float:
    """Seconds between the end of one request and the next one.

    The greatest of our own minimum, the origin's Crawl-delay and its response time (so that
    we use at most half of a slow server's time), but never more than `most`.
    """
    return max(least, min(most, max(pace.crawl_delay_s or 0.0, pace.response_s or 0.0)))


def after(pace: Pace, exchange: Exchange, now: datetime, jitter: float, *, least: float, most: float) -> Pace:
    """The pace after an exchange that ended at `now`.

    :param least: `settings.delay_s`; `most`: `settings.max_delay_s`.
    :param jitter: 0 to 1; spreads the return of many workers, and never shortens a pause.
    """
    meaning = exchange.outcome.meaning
    if meaning.reach is Reach.UNSENT or meaning.blame is Blame.US:
        return pace
    told = replace(pace, response_s=_smoothed(pace.response_s, exchange))
    gap = delay_s(told, least=least, most=most) * (1 + _SPREAD * jitter)
    told = replace(told, next_request_at=now + timedelta(seconds=gap))
    pause = _pause_s(told, exchange)
    if pause is None:
        return replace(told, failures=0)
    spread = pause + min(60.0, 0.25 * pause) * jitter
    until = now + timedelta(seconds=spread)
    return replace(told, failures=told.failures + 1, cool_until=until, cool_reason=str(exchange.outcome))


def _smoothed(before: float | None, exchange: Exchange) -> float | None:
    if not exchange.status:
        return before
    return exchange.seconds if before is None else before + _SMOOTHING * (exchange.seconds - before)


def _pause_s(pace: Pace, exchange: Exchange) -> float | None:
    base = exchange.outcome.meaning.pause_s
    if base is None:
        return None
    if exchange.status == 503:
        base = _OVERLOADED_S
    ours = float(min(base * 2 ** min(pace.failures, _DOUBLINGS), LONGEST_COOL_S))
    return max(ours, _asked_s(exchange))


def _asked_s(exchange: Exchange) -> float:
    """What Retry-After asks for. It can only lengthen a pause: some servers send 0, 1 or a past date with each 429."""
    return min(exchange.retry_after_s or 0.0, LONGEST_ASKED_S) if exchange.status >= 400 else 0.0
