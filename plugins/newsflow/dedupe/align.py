"""What two texts share, side by side: which passages, in which order, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from newsflow.dedupe.shingles import Hashes, Positions
from newsflow.dedupe.slots import LONGEST
from newsflow.dedupe.texts import Text

LEAD = 25  # shingles
LEAD_SHARE = 0.3  # of them; fewer in common are chance
DISORDER, MESSES = 22, 4  # shared shingles between two steps back, and steps back, that make a list of stock sentences


def common(a: Hashes, b: Hashes) -> int:
    if not len(a) or not len(b):
        return 0
    at = np.searchsorted(b, a)
    at[at == len(b)] = 0
    return int(np.count_nonzero(b[at] == a))


def aligned(a: Text, b: Text) -> tuple[Positions, Positions]:
    """Shingles of `a` that stand in `b`, in order, and where they stand there."""
    at = np.searchsorted(b.sorted, a.ordered)
    at[at == len(b.sorted)] = 0
    here = np.flatnonzero(b.sorted[at] == a.ordered)
    there = b.by_hash[at[here]]
    return here, _straightened(b, here, there) if len(b.unique) < len(b.ordered) else there


def _straightened(b: Text, here: Positions, there: Positions) -> Positions:
    """Stock phrases stand in several places: of these the one that goes on from what stands before or after."""
    hashes, at, steps = b.ordered.tolist(), there.tolist(), here.tolist()
    for order in (range(1, len(at)), range(len(at) - 2, -1, -1)):
        before = -1 if order.step > 0 else 1
        for i in order:
            wanted = at[i + before] + steps[i] - steps[i + before]
            if wanted != at[i] and 0 <= wanted < len(hashes) and hashes[wanted] == hashes[at[i]]:
                at[i] = wanted
    return np.array(at, dtype=np.int64)


def disordered(there: Positions) -> bool:
    """Whether shared passages are short and stand in another order: stock sentences, drawn anew for each page."""
    back = int(np.count_nonzero(np.diff(there) < 0))
    return back >= MESSES and len(there) < DISORDER * back


def covered(a: Text, here: Positions, gaps: Iterable[tuple[list[str], list[str]]]) -> float:
    """Share of the shorter text that is shared or stands in a short gap: 1 where an editor went over all of it."""
    spans = np.zeros(len(a.words) + 1, dtype=np.int64)
    np.add.at(spans, here, 1)
    np.add.at(spans, a.ends[here], -1)
    shared = int(np.count_nonzero(np.cumsum(spans) > 0))
    short = sum(len(one) for one, other in gaps if len(one) <= LONGEST and 0 < len(other) <= LONGEST)
    return (shared + short) / len(a.words)


def gaps(a: Text, b: Text, here: Positions, there: Positions) -> Iterator[tuple[list[str], list[str]]]:
    """What stands between shared runs, and before the first: there from the first word that both have.

    A dateline or an agency's mark at the very start says nothing of the text.
    """
    before, twin = a.words[: int(here[0])], b.words[: int(there[0])]
    first = next((i for i, word in enumerate(before[:4]) if word in twin[:4]), None)
    if first is not None:
        yield before[first:], twin[twin.index(before[first]) :]
    for i in np.flatnonzero(np.diff(here) > 1).tolist():
        yield a.words[int(a.ends[here[i]]) : int(here[i + 1])], b.words[int(b.ends[there[i]]) : int(there[i + 1])]


def leads(a: Text, b: Text, here: Positions, there: Positions) -> bool:
    """Whether either text's lead stands in the other: two articles above one long form share no lead."""
    first = np.count_nonzero(here < LEAD) / min(LEAD, len(a.ordered))
    other = np.count_nonzero(np.unique(there) < LEAD) / LEAD
    return bool(max(first, other) >= LEAD_SHARE)


def span(there: Positions) -> tuple[int, int]:
    """Where the shared shingles stand, judged by the middle eight tenths: common phrases stand anywhere."""
    ordered = np.sort(there)
    tenth = len(ordered) // 10
    start, end = int(ordered[tenth]), int(ordered[-1 - tenth])
    return max(0, start - (end - start) // 8), end + (end - start) // 8
