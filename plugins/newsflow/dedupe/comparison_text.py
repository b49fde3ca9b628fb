"""A text made ready for comparison."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from xxhash import xxh3_64_intdigest

from newsflow.dedupe.boilerplate import without_boilerplate
from newsflow.dedupe.fact_conflicts import digits, is_number, names
from newsflow.dedupe.shingles import Hashed, Hashes, Positions, Shingles, hashed, once, shingles
from newsflow.languages.lists import any_of, any_pattern, entries
from newsflow.text.normalise import tokens, weights

SIZE = 5  # words of a shingle
FORM, FIGURES = 60, 0.2  # words of a short text, and share of them that are figures where it is filled into a form
LIVE_LINES = 4
LIVE_SHARE = 0.3
HEADING = 14  # words that a heading has at most
_CLOCK = re.compile(
    rf"(?:^|(?<=[.!?”\"] ))\W{{0,3}}(?:(?:{any_of('clock_words')})\W{{1,2}})?\d{{1,2}}[:.h]\d{{2}}\b",
    re.MULTILINE | re.IGNORECASE,
)
_TIME = re.compile(r"\d[:.h]\d\d\b", re.IGNORECASE)
_LIVE = re.compile(any_pattern("live_title_patterns"), re.IGNORECASE)
_VERSION_MARKS = frozenset(word for entry in entries("version_marks") for word in tokens(entry))
_ROUNDUP = re.compile(any_pattern("roundup_title_patterns"), re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class ComparisonText:
    """A text made ready for sketching and comparison; build it once, compare it often.

    What not every comparison needs is made when asked: most candidates are told apart without.
    """

    words: list[str]
    length: float  # words
    hashed: Hashed
    title: str
    body: str
    published_at: datetime | None
    page_type: str
    publisher: str
    site_lines: int  # digest of the lines that were left out

    @cached_property
    def shingles(self) -> Shingles:
        """Word-5 shingles, in order."""
        return shingles(self.hashed, SIZE)

    @cached_property
    def by_hash(self) -> Positions:
        """Places of the shingles, by hash."""
        return np.argsort(self.shingles.hashes, kind="stable")

    @cached_property
    def sorted(self) -> Hashes:
        """Hashes of the shingles, sorted."""
        return self.shingles.hashes[self.by_hash]

    @cached_property
    def unique(self) -> Hashes:
        """Hashes of the shingles, sorted, each once."""
        return once(self.sorted)

    @cached_property
    def rank(self) -> tuple[int, bytes]:
        """Shorter texts first; those of equal length in an order that does not depend on who asks."""
        return len(self.unique), self.unique[:4].tobytes()

    @cached_property
    def names(self) -> frozenset[str]:
        """Tokens of names."""
        return names(self.body)

    @cached_property
    def bag(self) -> Counter[str]:
        """Words, each as often as it stands there."""
        return Counter(self.words)

    @cached_property
    def numbers(self) -> Counter[str]:
        """Figures by their digits, each as often as it stands there."""
        return Counter(map(digits, filter(is_number, self.words)))

    @cached_property
    def subject(self) -> frozenset[str]:
        """Words of the headline without figures and without what calls it a version."""
        return frozenset(w for w in tokens(self.title) if not is_number(w)) - _VERSION_MARKS

    @cached_property
    def is_form(self) -> bool:
        """Whether it is so short and so full of figures that only its headline says whose they are."""
        return self.length < FORM and self.numbers.total() >= FIGURES * self.length

    @cached_property
    def live(self) -> bool:
        """Whether it is a live blog."""
        if self.page_type == "live":
            return True
        if len(_TIME.findall(self.body)) < 2:  # two entries at least; most articles end here
            return False
        clocks = len(_CLOCK.findall(self.body))
        lined = clocks >= LIVE_LINES and clocks >= LIVE_SHARE * self.body.count("\n")
        return lined or (clocks > 1 and _LIVE.search(self.title) is not None)

    @cached_property
    def roundup(self) -> bool:
        """Whether its title calls it a list of items."""
        return _ROUNDUP.search(self.title) is not None

    @cached_property
    def headings(self) -> list[int]:
        """Where lines begin that are headings, in tokens."""
        at, found = 0, list[int]()
        for line in self.body.split("\n"):
            words = len(tokens(line))
            if 0 < words <= HEADING and line.rstrip()[-1:].isalnum():
                found.append(at)
            at += words
        return found


def prepare(
    title: str,
    body: str,
    published_at: datetime | None = None,
    page_type: str = "article",
    publisher: str = "",
    site_lines: frozenset[int] = frozenset(),
) -> ComparisonText:
    """Make a text ready.

    :param site_lines: line hashes of lines that recur across its publisher's pages.
    """
    body = without_boilerplate(body, site_lines)
    words = tokens(body)
    found = weights(words)
    length = float(len(words) if found is None else sum(found))
    return ComparisonText(
        words, length, hashed(words, found), title, body, published_at, page_type, publisher, digest(site_lines)
    )


def digest(lines: frozenset[int]) -> int:
    """A signed 64-bit number that says which lines these are; 0 for none."""
    if not lines:
        return 0
    return xxh3_64_intdigest(",".join(map(str, sorted(lines))).encode()) - (1 << 63)
