"""What an exchange means for its page: pure decisions.

A page goes on when its answer is stored; a passing failure postpones it, a bounded number
of times; a final one ends it. A page that has an article never ends: it stays loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsflow.model import Exchange, PageState
from newsflow.outcomes import Blame, Kind, Outcome, Reach
from newsflow.text.storable import Storable
from newsflow.web.answers import validators

FIRST_RETRY = timedelta(minutes=15)  # doubled with each further try
LONGEST_RETRY = timedelta(hours=24)
OUTAGE_RETRY = timedelta(minutes=15)

HTML = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", ""})


@dataclass(frozen=True, slots=True)
class PendingPage(Storable):
    """A page to be fetched, as the ledger has it."""

    page_id: int
    url: str
    origin_id: int
    publisher: str
    etag: str | None = None
    last_modified: str | None = None
    attempts: int = 0
    has_article: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class PageDecision(Storable):
    """The page's row after the fetch."""

    page_id: int
    state: PageState
    outcome: Outcome
    detail: str
    attempts: int
    next_attempt_at: datetime | None  # None: as it was
    etag: str | None
    last_modified: str | None


def is_page(media_type: str) -> bool:
    """Whether an answer of this type can be a page; '' for none, which is often HTML."""
    return media_type in HTML


def decide(
    page: PendingPage, exchange: Exchange, now: datetime, jitter: float, *, cool_until: datetime | None, tries: int
) -> PageDecision:
    """Where a page stands after its exchange.

    :param jitter: 0 to 1, spreads the next tries.
    :param cool_until: until when its origin is left alone.
    :param tries: `settings.fetch_attempts`.
    """
    if exchange.outcome is Outcome.OK:
        etag, modified = validators(exchange.headers)
        return PageDecision(page.page_id, PageState.CAPTURED, Outcome.OK, "", 0, None, etag, modified)
    if exchange.outcome is Outcome.NOT_MODIFIED and page.has_article:
        return _unchanged(page, exchange)
    return _failed(page, exchange, now, jitter, cool_until, tries)


def _unchanged(page: PendingPage, exchange: Exchange) -> PageDecision:
    """A 304 may carry newer validators (RFC 9110 §15.4.5)."""
    etag, modified = validators(exchange.headers)
    etag, modified = etag or page.etag, modified or page.last_modified
    return PageDecision(page.page_id, PageState.LOADED, Outcome.NOT_MODIFIED, "", 0, None, etag, modified)


def _failed(
    page: PendingPage, exchange: Exchange, now: datetime, jitter: float, cool_until: datetime | None, tries: int
) -> PageDecision:
    attempts = page.attempts + exchange.outcome.meaning.uses_try
    state, again = PageState.PENDING, _next_attempt(exchange.outcome, attempts, now, jitter, cool_until)
    if exchange.outcome.meaning.kind is not Kind.RETRY or attempts >= tries:
        state = PageState.LOADED if page.has_article else PageState.REJECTED
    return PageDecision(
        page.page_id,
        state,
        exchange.outcome,
        exchange.detail,
        attempts if state is PageState.PENDING else 0 if page.has_article else attempts,
        again if state is PageState.PENDING else None,
        page.etag,
        page.last_modified,
    )


def _next_attempt(
    outcome: Outcome, attempts: int, now: datetime, jitter: float, cool_until: datetime | None
) -> datetime:
    meaning = outcome.meaning
    if meaning.reach is Reach.UNSENT and cool_until is None:
        return now  # nothing was tried, and nobody asked for a pause: the next run may
    if meaning.blame is Blame.US:
        return max(now + OUTAGE_RETRY, cool_until or now)
    if cool_until and (meaning.asks_for_pause or not meaning.uses_try):
        return max(now, cool_until)  # the server has named the time
    wait: timedelta = FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 10)
    again = now + min(LONGEST_RETRY, wait) * (1 + 0.1 * jitter)
    return max(again, cool_until) if cool_until else again
