"""Whether two texts are copies of one another, judged on word-5 shingles and on where they differ.

Copies differ in blocks (a tail cut off, a paragraph added) and in a word here and there;
pages of one template agree in blocks and differ, slot by slot, in numbers and names. So the
shared shingles are aligned, and the short gaps between them are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from newsflow.dedupe.align import Gaps, covered, disordered, gaps, leads, match, one_top, span, straightened
from newsflow.dedupe.comparison_text import HEADING, SIZE, ComparisonText
from newsflow.dedupe.fact_conflicts import LONGEST, Conflicts, conflicts
from newsflow.dedupe.shingles import Positions
from newsflow.dedupe.stories import NOWHERE, Span

CONTAINMENT = 0.6  # of the shorter text's shingles
SHARED = 20  # shingles
SHORT = 0.6  # share of the shorter text's that is enough where it hardly has more
EDITED = 0.35  # containment that is enough where what is not shared is only short gaps
COVERED = 0.8  # share of the shorter text that such gaps and shared shingles cover
WHOLE = 0.5  # Jaccard from which both are taken for the same whole
DENSITY = 0.012  # other numbers for each shared shingle that a copy may have
CORRECTED, CORRECTED_EACH = 3, 50  # numbers that a correction may change, one for so many shared
NAME_DENSITY = 0.008  # the same for names, which corrections leave alone
OPENING = 25  # words; another name among them counts twice: it is another subject
NEAR = timedelta(days=3)
CERTAIN = 0.9  # containment that holds over any span of time
TOP_WORDS = 90  # an excerpt begins within so many words of the longer text's top, whatever its own first words are
STEM = 6
NAMES = 4
ITEM = 150  # words; a roundup's items are shorter than this
CONTINUES = 0.06  # share of an excerpt's names or long words that come back in the rest of the longer text
RELATED = 0.35  # the same for an excerpt whose names don't come back: share of its long words
HEADLESS = 0.75  # containment that makes up for leads that differ in both
PART = 0.75  # of the longer text's shingles; a text shorter than that may be an item of the longer
SCATTERED = 1.5  # times its own length over which a part's shared shingles lie: no item, but a thinned copy
STRAY = 4.0  # times its own length: no copy either, but phrases and quotes that both have
LIVE = 0.9  # Jaccard that two live blogs must have: each entry makes another text of them


class Comparison(NamedTuple):
    """What a comparison found; `rule` says why they are copies, or why not.

    A named tuple, as many thousands go from process to process.

    `spans` says where the part that they share stands in the first and in the second, in tokens;
    where a much shorter text is no excerpt of the longer, only in that one, the other span being empty.
    """

    copies: bool
    rule: str
    containment: float = 0.0
    jaccard: float = 0.0
    shared: int = 0
    spans: tuple[Span, Span] | None = None


def compare(one: ComparisonText, other: ComparisonText) -> Comparison:
    """Judge two texts; the same for `compare(other, one)`."""
    a, b = (one, other) if one.rank <= other.rank else (other, one)
    found = match(a, b)
    shared = found.shared
    containment = shared / max(1, len(a.unique))
    jaccard = shared / max(1, len(a.unique) + len(b.unique) - shared)
    verdict = partial(Comparison, containment=containment, jaccard=jaccard, shared=shared)
    if containment < EDITED or shared < min(SHARED, SHORT * len(a.unique)):
        return verdict(False, "little shared")
    if (a.live or b.live) and jaccard < LIVE:
        return verdict(False, "live blog")
    here, there = found.here, straightened(found)
    if disordered(there):
        return verdict(False, "other order")
    between = gaps(a, b, here, there)
    same_publisher = bool(a.publisher) and a.publisher == b.publisher
    if containment < CONTAINMENT and (same_publisher or covered(a, here, between) < COVERED):
        return verdict(False, "little shared")
    template = partial(_template, shared=shared, same_publisher=same_publisher)
    clashes = conflicts(_slots(a, b, between), a.names | b.names, enough=template)
    if template(clashes):
        return verdict(False, "template")
    if not _close(a, b) and (containment < CERTAIN or clashes.numbers or clashes.names):
        return verdict(False, "too far apart")
    edited = containment >= HEADLESS or (here[0] <= LONGEST and covered(a, here, between) >= COVERED)
    if not edited and not leads(a, b, here, there):
        return verdict(False, "other lead")
    rule = _form(a, b, there, jaccard)
    copies = rule in {"whole", "lead"}
    spans = _spans(a, b, here, there, copies=copies)
    spans = spans if a is one or not spans else (spans[1], spans[0])
    return verdict(copies, rule, spans=spans)


def _slots(a: ComparisonText, b: ComparisonText, between: Gaps) -> Iterator[tuple[list[str], list[str]]]:
    """Words of the gaps that are short in both, the opening's twice; the shortest first, which tell most templates."""
    for start, end, there, until in sorted(between, key=_area):
        if 0 < end - start <= LONGEST and 0 < until - there <= LONGEST:
            slot = a.words[start:end], b.words[there:until]
            yield slot
            if max(start, there) < OPENING:
                yield slot


