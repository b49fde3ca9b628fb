"""Whether two texts are copies of one another, judged on word-5 shingles and on where they differ.

Copies differ in blocks (a tail cut off, a paragraph added) and in a word here and there;
pages of one template agree in blocks and differ, slot by slot, in numbers and names. So the
shared shingles are aligned, and the short gaps between them are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from newsflow.dedupe.align import Gaps, Match, covered, disordered, gaps, leads, match, one_top, span, straightened
from newsflow.dedupe.comparison_text import HEADING, SIZE, ComparisonText
from newsflow.dedupe.fact_conflicts import LONGEST, Conflicts, conflicts
from newsflow.dedupe.shingles import Positions
from newsflow.dedupe.stories import NOWHERE, VERSION, Span
from newsflow.dedupe.versions import is_other_form, is_other_table, is_reprint, is_version, other_figures, said_again

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


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two texts side by side; what not every comparison needs is made when asked."""

    a: ComparisonText  # the one with fewer shingles
    b: ComparisonText
    found: Match

    @cached_property
    def shared(self) -> int:
        """Different shingles that both have."""
        return self.found.shared

    @cached_property
    def containment(self) -> float:
        """Share of the shorter text's shingles that the longer has, too."""
        return self.shared / max(1, len(self.a.unique))

    @cached_property
    def jaccard(self) -> float:
        """Share of all shingles of both that both have."""
        return self.shared / max(1, len(self.a.unique) + len(self.b.unique) - self.shared)

    @property
    def here(self) -> Positions:
        """Places of the shared shingles in the shorter text."""
        return self.found.here

    @cached_property
    def there(self) -> Positions:
        """Their places in the longer."""
        return straightened(self.found)

    @cached_property
    def between(self) -> Gaps:
        """What stands between them in both."""
        return gaps(self.a, self.b, self.here, self.there)

    @property
    def same_publisher(self) -> bool:
        """Whether one publisher has both."""
        return bool(self.a.publisher) and self.a.publisher == self.b.publisher

    @cached_property
    def covered(self) -> bool:
        """Whether shared shingles and short gaps make up the shorter text."""
        return covered(self.a, self.here, self.between) >= COVERED

    def judged(self, copies: bool, rule: str, spans: tuple[Span, Span] | None = None) -> Comparison:
        """The comparison with its measures."""
        return Comparison(copies, rule, self.containment, self.jaccard, self.shared, spans)


def compare(one: ComparisonText, other: ComparisonText) -> Comparison:
    """Judge two texts; the same for `compare(other, one)`."""
    a, b = (one, other) if one.rank <= other.rank else (other, one)
    pair = _Pair(a, b, match(a, b))
    if is_version(a, b, pair.containment):
        return pair.judged(True, VERSION)
    if reason := _told_apart(pair):
        return pair.judged(False, reason)
    rule = _form(a, b, pair.there, pair.jaccard)
    copies = rule in {"whole", "lead"}
    spans = _spans(a, b, pair.here, pair.there, copies=copies)
    return pair.judged(copies, rule, spans if a is one or not spans else (spans[1], spans[0]))


def _told_apart(pair: _Pair) -> str:
    """Why they are no copies, "" where they may be; the cheapest questions first, as most pairs end at them."""
    if _shares_little(pair):
        return "little shared"
    if (pair.a.live or pair.b.live) and pair.jaccard < LIVE:
        return "live blog"
    if disordered(pair.there):
        return "other order"
    if pair.containment < CONTAINMENT and not _edited_elsewhere(pair):
        return "little shared"
    return _other_facts(pair) or ("" if _begins_alike(pair) else "other lead")


def _shares_little(pair: _Pair) -> bool:
    return pair.containment < EDITED or pair.shared < min(SHARED, SHORT * len(pair.a.unique))


def _edited_elsewhere(pair: _Pair) -> bool:
    """Is it a text that another publisher's editor went through? One publisher does not edit its own copies."""
    return not pair.same_publisher and pair.covered


def _other_facts(pair: _Pair) -> str:
    """The reason where the gaps hold other names or numbers, "" where they don't."""
    if said_again(pair.a, pair.b):
        return "said again"
    if _is_other_page_of_form(pair):
        return "template"
    template = partial(_template, shared=pair.shared, same_publisher=pair.same_publisher)
    slots = _slots(pair.a, pair.b, pair.between)
    clashes = conflicts(slots, pair.a.names | pair.b.names, enough=template)
    if template(clashes):
        return "template"
    agrees = pair.containment >= CERTAIN and not clashes.numbers and not clashes.names
    certain = agrees and is_reprint(pair.a, pair.b)
    return "" if certain or _close(pair.a, pair.b) else "too far apart"


def _is_other_page_of_form(pair: _Pair) -> bool:
    if is_other_form(pair.a, pair.b) or is_other_table(pair.a, pair.b):
        return True
    return pair.same_publisher and other_figures(pair.a, pair.b) > 0


def _begins_alike(pair: _Pair) -> bool:
    """Do the leads agree, or is so much of the rest the same that the lead may be another?"""
    if pair.containment >= HEADLESS or (pair.here[0] <= LONGEST and pair.covered):
        return True
    return leads(pair.a, pair.b, pair.here, pair.there)


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
