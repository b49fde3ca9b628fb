"""What a batch of polls writes: a constant number of statements, none per entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timezone
from operator import attrgetter
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.feeds.pages.memory import PageKnowledge, PageLook, from_json, to_json
from newsflow.feeds.parsed import ParsedFeed
from newsflow.model import Entry
from newsflow.poll.decide import MOVED_AFTER, PollDecision
from newsflow.poll.identities import LONGEST_GUID
from newsflow.poll.link_owners import of_links
from newsflow.poll.probing import Probe, probe
from newsflow.poll.shown import Place, ShownEntries
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.poll.window import Window
from newsflow.publishers import listed
from newsflow.store import bad_rows, queries
from newsflow.store.copy import copy_rows
from newsflow.subscriptions import owners
from newsflow.subscriptions.owners import Owner
from newsflow.web.urls import origin_of, same_publisher, same_site

_POLL_NAMES = (
    "polled_at feed_id run_id shard outcome status entries new_entries changed_entries known_entries bytes seconds"
    " detail"
)
# So many links of a publisher's feeds to another's host may lead to nothing in a week; then no others are followed,
# as long as they are more than those that brought articles: enough for a feed's mistake, too few to be a habit.
DEAD_LINKS = 20
_MOST_OUTCOMES = 400  # pages of a publisher whose ends tell which forms of addresses are articles
_NEVER = datetime.min.replace(tzinfo=timezone.utc)  # until the page is looked at

_OF_READING = {"guid", "record", "known"}  # the first stands apart, the others are of the reader alone
_OF_ENTRY = tuple(each.name for each in fields(Entry) if each.name not in _OF_READING)
_COLUMNS = ("feed_id", "guid_hash", "guid", "entry_hash", "discovered_by", "same_site", *_OF_ENTRY, *Place._fields)
_entry_values = attrgetter(*_OF_ENTRY)


def claimed(conn: Connection, run_id: int, shard: int) -> list[FeedState]:
    """The feeds that a shard of this run has in hand."""
    pages = _page_knowledge(conn, run_id, shard)
    return [_state(row, pages) for row in queries.poll.claimed_feeds(conn, run_id=run_id, shard=shard)]


def _page_knowledge(conn: Connection, run_id: int, shard: int) -> dict[int, PageKnowledge]:
    rows = queries.poll.page_knowledge(conn, run_id=run_id, shard=shard, most=_MOST_OUTCOMES)
    return {
        row.feed_id: PageKnowledge(_NEVER, from_json(row.memory), tuple(row.articles), tuple(row.others))
        for row in rows
    }


def _state(row: queries.poll.ClaimedFeedsRow, pages: Mapping[int, PageKnowledge]) -> FeedState:
    return FeedState(
        feed_id=row.feed_id,
        publisher_id=row.publisher_id,
        url=row.url,
        kind=row.kind,
        home=row.home,
        etag=row.etag,
        last_modified=row.last_modified,
        interval_s=row.interval_s,
        last_poll_at=row.last_poll_at,
        last_ok_at=row.last_ok_at,
        failures=row.failures,
        window=Window(
            tuple(bytes(head) for head in row.window_heads),
            row.window_entries,
            row.window_newest_at,
            row.window_horizon_s,
        ),
        body_hash=bytes(row.body_hash) if row.body_hash is not None else None,
        validators_lie=row.validators_lie,
        polls_unaudited=row.polls_unaudited,
        full_at=row.full_at,
        audits_passed=row.audits_passed,
        known_items=bytes(row.known_items),
        sitemap_parts={name: tuple(seen) for name, seen in row.sitemap_parts.items()},
        moved_to=row.moved_to,
        moved_polls=row.moved_polls,
        gap_open=row.gap_open,
        page=pages.get(row.feed_id),
        zone=row.zone,
        unknown=row.unknown,
    )


def save_entries(conn: Connection, found: Probe, now: datetime) -> None:
    """Write new and changed entries and register their pages; in the caller's transaction."""
    shown = [*found.new, *found.changed, *found.mended]
    if shown:
        places = [each.place for each in shown]
        links = ((place.origin, each.polled) for place, each in zip(places, shown, strict=True))
        owners.note(conn, of_links(links))
        queries.poll.make_batch(conn)
        copy_rows(conn, "poll_batch", _COLUMNS, map(_entry_row, shown, places))
        queries.poll.claim_pages(conn, now=now)
        queries.poll.add_pages(conn, now=now, dead_links=DEAD_LINKS)
        queries.poll.save_entries(conn, now=now)
    if found.pages_to_ask:
        queries.poll.ask_pages_again(conn, page_ids=found.pages_to_ask, now=now)
    if found.pages_to_read:
        queries.poll.read_pages_again(conn, page_ids=found.pages_to_read, now=now)
    if found.to_touch:
        queries.poll.touch_entries(conn, entry_ids=found.to_touch, now=now)


def _entry_row(shown: ShownEntries, place: Place) -> tuple[Any, ...]:
    entry, parsed = shown.entry, shown.polled.parsed
    by = "sitemap" if parsed and parsed.kind.startswith("sitemap") else "feed"
    guid = entry.guid[:LONGEST_GUID]
    feed_id = shown.polled.feed.feed_id
    own = place.url is not None and same_publisher(shown.polled.feed.url, place.url)
    return (feed_id, shown.guid_hash, guid, shown.entry_hash, by, own, *_entry_values(entry), *place)


