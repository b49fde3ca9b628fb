"""The comparable form of a text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from newsflow.text.normalise import tokens, weights

TITLED_UNDER = 12  # words; texts this short are equal only under equal titles ("Watch the video above.")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is stored of a text so that its copies can be found."""

    page_id: int
    extraction_id: int
    words: int
    text_key: bytes | None
    hashes: tuple[int, ...] = ()


def text_key(words: list[str], title: str, length: float) -> bytes | None:
    """sha256 that is equal for equal texts; None for an empty one, which equals nothing."""
    if not words:
        return None
    parts = words if length >= TITLED_UNDER else [*words, "\n", *tokens(title)]
    return hashlib.sha256(" ".join(parts).encode("utf-8", "surrogatepass")).digest()


def sketch(page_id: int, extraction_id: int, title: str, body: str) -> Sketch:
    """Sketch one text."""
    words = tokens(body)
    found = weights(words)
    length = len(words) if found is None else sum(found)
    return Sketch(page_id, extraction_id, round(length), text_key(words, title, length))
