"""The entries of a poll as its feed showed them: where they lead, and what tells a change of theirs. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import NamedTuple

from newsflow.model import Entry
from newsflow.outcomes import Outcome
from newsflow.poll.state import PollResult
from newsflow.poll.window import guid_hash
from newsflow.web.urls import BadUrl, canonical_origin, canonicalise, url_hash

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
    entry_hash: bytes | None  # None: it stands in its feed as it did at the last poll, and was not read again

    @property
    def place(self) -> Place:
        """Where its link leads."""
        if self.entry.guid in self.polled.refused:
            return Place(outcome=str(Outcome.BAD_ROW))
        try:
            url = canonicalise(self.entry.link)
        except BadUrl:
            return Place(outcome=str(Outcome.BAD_URL))
        return Place(url, url_hash(url), canonical_origin(url))


def entry_hash(entry: Entry) -> bytes:
    """sha256 of what a publisher edits: title, summary, content and update time."""
    updated = entry.updated_at.isoformat() if entry.updated_at else ""
    parts = "\x1f".join((entry.title, entry.summary, entry.content_html, updated))
    return hashlib.sha256(parts.encode("utf-8", "replace")).digest()


def all_shown(polled: PollResult) -> Iterator[ShownEntries]:
    """Its entries, with what they are told by."""
    made_at = _made_at(polled)
    for entry in polled.entries:
        kept = Entry(entry.guid, entry.link) if entry.guid in polled.refused else entry
        stamped = replace(kept, updated_at=None) if made_at and kept.updated_at == made_at else kept
        # a page words its links anew each day, and shows one at several places: that is no edit of the article
        told = Entry(kept.guid, kept.link) if polled.feed.page else stamped
        yield ShownEntries(polled, kept, guid_hash(kept.guid), None if kept.known else entry_hash(told))


def _made_at(polled: PollResult) -> datetime | None:
    """When the feed was made, where it calls most entries updated at that very moment: that is no edit of theirs."""
    stamps = Counter(entry.updated_at for entry in polled.entries if entry.updated_at)
    stamp, number = stamps.most_common(1)[0] if stamps else (None, 0)
    is_a_day = stamp is not None and stamp.time() == time.min
    return stamp if number >= _STAMPED and number * 2 > len(polled.entries) and not is_a_day else None
