"""Who is asked next: origins as queues of jobs, given out to workers one holder at a time.

A publisher that took less of the workers' time goes first, by doublings; among equals the queue
with the most left, so that the whole ends when the slowest origin does. However many origins a
publisher has, it holds at most half of the workers while others wait. One idle worker watches
the clock and the others sleep, else a hundred workers would wake for each queue that ripens.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from newsflow.clock import Clock
from newsflow.model import Exchange
from newsflow.web.decode import Larger
from newsflow.web.origins import Origin
from newsflow.web.pace import Pace
from newsflow.web.robots import Rules
from newsflow.web.time_budget import NO_LIMIT, TimeBudget
from newsflow.web.trip import Visits
from newsflow.web.urls import publisher_name

PATIENCE_S = 5.0  # how long a cooling origin is waited for when nothing else is left to do


@dataclass
class UrlJob:
    """A URL to be asked for; `tag` is the caller's.

    `target` and `trail` tell where redirects to other origins have led so far.
    """

    url: str
    origin: Origin
    tag: Any = None
    etag: str | None = None
    last_modified: str | None = None
    accept: str = ""  # what is wanted, where that is not what the scheduler's other jobs want
    target: str = ""
    trail: tuple[str, ...] = ()
    permanent: bool = True
    tries: int = 0
    last: Exchange | None = None
    larger: Larger | None = None  # a higher cap for some bodies
    visits: Visits | None = None  # once it was asked


@dataclass
class OriginQueue:
    """An origin and the jobs that wait for it."""

    origin: Origin
    jobs: deque[UrlJob] = field(default_factory=deque)
    rules: Rules | None = None
    rights: Mapping[str, Any] = field(default_factory=dict)
    robots_failure: Exchange | None = None  # how robots.txt failed, while it could not be had
    pace_before_failure: Pace | None = None  # the pace before failures that may turn out to be our own
    placed: bool = False  # queued, or in a worker's hands
    rules_cpu_s: float = 0.0  # what it has taken so far to apply the rules
    in_hand: UrlJob | None = None  # what its worker took last
    publisher: str = ""  # by its domain: a domain's owner can make any number of origins
    taken_at: datetime | None = None  # when a worker took it last

    def ready_at(self, now: datetime) -> datetime:
        """When it may be asked again."""
        return now + timedelta(seconds=self.origin.pace.wait_s(now))


class OriginQueues:
    """The queues of a set of jobs; safe for many workers."""

    def __init__(self, clock: Clock, budget: TimeBudget = NO_LIMIT) -> None:
        self._clock, self._budget = clock, budget
        self._began = clock()
        self._quick: set[int] = set()  # queues with jobs whose origins are not slow
        self._others_s = 0.0  # for how long any of those was at work
        self._most_held = math.inf  # workers that one publisher holds while others wait
        self._held: Counter[str] = Counter()  # workers, by publisher
        self._with_jobs: Counter[str] = Counter()  # queues that are placed or in hand, by publisher
        self._took_s: defaultdict[str, float] = defaultdict(float)  # of the workers' time, by publisher
        self.cut = False  # the time was up before the jobs were done
        self._queues: dict[int, OriginQueue] = {}
        self._ready: list[tuple[int, int, int]] = []
        self._waiting: list[tuple[datetime, int]] = []
        self._busy = 0  # queues in workers' hands, and jobs on their way to another queue
        self._ended = False
        self._watched = False
        lock = threading.Lock()
        self._clockwatch, self._idle = threading.Condition(lock), threading.Condition(lock)

    def __iter__(self) -> Iterator[OriginQueue]:
        return iter(list(self._queues.values()))

    def __len__(self) -> int:
        return len(self._queues)

    def add(self, job: UrlJob) -> None:
        """Put a job into its origin's queue."""
        with self._idle:
            self._join(job, job.origin)

    def open(self, workers: int | None = None) -> None:
        """Queue the queues, once their jobs are known: the longest goes first.

        :param workers: how many will take queues; None: unknown, and one publisher may hold them all.
        """
        with self._idle:
            if workers:
                self._most_held = max(1, workers // 2)
            self._began = self._clock()
            for queue in self._queues.values():
                self._place(queue)

    def leave(self, job: UrlJob) -> None:
        """A job has left its queue for another one, where `arrive` will put it."""
        with self._idle:
            self._busy += 1

    def arrive(self, job: UrlJob, origin: Origin) -> None:
        """Put a redirected job into the queue of its new origin."""
        with self._idle:
            self._busy -= 1
            queue = self._join(job, origin)
            if not queue.placed:
                self._place(queue)
            self._clockwatch.notify()

    def take(self) -> OriginQueue | None:
        """The next queue, when it is ready; None when all is done that can be."""
        with self._idle:
            while not self._ended:
                now = self._clock()
                self._ripen(now)
                if self._time_is_up(now):
                    self.cut = True
                    self._end()
                elif (queue := self._next()) is not None:
                    return self._hand_out(queue, now)
                elif self._busy or self._worth_waiting(now):
                    self._sleep(now)
                else:
                    self._end()
            return None

    def _next(self) -> OriginQueue | None:
        """The first that is ready and whose publisher holds no more workers than it may."""
        passed = []
        found = None
        while self._ready and found is None:
            entry = heappop(self._ready)
            queue = self._queues[entry[-1]]
            if self._may_hold(queue.publisher):
                found = queue
            else:
                passed.append(entry)
        for entry in passed:
            heappush(self._ready, entry)
        return found

    def _may_hold(self, publisher: str) -> bool:
        return self._held[publisher] < self._most_held or len(self._with_jobs) == 1

    def _hand_out(self, queue: OriginQueue, now: datetime) -> OriginQueue:
        queue.taken_at = now
        self._held[queue.publisher] += 1
        self._busy += 1
        self._idle.notify()
        return queue

    def give_back(self, queue: OriginQueue) -> None:
        """A worker has done its request."""
        with self._idle:
            self._busy -= 1
            self._held[queue.publisher] -= 1
            took_s = (self._clock() - queue.taken_at).total_seconds() if queue.taken_at else 0.0
            self._took_s[queue.publisher] += max(0.0, took_s)
            self._displace(queue)
            if queue.jobs:
                self._place(queue)
            self._clockwatch.notify()

    def _displace(self, queue: OriginQueue) -> None:
        queue.placed = False
        self._quick.discard(queue.origin.origin_id)
        self._with_jobs[queue.publisher] -= 1
        if not self._with_jobs[queue.publisher]:
            del self._with_jobs[queue.publisher]

    def end(self) -> None:
        """Send all workers home."""
        with self._idle:
            self._end()

    def _join(self, job: UrlJob, origin: Origin) -> OriginQueue:
        queue = self._queues.get(origin.origin_id)
        if queue is None:
            queue = self._queues[origin.origin_id] = OriginQueue(origin, publisher=publisher_name(origin.origin))
        queue.jobs.append(job)
        return queue

    def _place(self, queue: OriginQueue) -> None:
        if not queue.placed:
            self._with_jobs[queue.publisher] += 1
        queue.placed = True
        now = self._clock()
        at = queue.ready_at(now)
        if not self._budget.slow(queue.origin.pace) and not self._cools_long(queue, now):
            self._quick.add(queue.origin.origin_id)
        if at <= now:
            took = int(math.log2(1.0 + self._took_s[queue.publisher]))
            heappush(self._ready, (took, -len(queue.jobs), queue.origin.origin_id))
        else:
            heappush(self._waiting, (at, queue.origin.origin_id))

    def _ripen(self, now: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            self._place(self._queues[heappop(self._waiting)[1]])

    def _used_s(self, now: datetime) -> float:
        return (now - self._began).total_seconds()

    def _time_is_up(self, now: datetime) -> bool:
        if self._quick:
            self._others_s = self._used_s(now)
        return self._budget.is_up(self._used_s(now), self._others_s)

    def _worth_waiting(self, now: datetime) -> bool:
        return any(not self._cools_long(self._queues[number], now) for _, number in self._waiting)

    @staticmethod
    def _cools_long(queue: OriginQueue, now: datetime) -> bool:
        until = queue.origin.pace.cool_until
        return until is not None and (until - now).total_seconds() > PATIENCE_S

    def _sleep(self, now: datetime) -> None:
        if self._watched:
            self._idle.wait()
            return
        self._watched = True
        left_s = self._budget.left_s(self._used_s(now), self._others_s)
        if self._waiting:
            left_s = min(left_s, (self._waiting[0][0] - now).total_seconds())
        self._clockwatch.wait(None if left_s == math.inf else max(0.0, left_s))
        self._watched = False

    def _end(self) -> None:
        self._ended = True
        self._idle.notify_all()
        self._clockwatch.notify_all()
