"""Paywalls by the boxes that their vendors put them into, whatever language they speak.

Such a box alone is no evidence: it stands in the mark-up of open articles as well, hidden by a style sheet, and many
newsrooms call the closed part of an article itself "paywall". A text that breaks off before it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from newsflow.extract.body.placement import WHOLE_LINK, Paragraph
from newsflow.extract.body.regions import PROSE
from newsflow.extract.page.blocks import HEADINGS, Block
from newsflow.extract.page.remembered import remembered
from newsflow.text.sentences import END

# Piano (tinypass), Poool, Zephr, Leaky Paywall, Mather and Sophi, Evolok, Pelcro, Steady, and names that many use.
_NAMES = re.compile(
    r"pay-?wall|reg(?:istration)?-?wall|subscri\w*-?wall|\btp-(?:container|modal|backdrop)|\bpiano-|\bpoool-|\bzephr|"
    r"leaky_paywall|\bmpp-|\bevolok|\bev-engagement|\bpelcro|\bsteady[-_]paywall",
    re.IGNORECASE,
)
_DOTS = re.compile(r"(?:…|\.{3})\W*$")
_OVER = re.compile(r"\b(?:modal|pop-?up|lightbox|dialog|overlay|site-?footer)", re.IGNORECASE)
_LINE = 8  # words of a line that should end as a sentence


@remembered
def _named(label: str) -> bool:
    return bool(_NAMES.search(label)) and not label.endswith(" hidden")


def _inside(block: Block, whole: Collection[int]) -> bool:
    """Does a block stand in such a box that does not hold the article as well?"""
    return any(_named(label) and node not in whole for node, label in zip(block.nodes, block.path, strict=True))


def behind(body: Sequence[Paragraph], blocks: Sequence[Block]) -> str:
    """The first line of a vendor's box behind a text that breaks off; "" where there is none."""
    placed = [p for p in body if p.block]
    whole = _nodes(placed[:1])
    own = [p for p in placed if p.block and not _inside(p.block, whole)]
    last = own[-1].block if own else None
    if last is None or not breaks_off(own[-1:]):
        return ""
    return next((block.text for block in blocks[last.order + 1 :] if _inside(block, whole)), "")


def _nodes(first: Sequence[Paragraph]) -> Collection[int]:
    """The boxes around the text's first paragraph: the article's own, whatever their names."""
    return first[0].block.nodes if first and first[0].block else ()


def breaks_off(last: Sequence[Paragraph]) -> bool:
    """Does a text end without an end?

    :param last: its last paragraph, if it has one.
    """
    return any(_DOTS.search(p.text) or (p.words >= _LINE and not END.search(p.text)) for p in last)


def is_prose(p: Paragraph) -> bool:
    """Is a paragraph running text beyond doubt?"""
    return p.words >= PROSE and bool(END.search(p.text)) and not (p.block and p.block.links > 0.2)


@remembered
def laid_over(label: str) -> bool:
    """Is a box the page's foot, or one that scripts lay over the page?"""
    return label.startswith("footer#") or bool(_OVER.search(label))


def is_teaser(block: Block, blocks: Sequence[Block]) -> bool:
    """Is a line a linked headline, or under one in a box with it, as the summaries of other articles are?"""
    if _linked(block):
        return True
    above = blocks[block.order - 1] if block.order else None
    return above is not None and _linked(above) and above.nodes[-2] in block.nodes


def _linked(block: Block) -> bool:
    return block.links > WHOLE_LINK and block.tag in HEADINGS
