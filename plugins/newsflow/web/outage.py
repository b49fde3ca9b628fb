"""Whose fault it was: failures while nobody at all answered are our own. Pure.

This is the only judge of our own outages. `own` judges the failures of a step: poll and fetch ask it once the step
has done its requests, and give `own_outage` to what it names. `sign` reads such judged outcomes: poll opens and ends
the outage's gap and alarm by it. The watch judges nothing anew: to it, the outage lasts as long as that gap is open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from newsflow.outcomes import Blame, Kind, Outcome

LEAST_ORIGINS = 5  # with fewer failing at once, nobody can tell
_MARGIN_S = 2.0  # an answer this near to a failure proves that the network was up


class Sign(Enum):
    """What outcomes tell of our own network."""

    LASTS = "lasts"  # some are held against us
    OVER = "over"  # none is, and somebody answered
    NOTHING = "nothing"  # no evidence: what was known before stays


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


def sign(outcomes: Iterable[Outcome]) -> Sign:
    """What polls that `own` has judged tell: one of ours outweighs answers, as these came before the silence."""
    meanings = [outcome.meaning for outcome in outcomes]
    if any(it.blame is Blame.US for it in meanings):
        return Sign.LASTS
    return Sign.OVER if any(it.kind is Kind.OK for it in meanings) else Sign.NOTHING
