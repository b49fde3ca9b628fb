"""Rows of linked lines that stand in one box with a short text: an events' page, a portfolio, a home page. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newsflow.extract.body.placement import WHOLE_LINK, kind
from newsflow.extract.page.blocks import Block, is_running
from newsflow.extract.rejects.evidence import Evidence

_WORDS = 3  # of a linked line
_ROWS = 12  # of one kind: fewer stand below short news, too
_SHORT = 60  # words of running text beside them
_MORE = 1.5  # times the words of the text that the rows have


def prevail(page: Evidence) -> bool:
    """Do they prevail where its headline and text stand, on a page that states no article, day or author?"""
    if page.stated or page.dated or page.signed:
        return False
    box = _box(page)
    beside = [block for block in page.blocks if box in block.nodes]
    text = sum(block.words for block in beside if is_running(block))
    return text <= _SHORT and _are_many(beside, text)


def _are_many(blocks: Sequence[Block], text: int) -> bool:
    linked = [block for block in blocks if block.links > WHOLE_LINK and block.words >= _WORDS]
    counts = Counter(map(kind, linked))
    most = max(counts, key=counts.__getitem__, default=None)
    words = sum(block.words for block in linked if kind(block) == most)
    return bool(most) and counts[most or ()] >= _ROWS and words >= _MORE * text


def _box(page: Evidence) -> int:
    """The innermost box that holds its h1 and its text; 0 where there is none."""
    heads = [block for block in page.blocks if block.tag == "h1"][:1]
    text = [p.block for p in page.body if p.block and p.block.links <= WHOLE_LINK]
    around = [set(block.nodes) for block in (*heads, *text)]
    return max(set.intersection(*around), default=0) if around else 0
