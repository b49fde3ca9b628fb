"""Work over many origins: one request at a time for each, none waited for while others are ready.

Total time is then that of the slowest origin and not the sum of all.
"""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from queue import Queue
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# does one item and says how many seconds its lane then has to rest
Worker = Callable[[T], "tuple[R, float]"]


class Lanes(Generic[T]):
    """Queues of items, one an origin, each handed out when its origin has rested."""

    def __init__(self, lanes: Iterable[Iterable[T]], monotonic: Callable[[], float]) -> None:
        self._now = monotonic
        self._order = count()
        self._heap: list[tuple[float, int, deque[T]]] = []
        self._open = 0
        self._changed = threading.Condition()
        for items in lanes:
            lane = deque(items)
            if lane:
                self._open += 1
                heapq.heappush(self._heap, (0.0, next(self._order), lane))

    def take(self) -> deque[T] | None:
        """The lane that is ready next, waiting for it; None when all work is done or stopped."""
        with self._changed:
            while self._open:
                wait = self._heap[0][0] - self._now() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)
            return None

    def give_back(self, lane: deque[T], rest_s: float) -> None:
        """Return a lane after one item was done."""
        with self._changed:
            if lane:
                heapq.heappush(self._heap, (self._now() + rest_s, next(self._order), lane))
            else:
                self._open -= 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._open = 0
            self._changed.notify_all()


def work(lanes: Lanes[T], worker: Worker[T, R], threads: int, *, ahead: int) -> Iterator[R]:
    """Results as they come, in no order.

    :param ahead: results that may wait to be consumed; beyond it the threads wait, so memory is bounded.
    :raises Exception: what a worker raised; the others are then stopped.
    """
    results: Queue[R | BaseException | None] = Queue(maxsize=ahead)
    stopped = threading.Event()

    def run() -> None:
        try:
            while not stopped.is_set() and (lane := lanes.take()) is not None:
                result, rest_s = worker(lane.popleft())
                lanes.give_back(lane, rest_s)
                results.put(result)
        except BaseException as error:
            results.put(error)
        results.put(None)

    with ThreadPoolExecutor(threads, thread_name_prefix="poll") as pool:
        for _ in range(threads):
            pool.submit(run)
        found = _drain(results, threads)
        try:
            yield from found
        finally:
            stopped.set()
            lanes.stop()
            found.close()


def _drain(results: Queue[R | BaseException | None], threads: int) -> Generator[R, None, None]:
    """Results until each thread has ended, even where the consumer gave up before."""
    running = threads
    try:
        while running:
            result = results.get()
            if result is None:
                running -= 1
            elif isinstance(result, BaseException):
                raise result
            else:
                yield result
    finally:
        if running:
            threading.Thread(target=_empty, args=(results, running), daemon=True).start()


def _empty(results: Queue[R | BaseException | None], running: int) -> None:
    while running:
        running -= results.get() is None
