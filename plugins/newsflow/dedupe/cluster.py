"""One batch of pages: compared with all that is stored, and put into stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from psycopg2.extensions import connection as Connection

from newsflow.dedupe import candidates, store
from newsflow.dedupe.canonical import find_canonical
from newsflow.dedupe.comparer import Pair, pages_of
from newsflow.dedupe.comparer_pool import ComparerPool
from newsflow.dedupe.known_likeness import KnownLikeness
from newsflow.dedupe.sketch import Sketch
from newsflow.dedupe.stories import Story, components
from newsflow.dedupe.suspicious_stories import alarms
from newsflow.dedupe.verify import Comparison
from newsflow.store import queries
from newsflow.store.queries.dedupe import ListCanonicalRow, ListTextsRow


@dataclass(frozen=True, slots=True)
class Clustered:
    """What a batch came to: pages that are another address of a known page, and articles whose story changed."""

    canonical_of: Mapping[int, int] = field(default_factory=dict)
    moved: int = 0


@dataclass
class Clusterer:
    """Clusters batch after batch over one connection, in the caller's transactions."""

    conn: Connection
    now: datetime
    pool: ComparerPool

    def cluster(self, pages: Sequence[int]) -> Clustered:
        """Put pages into stories; one writer at a time does so."""
        queries.dedupe.lock_stories(self.conn)
        texts = store.texts(self.conn, pages)
        canonical_of = find_canonical(texts, store.canonical(self.conn, texts), self._alike)
        return Clustered(canonical_of, self._place([t.extraction_id for t in texts if t.page_id not in canonical_of]))

    def recluster(self, pages: Sequence[int]) -> int:
        """Put pages that are in stories into stories anew; returns how many loaded articles moved."""
        queries.dedupe.lock_stories(self.conn)
        return self._place(list(store.versions(self.conn, pages).values()))

    def _place(self, extractions: Sequence[int]) -> int:
        readings = self.pool.readings(extractions).values()
        made = [reading.sketch for reading in readings]
        store.put_sketches(self.conn, made, self.now)
        store.put_credits(self.conn, {reading.sketch.page_id: reading.credits for reading in readings})
        batch = {s.page_id for s in made}
        reached = store.replace_edges(self.conn, sorted(batch), self._compared(made), self.now)
        return self._regroup(reached | batch, batch)

    def _alike(self, one: ListTextsRow, other: ListCanonicalRow) -> bool:
        return self.pool.own.alike(one.extraction_id, other.extraction_id)

    def _compared(self, made: Sequence[Sketch]) -> dict[Pair, Comparison]:
        """Verdicts worth keeping on all candidates of these sketches."""
        postings = self._postings(made)
        stops = store.own_stops(self.conn, [s.page_id for s in made])
        hashes = {s.page_id: [h for h in s.hashes if h not in stops.get(s.page_id, ())] for s in made}
        older = store.unindexed_partners(self.conn, list(hashes))
        partners = candidates.partners(hashes, postings, older)
        return self.pool.comparisons(partners, store.versions(self.conn, pages_of(partners)))

    def _postings(self, made: Sequence[Sketch]) -> dict[int, list[int]]:
        """Pages of each hash; hot hashes are stopped first, and what that makes room for is read again."""
        postings = store.postings(self.conn, (h for s in made for h in s.hashes))
        hot = {h: postings[h] for h in candidates.suspects(postings)}
        stopped = candidates.stopped(store.story_counts(self.conn, hot))
        store.stop(self.conn, stopped, postings, self.now)
        again = {h for h, _ in stopped}
        left = {h: pages for h, pages in postings.items() if h not in again}
        return left | store.postings(self.conn, again) if again else left

    def _regroup(self, pages: set[int], batch: set[int]) -> int:
        """Build the stories that these pages touch anew; returns how many loaded articles moved."""
        rows = store.touched(self.conn, pages)
        edges = store.edges(self.conn, [m.page_id for m in rows])
        stories = components(rows, edges)
        similarity = self._similarities(stories, KnownLikeness(rows, edges, batch))
        members = {m.page_id: m for m in rows}
        known = {r.story_id for r in rows.values() if r.story_id is not None} | {s.story_id for s in stories}
        store.put_alarms(self.conn, known, alarms(stories, members, edges), self.now)
        return store.put_members(self.conn, stories, similarity, rows.values(), self.now)

    def _similarities(self, stories: Sequence[Story], known: KnownLikeness) -> dict[int, float]:
        """Likeness of each member to its origin, by page: known already, or compared now."""
        pairs = [(page_id, story.origin) for story in stories for page_id in story.members]
        found = {pair: known.of(*pair) for pair in pairs}
        missing = [pair for pair in pairs if found[pair] is None]
        told = self.pool.own.likeness(missing, store.versions(self.conn, set(chain(*missing))))
        return {pair[0]: told[pair] if likeness is None else likeness for pair, likeness in found.items()}
