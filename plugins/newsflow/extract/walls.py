"""Paywalls by the boxes that their vendors put them into, whatever language they speak.

Such a box alone is no evidence: it stands in the mark-up of open articles as well, hidden by a style sheet, and many
newsrooms call the closed part of an article itself "paywall". A text that breaks off before it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from newsflow.extract.blocks import Block
from newsflow.extract.body import Paragraph
from newsflow.extract.regions import END

# Piano (tinypass), Poool, Zephr, Leaky Paywall, Mather and Sophi, Evolok, Pelcro, Steady, and names that many use.
_NAMES = re.compile(
    r"pay-?wall|reg(?:istration)?-?wall|subscri\w*-?wall|\btp-(?:container|modal|backdrop)|\bpiano-|\bpoool-|\bzephr|"
    r"leaky_paywall|\bmpp-|\bevolok|\bev-engagement|\bpelcro|\bsteady[-_]paywall",
    re.IGNORECASE,
)
_DOTS = re.compile(r"(?:…|\.{3})\W*$")
_LINE = 8  # words of a line that should end as a sentence


@lru_cache(maxsize=20_000)
def _named(label: str) -> bool:
    return bool(_NAMES.search(label)) and not label.endswith(" hidden")


def _inside(block: Block, whole: Collection[int]) -> bool:
    """Does a block stand in such a box that does not hold the article as well?"""
    return any(_named(label) and node not in whole for node, label in zip(block.nodes, block.path, strict=True))


def behind(body: Sequence[Paragraph], blocks: Sequence[Block]) -> str:
    """The first line of a vendor's box behind a text that breaks off; "" where there is none."""
    first = next((p.block for p in body if p.block), None)
    whole = first.nodes if first else ()
    own = [p for p in body if p.block and not _inside(p.block, whole)]
    last = own[-1].block if own else None
    if last is None or not _breaks_off(own[-1]):
        return ""
    return next((b.text for b in blocks[last.order + 1 :] if _inside(b, whole)), "")


def _breaks_off(p: Paragraph) -> bool:
    return bool(_DOTS.search(p.text)) or (p.words >= _LINE and not END.search(p.text))
