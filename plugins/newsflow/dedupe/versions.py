"""Versions: a publisher's own update or correction, hours after the first, beside notices of one form.

A later version keeps its subject and most of its figures; another notice of the form has other ones. So headlines are
compared without what calls them a version ("UPDATE 2", "CORRECTED", "1st Ld"), and all figures of both texts, those in
tables too.
"""

from __future__ import annotations

from datetime import timedelta

from xxhash import xxh3_64_intdigest

from newsflow.dedupe.comparison_text import FORM, ComparisonText
from newsflow.dedupe.fact_conflicts import spelt_alike
from newsflow.dedupe.stories import REPEATED, REPRINTED, ROUTINE

SOON = timedelta(hours=18)  # between a page and its next version; a form's next notice often comes a day later
KEPT, SHARED = 0.6, 0.4  # share of a short text's words, and of a longer one's shingles, that its version keeps
NAMED = 4  # names from which on a version must keep as many of them
CHANGED = 0.5  # share of the figures that a version may put right
WHOLE = 0.6  # of the longer one's length, from which on the shorter is no item of it
RETITLED, PUT_RIGHT, NAMES_STAY = 0.75, 0.25, 0.9  # what a text with another headline keeps of shingles, figures, names
TABLE, DENSE = 8, 0.15  # figures, and share of all words that they are, from which on a text is a table
OTHER = 0.5  # share of its figures that make it another one
GROWN = 250  # words; a longer text shares enough shingles with its versions to be found by them
SUBJECT = 2  # words that a headline must have to name a subject


def is_version(a: ComparisonText, b: ComparisonText, containment: float) -> bool:
    """Whether one is the other's later version at its publisher.

    :param containment: share of the shorter one's shingles (`a`) that the other has.
    """
    if not _soon(a, b) or not _one_kind(a, b) or a.live or b.live:
        return False
    if not _one_subject(a, b):
        return _is_retitled(a, b, containment)
    if other_figures(a, b) > max(1.0, CHANGED * a.numbers.total()) or _names_others(a, b):
        return False
    if a.length >= FORM:
        return containment >= SHARED
    return (a.bag & b.bag).total() >= KEPT * a.bag.total()


def _is_retitled(a: ComparisonText, b: ComparisonText, containment: float) -> bool:
    """Whether a long text stayed so nearly what it was that its new headline is only that."""
    if a.length < max(FORM, WHOLE * b.length) or containment < RETITLED:
        return False
    few = other_figures(a, b) <= max(1.0, PUT_RIGHT * a.numbers.total())
    return few and _keeps_names(a, b, NAMES_STAY)


def other_figures(a: ComparisonText, b: ComparisonText) -> int:
    """How many figures of the first are not in the second, each as often as it stands there."""
    return (a.numbers - b.numbers).total()


def is_other_table(a: ComparisonText, b: ComparisonText) -> bool:
    """Whether most figures of a table are others."""
    figures = a.numbers.total()
    return figures >= max(TABLE, DENSE * a.length) and other_figures(a, b) > OTHER * figures


def is_reprint(a: ComparisonText, b: ComparisonText) -> bool:
    """Whether one of two texts that agree in all facts may be taken from the other: a routine one not weeks later."""
    if a.published_at is None or b.published_at is None or min(a.length, b.length) >= ROUTINE:
        return True
    return abs(a.published_at - b.published_at) <= REPRINTED


def is_other_form(a: ComparisonText, b: ComparisonText) -> bool:
    """Whether a house filled in one form for two subjects."""
    if not _one_house(a, b) or max(a.length, b.length) >= FORM or _one_subject(a, b):
        return False
    return (a.is_form and b.is_form) or _names_apart(a, b)


def said_again(a: ComparisonText, b: ComparisonText) -> bool:
    """Whether a house says the same again so much later that it is another notice."""
    if a.published_at is None or b.published_at is None or not _one_house(a, b):
        return False
    return abs(a.published_at - b.published_at) > REPEATED[min(a.length, b.length) >= ROUTINE]


def title_keys(text: ComparisonText) -> tuple[int, ...]:
    """Hashes by which versions of short texts find each other: publisher, subject and span, begun at two times.

    Spans of twice `SOON`, half of one apart: two moments that are no more than `SOON` apart stand in one of them.
    """
    if text.length >= GROWN or not text.publisher or text.published_at is None or len(text.subject) < SUBJECT:
        return ()
    moment, words = text.published_at.timestamp(), " ".join(sorted(text.subject))
    span = 2 * SOON.total_seconds()
    return tuple(
        xxh3_64_intdigest(f"{text.publisher}\n{words}\n{half}\n{begun}".encode("utf-8", "surrogatepass")) - (1 << 63)
        for half, begun in ((half, int((moment + half * SOON.total_seconds()) // span)) for half in (0, 1))
    )


def _one_kind(a: ComparisonText, b: ComparisonText) -> bool:
    """Whether neither is a list of items, or both are. "ROUNDUP 2:" before the same headline is a version, no list."""
    return a.roundup == b.roundup or (a.subject == b.subject and len(a.subject) > SUBJECT)


def _names_others(a: ComparisonText, b: ComparisonText) -> bool:
    return len(a.names) >= NAMED and not _keeps_names(a, b, KEPT)


def _keeps_names(a: ComparisonText, b: ComparisonText, share: float) -> bool:
    return sum(name in b.bag for name in a.names) >= share * len(a.names)


def _one_house(a: ComparisonText, b: ComparisonText) -> bool:
    return bool(a.publisher) and a.publisher == b.publisher


def _soon(a: ComparisonText, b: ComparisonText) -> bool:
    if a.published_at is None or b.published_at is None or not _one_house(a, b):
        return False
    return abs(a.published_at - b.published_at) <= SOON


def _one_subject(a: ComparisonText, b: ComparisonText) -> bool:
    """Whether the headlines name one subject: one has all words of the other, but for spelling; of long texts most."""
    one, other = sorted((a.subject, b.subject), key=len)
    if len(one) < SUBJECT:
        return False
    left, right = one - other, other - one
    if all(any(spelt_alike(word, twin) for twin in right) for word in left):
        return True
    if min(a.length, b.length) < FORM or 2 * len(one & other) < len(one):
        return False
    return not _names_apart(a, b)


def _names_apart(a: ComparisonText, b: ComparisonText) -> bool:
    """Whether each headline has a name of its own, of which the other text says nothing."""
    return _has_own_name(a, b) and _has_own_name(b, a)


def _has_own_name(a: ComparisonText, b: ComparisonText) -> bool:
    return any(word in a.names and word not in b.bag for word in a.subject - b.subject)
