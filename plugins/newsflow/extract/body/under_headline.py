"""The text right under the headline, where what was found instead stands apart from it in many boxes.

Readers' comments and teasers are many boxes of one kind. On old pages, whose text stands loose between line breaks,
they look more like paragraphs to an engine than the text does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newsflow.extract.body import cleaning
from newsflow.extract.body.placement import Paragraph, is_junk
from newsflow.extract.body.regions import Head
from newsflow.extract.page.blocks import Block, is_running

SOURCE = "under the headline"
_ENOUGH = 40  # words of running text right under the headline that are an article
_MOST = 0.5  # of the words found: a box that holds more is no comment and no teaser


def paragraphs(made: Sequence[Paragraph], ground: Sequence[Block], known: cleaning.Known) -> list[Paragraph] | None:
    """Its lines, cleaned; None where it is what was found, or is no text.

    :param made: the lines found, cleaned.
    """
    if known.head is None or not _is_scattered(cleaning.kept(made)):
        return None
    own = _under(known.head, ground)
    if sum(block.words for block in own if is_running(block)) < _ENOUGH or _is_found(own, made):
        return None
    found = [Paragraph(block.text, block, SOURCE) for block in own]
    cleaning.clean(found, known)
    return found if sum(p.words for p in cleaning.kept(found)) >= _ENOUGH else None


def box(block: Block) -> int:
    """The number of the box that a line stands in: that of the line itself, where it is loose text in a box."""
    return block.nodes[-2:][0] if block.tag in {"p", "h2", "h3", "h4", "h5", "h6"} else block.nodes[-1]


def _is_scattered(kept: Sequence[Paragraph]) -> bool:
    """Do the paragraphs found stand in many boxes, none of which holds most of them?"""
    words: Counter[int] = Counter()
    for p in kept:
        if p.block and is_running(p.block):
            words[box(p.block)] += p.words
    return bool(words) and max(words.values()) < _MOST * words.total()


def _under(head: Head, ground: Sequence[Block]) -> list[Block]:
    """The lines of the box that the first running text below the headline stands in."""
    below = [block for block in ground[head.block.order + 1 :] if block.order > head.block.order]
    first = next((block for block in below if is_running(block) and not is_junk(block)), None)
    return [block for block in below if first and box(block) == box(first) and block.links < 0.5]


def _is_found(own: Sequence[Block], made: Sequence[Paragraph]) -> bool:
    """Is some of it among the lines found, or does one of these stand above it?"""
    places = [p.block.order for p in cleaning.kept(made) if p.block and is_running(p.block)]
    return bool(places) and min(places) <= own[-1].order
