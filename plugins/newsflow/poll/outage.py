"""Whose fault is it? A spike of failures over all origins at once is our own network's."""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.model import Outcome
from newsflow.web.pace import OFFLINE, UNASKED, own_outage

_NEIGHBOURS = 10  # origins asked before and after, within which a failure is judged


def own_failures(asked: Sequence[tuple[str, Outcome]]) -> frozenset[int]:
    """Indices of the failures that are ours.

    :param asked: (origin, outcome) of each poll, in the order in which they ended; a network
        that breaks down in the middle of a run is found by looking at neighbours only.
    """
    real = [i for i, (_, outcome) in enumerate(asked) if outcome not in UNASKED]
    mine: set[int] = set()
    for place, index in enumerate(real):
        if asked[index][1] in OFFLINE:
            around = real[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
            # of an origin with many feeds the last outcome counts, so that it has one voice
            if own_outage({asked[i][0]: asked[i][1] for i in around}):
                mine.add(index)
    return frozenset(mine)
