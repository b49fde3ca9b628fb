"""Bounds of a body: data that stands among the text, and what stands behind the longest body, are cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsflow.extract.body.placement import Paragraph
from newsflow.text.bounds import LONGEST_BODY, broken_up, unbroken

DATA = "data"
BEYOND = "beyond the longest body"
_OBJECT = re.compile(r"[\[{]\s*\{?\s*\"[\w$-]{1,80}\"\s*:.*[\]}]")  # JSON that a script reads from the page


def cut_data(paragraphs: Sequence[Paragraph]) -> None:
    """Runs that are no words go; a line that holds nothing else goes with them, and so does JSON that is no sample."""
    for p in paragraphs:
        if not p.cut and _is_object(p):
            p.cut = DATA
        if not p.cut and unbroken(p.text):
            rest = broken_up(p.text)
            p.text, p.cut = rest or p.text[:100], "" if rest else DATA


def _is_object(p: Paragraph) -> bool:
    """Is a line a script's data, and no code that readers are shown?"""
    if p.text[:1] not in "[{" or not _OBJECT.fullmatch(p.text):
        return False
    return p.block is not None and not any(label.startswith(("pre#", "code#")) for label in p.block.path)


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
