"""What people may do, each in one transaction with its line in the audit table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg2.extensions import connection as Connection

from newsflow.ops import reprocess_pages
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.subscriptions import proposals

_BIGINT = re.compile(r"-?[0-9]{1,19}")


class UnknownSubjectError(LookupError):
    """There is nothing of that name to act upon."""


@dataclass(frozen=True, slots=True)
class Action:
    """One of the buttons: `act` gives how many rows it touched, `done` the sentence for people."""

    act: Callable[[Connection, str, datetime], int]
    done: str


def _number(subject: str) -> int:
    """A key of PostgreSQL's type bigint."""
    if not _BIGINT.fullmatch(subject) or not -(1 << 63) <= int(subject) < 1 << 63:
        raise UnknownSubjectError(subject)
    return int(subject)


def _retry(conn: Connection, subject: str, now: datetime) -> int:
    return queries.ops.retry_page(conn, page_id=_number(subject), now=now)


def _retry_all(conn: Connection, subject: str, now: datetime) -> int:
    outcome, _, publisher = subject.partition("/")
    since = now - timedelta(days=7)
    return queries.ops.retry_pages(conn, outcome=outcome, publisher=publisher or None, now=now, since=since)


def _pause_publisher(paused: bool) -> Callable[[Connection, str, datetime], int]:
    return lambda conn, subject, now: queries.ops.pause_publisher(conn, name=subject, paused=paused)


def _pause_feed(paused: bool) -> Callable[[Connection, str, datetime], int]:
    return lambda conn, subject, now: queries.ops.pause_feed(conn, feed_id=_number(subject), paused=paused)


def _poll_now(conn: Connection, subject: str, now: datetime) -> int:
    return queries.ops.poll_now(conn, name=subject)


def _decide(accepted: bool) -> Callable[[Connection, str, datetime], int]:
    def act(conn: Connection, subject: str, now: datetime) -> int:
        try:
            proposals.decide(conn, _number(subject), now, accepted=accepted)
        except proposals.ProposalError:
            return 0
        return 1

    return act


def _switch_line(enabled: bool) -> Callable[[Connection, str, datetime], int]:
    def act(conn: Connection, subject: str, now: datetime) -> int:
        publisher, _, line = subject.rpartition("/")
        return queries.ops.switch_line(conn, publisher=publisher, line_hash=_number(line), enabled=enabled)

    return act


def _reprocess(verb: str) -> Callable[[Connection, str, datetime], int]:
    return lambda conn, subject, now: reprocess_pages.start(conn, verb, _number(subject))


ACTIONS: dict[str, Action] = {
    "retry": Action(_retry, "The page is due again; the next run takes it."),
    "retry_all": Action(_retry_all, "The rejected pages of seven days are due again; the next run takes them."),
    "pause_publisher": Action(_pause_publisher(True), "Paused: no request goes to this publisher until you resume it."),
    "resume_publisher": Action(_pause_publisher(False), "Resumed."),
    "pause_feed": Action(_pause_feed(True), "The feed is paused."),
    "resume_feed": Action(_pause_feed(False), "The feed is polled again."),
    "poll_now": Action(_poll_now, "Its feeds are due now; the next poll, within half an hour, asks them."),
    "accept": Action(_decide(True), "Accepted: the address is polled, and is due now."),
    "dismiss": Action(_decide(False), "Dismissed."),
    "line_off": Action(_switch_line(False), "The line belongs to the articles: from the next run on it stays in."),
    "apply_reprocess": Action(_reprocess("apply"), "Airflow applies it now: see the Dag news_reprocess."),
    "undo_reprocess": Action(_reprocess("undo"), "Airflow undoes it now: see the Dag news_reprocess."),
    "line_on": Action(_switch_line(True), "The line is left out of bodies again, from the next run on."),
}


def perform(conn: Connection, name: str, subject: str, actor: str, now: datetime) -> int:
    """Do it and note who did; gives the number of rows touched.

    :raises UnknownSubjectError: where nothing was there to act upon; nothing is written then.
    """
    with transaction(conn):
        rows = ACTIONS[name].act(conn, subject, now)
        if not rows:
            raise UnknownSubjectError(subject)
        queries.ops.note(
            conn,
            now=now,
            actor=actor,
            action=name,
            subject=subject[:500],
            detail={"rows": rows},
        )
    return rows
