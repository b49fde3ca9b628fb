"""A set of workers: children forked from the caller, that take calls in order and are replaced when they die.

Built on pebble, which can kill one call (concurrent.futures can't) and keeps each child's next calls in
its pipe. What pebble leaves open is closed here: children from daemonic processes, a pool that breaks when an idle
child dies, a call that is lost with the child that had just taken it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as Expired
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from newsflow.isolation.child_lifetime import die_with_parent
from newsflow.isolation.forked import FORK
from newsflow.isolation.limits import Finished, Limits, Stopped, bounded, died, take_limits

log = logging.getLogger(__name__)

LOOK_AHEAD = 16  # calls queued for each worker: its work while the caller deals with results
_LOOK_S = 1.0  # between two looks at a pool whose answer is waited for: a broken one gives none
_MOST_RESTARTS = 5  # of the whole set without a result in between

T = TypeVar("T")
Key = TypeVar("Key")
Argument = TypeVar("Argument")


class WorkerDiedError(RuntimeError):
    """A call without limits whose child died, twice."""


class Workers:
    """A set of children, as a context manager; they are forked with the first call.

    :param count: children; each has one call at a time.
    :param limits: of each call. None: calls are trusted, and what they raise is raised where their result is asked.
    :param begin: called in each child before its first call; what it raises is raised as if that call had.
    :param recycle: calls after which a child is replaced; 0 for never.
    """

    def __init__(
        self, count: int, *, limits: Limits | None = None, begin: Callable[[], object] | None = None, recycle: int = 0
    ) -> None:
        self.count, self.limits = count, limits
        self._begin, self._recycle = begin, recycle
        self._pool: ProcessPool | None = None
        self._restarts = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        """End the children at once: a result that nobody has asked for until now is not wanted."""
        if self._pool is not None:
            # not close(): it would wait for calls that the pool has lost
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def submit(self, function: Callable[..., T], *args: object) -> Call[T]:
        """Give out a call; its result is asked of what is returned."""
        return Call(self, function, args)

    def in_order(
        self, function: Callable[[Argument], T], items: Iterable[tuple[Key, Argument]]
    ) -> Iterator[tuple[Key, Finished[T] | Stopped]]:
        """The function's results for the items' second parts, each with the first, in the order of the items.

        Items are read only as far ahead as the workers need them.
        """
        waiting: deque[tuple[Key, Call[T]]] = deque()
        for key, argument in items:
            waiting.append((key, self.submit(function, argument)))
            if len(waiting) >= self.count * LOOK_AHEAD:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)

    def _schedule(self, function: Callable[..., T], args: tuple[object, ...]) -> tuple[ProcessPool, Future[Any]]:
        timeout = self.limits.clock_s if self.limits else None
        with self._lock:
            while True:
                pool = self._working_pool()
                try:
                    return pool, pool.schedule(_run, args=(self.limits, function, args), timeout=timeout)
                except RuntimeError:  # it broke just now
                    if pool.active:
                        raise

    def _working_pool(self) -> ProcessPool:
        if self._pool is not None and not self._pool.active:
            self._end_broken(self._pool)
            self._pool = None
        if self._pool is None:
            self._pool = ProcessPool(
                self.count,
                max_tasks=self._recycle,
                initializer=_prepare,
                initargs=(os.getpid(), self.limits, self._begin),
                context=FORK,
            )
        return self._pool

    def _end_broken(self, pool: ProcessPool) -> None:
        """pebble gives up a whole pool when a child dies while none is at work."""
        self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            raise WorkerDiedError(f"worker processes die as soon as they start ({self._restarts} times)")
        log.warning("the worker processes are started anew: an idle one died")
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()

    def _answered(self) -> None:
        self._restarts = 0


class Call(Generic[T]):
    """A call that was given out."""

    def __init__(self, workers: Workers, function: Callable[..., T], args: tuple[object, ...]) -> None:
        self._workers, self._function, self._args = workers, function, args
        self._give_out()

    def _give_out(self) -> None:
        self._pool, self._future = self._workers._schedule(self._function, self._args)

    def result(self) -> Finished[T] | Stopped:
        """Wait for it.

        :raises WorkerDiedError: where the workers die as soon as they start.
        """
        result = self._result()
        if isinstance(result, Finished) or result.is_verdict:
            return result
        log.warning("a worker process ended (%s, exit code %s); once more", result.ending.value, result.exit_code)
        self._give_out()
        return self._result()

    def value(self) -> T:
        """The same for a call without limits.

        :raises WorkerDiedError: where it has none.
        """
        result = self.result()
        if isinstance(result, Stopped):
            raise WorkerDiedError(f"a worker process died (exit code {result.exit_code}), twice")
        return result.value

    def _result(self) -> Finished[T] | Stopped:
        while not self._ended():
            self._give_out()
        error = self._future.exception()
        if isinstance(error, ProcessExpired):
            return died(error.exitcode)
        if isinstance(error, Expired) and self._workers.limits:
            return died(None, late=True)
        if error is not None:
            raise error
        self._workers._answered()
        result: Finished[T] | Stopped = self._future.result()
        return result

    def _ended(self) -> bool:
        """Wait for the end of this call; False where its pool broke or lost it, which says nothing of the call."""
        looks = 0
        while not self._future.done():
            if not self._pool.active or self._is_lost(looks * _LOOK_S):
                return False
            wait([self._future], _LOOK_S)
            looks += 1
        return not isinstance(self._future.exception(), BrokenProcessPool)

    def _is_lost(self, waited_s: float) -> bool:
        """Whether the child that took this call seems to have died before it could say so.

        Results are asked in order, so what is waited for is at work, or next. A call wrongly taken for lost is
        made twice, which does no harm.
        """
        limits = self._workers.limits
        return limits is not None and not self._future.running() and waited_s > 2 * limits.clock_s


def _first(waiting: deque[tuple[Key, Call[T]]]) -> tuple[Key, Finished[T] | Stopped]:
    key, call = waiting.popleft()
    return key, call.result()


_trouble: list[Exception] = []  # in a child: why it could not begin


def _prepare(parent: int, limits: Limits | None, begin: Callable[[], object] | None) -> None:
    """A child's beginning. pebble would answer an exception here with another child, without end."""
    die_with_parent(parent)
    try:
        if begin is not None:
            begin()
    except Exception as error:
        _trouble.append(error)
    take_limits(limits)


def _run(limits: Limits | None, function: Callable[..., T], args: tuple[object, ...]) -> Finished[T] | Stopped:
    """A call, in a child."""
    if _trouble:
        raise _trouble[0]
    return bounded(limits, function, *args) if limits else Finished(function(*args))
