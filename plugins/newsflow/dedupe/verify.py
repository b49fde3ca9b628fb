"""Whether two texts are copies of one another, judged on word-5 shingles and on where they differ.

Copies differ in blocks (a tail cut off, a paragraph added) and in a word here and there;
pages of one template agree in blocks and differ, slot by slot, in numbers and names. So the
shared shingles are aligned, and the short gaps between them are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from newsflow.dedupe.boilerplate import without_boilerplate
from newsflow.dedupe.shingles import Hashes, Positions, distinct, shingles
from newsflow.dedupe.slots import LONGEST, NO_CONFLICTS, Conflicts, conflicts, names
from newsflow.text.normalise import tokens, weights

SIZE = 5  # words of a shingle
CONTAINMENT = 0.6  # of the shorter text's shingles
SHARED = 20  # shingles; fewer where the shorter text hardly has more
EDITED = 0.35  # containment that is enough where what is not shared is only short gaps
COVERED = 0.8  # share of the shorter text that such gaps and shared shingles cover
WHOLE = 0.5  # Jaccard from which both are taken for the same whole
DENSITY = 0.012  # other numbers for each shared shingle that a copy may have
CORRECTED, CORRECTED_EACH = 3, 50  # numbers that a correction may change, one for so many shared
NAME_DENSITY = 0.008  # the same for names, which corrections leave alone
NEAR = timedelta(days=3)
CERTAIN = 0.9  # containment that holds over any span of time
TOP_WORDS = 90  # an excerpt begins within so many words of the longer text's top, whatever its own first words are
LEAD = 25  # shingles
LEAD_SHARE = 0.3  # of them; fewer in common are chance
STEM = 6
NAMES = 4
ITEM = 150  # words; a roundup's items are shorter than this
CONTINUES = 0.06  # share of an excerpt's names or long words that come back in the rest of the longer text
HEADLESS = 0.75  # containment that makes up for leads that differ in both
PART = 0.75  # of the longer text's shingles; a text shorter than that may be an item of the longer
LIVE = 0.9  # Jaccard that two live blogs must have: each entry makes another text of them
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
_ROUNDUP = re.compile(r"\b(?:in brief|briefs|round-?up|digest|at a glance|news briefing|headlines)\b", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found; `rule` says why they are copies, or why not.

    `part` is where the much shorter text stands in the longer, in tokens; `inner_first`
    says that the shorter is the first of the two that were given.
    """

    copies: bool
    rule: str
    containment: float = 0.0
    jaccard: float = 0.0
    shared: int = 0
    conflicts: Conflicts = NO_CONFLICTS
    part: tuple[int, int] | None = None
    inner_first: bool = False


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
    )


def compare(one: Text, other: Text) -> Verdict:
    """Judge two texts; the same for `compare(other, one)`."""
    a, b = sorted((one, other), key=_size)
    shared = _common(a.unique, b.unique)
    containment = shared / max(1, len(a.unique))
    jaccard = shared / max(1, len(a.unique) + len(b.unique) - shared)
    found = Verdict(False, "little shared", containment, jaccard, shared)
    if containment < EDITED or shared < min(SHARED, 0.8 * len(a.unique)):
        return found
    if (a.live or b.live) and jaccard < LIVE:
        return replace(found, rule="live blog")
    here, there = _aligned(a, b)
    gaps = list(_gaps(a, b, here, there))
    covered = _covered(a, here, gaps) if containment < HEADLESS else 1.0
    if containment < CONTAINMENT and covered < COVERED:
        return found
    clashes = conflicts(gaps, a.names | b.names, cased=bool(a.names or b.names))
    found = replace(found, conflicts=clashes)
    if _template(clashes, shared, same_publisher=bool(a.publisher) and a.publisher == b.publisher):
        return replace(found, rule="template")
    if not _close(a, b) and (containment < CERTAIN or clashes.numbers or clashes.names):
        return replace(found, rule="too far apart")
    edited = covered >= COVERED and (containment >= HEADLESS or here[0] <= LONGEST)
    if not edited and not _leads(a, b, here, there):
        return replace(found, rule="other lead")
    rule = "whole" if jaccard >= WHOLE else _excerpt(a, b, there)
    part = _part(there) if len(a.unique) < PART * len(b.unique) else None
    return replace(found, copies=rule in {"whole", "lead"}, rule=rule, part=part, inner_first=a is one)


def _size(text: Text) -> tuple[int, bytes]:
    """Shorter first; texts of equal length in an order that does not depend on who asks."""
    return len(text.unique), text.unique[:4].tobytes()


