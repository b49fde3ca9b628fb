"""The feeds that a run takes in hand, cut into shards, and those that other runs have in hand."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from newsflow import sharding
from newsflow.clock import Clock, utcnow
from newsflow.isolation.cores import tasks_at_once
from newsflow.outcomes import Stage
from newsflow.poll.shares import Share, shared_out
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.locks import lock
from newsflow.store.migrate import ready_session
from newsflow.text.counted import counted
from newsflow.web.urls import origin_of

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class PollShard:
    """A share of a run's feeds: one mapped task of poll."""

    shard: int
    feeds: int = 0
    label: str = ""


def claim(
    settings: Settings,
    run_id: int,
    *,
    publishers: list[str] | None = None,
    feeds: list[str] | None = None,
    limit: int | None = None,
    force: bool = False,
    clock: Clock = utcnow,
) -> list[PollShard]:
    """Take what is due in hand, or all active feeds of the selection with `force`; returns the run's shards.

    What an earlier attempt took and did not ask stays in its shard. At least one shard is given, so that a night
    without feeds has a poll, too.
    """
    now = clock()
    key = ("newsflow.step", run_id, Stage.POLL, "claim")
    with ready_session(settings.dsn) as conn, lock(conn, *key), transaction(conn):
        queries.poll.claim_feeds(
            conn, now=now, run_id=run_id, publishers=publishers, feeds=feeds, limit=limit, force=force
        )
        return _placed(conn, settings, run_id) or [PollShard(0)]


def await_others(
    settings: Settings,
    run_id: int,
    *,
    publishers: list[str] | None = None,
    feeds: list[str] | None = None,
    clock: Clock = utcnow,
) -> None:
    """Wait until no other run that lives has a feed of the selection in hand.

    news_poll often asks some when the nightly run begins; what it finds would lie there until the next night. The wait
    ends when a run's time for polling (`poll_budget_s`) is over; then the night goes on without them.
    """
    deadline = time.monotonic() + settings.poll_budget_s
    with ready_session(settings.dsn) as conn:

        def count() -> int:
            with transaction(conn):
                return queries.poll.held_by_others(conn, run_id=run_id, now=clock(), publishers=publishers, feeds=feeds)

        if held := count():
            log.info("another run asks %s: waiting for their pages", counted(held, "feed"))
        while held and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY_S)
            held = count()
    if held:
        log.warning("another run still has %s in hand: their pages come with the next run", counted(held, "feed"))


def _placed(conn: Connection, settings: Settings, run_id: int) -> list[PollShard]:
    rows = queries.poll.feeds_to_place(conn, run_id=run_id)
    shares = [Share(row.feed_id, row.publisher_id, origin_of(row.url), row.shard, row.asked) for row in rows]
    asked = sum(share.asked for share in shares)
    shards = sharding.count(asked, settings.shard_feeds, tasks_at_once(settings.shards))
    placed = shared_out(shares, shards)
    queries.poll.place_feeds(conn, feed_ids=list(placed), shards=list(placed.values()))
    origins: defaultdict[int, list[str]] = defaultdict(list)
    for share in shares:
        if share.asked:
            origins[placed[share.feed_id]].append(share.origin)
    return [PollShard(shard, len(found), _label(found)) for shard, found in sorted(origins.items())]


def _label(origins: list[str]) -> str:
    return sharding.label(origins[0], len(set(origins)), counted(len(origins), "feed"))
