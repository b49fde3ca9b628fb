"""The poll step: ask the feeds of a shard, note what they show, decide when to look again."""

from __future__ import annotations

import logging
import random
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial

from newsflow.clock import Clock, utcnow
from newsflow.feeds import sitemap
from newsflow.feeds.parsed import ACCEPT, PAGE_ACCEPT
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.model import StageReport
from newsflow.outcomes import Outcome, Stage
from newsflow.poll import gaps, probing, store
from newsflow.poll.decide import PollDecision, conditional, decide
from newsflow.poll.reading import bad_poll, children_of, read, with_children
from newsflow.poll.sitemap_parts import Choice, choose
from newsflow.poll.state import EntryCounts, FeedState, PollResult
from newsflow.settings import Settings
from newsflow.store import bad_rows, queries
from newsflow.store.db import transaction
from newsflow.store.stage_work import Work, work
from newsflow.subscriptions import proposals
from newsflow.subscriptions.finder import Finder
from newsflow.text.counted import counted
from newsflow.web import origins, outage
from newsflow.web.decode import Larger
from newsflow.web.origin_queue import UrlJob
from newsflow.web.origins import Origin
from newsflow.web.scheduler import FetchResult, Politeness, PoliteScheduler
from newsflow.web.transport import Transport
from newsflow.web.urls import origin_of, same_site

log = logging.getLogger(__name__)

LARGER = Larger(sitemap.LARGEST, sitemap.begins_one)
_FLUSH_S = 2.0
_AHEAD_FEEDS, _AHEAD_BYTES = 100, 16_000_000  # answers that wait to be read
_OUR_PAUSE_S = 300.0  # after an outage of our own


def ask(settings: Settings, run_id: int, shard: int, *, clock: Clock = utcnow) -> StageReport:
    """Ask the feeds of a shard; counts polls by outcome."""
    started = clock()
    with (
        work(settings, run_id, Stage.POLL, shard, clock) as step,
        Transport(settings, clock=clock) as transport,
        _readers(settings, step) as children,
    ):
        with transaction(step.conn):
            todo = store.claimed(step.conn, run_id, shard)
        _Poller(step, settings, transport, children).run(todo)
        step.label = counted(sum(step.counts.values()), "feed")
        return step.report(started)


