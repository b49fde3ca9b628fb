"""Bootstrap over pages, or over publishers with all their pages: how far F1 moves with the sample.

Percentile intervals (Efron & Tibshirani 1993, ch. 13) of 1,000 draws from a fixed seed; two extractors are
compared on the same draws.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.scores import Scores

ROUNDS = 1000
Floats = npt.NDArray[np.float64]


def draws(scores: Scores, groups: Sequence[str] | None = None) -> Floats:
    """F1 of each draw.

    :param groups: the publisher of each page; without it each page stands for itself.
    """
    of = np.unique(groups if groups is not None else np.arange(len(scores)), return_inverse=True)[1]
    count = int(of.max()) + 1
    sums = [np.bincount(of, np.nan_to_num(column), count) for column in scores.T]
    known = [np.bincount(of, ~np.isnan(column), count) for column in scores.T]
    picked = np.random.default_rng(0).integers(0, count, (ROUNDS, count))
    precision, recall = (s[picked].sum(1) / np.maximum(k[picked].sum(1), 1) for s, k in zip(sums, known, strict=True))
    total = precision + recall
    return np.divide(2 * precision * recall, total, out=np.zeros(ROUNDS), where=total > 0)


def margin(drawn: Floats) -> float:
    """Half of the 95 % interval by the normal rule, as the article extraction benchmark gives it."""
    return float(1.96 * drawn.std(ddof=1))


def gain(ours: Scores, theirs: Scores, groups: Sequence[str] | None = None) -> tuple[float, float]:
    """95 % interval of the difference in F1, ours less theirs."""
    low, high = np.percentile(draws(ours, groups) - draws(theirs, groups), [2.5, 97.5])
    return float(low), float(high)
