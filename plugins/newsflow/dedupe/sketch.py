"""The stored form of a text, by which its copies are found: the bottom-k sketch of Broder (1997)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from xxhash import xxh3_64_intdigest

from newsflow.dedupe.boilerplate import without_boilerplate
from newsflow.dedupe.shingles import distinct, shingles
from newsflow.text.normalise import tokens, weights

SHINGLE = 8  # words
KEPT = 16  # smallest hashes of the whole text
LEAD_KEPT = 8  # smallest hashes of its lead: a brief is a long text's lead, and has no part in its smallest
LEAD = 50  # shingles
TITLED_UNDER = 12  # words; texts this short are equal only under equal titles ("Watch the video above.")
EXACT_UNDER = 25  # words; shorter texts have no sketch: their copies are the equal ones


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is stored of a text so that its copies can be found; hashes are signed, as Postgres has them."""

    page_id: int
    extraction_id: int
    words: int
    text_key: bytes | None
    hashes: tuple[int, ...] = ()
    site_lines: int = 0  # digest of the lines that were left out


def digest(lines: frozenset[int]) -> int:
    """A signed 64-bit number that says which lines these are; 0 for none."""
    if not lines:
        return 0
    return xxh3_64_intdigest(",".join(map(str, sorted(lines))).encode()) - (1 << 63)


def text_key(words: list[str], title: str, length: float) -> bytes | None:
    """sha256 that is equal for equal texts; None for an empty one, which equals nothing."""
    if not words:
        return None
    parts = words if length >= TITLED_UNDER else [*words, "\n", *tokens(title)]
    return hashlib.sha256(" ".join(parts).encode("utf-8", "surrogatepass")).digest()


def bottom(words: list[str], found: list[float] | None = None) -> tuple[int, ...]:
    """The smallest hashes of a text's shingles and of its lead's, as signed 64-bit numbers, sorted."""
    hashes = shingles(words, SHINGLE, found).hashes
    kept = np.concatenate((distinct(hashes)[:KEPT], distinct(hashes[:LEAD])[:LEAD_KEPT]))
    return tuple(distinct(kept).view(np.int64).tolist())


def sketch(page_id: int, extraction_id: int, title: str, body: str, site_lines: frozenset[int] = frozenset()) -> Sketch:
    """Sketch one text.

    :param site_lines: fingerprints of lines that recur across its publisher's pages.
    """
    words = tokens(without_boilerplate(body, site_lines))
    found = weights(words)
    length = len(words) if found is None else sum(found)
    hashes = bottom(words, found) if length >= EXACT_UNDER else ()
    return Sketch(page_id, extraction_id, round(length), text_key(words, title, length), hashes, digest(site_lines))
