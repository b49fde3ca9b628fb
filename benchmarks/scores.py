"""Scores for texts: shingles as in the article extraction benchmark, and ROUGE-LSum.

Precision and recall are averaged over the pages where they have a meaning, and F1 is the harmonic mean of the two
averages (scrapinghub/article-extraction-benchmark, `evaluate.py`). ROUGE-LSum is Lin's summary-level LCS (2004,
"ROUGE: A Package for Automatic Evaluation of Summaries", §3.2) with lines as its sentences, here over Unicode words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

_TOKEN = re.compile(r"\w+", re.UNICODE)
SHINGLE = 4

Scores = npt.NDArray[np.float64]  # a row a page: precision, recall; nan where it has no meaning


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Multiset of 4-grams; a shorter text is one shingle."""
    tokens = _TOKEN.findall(text or "")
    if not tokens:
        return Counter()
    last = max(1, len(tokens) - SHINGLE + 1)
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(last))


def precision_recall(gold: str, found: str) -> tuple[float, float]:
    """Of one page; nan where that side is empty."""
    true, seen = shingles(gold), shingles(found)
    shared = sum((true & seen).values())
    return _share(shared, sum(seen.values())), _share(shared, sum(true.values()))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def page_scores(gold: Sequence[str], found: Sequence[str]) -> Scores:
    """Precision and recall of each page."""
    return np.array([precision_recall(*pair) for pair in zip(gold, found, strict=True)]).reshape(-1, 2)


def summary(scores: Scores) -> tuple[float, float, float]:
    """F1, mean precision, mean recall."""
    if np.isnan(scores).all(axis=0).any():
        return 0.0, 0.0, 0.0
    precision, recall = np.nanmean(scores, axis=0)
    return harmonic(precision, recall), float(precision), float(recall)


def harmonic(precision: float, recall: float) -> float:
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def page_f1(scores: Scores) -> npt.NDArray[np.float64]:
    """F1 of each page on its own; a page without a text has 0."""
    precision, recall = np.nan_to_num(scores).T
    found: npt.NDArray[np.float64] = np.zeros(len(scores))
    return np.divide(2 * precision * recall, precision + recall, out=found, where=precision > 0)


def f1(gold: Mapping[str, str], found: Mapping[str, str]) -> float:
    """F1 over all pages of `gold`; one that was not found counts as empty."""
    return summary(page_scores(list(gold.values()), [found.get(key, "") for key in gold]))[0]


def word_f1(gold: str, found: str) -> float:
    """Of one page, over multisets of its words in small letters: the measure of WCXB (Foley 2026, `evaluate.py`)."""
    true, seen = (Counter(_TOKEN.findall(text.lower())) for text in (gold, found))
    shared = (true & seen).total()
    return harmonic(shared / seen.total(), shared / true.total()) if shared else float(not true and not seen)


def rouge_lsum(gold: str, found: str) -> float:
    """F of the words of the gold's lines that stand in the union of their longest common subsequences."""
    true, seen = _lines(gold), _lines(found)
    wanted, had = (Counter(token for line in lines for token in line) for lines in (true, seen))
    most, hits = wanted.total() + had.total(), 0
    for line in true:
        for token in _union(line, seen):
            if had[token] > 0:
                had[token] -= 1
                hits += 1
    return 2 * hits / most if most else 1.0


def _lines(text: str) -> list[list[str]]:
    lines = (_TOKEN.findall(line.casefold()) for line in (text or "").splitlines())
    return [line for line in lines if line]


def _union(line: list[str], others: Sequence[list[str]]) -> list[str]:
    """The tokens of a line that stand in its LCS with any other line."""
    if line in others:
        return line
    places: dict[str, int] = {}
    for i, token in enumerate(line):
        places[token] = places.get(token, 0) | 1 << i
    united = 0
    for other in others:
        if not places.keys().isdisjoint(other):
            united |= _common(len(line), places, other)
    return [token for i, token in enumerate(line) if united >> i & 1]


def _common(length: int, places: Mapping[str, int], other: Sequence[str]) -> int:
    """Positions of one LCS, as bits (Hyyrö 2004, "Bit-parallel LCS-length computation revisited")."""
    rows = [(1 << length) - 1]
    for token in other:
        matched = rows[-1] & places.get(token, 0)
        rows.append((rows[-1] + matched | rows[-1] - matched) & (1 << length) - 1)
    row, column, found = len(other), length, 0
    while row and column:
        bit = 1 << column - 1
        if rows[row] & bit:
            column -= 1
        elif rows[row - 1] & bit:
            found |= bit
            row, column = row - 1, column - 1
        else:
            row -= 1
    return found
