"""Which feeds are polled in which shard of a run: pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsflow import sharding


@dataclass(frozen=True, slots=True)
class Share:
    """A feed as it is shared out: its host, its publisher, and the shard that has it in hand already.

    `asked` is False for a sitemap that is asked only if its publisher's feeds show that something was missed.
    """

    feed_id: int
    publisher_id: int
    origin: str
    shard: int | None = None
    asked: bool = True


def shared_out(feeds: Sequence[Share], shards: int) -> dict[int, int]:
    """The shard of each feed that is to be asked, by `sharding.spread`.

    Feeds of one origin are in one shard, so that politeness needs no lock between tasks; those of one publisher too,
    since what one of its feeds has missed is looked for in its sitemaps at once. What a shard has in hand, it keeps.
    """
    groups = {min(feed.feed_id for feed in group): group for group in _groups(feeds)}
    placed = {key: held for key, group in groups.items() if (held := _held(group))}
    sizes = {key: sum(feed.shard is None for feed in group) for key, group in groups.items()}
    found = sharding.spread(sizes, shards, placed)
    return {
        feed.feed_id: found[key] if feed.shard is None else feed.shard
        for key, group in groups.items()
        for feed in group
    }


def _held(group: Sequence[Share]) -> tuple[int, int] | None:
    """The shard that has feeds of a group in hand, and how many; None where none has."""
    held = [feed.shard for feed in group if feed.shard is not None]
    return (min(held), len(held)) if held else None


def _groups(feeds: Iterable[Share]) -> list[list[Share]]:
    """The feeds to ask in groups that share no origin and no publisher; the sitemaps that join groups are left out."""
    roots: dict[object, object] = {}
    for feed in feeds:
        roots[_root(roots, feed.publisher_id)] = _root(roots, feed.origin)
    found: defaultdict[object, list[Share]] = defaultdict(list)
    for feed in feeds:
        if feed.asked:
            found[_root(roots, feed.origin)].append(feed)
    return list(found.values())


def _root(roots: dict[object, object], node: object) -> object:
    """The one that stands for a node's set, with the way to it made shorter in passing."""
    while roots.setdefault(node, node) != node:
        roots[node] = roots[roots[node]]
        node = roots[node]
    return node
