"""What an exchange means for its page: every outcome, every kind of page."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsflow.fetch.decide import PendingPage, decide, is_page
from newsflow.fetch.progress import FetchProgress, label
from newsflow.model import Exchange, PageState
from newsflow.outcomes import Kind, Outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
NEW = PendingPage(1, "https://example.org/a", 1, "example.org")
KNOWN = PendingPage(1, "https://example.org/a", 1, "example.org", '"1"', "yesterday", 0, True)


def after(page: PendingPage, outcome: Outcome, cool_until: datetime | None = None, **headers: str) -> object:
    return decide(page, Exchange(page.url, outcome, headers=headers), NOW, 0.0, cool_until=cool_until, tries=4)


@given(
    st.sampled_from(list(Outcome)),
    st.booleans(),
    st.integers(0, 5),
    st.floats(0, 1),
    st.none() | st.integers(-100, 10**6),
)
@example(Outcome.OWN_OUTAGE, False, 0, 0.0, 901)
def test_every_outcome_leaves_a_page_that_the_ledger_allows(
    outcome: Outcome, article: bool, attempts: int, jitter: float, cools: int | None
) -> None:
    page = PendingPage(1, "u", 1, "p", '"1"', None, attempts, article)
    cool_until = None if cools is None else NOW + timedelta(seconds=cools)
    found = decide(page, Exchange("u", outcome, 200), NOW, jitter, cool_until=cool_until, tries=4)
    assert not (article and found.state is PageState.REJECTED)
    assert found.outcome is outcome
    if outcome is Outcome.OK:
        assert found.state is PageState.CAPTURED
    elif outcome.meaning.kind is Kind.FINAL:
        assert found.state in {PageState.LOADED, PageState.REJECTED}
    if found.state is PageState.PENDING:
        assert found.attempts < 4
        assert found.next_attempt_at is not None
        assert found.next_attempt_at >= NOW
        assert cool_until is None or found.next_attempt_at >= cool_until
    else:
        assert found.next_attempt_at is None


def test_tries_double_their_distance() -> None:
    waits = []
    for attempts in range(3):
        page = PendingPage(1, "u", 1, "p", attempts=attempts)
        found = decide(page, Exchange("u", Outcome.SERVER_ERROR, 500), NOW, 0.0, cool_until=None, tries=9)
        waits.append((found.next_attempt_at or NOW) - NOW)
    assert waits == [timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60)]


def test_server_that_names_a_time_is_taken_at_its_word() -> None:
    until = NOW + timedelta(seconds=40)
    found = decide(NEW, Exchange("u", Outcome.RATE_LIMITED, 429), NOW, 1.0, cool_until=until, tries=4)
    assert found.next_attempt_at == until


@pytest.mark.parametrize("outcome", [Outcome.COOLING, Outcome.PAUSED, Outcome.OWN_OUTAGE])
def test_waiting_uses_up_no_try(outcome: Outcome) -> None:
    found = decide(NEW, Exchange("u", outcome), NOW, 0.0, cool_until=None, tries=1)
    assert (found.state, found.attempts) == (PageState.PENDING, 0)


def test_304_for_a_page_without_article_is_tried_again() -> None:
    found = decide(NEW, Exchange("u", Outcome.NOT_MODIFIED, 304), NOW, 0.0, cool_until=None, tries=4)
    assert found.state is not PageState.LOADED


def test_label() -> None:
    assert label({"bbc.co.uk": 200, "cnn.com": 30, "dw.com": 10}, 212) == "bbc.co.uk +2 · 212/240"
    assert label({"a": 1, "b": 1}, 0) == "a +1 · 0/2"
    assert label({}, 0) == "no pages"


def test_content_types() -> None:
    assert is_page("text/html")
    assert is_page("")
    assert not is_page("image/png")


def test_journal() -> None:
    journal = FetchProgress()
    for number in range(20):
        journal.note("slow.example", number, Exchange("u", Outcome.SERVER_ERROR, 500, seconds=3.0, detail="status 500"))
        journal.note("fast.example", number, Exchange("u", Outcome.OK, 200, body=b"x" * 1000, seconds=0.1))
    assert journal.progress(20, 40, 10.0) == "20/40 pages, 2.0/s, 0.0 MB, 2 hosts"
    lines = journal.summary({"ok": 20, "server_error": 20})
    assert lines[1] == "slowest hosts: slow.example 3.00 s, fast.example 0.10 s"
    assert len([line for line in lines if line.startswith("server_error: page")]) == 10
    assert journal.summary({})[0] == "no pages"
