"""Work cut into shards: how many there are, and which part of the work each gets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heapreplace
from typing import Any, Protocol, TypeVar


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


Part = TypeVar("Part", bound=_Ordered)


def label(origin: str, origins: int, work: str) -> str:
    """A shard in the Airflow UI and in logs: its first origin's host, how many are beside it, and its work.

    Hosts only, as URLs may hold secrets.
    """
    others = f" +{origins - 1}" if origins > 1 else ""
    return f"{origin.partition('://')[2]}{others} · {work}"


def count(work: int, each: int, most: int) -> int:
    """Shards for so much work: one for each `each` of it that has begun, at least one and at most `most`."""
    return max(1, min(most, -(-work // each)))


def spread(
    sizes: Mapping[Part, float], shards: int, placed: Mapping[Part, tuple[int, float]] | None = None
) -> dict[Part, int]:
    """The shard of each part: the largest part first, each to the shard that has least so far.

    This is LPT scheduling: the largest shard has at most 4/3 of what the best cut gives it (Graham 1969). The same
    sizes give the same cut, whatever their order.

    :param sizes: how much work each part is.
    :param placed: shard and work of parts that have their place already, such as those of an earlier attempt. They
        keep it, and what is new of them goes there, too.
    """
    kept = placed or {}
    found = {part: kept[part][0] for part in sizes if part in kept}
    loads = [0.0] * max([shards, *(shard + 1 for shard, _ in kept.values())])
    for shard, work in kept.values():
        loads[shard] += work
    for part, shard in found.items():
        loads[shard] += sizes[part]
    emptiest = [(load, shard) for shard, load in enumerate(loads[:shards])]
    heapify(emptiest)
    for part in sorted(sizes.keys() - found.keys(), key=lambda part: (-sizes[part], part)):
        load, found[part] = emptiest[0]
        heapreplace(emptiest, (load + sizes[part], found[part]))
    return found
