"""Child processes that don't outlive their parent, kill -9 included.

The kernel ties a death signal to the *thread* that forked the child, not to the process (prctl(2),
PR_SET_PDEATHSIG): a child that a pool's passing thread has started would die with that thread.
So children are started in one thread that ends only with the process.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux
_LIBC = ctypes.CDLL(None, use_errno=True)  # opened before any fork: a child may find its locks taken


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """To be called in a child: have the kernel signal it when its parent's thread ends.

    :param parent: its process id as the parent knows it; a child whose parent has died already ends here.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def in_lasting_thread(start: Callable[[], T]) -> T:
    """What `start` returns or raises, called in the one thread of this process that starts children.

    As there is one, no child is forked while another is being made: none inherits half-made pipes of its siblings.
    """
    return _starter.run(start)


class _Starter:
    """The thread and its queue; the thread is started with the first request."""

    def __init__(self) -> None:
        self._requests: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, start: Callable[[], T]) -> T:
        future: Future[T] = Future()
        with self._lock:
            if self._thread is None:
                # a daemon: the interpreter doesn't wait for it, and it is there until the very end
                self._thread = threading.Thread(target=self._serve, name="starts children", daemon=True)
                self._thread.start()
        self._requests.put((future, start))
        return future.result()

    def _serve(self) -> None:
        while True:
            future, start = self._requests.get()
            try:
                future.set_result(start())
            except BaseException as error:  # the caller's to deal with, whatever it is
                future.set_exception(error)
            del future, start  # or what they hold would live until the next request


_starter = _Starter()


def _renew() -> None:
    """A forked child has none of its parent's threads, and may have their locks in any state."""
    global _starter  # noqa: PLW0603
    _starter = _Starter()


os.register_at_fork(after_in_child=_renew)