def _readers(settings: Settings, step: Work) -> ParserProcesses:
    """A shard's part of the processes that read feeds: they are shared among all shards of the run."""
    with transaction(step.conn):
        shards = queries.poll.count_shards(step.conn, run_id=step.run_id)
    readers = max(1, settings.parse_workers // max(1, shards))
    return ParserProcesses.of(settings, readers, max_bytes=sitemap.LARGEST)


class _Poller:
    """The polls of one step: a scheduler of threads asks, a few processes read, the caller's thread stores."""

    def __init__(self, step: Work, settings: Settings, transport: Transport, children: ParserProcesses) -> None:
        self._step, self._settings, self._transport, self._children = step, settings, transport, children
        self._clock = step.clock
        self._jitter: Callable[[], float] = random.random
        self._origins: dict[str, Origin] = {}
        self._batch: list[PollResult] = []
        self._flushed = time.monotonic()
        self._scheduler: PoliteScheduler | None = None
        self._failing_origins = 0
        self._dead: list[FeedState] = []
        self._lost: set[int] = set()  # publishers of which entries were missed

    def run(self, todo: Sequence[FeedState]) -> None:
        """Poll these feeds, and at once the sitemaps of publishers of which something was missed."""
        self._poll(todo)
        if self._lost:
            self._poll(self._sitemaps(self._lost))
        if self._dead:
            finder = Finder(self._settings, self._transport, self._children, self._clock)
            proposals.propose(self._step.conn, finder, self._dead, self._clock)

    def _sitemaps(self, publishers: set[int]) -> list[FeedState]:
        with transaction(self._step.conn):
            queries.poll.claim_sitemaps(
                self._step.conn,
                publisher_ids=sorted(publishers),
                run_id=self._step.run_id,
                shard=self._step.shard,
                now=self._clock(),
            )
            return store.claimed(self._step.conn, self._step.run_id, self._step.shard)

    def _poll(self, todo: Sequence[FeedState]) -> None:
        """Sitemaps that an index among the feeds points at are asked in a second round."""
        indexes: list[PollResult] = []
        now = self._clock()
        for polled in self._round([(feed.url, feed, conditional(feed, now)) for feed in todo]):
            if polled.parsed and polled.parsed.children:
                indexes.append(polled)
            else:
                self._take(polled)
        for polled in self._with_sitemaps(indexes):
            self._take(polled)
        self._flush(last=True)

    def _with_sitemaps(self, indexes: Sequence[PollResult]) -> Iterator[PollResult]:
        """Indexes with what the sitemaps list that were asked for them, indexes among these included."""
        asked: dict[int, dict[str, PollResult]] = {polled.feed.feed_id: {} for polled in indexes}
        part: set[int] = set()  # feeds of which parts that may list news were left out
        waiting = {polled.feed.feed_id: [polled] for polled in indexes}
        for _ in range(sitemap.DEPTH):
            jobs = []
            for feed_id, found in waiting.items():
                chosen = _parts(found, asked[feed_id], self._clock())
                jobs += [(child.url, replace(found[0].feed, body_hash=None), False) for child in chosen.parts]
                part |= set() if chosen.whole else {feed_id}
            waiting = {}
            for answer in self._round(jobs) if jobs else ():
                asked[answer.feed.feed_id][answer.exchange.url] = answer
                if children_of(answer):
                    waiting.setdefault(answer.feed.feed_id, []).append(answer)
        for polled in indexes:
            yield with_children(polled, asked[polled.feed.feed_id], whole=polled.feed.feed_id not in part)

    # -- asking and reading --

    def _round(self, jobs: Iterable[tuple[str, FeedState, bool]]) -> Iterator[PollResult]:
        """Ask all of these and read what comes; failures that may be our own come last, judged together."""
        s = self._settings
        politeness = Politeness(
            s.delay_s,
            s.max_delay_s,
            s.poll_threads,
            s.max_redirects,
            ACCEPT,
            most_time_s=s.poll_budget_s,
            tail_s=s.poll_tail_s,
        )
        self._scheduler = scheduler = PoliteScheduler(
            self._transport, politeness, self._find, self._clock, self._jitter
        )
        doubtful: list[FetchResult] = []
        made = self._jobs(list(jobs))
        with ThreadPoolExecutor(s.parse_workers, thread_name_prefix="read") as pool:
            reading: deque[tuple[Future[PollResult], int]] = deque()
            for result in scheduler.results(made):
                if result.final and result.exchange.outcome.meaning.looks_offline:
                    doubtful.append(result)
                elif result.final:
                    reading.append((pool.submit(self._read, result), len(result.exchange.body)))
                while reading and (reading[0][0].done() or _is_far_ahead(reading)):
                    yield reading.popleft()[0].result()
            for future, _ in reading:
                yield future.result()
        ours = scheduler.own_outage()
        self._failing_origins = len(ours)
        if ours:
            log.warning("our own network failed: %d origins at once; no feed is penalised for it", len(ours))
        for result in doubtful:
            yield self._judged(result, ours)

    def _jobs(self, wanted: Sequence[tuple[str, FeedState, bool]]) -> list[UrlJob]:
        with transaction(self._step.conn):
            ids = origins.ensure(self._step.conn, [url for url, _, _ in wanted])
            missing = [number for name, number in ids.items() if name not in self._origins]
            self._origins |= {o.origin: o for o in origins.load(self._step.conn, missing).values()}
        return [
            UrlJob(
                url,
                self._origins[origin_of(url)],
                tag=feed,
                etag=feed.etag if validated else None,
                last_modified=feed.last_modified if validated else None,
                larger=LARGER,
                accept=PAGE_ACCEPT if feed.page else "",
            )
            for url, feed, validated in wanted
        ]

    def _find(self, name: str) -> Origin:
        """The origin that a redirect leads to."""
        if name not in self._origins:
            with transaction(self._step.conn):
                number = origins.ensure(self._step.conn, [name])[name]
                self._origins[name] = origins.load(self._step.conn, [number])[number]
        return self._origins[name]

    def _read(self, result: FetchResult) -> PollResult:
        now, pace, exchange = self._clock(), result.origin.pace, result.exchange
        if exchange.outcome is Outcome.RATE_LIMITED and not result.asked and result.job.last is None:
            # robots.txt was refused: the origin wants a pause, and nothing is said of the feed
            exchange = replace(exchange, outcome=Outcome.COOLING)
        wait_s = pace.wait_s(now) if pace.cooling(now) else 0.0
        try:
            return read(result.job.tag, exchange, self._children, result.at, wait_s)
        except Exception as error:  # what nobody thought of costs this feed, and no other
            log.exception("feed %d: its answer could not be read", result.job.tag.feed_id)
            bare = replace(exchange, body=b"", headers={})
            return PollResult(
                result.job.tag, bare, Outcome.PARSE_ERROR, result.at, f"{type(error).__name__} in reading it"
            )

    def _judged(self, result: FetchResult, ours: set[int]) -> PollResult:
        polled = self._read(result)
        if result.origin.origin_id not in ours:
            return polled
        return replace(polled, outcome=Outcome.OWN_OUTAGE, wait_s=_OUR_PAUSE_S)

    # -- storing --

    def _take(self, polled: PollResult) -> None:
        self._batch.append(polled)
        if len(self._batch) >= self._settings.poll_batch or time.monotonic() - self._flushed > _FLUSH_S:
            self._flush()

    def _flush(self, *, last: bool = False) -> None:
        """One transaction: entries, pages, log, feeds, paces, progress."""
        step, batch, now = self._step, self._batch, self._clock()
        decided: list[PollDecision] = []
        write = partial(self._write, now, decided)
        with transaction(step.conn):
            bad_rows.halved(batch, write, partial(self._refused, write), step.savepoint)
            self._note_outage([polled.outcome for polled in batch], now)
            if self._scheduler is not None:
                changed = self._scheduler.changed(all_of_them=last)
                bad_rows.write(step.conn, changed, partial(origins.save, step.conn), origins.unsaved)
            step.save()
        self._lost |= {decision.feed.publisher_id for decision in decided if decision.gap}
        self._dead += [decision.feed for decision in decided if decision.look_for_another]
        self._batch, self._flushed = [], time.monotonic()

    def _write(self, now: datetime, decided: list[PollDecision], batch: Sequence[PollResult]) -> None:
        """What some polls showed; their decisions are added to `decided`."""
        conn = self._step.conn
        found = probing.probe(conn, batch, now)
        store.save_entries(conn, found, now)
        counted = [(polled, found.counts.get(polled.feed.feed_id, EntryCounts())) for polled in found.polls]
        store.save_polls(conn, counted, self._step.run_id, self._step.shard)
        made = [(p, counts, decide(p, counts, now, self._jitter())) for p, counts in counted]
        store.save_feeds(conn, made)
        gaps.note(conn, [(p, decision) for p, _, decision in made], now)
        store.move_feeds(conn, [decision.feed for _, _, decision in made], now)
        decided += [decision for _, _, decision in made]
        for polled in batch:
            self._step.count(polled.outcome)

    def _refused(self, write: Callable[[Sequence[PollResult]], None], polled: PollResult, why: str) -> None:
        """A poll that the database refuses: without the entries at fault, or else as `bad_row` without any."""
        log.warning("feed %d: the database refuses what it showed: %s", polled.feed.feed_id, why)
        conn, now = self._step.conn, self._clock()
        for kept in (store.without_refused(conn, polled, now), bad_poll(polled, why)):
            if not bad_rows.accepted(conn, partial(write, [kept])):
                return
        self._step.count(Outcome.BAD_ROW)
        bare = [(bad_poll(polled, why), EntryCounts())]
        logged = partial(store.save_polls, conn, bare, self._step.run_id, self._step.shard)
        bad_rows.accepted(conn, logged)

    def _note_outage(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """In the flush's transaction: an outage of our own begins, or is over once anybody answers."""
        sign = outage.sign(outcomes)
        if sign is outage.Sign.LASTS:
            gaps.own_outage(self._step.conn, now, self._failing_origins)
        elif sign is outage.Sign.OVER:
            gaps.outage_over(self._step.conn, now)


def _is_far_ahead(reading: Collection[tuple[object, int]]) -> bool:
    """Whether enough waits to be read, so that the readers have work while a batch is stored."""
    return len(reading) > _AHEAD_FEEDS or sum(size for _, size in reading) > _AHEAD_BYTES


def _parts(indexes: Sequence[PollResult], asked: Mapping[str, PollResult], now: datetime) -> Choice:
    """The sitemaps of a feed's indexes to ask, in its name: those of its own site (sitemaps.org, "Sitemap index").

    Other sites are not asked on its word; unusable addresses are of no site.
    """
    feed = indexes[0].feed
    listed = [each for index in indexes for each in children_of(index)]
    own = [each for each in listed if each.url not in asked and same_site(feed.url, each.url)]
    return choose(own, feed.last_ok_at, feed.sitemap_parts, now)
