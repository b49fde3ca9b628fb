"""Candidates compared: what one process does of it, over one connection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from psycopg2.extensions import connection as Connection

from newsflow.batched import batched
from newsflow.dedupe.comparison_text import FORM
from newsflow.dedupe.overlap import Places, promising
from newsflow.dedupe.text_cache import ReadText, TextCache
from newsflow.dedupe.verify import EDITED, SHARED, SHORT, WHOLE, Comparison, compare

Pair = tuple[int, int]  # page ids, the smaller first
Asked = Mapping[int, Sequence[int]]  # page → its candidates
Versions = Mapping[int, int]  # page → the extraction that stands for it

AT_ONCE = 500  # candidates, whose texts are held together


class Comparer:
    """Reads texts and compares pages by them; what it has read lately it knows by heart."""

    def __init__(self, conn: Connection) -> None:
        self._texts = TextCache(conn)

    def readings(self, extractions: Collection[int]) -> dict[int, ReadText]:
        """Sketch and credits of each extraction."""
        return self._texts.readings(extractions)

    def comparisons(self, asked: Asked, versions: Versions) -> dict[Pair, Comparison]:
        """Verdicts worth keeping on pages and their candidates.

        :param versions: of all of them; pages that have none are left out.
        """
        found: dict[Pair, Comparison] = {}
        for some in portions(asked, AT_ONCE):
            compared = self._compared(self._promising(some, versions), versions)
            found.update((pair, verdict) for pair, verdict in compared if verdict.copies or verdict.spans)
        return found

    def _promising(self, asked: Asked, versions: Versions) -> list[Pair]:
        wanted = versions_of(asked, versions)
        known = self._texts.places(wanted.values())
        found = {page: known[key] for page, key in wanted.items() if key in known}
        likely = promising(asked, found, EDITED, SHARED, SHORT)
        return sorted({*likely, *_short_pairs(asked, found)})

    def likeness(self, pairs: Iterable[Pair], versions: Versions) -> dict[Pair, float]:
        """How much of the shorter text of each pair stands in the other."""
        return {pair: verdict.containment for pair, verdict in self._compared(pairs, versions)}

    def alike(self, one: int, other: int) -> bool:
        """Whether two extractions, of which one calls the other canonical, carry the same text (teasers apart)."""
        texts = self._texts.texts({one, other})
        return texts[one].words == texts[other].words or compare(texts[one], texts[other]).jaccard >= WHOLE

    def _compared(self, pairs: Iterable[Pair], versions: Versions) -> Iterable[tuple[Pair, Comparison]]:
        for some in batched(pairs, AT_ONCE):
            texts = self._texts.texts({versions[page] for pair in some for page in pair})
            yield from ((pair, compare(*(texts[versions[page]] for page in pair))) for pair in some)


def _short_pairs(asked: Asked, known: Mapping[int, Places]) -> Iterator[Pair]:
    """Pairs with a short text: a figure that was put right leaves it few shingles to share."""
    short = {page for page, found in known.items() if len(found) < FORM}
    for page in asked.keys() & known.keys():
        others = (other for other in asked[page] if other in known and (page in short or other in short))
        yield from ((min(page, other), max(page, other)) for other in others)


def pages_of(asked: Asked) -> set[int]:
    """Pages and candidates."""
    return {*asked, *(other for others in asked.values() for other in others)}


def versions_of(asked: Asked, versions: Versions) -> dict[int, int]:
    """Of all versions those of these pages and candidates."""
    return {page: versions[page] for page in pages_of(asked) if page in versions}


def by_story(asked: Asked) -> list[int]:
    """The pages, those with one oldest candidate together: they need the same texts."""
    return sorted(asked, key=lambda page: (min(asked[page]), page))


def portions(asked: Asked, size: int) -> Iterator[Asked]:
    """Parts of about `size` candidates, or of one page that has more; pages of one story follow one another."""
    some: dict[int, Sequence[int]] = {}
    held = 0
    for page in by_story(asked):
        if some and held + len(asked[page]) > size:
            yield some
            some, held = {}, 0
        some[page] = asked[page]
        held += len(asked[page])
    if some:
        yield some
