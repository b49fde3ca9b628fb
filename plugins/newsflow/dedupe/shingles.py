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


def _powers(base: int) -> Hashes:
    factors = np.full(LONGEST + 1, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, 1 << 64))


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


def token_hashes(words: Sequence[str]) -> Hashes:
    """xxh3 of each token (UTF-8, seed 0), at most `LONGEST` of them."""
    count = min(len(words), LONGEST)
    encoded = " ".join(words[:count]).encode("utf-8", "surrogatepass").split(b" ")  # one call, not one a token
    return np.fromiter(map(xxh3_64_intdigest, encoded), dtype=np.uint64, count=count)


def _ends(count: int, size: int, found: Sequence[float] | None) -> Positions:
    """Where the shingle that starts at each token ends, for those that weigh enough."""
    if found is None:
        return np.arange(size, count + 1, dtype=np.int64)
    sums = np.concatenate(([0], np.cumsum(np.rint(np.array(found) * _TENTH).astype(np.int64))))
    ends = np.searchsorted(sums, sums[:-1] + size * _TENTH).astype(np.int64)
    return ends[ends <= count]


def shingles(words: Sequence[str], size: int, found: Sequence[float] | None = None) -> Shingles:
    """All shingles of a text, in order; a text lighter than `size` words is one shingle of its own.

    :param found: `weights(words)`.
    """
    words = words[:LONGEST]
    count = len(words)
    ends = _ends(count, size, found and found[:count])
    if not len(ends):
        ends = np.full(min(1, count), count, dtype=np.int64)
    sums = np.zeros(count + 1, dtype=np.uint64)
    np.cumsum(token_hashes(words) * _POWERS[:count], out=sums[1:])
    spans = (sums[ends] - sums[: len(ends)]) * _INVERSES[: len(ends)]
    return Shingles(mix(spans), ends)


def distinct(values: Hashes) -> Hashes:
    """Sorted, each once (sort and mask: np.unique is far slower on short arrays)."""
    ordered = np.sort(values)
    if len(ordered) < 2:
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
