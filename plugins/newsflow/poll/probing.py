"""How the entries of a batch of polls stand to those that we have: new, changed, corrected, or the same."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import NamedTuple

from psycopg2.extensions import connection as Connection

from newsflow.model import Entry
from newsflow.outcomes import Outcome
from newsflow.poll import corrections
from newsflow.poll.corrections import KeptEntry
from newsflow.poll.state import EntryCounts, PollResult
from newsflow.poll.window import guid_hash
from newsflow.store import queries
from newsflow.web.urls import BadUrl, canonicalise, url_hash

LONGEST_GUID = 2_000  # characters that are kept
# Links that are known under other guids, for each guid that is: more, and the guids of the feed mean nothing.
_CHURN = 3
_STAMPED = 3  # entries updated at one moment, to be taken for entries of a feed that stamps all when it is made


class Place(NamedTuple):
    """Where an entry's link leads; a link that is unusable has only the outcome."""

    url: str | None = None
    url_hash: bytes | None = None
    origin: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class ShownEntries:
    """An entry as a feed of the batch showed it."""

    polled: PollResult
    entry: Entry
    guid_hash: bytes
    entry_hash: bytes

    @property
    def place(self) -> Place:
        """Where its link leads."""
        if self.entry.guid in self.polled.refused:
            return Place(outcome=str(Outcome.BAD_ROW))
        try:
            url = canonicalise(self.entry.link)
        except BadUrl:
            return Place(outcome=str(Outcome.BAD_URL))
        # the origin of a canonical URL; parsing it again would cost as much
        return Place(url, url_hash(url), "/".join(url.split("/", 3)[:3]))


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

    def count(self, feed_id: int, *, new: int = 0, changed: int = 0) -> None:
        """Add to what is known of a feed's poll."""
        before = self.counts.get(feed_id, EntryCounts())
        self.counts[feed_id] = EntryCounts(before.new + new, before.changed + changed)

    def is_shared(self, one: ShownEntries) -> bool:
        """Whether several entries of a poll have this one's link: it is none of an article."""
        return sum(entry.link == one.entry.link for entry in one.polled.entries) > 1


def entry_hash(entry: Entry) -> bytes:
    """sha256 of what a publisher edits: title, summary, content and update time."""
    updated = entry.updated_at.isoformat() if entry.updated_at else ""
    parts = "\x1f".join((entry.title, entry.summary, entry.content_html, updated))
    return hashlib.sha256(parts.encode("utf-8", "replace")).digest()


def probe(conn: Connection, batch: Sequence[PollResult], now: datetime) -> Probe:
    """Ask which of the shown entries are new, changed or corrected; one statement, three more where guids churn.

    A page is asked again where a feed of its own publisher changed: others' feeds have no say in that.
    An entry whose page is between two stages of a run is left as it was, so that the next poll
    finds it changed again.
    """
    found = Probe(list(batch))
    new = _sorted_in(conn, found, [one for polled in batch for one in _all_shown(polled)], now)
    known = known_otherwise(conn, new, now)
    if known:
        found.polls = [_renamed(polled, known.get(polled.feed.feed_id, {})) for polled in batch]
        again = [one for one in new if one.entry.guid in known.get(one.polled.feed.feed_id, {})]
        new = [one for one in new if one.entry.guid not in known.get(one.polled.feed.feed_id, {})]
        renamed = [_under_known(one, known[one.polled.feed.feed_id]) for one in again]
        new += _sorted_in(conn, found, renamed, now)
    for one in new:
        found.new.append(one)
        found.count(one.polled.feed.feed_id, new=1)
    return found


def _renamed(polled: PollResult, guids: dict[str, str]) -> PollResult:
    return replace(polled, entries=tuple(_under(entry, guids) for entry in polled.entries)) if guids else polled


def _under(entry: Entry, guids: dict[str, str]) -> Entry:
    return replace(entry, guid=guids[entry.guid]) if entry.guid in guids else entry


def _under_known(one: ShownEntries, guids: dict[str, str]) -> ShownEntries:
    entry = _under(one.entry, guids)
    return replace(one, entry=entry, guid_hash=guid_hash(entry.guid))


def _all_shown(polled: PollResult) -> Iterator[ShownEntries]:
    made_at = _made_at(polled)
    for entry in polled.entries:
        kept = Entry(entry.guid, entry.link) if entry.guid in polled.refused else entry
        stamped = replace(kept, updated_at=None) if made_at and kept.updated_at == made_at else kept
        yield ShownEntries(polled, kept, guid_hash(kept.guid), entry_hash(stamped))


def _made_at(polled: PollResult) -> datetime | None:
    """When the feed was made, where it calls most entries updated at that very moment: that is no edit of theirs."""
    stamps = Counter(entry.updated_at for entry in polled.entries if entry.updated_at)
    stamp, number = stamps.most_common(1)[0] if stamps else (None, 0)
    is_a_day = stamp is not None and stamp.time() == time.min
    return stamp if number >= _STAMPED and number * 2 > len(polled.entries) and not is_a_day else None


# -- entries under guids that change from poll to poll --


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
    links = Counter((one.polled.feed.feed_id, one.entry.link) for one in doubtful)
    linked = [
        (one, key)
        for one in doubtful
        if links[one.polled.feed.feed_id, one.entry.link] == 1 and (key := one.place.url_hash) is not None
    ]
    feed_ids = [one.polled.feed.feed_id for one, _ in linked]
    found = set()
    for row in queries.poll.entries_by_link(conn, feed_ids=feed_ids, url_hashes=[key for _, key in linked]):
        one = linked[row.n - 1][0]
        if _same_place(one.entry.link, row.link):
            found.add(id(one))
            yield one, row.guid
    titles = Counter(map(_title, doubtful))
    titled = [one for one in doubtful if id(one) not in found and one.entry.title and titles[_title(one)] == 1]
    if titled:
        yield from _matched_by_title(conn, titled, now)


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


# -- entries that we have --


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
        if row.entry_id is None:
            new.append(shown[row.n - 1])
        elif not row.busy:
            _sort_in(found, shown[row.n - 1], row, now)
    return new


def _sort_in(found: Probe, one: ShownEntries, row: queries.poll.ProbeEntriesRow, now: datetime) -> None:
    kept = KeptEntry(
        row.link or "",
        row.published_at,
        row.first_seen_at or now,
        tuple(row.texts or ()),
        row.state or "",
        row.outcome or "",
    )
    relinked = corrections.takes_link(kept, one.entry.link) and not found.is_shared(one)
    redated = corrections.takes_date(kept, one.entry.published_at)
    shown = replace(one, entry=_corrected(one.entry, row, relinked=relinked, redated=redated))
    garbled = row.changed and corrections.encoding_alone(kept.texts, _texts(one.entry))
    edited = row.changed and not garbled
    if edited or relinked or redated:
        found.changed.append(shown)
        found.count(one.polled.feed.feed_id, changed=1)
    elif garbled and corrections.is_better(kept.texts, _texts(one.entry)):
        found.mended.append(shown)
    elif row.unnoted and row.entry_id is not None:
        found.to_touch.append(row.entry_id)
    if row.page_id is None or not row.own or relinked:
        return  # another page is asked for by its own row
    if edited:
        found.pages_to_ask.append(row.page_id)
    elif redated and one.entry.published_at and corrections.misdates(kept, one.entry.published_at):
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