def without_refused(conn: Connection, polled: PollResult, now: datetime) -> PollResult:
    """A poll whose entries the database takes: those at fault as guid and link, or else not at all."""

    def save(some: Sequence[PollResult]) -> None:
        save_entries(conn, probe(conn, some, now), now)

    ones = [replace(polled, entries=(entry,)) for entry in polled.entries]
    bad = [one for one, _ in bad_rows.refused(conn, ones, save)]
    marked = [replace(one, refused=frozenset({one.entries[0].guid})) for one in bad]
    lost = {one.entries[0].guid for one, _ in bad_rows.refused(conn, marked, save)}
    return replace(
        polled,
        entries=tuple(entry for entry in polled.entries if entry.guid not in lost),
        refused=frozenset(one.entries[0].guid for one in bad) - lost,
        detail=f"the database refuses {len(bad)} of {len(ones)} entries" if bad else polled.detail,
    )


def save_polls(conn: Connection, batch: Sequence[tuple[PollResult, EntryCounts]], run_id: int, shard: int) -> None:
    """Log the polls of a run's shard; one statement."""
    rows = [_poll_row(polled, counts, run_id, shard) for polled, counts in batch]
    copy_rows(conn, "ingest.poll", _POLL_NAMES.split(), rows)


def _poll_row(polled: PollResult, counts: EntryCounts, run_id: int, shard: int) -> tuple[Any, ...]:
    entries = polled.feed.window.entries if polled.same else len(polled.entries)
    known = entries - counts.new - counts.changed
    exchange = polled.exchange
    return (
        polled.at,
        polled.feed.feed_id,
        run_id,
        shard,
        str(polled.outcome),
        exchange.status,
        entries,
        counts.new,
        counts.changed,
        known,
        polled.size,
        round(exchange.seconds, 3),
        polled.detail,
    )


def save_feeds(conn: Connection, decided: Sequence[tuple[PollResult, EntryCounts, PollDecision]]) -> None:
    """Write what the polls mean for their feeds, and what is remembered of pages; one statement, or two."""
    queries.poll.save_feeds(conn, sorted((_feed_row(*item) for item in decided), key=lambda row: row.feed_id))
    looks = [_look_row(polled, polled.parsed.look) for polled, _, _ in decided if polled.parsed and polled.parsed.look]
    if looks:
        queries.poll.save_looks(conn, sorted(looks, key=lambda row: row.feed_id))
    told = [(polled.feed, polled.parsed) for polled, _, _ in decided if polled.feed.unknown and polled.parsed]
    listed.learn(conn, [(feed.publisher_id, _said_of_publisher(feed, parsed)) for feed, parsed in told], "feed")


def _said_of_publisher(feed: FeedState, parsed: ParsedFeed) -> dict[str, str]:
    """What a feed says of its publisher. Of a home page on another site nothing is believed: anybody can write one."""
    home = parsed.home if same_site(feed.url, parsed.home) else ""
    return {"title": parsed.title, "homepage": home, "languages": parsed.language}


def _look_row(polled: PollResult, look: PageLook) -> queries.poll.SaveLooksValues:
    return queries.poll.SaveLooksValues(feed_id=polled.feed.feed_id, memory=to_json(look.memory), at=polled.at)


def _feed_row(polled: PollResult, counts: EntryCounts, decision: PollDecision) -> queries.poll.SaveFeedsValues:
    feed, parsed = decision.feed, polled.parsed
    return queries.poll.SaveFeedsValues(
        feed_id=feed.feed_id,
        kind=feed.kind,
        title=parsed.title if parsed and parsed.title else None,
        home=feed.home,
        state=feed.state,
        reason=feed.reason[:500],
        etag=feed.etag,
        last_modified=feed.last_modified,
        next_poll_at=decision.next_poll_at,
        interval_s=round(feed.interval_s) if feed.interval_s else None,
        last_poll_at=feed.last_poll_at,
        last_ok_at=feed.last_ok_at,
        last_new_at=polled.at if counts.new else None,
        last_outcome=str(polled.outcome),
        failures=feed.failures,
        window_heads=[bytes(head) for head in feed.window.heads],
        window_entries=feed.window.entries,
        window_newest_at=feed.window.newest_at,
        window_horizon_s=feed.window.horizon_s,
        body_hash=feed.body_hash,
        validators_lie=feed.validators_lie,
        polls_unaudited=feed.polls_unaudited,
        full_at=feed.full_at,
        audits_passed=feed.audits_passed,
        known_items=feed.known_items if feed.known_items is not polled.feed.known_items else None,
        sitemap_parts=dict(feed.sitemap_parts),
        moved_to=feed.moved_to,
        moved_polls=feed.moved_polls,
    )


def move_feeds(conn: Connection, feeds: Sequence[FeedState], now: datetime) -> None:
    """Give feeds whose permanent redirect has held the address that it leads to; mostly no statement at all.

    A move to another site, or to a host of another publisher, is proposed to a person.
    """
    moved = [feed for feed in feeds if feed.moved_polls >= MOVED_AFTER and feed.moved_to]
    if not moved:
        return
    ids = [feed.feed_id for feed in moved]
    near = [feed.feed_id for feed in moved if same_site(feed.url, feed.moved_to or "")]
    found = queries.poll.move_feeds(conn, feed_ids=ids, near=near, polls=MOVED_AFTER)
    owners.note(conn, {origin_of(row.url): Owner(row.publisher_id, None, "feed") for row in found})
    queries.poll.propose_moves(conn, feed_ids=ids, polls=MOVED_AFTER, now=now)
