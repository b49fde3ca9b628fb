"""How like the members of stories are to their origins, as far as that is known without comparing texts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Protocol

from newsflow.dedupe.stories import Edge, Member


class Placed(Protocol):
    """A page's place in a story as it is stored (`store.touched`)."""

    @property
    def page_id(self) -> int: ...
    @property
    def story_id(self) -> int | None: ...
    @property
    def is_origin(self) -> bool | None: ...
    @property
    def similarity(self) -> float | None: ...


@dataclass
class KnownLikeness:
    """What is stored of some pages, and the edges between them.

    :param rows: the row of each page.
    :param edges: containment (0 to 1) of the pairs whose texts were found alike.
    :param batch: pages whose text is new; what is stored of their likeness no longer holds.
    """

    rows: Mapping[Member, Placed]
    edges: Mapping[Edge, float]
    batch: Set[int]
    _members: Mapping[int, Member] = field(init=False)
    _origins: Mapping[int | None, int] = field(init=False)
    _by_pair: Mapping[tuple[int, int], float] = field(init=False)

    def __post_init__(self) -> None:
        self._members = {member.page_id: member for member in self.rows}
        self._origins = {row.story_id: row.page_id for row in self.rows.values() if row.is_origin}
        self._by_pair = {(edge.lo, edge.hi): containment for edge, containment in self.edges.items()}

    def of(self, page_id: int, origin: int) -> float | None:
        """Likeness of a page to an origin, 0 to 1; None where their texts have to be compared."""
        if self._are_one(page_id, origin):
            return 1.0
        edge = self._by_pair.get((min(page_id, origin), max(page_id, origin)))
        return self._stored(page_id, origin) if edge is None else edge

    def _are_one(self, page_id: int, origin: int) -> bool:
        key = self._members[origin].comparison_key
        return page_id == origin or (key is not None and self._members[page_id].comparison_key == key)

    def _stored(self, page_id: int, origin: int) -> float | None:
        """What was found before: it holds while the origin is the same and neither text is new."""
        row = self.rows[self._members[page_id]]
        holds = self._origins.get(row.story_id) == origin and self.batch.isdisjoint({page_id, origin})
        return row.similarity if holds else None
