"""Candidates compared: what one process does of it, over one connection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from psycopg2.extensions import connection as Connection

from newsflow.dedupe.overlap import promising
from newsflow.dedupe.shelf import Reading, Shelf, slices
from newsflow.dedupe.verify import EDITED, SHARED, WHOLE, Verdict, compare

Pair = tuple[int, int]  # page ids, the smaller first
Versions = Mapping[int, int]  # page → the extraction that stands for it

AT_ONCE = 500  # pairs, whose texts are held together


class Judge:
    """Reads texts and compares pages by them; what it has read lately it knows by heart."""

    def __init__(self, conn: Connection) -> None:
        self._shelf = Shelf(conn)

    def readings(self, extractions: Collection[int]) -> dict[int, Reading]:
        """Sketch and credits of each extraction."""
        return self._shelf.readings(extractions)

    def verdicts(self, asked: Mapping[int, Sequence[int]], versions: Versions) -> dict[Pair, Verdict]:
        """Verdicts worth keeping on pages and their candidates.

        :param versions: of all of them; pages that have none are left out.
        """
        pages = {page for page in (*asked, *(o for others in asked.values() for o in others)) if page in versions}
        known = self._shelf.places([versions[page] for page in pages])
        places = {page: known[versions[page]] for page in pages if versions[page] in known}
        found = self._compared(promising(asked, places, EDITED, SHARED), versions)
        return {pair: verdict for pair, verdict in found if verdict.copies or verdict.spans}

    def likeness(self, pairs: Iterable[Pair], versions: Versions) -> dict[Pair, float]:
        """How much of the shorter text of each pair stands in the other."""
        return {pair: verdict.containment for pair, verdict in self._compared(pairs, versions)}

    def alike(self, one: int, other: int) -> bool:
        """Whether two extractions, of which one calls the other canonical, carry the same text (teasers apart)."""
        texts = self._shelf.texts({one, other})
        return texts[one].words == texts[other].words or compare(texts[one], texts[other]).jaccard >= WHOLE

    def _compared(self, pairs: Iterable[Pair], versions: Versions) -> Iterable[tuple[Pair, Verdict]]:
        for some in slices(pairs, AT_ONCE):
            texts = self._shelf.texts({versions[page] for pair in some for page in pair})
            yield from ((pair, compare(*(texts[versions[page]] for page in pair))) for pair in some)
