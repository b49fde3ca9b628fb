"""Bounds of a body: data that stands among the text, and what stands behind the longest body, are cut."""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.extract.body.placement import Paragraph
from newsflow.text.bounds import LONGEST_BODY, broken_up, unbroken

DATA = "data"
BEYOND = "beyond the longest body"


def cut_data(paragraphs: Sequence[Paragraph]) -> None:
    """Runs that are no words go; a line that holds nothing else goes with them."""
    for p in paragraphs:
        if not p.cut and unbroken(p.text):
            rest = broken_up(p.text)
            p.text, p.cut = rest or p.text[:100], "" if rest else DATA


def cut_beyond(paragraphs: Sequence[Paragraph]) -> None:
    """What stands behind the bound, of what other rules have left; the line that goes over it is kept up to there."""
    left = LONGEST_BODY
    for p in paragraphs:
        if p.cut:
            continue
        if left <= 0:
            p.cut = BEYOND
        elif len(p.text) > left:
            p.text = p.text[:left]
        left -= len(p.text) + 1


def is_cut(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether something stands behind the bound."""
    return any(p.cut == BEYOND for p in paragraphs)
