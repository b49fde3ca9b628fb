"""A queue between the workers and the one that writes, bounded by the bytes that wait in it."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ByteQueue(Generic[T]):
    """First in, first out; `put` waits while more than `limit` bytes are inside.

    A bound on the number of items would either stop the workers during each commit or let
    a few hundred large pages fill the memory.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[tuple[T, int]] = deque()
        self._inside = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: T, size: int = 0) -> None:
        """Add an item of `size` bytes; one that is larger than the limit passes alone."""
        with self._changed:
            while self._inside and self._inside + size > self._limit and not self._closed:
                self._changed.wait()
            self._items.append((item, size))
            self._inside += size
            self._changed.notify_all()

    def get(self) -> T:
        """The oldest item, waiting for one."""
        with self._changed:
            while not self._items:
                self._changed.wait()
            item, size = self._items.popleft()
            self._inside -= size
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """Nobody will take anything any more: let those who wait go on."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()
