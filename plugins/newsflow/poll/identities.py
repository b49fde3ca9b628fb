"""Entries under guids that change from poll to poll: known by their links, or by title and date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.poll import corrections
from newsflow.poll.shown import ShownEntries
from newsflow.poll.state import PollResult
from newsflow.store import queries

LONGEST_GUID = 2_000  # characters that are kept
# Links that are known under other guids, for each guid that is: more, and the guids of the feed mean nothing.
_CHURN = 3


def known_otherwise(conn: Connection, new: Sequence[ShownEntries], now: datetime) -> dict[int, dict[str, str]]:
    """For feeds whose guids mean nothing: the guid under which we have an entry, by feed and shown guid.

    Some systems make new guids at each poll, and some new links. Where nearly all that is known of a poll is known by
    its links, or by titles and dates, these are the identity: else each poll would show none but new entries, and a
    gap before them.
    """
    unknown = _unknown(new)
    doubtful = [one for one in new if one.polled.feed.window.heads and _churns(one.polled, unknown)]
    found = _matched(conn, doubtful, now) if doubtful else []
    given: dict[int, dict[str, str]] = {}
    for one, guid in found:
        if len(guid) < LONGEST_GUID:
            given.setdefault(one.polled.feed.feed_id, {})[one.entry.guid] = guid
    return _churning(given, new)


def _unknown(new: Sequence[ShownEntries]) -> Counter[int]:
    return Counter(one.polled.feed.feed_id for one in new)


def _churns(polled: PollResult, unknown: Counter[int]) -> bool:
    """Whether a poll may show next to no guid that we know."""
    number = unknown[polled.feed.feed_id]
    return number >= _CHURN * (len(polled.entries) - number)


def _matched(conn: Connection, doubtful: Sequence[ShownEntries], now: datetime) -> Iterator[tuple[ShownEntries, str]]:
    """Entries with the guid under which we have their link, else their title and date; each stands once in its poll."""
    found = set()
    for one, guid in _matched_by_link(conn, doubtful):
        found.add(id(one))
        yield one, guid
    titles = Counter(map(_title, doubtful))
    titled = [one for one in doubtful if id(one) not in found and one.entry.title and titles[_title(one)] == 1]
    if titled:
        yield from _matched_by_title(conn, titled, now)


def _matched_by_link(conn: Connection, doubtful: Sequence[ShownEntries]) -> Iterator[tuple[ShownEntries, str]]:
    links = Counter((one.polled.feed.feed_id, one.entry.link) for one in doubtful)
    single = (one for one in doubtful if links[one.polled.feed.feed_id, one.entry.link] == 1)
    linked = [(one, key) for one in single if (key := one.place.url_hash) is not None]
    feed_ids = [one.polled.feed.feed_id for one, _ in linked]
    for row in queries.poll.entries_by_link(conn, feed_ids=feed_ids, url_hashes=[key for _, key in linked]):
        one = linked[row.n - 1][0]
        if _same_place(one.entry.link, row.link):
            yield one, row.guid


def _matched_by_title(
    conn: Connection, titled: Sequence[ShownEntries], now: datetime
) -> Iterator[tuple[ShownEntries, str]]:
    rows = queries.poll.entries_by_title(
        conn,
        feed_ids=[one.polled.feed.feed_id for one in titled],
        titles=[one.entry.title for one in titled],
        dates=[one.entry.published_at for one in titled],
        now=now,
    )
    for row in rows:
        if corrections.same_but_query(row.link, titled[row.n - 1].entry.link):
            yield titled[row.n - 1], row.guid


def _title(one: ShownEntries) -> tuple[int, str, datetime | None]:
    return one.polled.feed.feed_id, one.entry.title, one.entry.published_at


def _churning(found: dict[int, dict[str, str]], new: Sequence[ShownEntries]) -> dict[int, dict[str, str]]:
    unknown = _unknown(new)
    polls = {one.polled.feed.feed_id: one.polled for one in new}
    kept = {}
    for feed_id, guids in found.items():
        shown = {entry.guid for entry in polls[feed_id].entries}
        once = Counter(guids.values())
        sure = {given: ours for given, ours in guids.items() if ours not in shown and once[ours] == 1}
        if sure and len(sure) >= _CHURN * (len(shown) - unknown[feed_id]):
            kept[feed_id] = sure
    return kept


def _same_place(link: str, other: str) -> bool:
    """Whether two links to the same page lead to the same place in it: live blogs number their posts so."""
    return link.partition("#")[2] == other.partition("#")[2]
