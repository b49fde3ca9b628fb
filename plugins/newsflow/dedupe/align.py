"""What two texts share, side by side: which passages, in which order, and what stands between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsflow.dedupe.comparison_text import ComparisonText
from newsflow.dedupe.fact_conflicts import LONGEST
from newsflow.dedupe.shingles import Positions, distinct

LEAD = 25  # shingles
LEAD_SHARE = 0.3  # of them; fewer in common are chance
DISORDER, MESSES = 22, 4  # shared shingles between two steps back, and steps back, that make a list of stock sentences
Gaps = list[tuple[int, int, int, int]]

_NOWHERE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """What two texts share: places of shingles of `a` that stand in `b`, in order, and their places there."""

    a: ComparisonText
    b: ComparisonText
    here: Positions
    there: Positions
    repeated: Positions  # indices of those that stand in several places of `b`

    @property
    def shared(self) -> int:
        """How many different shingles both have."""
        whole = len(self.a.unique) == len(self.a.sorted)
        return len(self.here) if whole else len(distinct(self.a.shingles.hashes[self.here]))


def match(a: ComparisonText, b: ComparisonText) -> Match:
    """Find the shingles of `a` in `b`; of several places there it names the first, see `straightened`."""
    if not len(a.sorted) or not len(b.sorted):
        return Match(a, b, _NOWHERE, _NOWHERE, _NOWHERE)
    at = np.searchsorted(b.sorted, a.sorted)  # sorted needles are found in half the time
    at[at == len(b.sorted)] = 0
    found = np.flatnonzero(b.sorted[at] == a.sorted)
    places = np.full(len(a.sorted), -1, dtype=np.int64)
    places[a.by_hash[found]] = at[found]
    here = np.flatnonzero(places >= 0)
    return Match(a, b, here, b.by_hash[places[here]], _repeated(b, places[here]))


def _repeated(b: ComparisonText, at: Positions) -> Positions:
    """Which of these places among the sorted shingles of `b` hold one that comes again."""
    if len(b.unique) == len(b.sorted):
        return _NOWHERE
    following = np.minimum(at + 1, len(b.sorted) - 1)
    return np.flatnonzero((b.sorted[following] == b.sorted[at]) & (following > at))


def straightened(found: Match) -> Positions:
    """Places in `b`. Stock phrases stand in several: of these the one that goes on from what stands before or after."""
    if not len(found.repeated):
        return found.there
    hashes, at, steps = found.b.shingles.hashes, found.there.tolist(), found.here.tolist()
    for before in (-1, 1):
        for i in found.repeated.tolist()[::-before]:
            if not 0 <= i + before < len(at):
                continue
            wanted = at[i + before] + steps[i] - steps[i + before]
            if wanted != at[i] and 0 <= wanted < len(hashes) and hashes[wanted] == hashes[at[i]]:
                at[i] = wanted
    return np.array(at, dtype=np.int64)


def disordered(there: Positions) -> bool:
    """Whether shared passages are short and stand in another order: stock sentences, drawn anew for each page."""
    back = int(np.count_nonzero(there[1:] < there[:-1]))
    return back >= MESSES and len(there) < DISORDER * back


def covered(a: ComparisonText, here: Positions, gaps: Gaps) -> float:
    """Share of the shorter text that is shared or stands in a short gap: 1 where an editor went over all of it."""
    ends = a.shingles.ends[here]
    shared = int(ends[-1] - here[-1] + np.sum(np.minimum(ends[:-1], here[1:]) - here[:-1]))
    short = sum(e - s for s, e, t, f in gaps if e - s <= LONGEST and 0 < f - t <= LONGEST)
    return (shared + short) / len(a.words)


def gaps(a: ComparisonText, b: ComparisonText, here: Positions, there: Positions) -> Gaps:
    """What stands between shared runs, and before the first: there from the first word that both have.

    A dateline or an agency's mark at the very start says nothing of the text.

    :returns: for each gap where it begins and ends in `a`, and where in `b`, in tokens.
    """
    found = list[tuple[int, int, int, int]]()
    start, twin = int(here[0]), b.words[: int(there[0])]
    first = next((i for i, word in enumerate(a.words[: min(start, 4)]) if word in twin[:4]), None)
    if first is not None:
        found.append((first, start, twin.index(a.words[first]), len(twin)))
    left = np.flatnonzero(here[1:] - here[:-1] > 1)
    sides = (a.shingles.ends[here[left]], here[left + 1], b.shingles.ends[there[left]], there[left + 1])
    starts, ends, froms, tos = (side.tolist() for side in sides)
    found.extend((s, max(s, e), f, max(f, t)) for s, e, f, t in zip(starts, ends, froms, tos, strict=True))
    return found


def leads(a: ComparisonText, b: ComparisonText, here: Positions, there: Positions) -> bool:
    """Whether either text's lead stands in the other: two articles above one long form share no lead."""
    if here.searchsorted(LEAD) >= LEAD_SHARE * min(LEAD, len(a.sorted)):
        return True
    return len(np.unique(there[there < LEAD])) >= LEAD_SHARE * LEAD


def one_top(a: ComparisonText, here: Positions, there: Positions) -> bool:
    """Whether one lead is the other's: a part that begins so begins with the whole, whatever was cut behind it."""
    both = np.count_nonzero(there[: here.searchsorted(LEAD)] < LEAD)
    return bool(both >= LEAD_SHARE * min(LEAD, len(a.sorted)))


def span(there: Positions) -> tuple[int, int]:
    """Where the shared shingles stand, judged by the middle eight tenths: common phrases stand anywhere."""
    ordered = np.sort(there)
    tenth = len(ordered) // 10
    start, end = int(ordered[tenth]), int(ordered[-1 - tenth])
    return max(0, start - (end - start) // 8), end + (end - start) // 8
