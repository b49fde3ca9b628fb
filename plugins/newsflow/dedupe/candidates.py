"""Which pages may be copies of a page: those that share a sketched hash that tells something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

LONGEST = 200  # pages looked at for one hash; the first ones, so that the answer does not depend on the asker
STOP_STORIES = 60  # different stories among them over which a hash tells nothing
# Of a publisher's stories so many count: it takes more than ten publishers to stop a hash for everybody.
STOP_A_PUBLISHER = 6
EVERYBODY = 0  # in place of a publisher: stopped for all
HOT = 100  # pages from which a hash is suspected


def partners(
    sketches: Mapping[int, Iterable[int]],
    postings: Mapping[int, Sequence[int]],
    known: Iterable[tuple[int, int]] = (),
) -> dict[int, list[int]]:
    """For each page of the batch the other pages that share a hash with it; two of the batch are named once.

    :param sketches: hashes of each page of the batch.
    :param postings: pages of each hash that several have.
    :param known: further pairs of a page of the batch and another.
    """
    found = {page: {other for h in hashes for other in postings.get(h, ())} for page, hashes in sketches.items()}
    for page, other in known:
        found[page].add(other)
    once = {page: sorted(o for o in others if o not in sketches or o < page) for page, others in found.items()}
    return {page: others for page, others in once.items() if others}


def suspects(postings: Mapping[int, Sequence[int]]) -> list[int]:
    """Hashes that stand in so many pages that their stories are to be counted."""
    return sorted(h for h, pages in postings.items() if len(pages) >= HOT)


class StoryCount(NamedTuple):
    """A hash's different stories with pages of a publisher; `own` are those in which it was the first to have it."""

    h: int
    publisher_id: int
    stories: int
    own: int


def stopped(counts: Iterable[StoryCount]) -> dict[tuple[int, int], int]:
    """Suspects that stand in too many different stories, by hash and publisher, with how many.

    Those of one big story stay.

    What many publishers use is stopped for `EVERYBODY`; what one uses again and again, for its own pages only. A story
    counts once, for the first that had the hash in it: to copy others' stories makes no hash tell less of them.
    """
    spread: Counter[int] = Counter()
    found: dict[tuple[int, int], int] = {}
    for count in counts:
        spread[count.h] += min(count.own, STOP_A_PUBLISHER)
        if count.stories > STOP_STORIES:
            found[count.h, count.publisher_id] = count.stories
    return found | {(h, EVERYBODY): stories for h, stories in spread.items() if stories > STOP_STORIES}
