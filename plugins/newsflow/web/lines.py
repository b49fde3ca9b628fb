"""Who is asked next: origins as lines of jobs, given out to workers one holder at a time.

The line with the most left goes first among those that are ready, so that the whole ends
when the slowest origin does. One idle worker watches the clock and the others sleep, else
a hundred workers would wake for each line that ripens.
"""

from __future__ import annotations

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

PATIENCE_S = 5.0  # how long a cooling origin is waited for when nothing else is left to do


@dataclass
class Job:
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
class Line:
    """An origin and the jobs that wait for it."""

    origin: Origin
    jobs: deque[Job] = field(default_factory=deque)
    rules: Rules | None = None
    rights: Mapping[str, Any] = field(default_factory=dict)
    barred: Exchange | None = None  # how robots.txt failed, while it could not be had
    before: Pace | None = None  # the pace before failures that may turn out to be our own
    placed: bool = False  # queued, or in a worker's hands

    def ready_at(self, now: datetime) -> datetime:
        """When it may be asked again."""
        return now + timedelta(seconds=self.origin.pace.wait_s(now))


class Lines:
    """The lines of a set of jobs; safe for many workers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: dict[int, Line] = {}
        self._ready: list[tuple[int, int]] = []
        self._waiting: list[tuple[datetime, int]] = []
        self._busy = 0  # lines in workers' hands, and jobs on their way to another line
        self._ended = False
        self._watched = False
        lock = threading.Lock()
        self._clockwatch, self._idle = threading.Condition(lock), threading.Condition(lock)

    def __iter__(self) -> Iterator[Line]:
        return iter(list(self._lines.values()))

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, job: Job) -> None:
        """Put a job into its origin's line."""
        with self._idle:
            self._join(job, job.origin)

    def open(self) -> None:
        """Queue the lines, once their jobs are known: the longest goes first."""
        with self._idle:
            for line in self._lines.values():
                self._place(line)

    def leave(self, job: Job) -> None:
        """A job has left its line for another one, where `arrive` will put it."""
        with self._idle:
            self._busy += 1

    def arrive(self, job: Job, origin: Origin) -> None:
        """Put a redirected job into the line of its new origin."""
        with self._idle:
            self._busy -= 1
            line = self._join(job, origin)
            if not line.placed:
                self._place(line)
            self._clockwatch.notify()

    def take(self) -> Line | None:
        """The next line, when it is ready; None when all is done that can be."""
        with self._idle:
            while not self._ended:
                now = self._clock()
                self._ripen(now)
                if self._ready:
                    self._busy += 1
                    self._idle.notify()
                    return self._lines[heappop(self._ready)[1]]
                if self._busy or self._worth_waiting(now):
                    self._sleep(now)
                else:
                    self._end()
            return None

    def give_back(self, line: Line) -> None:
        """A worker has done its request."""
        with self._idle:
            self._busy -= 1
            line.placed = False
            if line.jobs:
                self._place(line)
            self._clockwatch.notify()

    def end(self) -> None:
        """Send all workers home."""
        with self._idle:
            self._end()

    def _join(self, job: Job, origin: Origin) -> Line:
        line = self._lines.setdefault(origin.origin_id, Line(origin))
        line.jobs.append(job)
        return line

    def _place(self, line: Line) -> None:
        line.placed = True
        now = self._clock()
        at = line.ready_at(now)
        if at <= now:
            heappush(self._ready, (-len(line.jobs), line.origin.origin_id))
        else:
            heappush(self._waiting, (at, line.origin.origin_id))

    def _ripen(self, now: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            self._place(self._lines[heappop(self._waiting)[1]])

    def _worth_waiting(self, now: datetime) -> bool:
        return any(not self._cools_long(self._lines[number], now) for _, number in self._waiting)

    @staticmethod
    def _cools_long(line: Line, now: datetime) -> bool:
        until = line.origin.pace.cool_until
        return until is not None and (until - now).total_seconds() > PATIENCE_S

    def _sleep(self, now: datetime) -> None:
        if self._watched:
            self._idle.wait()
            return
        self._watched = True
        self._clockwatch.wait((self._waiting[0][0] - now).total_seconds() if self._waiting else None)
        self._watched = False

    def _end(self) -> None:
        self._ended = True
        self._idle.notify_all()
        self._clockwatch.notify_all()
