"""What a new extraction changes, field by field. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from newsflow.model import Extraction
from newsflow.outcomes import Outcome

FIELDS = (
    "title", "lead", "body", "authors", "agencies", "published_at", "modified_at", "language", "section", "tags",
    "image_url", "image_caption", "page_type",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """How a page fares: same, changed, gained, lost, rejected or unreadable; F1 of the bodies' words."""

    verdict: str
    changed: tuple[str, ...] = ()
    similarity: float | None = None


def f1(before: str, after: str) -> float:
    """F1 of two texts' words as multisets, as extraction benchmarks count it; 1 for two empty texts.

    Source: the harmonic mean of precision and recall, van Rijsbergen, Information Retrieval (1979), ch. 7.
    """
    old, new = Counter(before.split()), Counter(after.split())
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


def differing(before: Any, after: Extraction) -> tuple[str, ...]:
    """Names of the fields that differ.

    :param before: a row with the fields of `FIELDS`; lists and tuples compare by their items.
    """
    return tuple(name for name in FIELDS if _plain(getattr(before, name)) != _plain(getattr(after, name)))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def difference(before: Any | None, after: Extraction, content_hash: bytes) -> Difference:
    """Compare what stands there with what the tried extractor made.

    :param before: row of `reprocess.before`; None where the page is no article.
    :param content_hash: of `after`; equal hashes make no revision, whatever else differs.
    """
    if after.outcome.meaning.loses_capture:
        return Difference("unreadable")
    if before is None:
        return Difference("gained" if after.outcome is Outcome.OK else "rejected")
    if after.outcome is not Outcome.OK:
        return Difference("lost")
    changed = differing(before, after)
    if bytes(before.content_hash) == content_hash:
        return Difference("same", changed, 1.0)
    return Difference("changed", changed, round(f1(before.body, after.body), 4))
