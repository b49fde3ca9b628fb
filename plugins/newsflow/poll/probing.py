"""How the entries of a batch of polls stand to those that we have: new, changed, corrected, or the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from psycopg2.extensions import connection as Connection

from newsflow.feeds.known_items import joined
from newsflow.model import Entry
from newsflow.poll import corrections
from newsflow.poll.corrections import KeptEntry
from newsflow.poll.identities import known_otherwise
from newsflow.poll.shown import ShownEntries, all_shown
from newsflow.poll.state import EntryCounts, PollResult
from newsflow.poll.window import guid_hash
from newsflow.store import queries
from newsflow.text.storable import replaced


@dataclass
class Probe:
    """How the entries of a batch stand to what we have; `polls` is the batch under the identities that we know."""

    polls: list[PollResult] = field(default_factory=list)
    new: list[ShownEntries] = field(default_factory=list)
    changed: list[ShownEntries] = field(default_factory=list)
    mended: list[ShownEntries] = field(default_factory=list)  # written anew, and no change that anybody made
    pages_to_ask: list[int] = field(default_factory=list)
    pages_to_read: list[int] = field(default_factory=list)  # again, from the archive
    to_touch: list[int] = field(default_factory=list)
    counts: dict[int, EntryCounts] = field(default_factory=dict)
    unsettled: set[tuple[int, str]] = field(default_factory=set)  # feeds and guids of entries to be read again

    def leave(self, one: ShownEntries) -> None:
        """Have the next poll read an entry that this one does not write."""
        self.unsettled.add((one.polled.feed.feed_id, one.entry.guid))

    def count(self, feed_id: int, *, new: int = 0, changed: int = 0) -> None:
        """Add to what is known of a feed's poll."""
        before = self.counts.get(feed_id, EntryCounts())
        self.counts[feed_id] = EntryCounts(before.new + new, before.changed + changed)

    def is_shared(self, one: ShownEntries) -> bool:
        """Whether several entries of a poll have this one's link: it is none of an article."""
        return sum(entry.link == one.entry.link for entry in one.polled.entries) > 1


def probe(conn: Connection, batch: Sequence[PollResult], now: datetime) -> Probe:
    """Ask which of the shown entries are new, changed or corrected; one statement, three more where guids churn.

    A page is asked again where a feed of its own publisher changed: others' feeds have no say in that.
    An entry whose page is between two stages of a run is left as it was, so that the next poll
    finds it changed again.
    """
    found = Probe(list(batch))
    new = _sorted_in(conn, found, [one for polled in batch for one in all_shown(polled)], now)
    known = known_otherwise(conn, new, now)
    if known:
        found.polls = [_renamed(polled, known.get(polled.feed.feed_id, {})) for polled in batch]
        again = [one for one in new if one.entry.guid in known.get(one.polled.feed.feed_id, {})]
        new = [one for one in new if one.entry.guid not in known.get(one.polled.feed.feed_id, {})]
        renamed = [_under_known(one, known[one.polled.feed.feed_id]) for one in again]
        new += _sorted_in(conn, found, renamed, now)
    for one in new:
        if one.entry.known:  # and gone from our tables meanwhile
            found.leave(one)
        else:
            found.new.append(one)
            found.count(one.polled.feed.feed_id, new=1)
    found.polls = [_recorded(polled, found.unsettled) for polled in found.polls]
    return found


def _recorded(polled: PollResult, unsettled: set[tuple[int, str]]) -> PollResult:
    """The poll with what tells its entries at the next one, but those that are not written as they were shown."""
    left = {guid for feed_id, guid in unsettled if feed_id == polled.feed.feed_id} if unsettled else frozenset()
    no_record = left | polled.refused
    records = [entry.record for entry in polled.entries if entry.record and entry.guid not in no_record]
    return replaced(polled, known_items=joined(records), unsettled=bool(left)) if records or left else polled


def _renamed(polled: PollResult, guids: dict[str, str]) -> PollResult:
    return replace(polled, entries=tuple(_under(entry, guids) for entry in polled.entries)) if guids else polled


