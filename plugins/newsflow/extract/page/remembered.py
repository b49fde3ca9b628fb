"""What is asked of names again and again, remembered within bounds: some pages name their boxes at great length."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Answer = TypeVar("Answer")

_MOST = 20_000  # names
# Characters that are remembered of one question; some 20 are asked of each name, within one process's memory limit.
_LONGEST = 4_000_000


def remembered(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """The same function of names; all are forgotten where they take too much memory."""
    held = 0

    @lru_cache(maxsize=_MOST)
    def known(*names: str) -> Answer:
        nonlocal held
        held += sum(map(len, names))
        if held > _LONGEST:
            known.cache_clear()
            held = 0
        return ask(*names)

    return known
