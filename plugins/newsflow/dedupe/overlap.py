"""How much two texts can share at most: what rules out most candidates before they are compared.

Each shingle marks one of 2^18 places, so a page is counted against all its candidates by a few
array operations. Two shingles may fall on one place: the count is never too low.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from newsflow.dedupe.shingles import Hashes

Places = npt.NDArray[np.uint32]

_PLACES = 1 << 18  # a byte each: they stay in a core's cache, and 400 shingles seldom meet there


def places(unique: Hashes) -> Places:
    """The place of each distinct shingle of a text."""
    found: Places = (unique & np.uint64(_PLACES - 1)).astype(np.uint32)
    return found


def most_shared(page: Places, others: Sequence[Places]) -> npt.NDArray[np.int64]:
    """For each other text, how many of its shingles the page has at most.

    :param others: at least one, none of them empty.
    """
    marked = np.zeros(_PLACES, dtype=np.uint8)
    marked[page] = 1
    counts = np.cumsum(marked[np.concatenate(others)], dtype=np.int64)
    ends = np.cumsum([len(other) for other in others])
    found: npt.NDArray[np.int64] = np.diff(counts[ends - 1], prepend=0)
    return found


def promising(
    partners: Mapping[int, Sequence[int]], known: Mapping[int, Places], least: float, enough: int, short: float
) -> list[tuple[int, int]]:
    """Pairs (lo, hi) that may share enough of the shorter text.

    :param partners: for each page its candidates.
    :param known: places of all of them; pages that are not there are left out.
    :param least: share of the shorter text.
    :param enough: shingles that must be shared.
    :param short: share of the shorter text's that is enough where it hardly has more.
    """
    found = set()
    for page in partners.keys() & known.keys():
        others = [other for other in partners[page] if other in known and len(known[other])]
        if not others or not len(known[page]):
            continue
        sizes = np.minimum([len(known[other]) for other in others], len(known[page]))
        shared = most_shared(known[page], [known[other] for other in others])
        good = (shared / sizes >= least) & (shared >= np.minimum(enough, short * sizes))
        found |= {(min(page, others[i]), max(page, others[i])) for i in np.flatnonzero(good).tolist()}
    return sorted(found)
