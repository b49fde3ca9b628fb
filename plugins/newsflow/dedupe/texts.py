"""A text made ready for comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from newsflow.dedupe.boilerplate import without_boilerplate
from newsflow.dedupe.shingles import Hashes, Positions, distinct, shingles
from newsflow.dedupe.slots import names
from newsflow.text.normalise import tokens, weights

SIZE = 5  # words of a shingle
LIVE_LINES = 4
LIVE_SHARE = 0.3
_CLOCK = re.compile(
    r"(?:^|(?<=[.!?”\"] ))\W{0,3}(?:(?:updated?|posted|at)\W{1,2})?\d{1,2}[:.h]\d{2}\b", re.MULTILINE | re.IGNORECASE
)
_LIVE = re.compile(
    r"^live\b|\blive(?: ?blog| updates?| coverage|-?ticker|:)|\bas it happened|\bminute by minute|"
    r"\ben (?:direct|vivo)\b|\bin diretta|\bao vivo\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Text:
    """A text made ready for comparison; build it once, compare it often.

    Names and live blogs are looked for when asked: most candidates are told apart without.
    """

    words: list[str]
    length: float  # words
    ordered: Hashes
    ends: Positions
    unique: Hashes
    by_hash: Positions  # positions of `ordered`, by hash
    sorted: Hashes
    title: str
    published_at: datetime | None
    page_type: str
    publisher: str
    body: str

    @cached_property
    def names(self) -> frozenset[str]:
        """Tokens of names."""
        return names(self.body)

    @cached_property
    def live(self) -> bool:
        """Whether it is a live blog."""
        if self.page_type == "live":
            return True
        clocks = len(_CLOCK.findall(self.body))
        lined = clocks >= LIVE_LINES and clocks >= LIVE_SHARE * self.body.count("\n")
        return lined or (clocks > 1 and _LIVE.search(self.title) is not None)


def prepare(
    title: str,
    body: str,
    published_at: datetime | None = None,
    page_type: str = "article",
    publisher: str = "",
    site_lines: frozenset[int] = frozenset(),
) -> Text:
    """Make a text ready."""
    body = without_boilerplate(body, site_lines)
    words = tokens(body)
    found = weights(words)
    made = shingles(words, SIZE, found)
    order = np.argsort(made.hashes, kind="stable")
    return Text(
        words=words,
        length=float(len(words) if found is None else sum(found)),
        ordered=made.hashes,
        ends=made.ends,
        unique=distinct(made.hashes),
        by_hash=order,
        sorted=made.hashes[order],
        title=title,
        published_at=published_at,
        page_type=page_type,
        publisher=publisher,
        body=body,
    )
