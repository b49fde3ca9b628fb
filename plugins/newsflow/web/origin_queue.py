"""Who is asked next: origins as queues of jobs, given out to workers one holder at a time.

The queue with the most left goes first among those that are ready, so that the whole ends
when the slowest origin does; who was served least goes first once half of the time is gone,
so that nobody is left out. One idle worker watches the clock and the others sleep, else
a hundred workers would wake for each queue that ripens.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from newsflow.clock import Clock
from newsflow.model import Exchange
from newsflow.web.origins import Origin
from newsflow.web.pace import Pace
from newsflow.web.robots import Rules
from newsflow.web.time_budget import NO_LIMIT, TimeBudget

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
    target: str = ""
    trail: tuple[str, ...] = ()
    permanent: bool = True
    tries: int = 0
    last: Exchange | None = None


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
    in_hand: UrlJob | None = None  # what its worker took last
    served: int = 0  # how often a worker took it

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
        self.cut = False  # the time was up before the jobs were done
        self._queues: dict[int, OriginQueue] = {}
        self._ready: list[tuple[int, int]] = []
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

    def open(self) -> None:
        """Queue the queues, once their jobs are known: the longest goes first."""
        with self._idle:
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
                elif self._ready:
                    return self._hand_out()
                elif self._busy or self._worth_waiting(now):
                    self._sleep(now)
                else:
                    self._end()
            return None

    def _hand_out(self) -> OriginQueue:
        queue = self._queues[heappop(self._ready)[1]]
        queue.served += 1
        self._busy += 1
        self._idle.notify()
        return queue

    def give_back(self, queue: OriginQueue) -> None:
        """A worker has done its request."""
        with self._idle:
            self._busy -= 1
            queue.placed = False
            self._quick.discard(queue.origin.origin_id)
            if queue.jobs:
                self._place(queue)
            self._clockwatch.notify()

    def end(self) -> None:
        """Send all workers home."""
        with self._idle:
            self._end()

    def _join(self, job: UrlJob, origin: Origin) -> OriginQueue:
        queue = self._queues.setdefault(origin.origin_id, OriginQueue(origin))
        queue.jobs.append(job)
        return queue

    def _place(self, queue: OriginQueue) -> None:
        queue.placed = True
        now = self._clock()
        at = queue.ready_at(now)
        if not self._budget.slow(queue.origin.pace) and not self._cools_long(queue, now):
            self._quick.add(queue.origin.origin_id)
        if at <= now:
            late = self._budget.half_gone(self._used_s(now))
            heappush(self._ready, (queue.served if late else -len(queue.jobs), queue.origin.origin_id))
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
