"""Two runs beside each other: what changed, by outcome and by publisher. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from newsflow.outcomes import Outcome

REASONS = 3  # outcomes that are named for a publisher


class Counted(Protocol):
    """A row of `ops.run_outcomes`."""

    @property
    def run_id(self) -> int: ...
    @property
    def publisher(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def pages(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Change:
    """A count before and after; `name` is an outcome or a publisher."""

    name: str
    before: int
    after: int

    @property
    def by(self) -> int:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class PublisherChange:
    """A publisher's new articles before and after, and the outcomes that changed most."""

    name: str
    new: Change
    outcomes: tuple[Change, ...]

    @property
    def size(self) -> int:
        """By how many pages it changed in all."""
        return sum(abs(change.by) for change in self.outcomes)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Changes, the largest first; publishers that are as before stand last."""

    outcomes: Sequence[Change]
    publishers: Sequence[PublisherChange]


def compare(rows: Iterable[Counted], before: int, after: int) -> Comparison:
    """Compare two runs.

    :param rows: of both; counts of pages by run, publisher and outcome.
    :param before: the one's run_id.
    :param after: the other's.
    """
    found: dict[str, dict[int, Counter[str]]] = {}
    for row in rows:
        found.setdefault(row.publisher, {before: Counter(), after: Counter()})[row.run_id][row.outcome] += row.pages
    whole = [sum((sides[side] for sides in found.values()), Counter[str]()) for side in (before, after)]
    publishers = [_publisher(name, sides[before], sides[after]) for name, sides in found.items()]
    return Comparison(list(_changes(*whole)), sorted(publishers, key=lambda p: (-p.size, p.name)))


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Change]:
    changes = [Change(code, before.get(code, 0), after.get(code, 0)) for code in before.keys() | after.keys()]
    yield from sorted(changes, key=lambda c: (-abs(c.by), c.name))


def _publisher(name: str, before: Mapping[str, int], after: Mapping[str, int]) -> PublisherChange:
    new = Change(name, before.get(Outcome.NEW, 0), after.get(Outcome.NEW, 0))
    return PublisherChange(name, new, tuple(change for change in _changes(before, after) if change.by))