def _common(a: Hashes, b: Hashes) -> int:
    if not len(a) or not len(b):
        return 0
    at = np.searchsorted(b, a)
    at[at == len(b)] = 0
    return int(np.count_nonzero(b[at] == a))


def _close(a: Text, b: Text) -> bool:
    if a.published_at is None or b.published_at is None:
        return True
    return abs(a.published_at - b.published_at) <= NEAR


def _aligned(a: Text, b: Text) -> tuple[Positions, Positions]:
    """Shingles of `a` that stand in `b`, in order, and where they stand there (first occurrence)."""
    at = np.searchsorted(b.sorted, a.ordered)
    at[at == len(b.sorted)] = 0
    here = np.flatnonzero(b.sorted[at] == a.ordered)
    return here, b.by_hash[at[here]]


def _template(found: Conflicts, shared: int, *, same_publisher: bool) -> bool:
    """Other names throughout, or other numbers in more places than a correction has.

    One publisher's correction stands under the same address; another address with other facts is another page.
    """
    if same_publisher:
        return found.numbers > 0 or found.names >= 1
    few = min(CORRECTED, shared // CORRECTED_EACH)
    return found.names > NAME_DENSITY * shared or found.numbers > max(few, DENSITY * shared)


def _covered(a: Text, here: Positions, gaps: list[tuple[list[str], list[str]]]) -> float:
    """Share of the shorter text that is shared or stands in a short gap: 1 where an editor went over all of it."""
    spans = np.zeros(len(a.words) + 1, dtype=np.int64)
    np.add.at(spans, here, 1)
    np.add.at(spans, a.ends[here], -1)
    shared = int(np.count_nonzero(np.cumsum(spans) > 0))
    short = sum(len(one) for one, other in gaps if len(one) <= LONGEST and 0 < len(other) <= LONGEST)
    return (shared + short) / len(a.words)


def _gaps(a: Text, b: Text, here: Positions, there: Positions) -> Iterator[tuple[list[str], list[str]]]:
    """What stands between shared runs, and before the first: there from the first word that both have.

    A dateline or an agency's mark at the very start says nothing of the text.
    """
    before, twin = a.words[: int(here[0])], b.words[: int(there[0])]
    first = next((i for i, word in enumerate(before[:4]) if word in twin[:4]), None)
    if first is not None:
        yield before[first:], twin[twin.index(before[first]) :]
    for i in np.flatnonzero(np.diff(here) > 1).tolist():
        yield a.words[int(a.ends[here[i]]) : int(here[i + 1])], b.words[int(b.ends[there[i]]) : int(there[i + 1])]


def _leads(a: Text, b: Text, here: Positions, there: Positions) -> bool:
    """Whether either text's lead stands in the other: two articles above one long form share no lead."""
    first = np.count_nonzero(here < LEAD) / min(LEAD, len(a.ordered))
    other = np.count_nonzero(np.unique(there) < LEAD) / LEAD
    return bool(max(first, other) >= LEAD_SHARE)


def _part(there: Positions) -> tuple[int, int]:
    """Where the shared shingles stand, judged by the middle eight tenths: common phrases stand anywhere."""
    ordered = np.sort(there)
    tenth = len(ordered) // 10
    start, end = int(ordered[tenth]), int(ordered[-1 - tenth])
    return max(0, start - (end - start) // 8), end + (end - start) // 8


def _excerpt(a: Text, b: Text, there: Positions) -> str:
    """Whether the shorter text is the longer's top ("lead") or a part that something else carries."""
    if _part(there)[0] > TOP_WORDS * len(b.words) / b.length:
        return "not its lead"
    if _ROUNDUP.search(b.title):
        return "roundup"
    longish = a.length >= ITEM or continuity(a, b, _part(there)[1] + SIZE) >= CONTINUES
    return "lead" if longish else "roundup"


def continuity(a: Text, b: Text, end: int) -> float:
    """Share of an excerpt's marks that come back in the rest of the longer text.

    Marks are names; where there are few, stems of long words too; pairs of characters where words can't be told.
    """
    marks = {w for w in a.words if w in a.names}
    rest = b.words[end:]
    if len(marks) >= NAMES:
        return len(marks.intersection(rest)) / len(marks)
    marks = _marks(a.words)
    return len(marks & _marks(rest)) / max(1, len(marks))


def _marks(words: list[str]) -> set[str]:
    found = {w[:STEM] for w in words if len(w) > STEM}
    return found if len(found) * 20 > len(words) else {"".join(pair) for pair in pairwise(words)}
