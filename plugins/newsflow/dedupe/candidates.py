"""Which pages may be copies of a page: those that share a sketched hash that tells something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LONGEST = 200  # pages looked at for one hash; the first ones, so that the answer does not depend on the asker
STOP_STORIES = 60  # different stories among them over which a hash tells nothing
HOT = 100  # pages from which a hash is suspected


def partners(sketches: Mapping[int, Iterable[int]], postings: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """For each page of the batch the other pages that share a hash with it; two of the batch are named once.

    :param sketches: hashes of each page of the batch.
    :param postings: pages of each hash that several have.
    """
    found = {page: {other for h in hashes for other in postings.get(h, ())} for page, hashes in sketches.items()}
    once = {page: sorted(o for o in others if o not in sketches or o < page) for page, others in found.items()}
    return {page: others for page, others in once.items() if others}


def suspects(postings: Mapping[int, Sequence[int]]) -> list[int]:
    """Hashes that stand in so many pages that their stories are to be counted."""
    return sorted(h for h, pages in postings.items() if len(pages) >= HOT)


def stopped(stories: Mapping[int, int]) -> set[int]:
    """Suspects that stand in too many different stories; those of one big story stay."""
    return {h for h, count in stories.items() if count > STOP_STORIES}
