"""Work ahead: the next piece is made while the one before is dealt with."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

T = TypeVar("T")


def prefetch(items: Iterable[T]) -> Generator[T, None, None]:
    """The same items in order, each made in a thread of its own while the caller deals with the one before.

    Never more than one is ready and not asked for. What the making raises is raised here, in its place;
    close the iterator where you leave it early, and nothing is under way any more.
    """
    with closing(_listed(items)) as made, ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        waiting = thread.submit(next, made, ())
        while item := waiting.result():
            waiting = thread.submit(next, made, ())
            yield item[0]


def _listed(items: Iterable[T]) -> Generator[tuple[T, ...], None, None]:
    for item in items:
        yield (item,)
