"""Long work in pieces: what fits into one transaction, or into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items, in order; an item is asked for no sooner than its list."""
    waiting = iter(items)
    while some := list(islice(waiting, size)):
        yield some
