"""Which entries of an endless feed are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import TypeVar

T = TypeVar("T")
_UNDATED = datetime.min.replace(tzinfo=timezone.utc)


def newest(items: Sequence[T], when: Callable[[T], datetime | None], most: int) -> Sequence[T]:
    """The `most` newest, in the order that they stand in; where dates don't tell, those that stand first.

    :param when: the date of an item; asked only where there are too many.
    """
    if len(items) <= most:
        return items
    dates = [when(item) or _UNDATED for item in items]
    kept = sorted(range(len(items)), key=lambda n: dates[n], reverse=True)[:most]
    return [items[n] for n in sorted(kept)]
