"""What people can do, and the line that each act leaves."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.ops.actions import ACTIONS, UnknownSubjectError, perform
from newsflow.store import queries

NOW = datetime(2026, 3, 30, 9, tzinfo=timezone.utc)


def one(conn: Connection, statement: str, *params: Any) -> Any:
    with conn.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()


def test_a_rejected_page_is_due_again_and_the_audit_says_who(own_month: Connection) -> None:
    page = one(own_month, "select page_id from ingest.page where state = 'rejected' limit 1").page_id
    assert perform(own_month, "retry", str(page), "otto", NOW) == 1
    after = one(own_month, "select state, attempts, next_attempt_at from ingest.page where page_id = %s", page)
    assert after == ("pending", 0, NOW)
    noted = queries.ops.audit_log(own_month)[0]
    assert (noted.at, noted.actor, noted.action, noted.subject, noted.detail) == (
        NOW,
        "otto",
        "retry",
        str(page),
        {"rows": 1},
    )


def test_a_loaded_page_cannot_be_retried_and_nothing_is_noted(own_month: Connection) -> None:
    page = one(own_month, "select page_id from ingest.page where state = 'loaded' limit 1").page_id
    with pytest.raises(UnknownSubjectError):
        perform(own_month, "retry", str(page), "otto", NOW)
    assert queries.ops.audit_log(own_month) == []


def test_an_outcome_of_a_publisher_is_retried_as_a_whole(own_month: Connection) -> None:
    touched = perform(own_month, "retry_all", "not_text/redesign.example", "otto", NOW)
    assert touched > 5
    left = "select max(changed_at) from ingest.page where outcome = 'not_text' and state = 'rejected'"
    assert one(own_month, left)[0] < NOW - timedelta(days=7)
    assert one(own_month, "select count(*) from ingest.page where outcome = 'paywall' and state = 'rejected'")[0] > 0


def test_pausing_resuming_and_polling_now(own_month: Connection) -> None:
    perform(own_month, "pause_publisher", "courier.example", "otto", NOW)
    assert one(own_month, "select paused from ingest.publisher where name = 'courier.example'").paused
    perform(own_month, "resume_publisher", "courier.example", "otto", NOW)
    assert not one(own_month, "select paused from ingest.publisher where name = 'courier.example'").paused
    feed = one(own_month, "select feed_id from ingest.feed limit 1").feed_id
    perform(own_month, "pause_feed", str(feed), "otto", NOW)
    assert one(own_month, "select state, reason from ingest.feed where feed_id = %s", feed) == (
        "paused",
        "paused by a person",
    )
    perform(own_month, "resume_feed", str(feed), "otto", NOW)
    assert one(own_month, "select state from ingest.feed where feed_id = %s", feed).state == "active"
    with own_month.cursor() as cursor:
        cursor.execute("update ingest.feed set next_poll_at = '2027-01-01'")
    perform(own_month, "poll_now", "courier.example", "otto", NOW)
    due = "select count(*) from ingest.feed where next_poll_at = '-infinity'"
    assert one(own_month, due)[0] == 1


def test_an_accepted_proposal_moves_the_feed(own_month: Connection) -> None:
    proposal = one(own_month, "select proposal_id, feed_id, url from ingest.proposal")
    perform(own_month, "accept", str(proposal.proposal_id), "otto", NOW)
    feed = one(own_month, "select url, state, reason from ingest.feed where feed_id = %s", proposal.feed_id)
    assert feed == (proposal.url, "active", "accepted by a person")
    with pytest.raises(UnknownSubjectError):
        perform(own_month, "accept", str(proposal.proposal_id), "vera", NOW)


def test_a_proposal_that_is_polled_already_ends_the_old_feed(own_month: Connection) -> None:
    proposal = one(own_month, "select proposal_id, feed_id, url from ingest.proposal")
    with own_month.cursor() as cursor:
        cursor.execute("insert into ingest.feed (publisher_id, url) values (1, %s)", (proposal.url,))
    perform(own_month, "accept", str(proposal.proposal_id), "otto", NOW)
    assert one(own_month, "select state from ingest.feed where feed_id = %s", proposal.feed_id).state == "gone"


def test_a_dismissed_proposal_is_decided(own_month: Connection) -> None:
    proposal = one(own_month, "select proposal_id from ingest.proposal").proposal_id
    perform(own_month, "dismiss", str(proposal), "otto", NOW)
    assert one(own_month, "select accepted, decided_at from ingest.proposal") == (False, NOW)


def test_nothing_is_acted_upon_and_nothing_noted_for_nonsense(own_month: Connection) -> None:
    for name in ACTIONS:
        for subject in ("", "999999", "'; drop table ingest.page; --", "²", "-1", "9" * 400):
            with pytest.raises(UnknownSubjectError):
                perform(own_month, name, subject, "otto", NOW)
    assert queries.ops.audit_log(own_month) == []


def _learn(conn: Connection, *lines: int) -> None:
    with conn.cursor() as cursor:
        for line in lines:
            cursor.execute(
                "insert into ingest.site_line (publisher_id, line_hash, since_run, learned_at, articles, sample)"
                " select publisher_id, %s, run_id, started_at, 9, 'Follow us'"
                " from ingest.publisher, (select * from ingest.run order by run_id limit 1) r"
                " where name in ('courier.example', 'heute.example')",
                (line,),
            )
    conn.commit()


@pytest.mark.parametrize("line", [1, -1, 2**63 - 1, -(2**63)])
def test_a_learned_line_is_switched_off_and_on_for_its_publisher_alone(own_month: Connection, line: int) -> None:
    _learn(own_month, line)
    perform(own_month, "line_off", f"courier.example/{line}", "otto", NOW)
    off = "select b.name from ingest.site_line join ingest.publisher b using (publisher_id) where not enabled"
    assert one(own_month, off) == ("courier.example",)
    with pytest.raises(UnknownSubjectError):
        perform(own_month, "line_off", f"courier.example/{line}", "otto", NOW)
    perform(own_month, "line_on", f"courier.example/{line}", "otto", NOW)
    assert one(own_month, off) is None
    noted = [(r.action, r.subject) for r in queries.ops.audit_log(own_month)]
    assert sorted(noted) == [(act, f"courier.example/{line}") for act in ("line_off", "line_on")]


@pytest.mark.parametrize("subject", ["courier.example", "courier.example/", "/7", "nobody.example/7", f"x/{2**63}"])
def test_a_line_that_is_not_there_is_not_switched(own_month: Connection, subject: str) -> None:
    _learn(own_month, 7)
    with pytest.raises(UnknownSubjectError):
        perform(own_month, "line_off", subject, "otto", NOW)


def test_extraction_goes_by_what_was_switched(own_month: Connection) -> None:
    _learn(own_month, 7, 8)
    perform(own_month, "line_off", "courier.example/7", "otto", NOW)
    courier = one(own_month, "select publisher_id from ingest.publisher where name = 'courier.example'").publisher_id
    last = one(own_month, "select max(run_id) as run_id from ingest.run").run_id
    (found,) = queries.extract.site_lines(own_month, publishers=[courier], run_id=last)
    assert found.lines == [8]
