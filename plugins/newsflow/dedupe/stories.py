"""Stories are connected components: whatever the order of arrival, the same links give the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from operator import itemgetter

Span = tuple[int, int]

NOWHERE: Span = (0, 0)
ROUTINE = 100  # words; a house's notice that is no longer, said again, is news of another day
REPEATED = timedelta(hours=20), timedelta(days=3)  # between equal texts of a house: routine ones, longer ones
REPRINTED = timedelta(days=14)  # the same for routine texts of several houses; longer ones may be taken up at any time
VERSION = "version"  # rule of an edge between a page and its publisher's later version of it
OVERLAP = 0.2  # of the shorter; two parts that overlap less are two items
_LATEST = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Member:
    """An article as clustering sees it; `comparison_key` is equal for equal texts (None: equal to none).

    `first_seen_at` is when we learned of the page, `watched_since` when we began to poll its publisher (None: from an
    archive or a file, where nothing follows from it). `elsewhere`: a page of another site answered for it.
    """

    page_id: int
    comparison_key: bytes | None
    published_at: datetime | None = None
    published_quality: str = ""
    url_hash: bytes = b""
    first_seen_at: datetime | None = None
    watched_since: datetime | None = None
    elsewhere: bool = False
    publisher: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """Two pages whose texts were found alike.

    `joins` is False for a text that was found inside another without being its copy. The spans
    say where in each page what they share stands, in tokens; an empty one says nothing. `whole`
    says that each is nearly all of the other: two copies of a roundup are copies.
    """

    lo: int
    hi: int
    joins: bool = True
    lo_span: Span = NOWHERE
    hi_span: Span = NOWHERE
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A set of articles with one text; `story_id` is the smallest page_id, `origin` its earliest member's."""

    story_id: int
    origin: int
    members: tuple[int, ...]


class Union:
    """Disjoint sets of page ids, the smallest id standing for each (Tarjan 1975, path halving)."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._parent = {i: i for i in ids}

    def find(self, i: int) -> int:
        """The smallest id that `i` is connected with."""
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(self, a: int, b: int) -> None:
        """Connect two ids; ids that are not of this set are left alone."""
        if a not in self._parent or b not in self._parent:
            return
        a, b = self.find(a), self.find(b)
        self._parent[max(a, b)] = min(a, b)


def published(member: Member) -> tuple[datetime, bytes, int]:
    """Sort key of origins: the time of publication, then what does not depend on the order of arrival.

    A date without a time may be any hour of its day, so it counts as the day's end.
    """
    at = member.published_at or _LATEST
    if member.published_quality == "day" and at < _LATEST - timedelta(days=1):
        at += timedelta(days=1)
    return at, member.url_hash, member.page_id


def origin(members: Iterable[Member]) -> Member:
    """The earliest of a story's members, of those whose word we can take.

    After all others come pages that another site answered for, dates that are doubtful (their publisher's feeds would
    have shown the page then), and newcomers: publishers that we began to poll when we had the story already from
    another, so that nobody saw what they say of the time before.
    """
    members = list(members)
    known_at = min((m.first_seen_at for m in members if m.first_seen_at), default=None)
    return min(
        members,
        key=lambda m: (m.elsewhere or m.published_quality == "doubtful" or _newcomer(m, known_at), published(m)),
    )


def _newcomer(member: Member, known_at: datetime | None) -> bool:
    """Whether the story was known before the member was seen and before its publisher was polled."""
    if known_at is None or member.watched_since is None or member.first_seen_at is None:
        return False
    return known_at < min(member.watched_since, member.first_seen_at)


def carriers(edges: Iterable[Edge]) -> set[int]:
    """Pages that share different passages with different pages: roundups, and pieces made of two."""
    parts: dict[int, list[Span]] = {}
    for edge in edges:
        for page_id, found in ((edge.lo, edge.lo_span), (edge.hi, edge.hi_span)):
            if found != NOWHERE:
                parts.setdefault(page_id, []).append(found)
    return {page_id for page_id, found in parts.items() if _apart(found)}


def _apart(parts: list[Span]) -> bool:
    """Whether two of these stand in places that hardly overlap: the first to end, the last to begin."""
    first, last = min(parts, key=itemgetter(1)), max(parts, key=itemgetter(0))
    overlap = first[1] - last[0]
    return overlap < OVERLAP * min(first[1] - first[0], last[1] - last[0])


def _equal(members: Iterable[Member]) -> Iterator[tuple[int, int]]:
    """Members with equal texts, each with the first of its time: what a house says again much later begins anew."""
    groups: dict[bytes, list[Member]] = {}
    for member in members:
        if member.comparison_key is not None:
            groups.setdefault(member.comparison_key, []).append(member)
    for same in groups.values():
        yield from _episodes(sorted(same, key=published))


def _episodes(same: list[Member]) -> Iterator[tuple[int, int]]:
    first, last, said = same[0].page_id, None, dict[int, datetime]()
    for member in same:
        if at := member.published_at:
            long = member.words >= ROUTINE
            stale = last is not None and not long and at - last > REPRINTED
            if stale or at - said.get(member.publisher, at) > REPEATED[long]:
                first, said = member.page_id, {}
            last = at
            said.setdefault(member.publisher, at)
        yield first, member.page_id


def components(members: Iterable[Member], edges: Iterable[Edge]) -> list[Story]:
    """The stories of these members: connected by edges and by equal texts.

    :param edges: all edges of the members, those that lead to other pages too.
    """
    known = {m.page_id: m for m in members}
    edges = list(edges)
    roundups = carriers(edges)
    union = Union(known)
    for edge in edges:
        if edge.joins and (edge.whole or not {edge.lo, edge.hi} & roundups):
            union.join(edge.lo, edge.hi)
    for same in _equal(known.values()):
        union.join(*same)
    groups: dict[int, list[int]] = {}
    for page_id in sorted(known):
        groups.setdefault(union.find(page_id), []).append(page_id)
    return [
        Story(story_id, origin(known[i] for i in ids).page_id, tuple(ids)) for story_id, ids in sorted(groups.items())
    ]
