"""A text made ready for comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text made ready for comparison; build it once, compare it often."""

    words: list[str]
    length: float  # words
    ordered: Hashes
    ends: Positions
    unique: Hashes
    by_hash: Positions  # positions of `ordered`, by hash
    sorted: Hashes
    names: frozenset[str]
    title: str
    published_at: datetime | None
    live: bool
    publisher: str
    body: str


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
    clocks = len(_CLOCK.findall(body))
    live = page_type == "live" or (clocks >= LIVE_LINES and clocks >= LIVE_SHARE * body.count("\n"))
    return Text(
        words=words,
        length=float(len(words) if found is None else sum(found)),
        ordered=made.hashes,
        ends=made.ends,
        unique=distinct(made.hashes),
        by_hash=order,
        sorted=made.hashes[order],
        names=names(body),
        title=title,
        published_at=published_at,
        live=live or (clocks > 1 and _LIVE.search(title) is not None),
        publisher=publisher,
        body=body,
    )
