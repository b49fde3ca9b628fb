"""Which pairs of pages are worth a comparison: those that share a sketched hash that tells something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LONGEST = 200  # pages looked at for one hash; the first ones, so that the answer does not depend on the asker
STOP_STORIES = 60  # different stories among them over which a hash tells nothing
HOT = 100  # pages from which a hash is suspected


def pairs(sketches: Mapping[int, Iterable[int]], postings: Mapping[int, Sequence[int]]) -> set[tuple[int, int]]:
    """Pairs (lo, hi) of a page of the batch and any page that share a hash.

    :param sketches: hashes of each page of the batch.
    :param postings: pages of each hash that several have.
    """
    found = set()
    for page_id, hashes in sketches.items():
        for h in hashes:
            for other in postings.get(h, ()):
                if other != page_id:
                    found.add((min(page_id, other), max(page_id, other)))
    return found


def suspects(postings: Mapping[int, Sequence[int]]) -> list[int]:
    """Hashes that stand in so many pages that their stories are to be counted."""
    return sorted(h for h, pages in postings.items() if len(pages) >= HOT)


def stopped(stories: Mapping[int, int]) -> set[int]:
    """Suspects that stand in too many different stories; those of one big story stay."""
    return {h for h, count in stories.items() if count > STOP_STORIES}
