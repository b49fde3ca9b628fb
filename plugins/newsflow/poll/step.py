"""The poll step: ask the feeds that are due, note what they show, decide when to look again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from newsflow.clock import Clock, utcnow
from newsflow.model import Outcome, Stage, StageReport
from newsflow.poll import rows
from newsflow.poll.ask import Asker
from newsflow.poll.child import Children
from newsflow.poll.decide import decide
from newsflow.poll.lanes import Lanes, work
from newsflow.poll.outage import own_failures
from newsflow.poll.state import Counts, FeedState, Polled
from newsflow.settings import Settings
from newsflow.store import queries, runs
from newsflow.store.db import transaction
from newsflow.web import origins
from newsflow.web.origins import Origin
from newsflow.web.pace import OFFLINE
from newsflow.web.transport import Transport
from newsflow.web.urls import origin_of

_GUNZIPPED = 50_000_000  # bytes; a sitemap may have 50 MB (sitemaps.org)
_FLUSH_S = 2.0


def poll(
    settings: Settings,
    run_id: int,
    *,
    publishers: list[str] | None = None,
    feeds: list[str] | None = None,
    limit: int | None = None,
    force: bool = False,
    clock: Clock = utcnow,
) -> StageReport:
    """Poll what is due, or all active feeds of the selection with `force`; counts polls by outcome."""
    started = clock()
    with runs.work(settings, run_id, Stage.POLL, 0, clock) as step:
        with transaction(step.conn):
            queries.run(
                step.conn,
                "poll.claim_feeds",
                now=clock(),
                run_id=run_id,
                publishers=publishers,
                feeds=feeds,
                limit=limit,
                force=force,
            )
            todo = rows.claimed(step.conn, run_id)
        with transaction(step.conn):
            ids = origins.ensure(step.conn, [feed.url for feed in todo])
            known = origins.load(step.conn, ids.values())
        _Poller(settings, step, {name: known[number] for name, number in ids.items()}).all(todo)
        step.label = f"{len(todo)} feeds"
        return step.report(started)


@dataclass
class _Poller:
    """The polls of one step: asked by threads, stored by the caller's one."""

    settings: Settings
    step: runs.Work
    places: dict[str, Origin]
    jitter: Callable[[], float] = random.random

    def all(self, todo: Sequence[FeedState]) -> None:
        """Ask and store; failures that our own network might cause wait for the end, to be judged together."""
        batch: list[Polled] = []
        asked: list[tuple[str, Outcome]] = []
        doubtful: list[tuple[int, Polled]] = []
        flushed = time.monotonic()
        for polled in self.asked(todo):
            asked.append((origin_of(polled.feed.url), polled.outcome))
            if polled.outcome in OFFLINE:
                doubtful.append((len(asked) - 1, polled))
            else:
                batch.append(polled)
            if len(batch) >= self.settings.poll_batch or (batch and time.monotonic() - flushed > _FLUSH_S):
                self.save(batch)
                batch, flushed = [], time.monotonic()
        mine = own_failures(asked)
        batch += [replace(p, outcome=Outcome.OWN_OUTAGE, wait_s=300.0) if i in mine else p for i, p in doubtful]
        for start in range(0, len(batch), self.settings.poll_batch):
            self.save(batch[start : start + self.settings.poll_batch])

    def asked(self, todo: Sequence[FeedState]) -> Iterator[Polled]:
        """Polls as they end."""
        by_origin: dict[str, list[FeedState]] = {}
        for feed in todo:
            by_origin.setdefault(origin_of(feed.url), []).append(feed)
        s = self.settings
        children = Children(
            s.parse_workers, memory_mb=s.parse_memory_mb, timeout_s=s.parse_timeout_s, max_bytes=_GUNZIPPED
        )
        with Transport(s, clock=self.step.clock) as transport, children:
            asker = Asker(s, transport, children, self.step.clock, self.jitter, time.sleep)

            def ask(feed: FeedState) -> tuple[Polled, float]:
                return asker.poll(feed, origin := self.places[origin_of(feed.url)]), asker.rest_s(origin)

            threads = max(1, min(s.poll_threads, len(by_origin)))
            yield from work(Lanes(by_origin.values(), time.monotonic), ask, threads, ahead=2 * threads)

    def save(self, batch: Sequence[Polled]) -> None:
        """One transaction: entries, pages, log, feeds, paces, progress."""
        step, now = self.step, self.step.clock()
        with transaction(step.conn):
            probe = rows.probe(step.conn, batch, now)
            rows.save_entries(step.conn, probe, now)
            counted = [(polled, probe.counts.get(polled.feed.feed_id, Counts())) for polled in batch]
            rows.save_polls(step.conn, counted, step.run_id)
            rows.save_feeds(step.conn, [(p, counts, decide(p, counts, now, self.jitter())) for p, counts in counted])
            # copies: the threads go on changing the paces
            touched = [replace(self.places[name]) for name in {origin_of(polled.feed.url) for polled in batch}]
            origins.save(step.conn, touched)
            for polled in batch:
                step.count(polled.outcome)
            step.save()
