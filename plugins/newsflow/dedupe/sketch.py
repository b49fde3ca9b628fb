"""The stored form of a text, by which its copies are found: the bottom-k sketch of Broder (1997)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from newsflow.dedupe.comparison_text import ComparisonText
from newsflow.dedupe.shingles import Hashed, distinct, shingles
from newsflow.dedupe.versions import title_keys
from newsflow.text.normalise import tokens

SHINGLE = 8  # words
KEPT = 16  # smallest hashes of the whole text
LEAD_KEPT = 8  # smallest hashes of its lead: a brief is a long text's lead, and has no part in its smallest
LEAD = 50  # shingles
TITLED_UNDER = 12  # words; texts this short are equal only under equal titles ("Watch the video above.")
EXACT_UNDER = 25  # words; shorter texts are found by equality, and versions of a short one by its headline


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is stored of a text so that its copies can be found; hashes are signed, as Postgres has them."""

    page_id: int
    extraction_id: int
    words: int
    comparison_key: bytes | None
    hashes: tuple[int, ...] = ()
    site_lines: int = 0  # digest of the lines that were left out


def comparison_key(text: ComparisonText) -> bytes | None:
    """sha256 that is equal for equal texts; None for an empty one, which equals nothing."""
    words = text.words
    if not words:
        return None
    parts = words
    if text.length < TITLED_UNDER:
        parts = [*words, "\n", *tokens(text.title)]
    elif text.is_form:
        parts = [*words, "\n", *sorted(text.subject)]
    return hashlib.sha256(" ".join(parts).encode("utf-8", "surrogatepass")).digest()


def bottom(text: Hashed) -> tuple[int, ...]:
    """The smallest hashes of a text's shingles and of its lead's, as signed 64-bit numbers, sorted."""
    hashes = shingles(text, SHINGLE).hashes
    kept = np.concatenate((distinct(hashes)[:KEPT], distinct(hashes[:LEAD])[:LEAD_KEPT]))
    return tuple(distinct(kept).view(np.int64).tolist())


def sketch(page_id: int, extraction_id: int, text: ComparisonText) -> Sketch:
    """Sketch one text."""
    hashes = (bottom(text.hashed) if text.length >= EXACT_UNDER else ()) + title_keys(text)
    return Sketch(
        page_id, extraction_id, round(text.length), comparison_key(text), tuple(sorted(set(hashes))), text.site_lines
    )