def _under(entry: Entry, guids: dict[str, str]) -> Entry:
    """Without what tells it at the next poll: it may be known by its title, and is to be read for that."""
    return replace(entry, guid=guids[entry.guid], record=b"") if entry.guid in guids else entry


def _under_known(one: ShownEntries, guids: dict[str, str]) -> ShownEntries:
    entry = _under(one.entry, guids)
    return replace(one, entry=entry, guid_hash=guid_hash(entry.guid))


def _sorted_in(conn: Connection, found: Probe, shown: Sequence[ShownEntries], now: datetime) -> list[ShownEntries]:
    """Those that are new; the others are sorted into `found`."""
    if not shown:
        return []
    rows = queries.poll.probe_entries(
        conn,
        feed_ids=[one.polled.feed.feed_id for one in shown],
        guid_hashes=[one.guid_hash for one in shown],
        entry_hashes=[one.entry_hash for one in shown],
        links=[one.entry.link for one in shown],
        dates=[one.entry.published_at for one in shown],
        now=now,
    )
    new = []
    for row in rows:
        one = shown[row.n - 1]
        if row.entry_id is None:
            new.append(one)
        elif not row.busy:
            _sort_in(found, one, row, now)
        elif not one.entry.known:
            found.leave(one)
    return new


class _Difference(NamedTuple):
    """How an entry stands to the one that we have."""

    edited: bool  # by its publisher
    mended: bool  # the same texts, in better characters
    relinked: bool
    redated: bool

    @property
    def counts(self) -> bool:
        """Whether somebody changed it."""
        return self.edited or self.relinked or self.redated


def _sort_in(found: Probe, one: ShownEntries, row: queries.poll.ProbeEntriesRow, now: datetime) -> None:
    kept = _kept(row, now)
    differs = _difference(found, one, row, kept)
    if one.entry.known and differs.counts:  # what we have of it changed, and its texts were not read
        found.leave(one)
        return
    entry = _corrected(one.entry, row, relinked=differs.relinked, redated=differs.redated)
    if differs.counts:
        found.changed.append(replace(one, entry=entry))
        found.count(one.polled.feed.feed_id, changed=1)
    elif differs.mended:
        found.mended.append(replace(one, entry=entry))
    elif row.unnoted and row.entry_id is not None:
        found.to_touch.append(row.entry_id)
    _note_page(found, one, row, kept, differs)


def _kept(row: queries.poll.ProbeEntriesRow, now: datetime) -> KeptEntry:
    return KeptEntry(
        row.link or "",
        row.published_at,
        row.first_seen_at or now,
        tuple(row.texts or ()),
        row.state or "",
        row.outcome or "",
    )


def _difference(found: Probe, one: ShownEntries, row: queries.poll.ProbeEntriesRow, kept: KeptEntry) -> _Difference:
    texts = _texts(one.entry)
    garbled = row.changed and corrections.encoding_alone(kept.texts, texts)
    return _Difference(
        edited=row.changed and not garbled,
        mended=garbled and corrections.is_better(kept.texts, texts),
        relinked=corrections.takes_link(kept, one.entry.link) and not found.is_shared(one),
        redated=corrections.takes_date(kept, one.entry.published_at),
    )


def _note_page(
    found: Probe, one: ShownEntries, row: queries.poll.ProbeEntriesRow, kept: KeptEntry, differs: _Difference
) -> None:
    """Have the entry's page asked or read again; after another link it is another page, asked for by its own row."""
    if row.page_id is None or not row.own or differs.relinked:
        return
    if differs.edited:
        found.pages_to_ask.append(row.page_id)
    elif differs.redated and one.entry.published_at and corrections.misdates(kept, one.entry.published_at):
        found.pages_to_read.append(row.page_id)


def _corrected(entry: Entry, row: queries.poll.ProbeEntriesRow, *, relinked: bool, redated: bool) -> Entry:
    """The entry with the link and date that we have, where those shown are no corrections."""
    if not relinked and row.link:
        entry = replace(entry, link=row.link)
    if not redated:
        entry = replace(entry, published_at=row.published_at, published_raw=row.published_raw or "")
    return entry


def _texts(entry: Entry) -> tuple[str, ...]:
    return (entry.title, entry.summary, entry.content_html)
