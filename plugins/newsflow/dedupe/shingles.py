"""Shingles of a text as 64-bit numbers.

A shingle is the shortest run of tokens that starts at a token and weighs at least `size`
words: `size` tokens where they are words, more where they are single characters.
Each token is hashed by xxh3 (64 bit); a shingle's hash is a polynomial of its tokens'
hashes modulo 2^64, finished by splitmix64's mixer (Steele et al. 2014), so that all
shingles of a text cost a handful of array operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

LONGEST = 50_000  # tokens; what follows is left out of every comparison
_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2^64
_TENTH = 10  # weights are compared in tenths of a word, exactly
_KEPT = 50_000  # words whose hash is kept; some 6 MB


def _powers(base: int) -> Hashes:
    factors = np.full(LONGEST + 1, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, 1 << 64))
_NUMBERS = np.arange(LONGEST + 1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Hash of each shingle, in order; shingle i spans tokens i to `ends[i]` (exclusive)."""

    hashes: Hashes
    ends: Positions


def mix(values: Hashes) -> Hashes:
    """splitmix64's finisher: each bit of the input moves half the bits of the output."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


class _Kept(dict[str, int]):
    """Hashes of the words met last: nearly all words of a text are common ones."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _KEPT:
            self.clear()
        value = self[word] = xxh3_64_intdigest(word.encode("utf-8", "surrogatepass"))
        return value


_HASHES = _Kept()


def token_hashes(words: Sequence[str]) -> Hashes:
    """xxh3 of each token (UTF-8, seed 0)."""
    return np.fromiter(map(_HASHES.__getitem__, words), dtype=np.uint64, count=len(words))


@dataclass(frozen=True, slots=True, eq=False)
class Hashed:
    """Tokens of a text, hashed once: shingles of any size are differences of these sums."""

    count: int
    sums: Hashes  # of the first 0, 1, … tokens
    tenths: Positions | None  # weight of the first 0, 1, … tokens in tenths of a word; None: each is a word


def hashed(words: Sequence[str], found: Sequence[float] | None = None) -> Hashed:
    """The first `LONGEST` tokens of a text.

    :param found: `weights(words)`.
    """
    words = words[:LONGEST]
    sums = np.zeros(len(words) + 1, dtype=np.uint64)
    np.cumsum(token_hashes(words) * _POWERS[: len(words)], out=sums[1:])
    if found is None:
        return Hashed(len(words), sums, None)
    tenths = np.rint(np.array(found[:LONGEST]) * _TENTH).astype(np.int64)
    return Hashed(len(words), sums, np.concatenate(([0], np.cumsum(tenths))))


def shingles(text: Hashed, size: int) -> Shingles:
    """All shingles of a text, in order; a text lighter than `size` words is one shingle of its own."""
    ends = _ends(text, size)
    if not len(ends):
        ends = np.full(min(1, text.count), text.count, dtype=np.int64)
    spans = (text.sums[ends] - text.sums[: len(ends)]) * _INVERSES[: len(ends)]
    return Shingles(mix(spans), ends)


def _ends(text: Hashed, size: int) -> Positions:
    """Where the shingle that starts at each token ends, for those that weigh enough."""
    if text.tenths is None:
        return _NUMBERS[size : max(size, text.count + 1)]
    ends = np.searchsorted(text.tenths, text.tenths[:-1] + size * _TENTH).astype(np.int64)
    return ends[ends <= text.count]


def distinct(values: Hashes) -> Hashes:
    """Sorted, each once (sort and mask: np.unique is far slower on short arrays)."""
    return once(np.sort(values))


def once(ordered: Hashes) -> Hashes:
    """Each of these sorted values once."""
    other = ordered[1:] != ordered[:-1]
    return ordered if other.all() else ordered[np.concatenate(([True], other))]
