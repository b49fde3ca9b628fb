"""A bounded call in a child: a fresh interpreter with an empty environment that answers calls of one function.

Calls and answers are pickled over a socket pair. The child's stdin and stdout lead nowhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from queue import LifoQueue
from typing import Generic, TypeVar, cast

from newsflow import resources
from newsflow.isolation.child_lifetime import die_with_parent, in_lasting_thread
from newsflow.isolation.limits import Finished, Limits, Stopped, bounded, died, take_limits

T = TypeVar("T")

_START = (
    "import sys; sys.path[:0] = sys.argv[6:]; from newsflow.isolation.bounded_call import serve; serve(*sys.argv[1:6])"
)
_START_S = 60.0  # seconds by the clock for an interpreter and its imports, on a busy machine
_PACKAGES = str(resources.import_folder())


class BoundedChild(Generic[T]):
    """One child, started with its first call; not for several threads at once.

    :param function: "module:name" of what it calls; the module is imported in the child only, before the first call.
    """

    def __init__(self, function: str, limits: Limits) -> None:
        self._function, self._limits = function, limits
        self._child: tuple[subprocess.Popen[bytes], Connection] | None = None

    def call(self, *args: object) -> Finished[T] | Stopped:
        """The function's value for these arguments, or how the call ended; all of it must be picklable."""
        result = self._once(args)
        if isinstance(result, Stopped) and not result.is_verdict:
            return self._once(args)
        return result

    def _once(self, args: tuple[object, ...]) -> Finished[T] | Stopped:
        process, calls, start_s = self._running()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        # once the child is dead, sending and receiving end: neither needs a limit of its own
        clock = threading.Timer(start_s + self._limits.clock_s, stop)
        clock.start()
        try:
            calls.send(args)
            return cast("Finished[T] | Stopped", calls.recv())
        except (EOFError, OSError):
            self.close()
            return died(process.returncode, late=late.is_set())
        except BaseException:  # its answer would be taken for that of the next call
            self.close()
            raise
        finally:
            clock.cancel()

    def _running(self) -> tuple[subprocess.Popen[bytes], Connection, float]:
        """The child, and the seconds that it may take to start: they are no part of its first call."""
        if self._child is not None and self._child[0].poll() is None:
            return *self._child, 0.0
        self.close()
        self._child = in_lasting_thread(self._start)
        return *self._child, _START_S

    def _start(self) -> tuple[subprocess.Popen[bytes], Connection]:
        ours, theirs = Pipe()
        given = (theirs.fileno(), os.getpid(), self._limits.cpu_s, self._limits.memory_mb)
        with theirs:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-X", "utf8", "-c", _START),
                    *(self._function, *map(str, given), _PACKAGES, *filter(None, sys.path)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={},
            )
        return process, ours

    def close(self) -> None:
        """End the child, if it runs."""
        child, self._child = self._child, None
        if child is None:
            return
        process, calls = child
        calls.close()
        # one that has died already keeps its exit code
        process.kill()
        process.wait()


class BoundedChildren(Generic[T]):
    """A few such children shared by many threads, as a context manager."""

    def __init__(self, count: int, function: str, limits: Limits) -> None:
        self._all = [BoundedChild[T](function, limits) for _ in range(count)]
        self._free: LifoQueue[BoundedChild[T]] = LifoQueue()  # the last one used is warm
        for child in self._all:
            self._free.put(child)

    def call(self, *args: object) -> Finished[T] | Stopped:
        """As `BoundedChild.call`; waits for a free child, which doesn't count against the limits."""
        with self._borrowed() as child:
            return child.call(*args)

    @contextmanager
    def _borrowed(self) -> Iterator[BoundedChild[T]]:
        child = self._free.get()
        try:
            yield child
        finally:
            self._free.put(child)

    def close(self) -> None:
        """End all children."""
        for child in self._all:
            child.close()

    def __enter__(self) -> BoundedChildren[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(function: str, handle: str, parent: str, cpu_s: str, memory_mb: str) -> None:
    """The child's side: answer until the parent closes its end."""
    die_with_parent(int(parent))
    module, _, name = function.partition(":")
    called = getattr(import_module(module), name)
    limits = Limits(float(cpu_s), int(memory_mb))
    take_limits(limits)
    with Connection(int(handle)) as calls:
        while True:
            try:
                args = calls.recv()
            except EOFError:
                return
            calls.send(bounded(limits, called, *args))
