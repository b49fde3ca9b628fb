"""The form of an element: its tag, id and classes without long numbers, and those of the two that it stands in.

Elements of one form stand at the same place of a publisher's template, whatever the page.
"""

from __future__ import annotations

import re
from functools import lru_cache

import xxhash

from newsflow.extract.page.blocks import Block
from newsflow.extract.page.remembered import remembered

_LEVELS = 3  # labels of a form; chosen among two to all on `sites`
_NUMBERS = re.compile(r"\d{2,}")  # of pages; "col-1" and "col-2" are two forms
_SIGN = 1 << 63


def forms(block: Block) -> tuple[int, ...]:
    """Forms of a block's element and of all boxes that it stands in, from the innermost, as signed 64-bit hashes."""
    return _forms(tuple(map(_label, block.path)))


def whole(block: Block) -> int:
    """The form of a block's element with all that it stands in below the page's body, as one hash.

    Comments, teasers and the text often share the innermost boxes.
    """
    return _joined(tuple(map(_label, block.path[1:])))


@remembered
def _label(label: str) -> bytes:
    """A label of fixed length: some pages name their boxes at great length."""
    return xxhash.xxh3_64_digest(_NUMBERS.sub("0", label).encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=2_000)
def _forms(labels: tuple[bytes, ...]) -> tuple[int, ...]:
    return tuple(_joined(labels[max(0, end - _LEVELS) : end]) for end in range(len(labels), 0, -1))


@lru_cache(maxsize=2_000)
def _joined(labels: tuple[bytes, ...]) -> int:
    value = xxhash.xxh3_64_intdigest(b"".join(labels))
    return value - 2 * _SIGN if value >= _SIGN else value
