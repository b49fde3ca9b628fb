"""Scores for texts: the metric of the article extraction benchmark.

For each page, tokens of gold and prediction are compared as multisets of 4-grams; precision and recall are
averaged over the pages, F1 is their harmonic mean (scrapinghub/article-extraction-benchmark, `evaluate.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

_TOKEN = re.compile(r"\w+", re.UNICODE)
SHINGLE = 4


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Multiset of 4-grams; a shorter text is one shingle."""
    tokens = _TOKEN.findall(text or "")
    if not tokens:
        return Counter()
    last = max(1, len(tokens) - SHINGLE + 1)
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(last))


def precision_recall(gold: str, found: str) -> tuple[float | None, float | None]:
    """Of one page; None where a side is empty and the figure has no meaning."""
    true, seen = shingles(gold), shingles(found)
    shared = sum((true & seen).values())
    precision = shared / sum(seen.values()) if seen else (None if not true else 0.0)
    recall = shared / sum(true.values()) if true else None
    return precision, recall


def f1(gold: Mapping[str, str], found: Mapping[str, str]) -> float:
    """Harmonic mean of mean precision and mean recall over all pages."""
    pairs = [precision_recall(text, found.get(key, "")) for key, text in gold.items()]
    precision = [p for p, _ in pairs if p is not None]
    recall = [r for _, r in pairs if r is not None]
    if not precision or not recall:
        return 0.0
    p, r = sum(precision) / len(precision), sum(recall) / len(recall)
    return 2 * p * r / (p + r) if p + r else 0.0
