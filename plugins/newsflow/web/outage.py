"""Whose fault it was: failures while nobody at all answered are our own. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_ORIGINS = 5  # with fewer failing at once, nobody can tell
_MARGIN_S = 2.0  # an answer this near to a failure proves that the network was up


@dataclass(frozen=True, slots=True)
class Failure:
    """An exchange that failed as a dead network fails; times in seconds of one clock."""

    origin: str
    began: float
    ended: float


def own(failures: Sequence[Failure], answers: Sequence[float], *, least_origins: int = LEAST_ORIGINS) -> set[int]:
    """Indexes of the failures that are ours.

    A failure is, when no origin answered from its beginning to its end, and at least
    `least_origins` origins failed so within the same silence.

    :param answers: times at which any origin gave an HTTP answer, ascending.
    """
    silences: dict[int, list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        before = bisect_left(answers, failure.began - _MARGIN_S)
        if before == bisect_right(answers, failure.ended + _MARGIN_S):
            silences[before].append(index)
    return {
        index
        for silence in silences.values()
        if len({failures[i].origin for i in silence}) >= least_origins
        for index in silence
    }