def _area(gap: tuple[int, int, int, int]) -> int:
    return (gap[1] - gap[0]) * (gap[3] - gap[2])


def _spans(
    a: ComparisonText, b: ComparisonText, here: Positions, there: Positions, *, copies: bool
) -> tuple[Span, Span] | None:
    """None without a lead: an item is carried with its own, and what only goes on alike may be an update."""
    if (not copies and len(a.unique) >= PART * len(b.unique)) or not leads(a, b, here, there):
        return None
    inner, outer = span(here), span(there)
    if one_top(a, here, there):
        inner, outer = (0, inner[1]), (0, outer[1])
    return (inner if copies else NOWHERE), outer


def _close(a: ComparisonText, b: ComparisonText) -> bool:
    if a.published_at is None or b.published_at is None:
        return True
    return abs(a.published_at - b.published_at) <= NEAR


def _template(found: Conflicts, shared: int, *, same_publisher: bool) -> bool:
    """Other names throughout, or other numbers in more places than a correction has.

    One publisher's correction stands under the same address; another address with other facts is another page.
    """
    if same_publisher:
        return found.numbers > 0 or found.names >= 1
    few = min(CORRECTED, shared // CORRECTED_EACH)
    return found.names > NAME_DENSITY * shared or found.numbers > max(few, DENSITY * shared)


def _form(a: ComparisonText, b: ComparisonText, there: Positions, jaccard: float) -> str:
    """What kind of copy it is, or why it is none after all; a round-up is a copy of round-ups only."""
    if jaccard >= PART:
        return "whole"
    if a.roundup != b.roundup:
        return "roundup"
    return "whole" if jaccard >= WHOLE else _excerpt(a, b, there)


def _excerpt(a: ComparisonText, b: ComparisonText, there: Positions) -> str:
    """Whether the shorter text is the longer's top ("lead") or a part that something else carries."""
    start, end = span(there)
    if start > TOP_WORDS * len(b.words) / b.length:
        return "not its lead"
    if end - start > STRAY * len(a.words):
        return "scattered"
    if a.length >= ITEM or end - start > SCATTERED * len(a.words):
        return "lead"
    if _headed(b, there):
        return "roundup"
    rest = b.words[end + SIZE :]
    goes_on = continuity(a, rest) >= CONTINUES or _shared_marks(_stems(a.words), _stems(rest)) >= RELATED
    return "lead" if goes_on else "roundup"


def _headed(b: ComparisonText, there: Positions) -> bool:
    """Whether a heading stands right before a part and another right after it: an item among others."""
    ordered, few = np.sort(there), len(there) // 20
    start, end = int(ordered[few]) - few, int(ordered[-1 - few]) + few + SIZE
    after = any(abs(h - end) <= SIZE for h in b.headings)
    return after and any(h < start <= h + HEADING + SIZE for h in b.headings)


def continuity(a: ComparisonText, rest: Sequence[str]) -> float:
    """Share of an excerpt's marks that come back in the rest of the longer text.

    Marks are names; where there are few, stems of long words too; pairs of characters where words can't be told.
    """
    marks = {w for w in a.words if w in a.names}
    if len(marks) >= NAMES:
        return _shared_marks(marks, set(rest))
    return _shared_marks(_marks(a.words), _marks(rest))


def _shared_marks(marks: set[str], others: set[str]) -> float:
    return len(marks & others) / max(1, len(marks))


def _stems(words: Sequence[str]) -> set[str]:
    return {w[:STEM] for w in words if len(w) > STEM}


def _marks(words: Sequence[str]) -> set[str]:
    found = _stems(words)
    return found if len(found) * 20 > len(words) else {"".join(pair) for pair in pairwise(words)}
