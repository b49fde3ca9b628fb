"""The deck: the sentence or two between headline and text that the engine often leaves out.

Known by the page's own summary, or by its place right under the headline: of 39 such lines on the
open pages that hold decks in their gold texts, 36 were decks (`benchmarks/extraction.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsflow.extract.body.cleaning import Known
from newsflow.extract.body.placement import Paragraph, is_junk
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.blocks import Block
from newsflow.languages.lists import any_of, any_pattern

# What designers call a deck; a line with such a class name may stand a little further below the headline.
_NAMES = re.compile(
    r"stand-?first|sub-?(?:title|head|line)|(?:^|[-_.# ])d(?:eck|ek)\b|\blede?\b|strapline|excerpt|summary|"
    + any_pattern("deck_patterns"),
    re.IGNORECASE,
)
_TAGS = frozenset(("p", "h2", "h3", "h4", "div"))
_WORDS = 6
_NEAR, _NAMED = 2, 4  # blocks below the headline: any line, one with such a name
_NOT = re.compile(
    rf"\d{{1,2}}[:.h]\d{{2}}\b|\b(?:19|20)\d\d\b|@|©|\b(?:{any_of('caption_stems')})\w*\s?[:/]|/\s*(?:getty|reuters|afp)\b",
    re.IGNORECASE,
)


def deck(
    paragraphs: Sequence[Paragraph], blocks: Sequence[Block], summaries: Sequence[str], known: Known
) -> Block | None:
    """The deck between headline and text, if it is not among the kept lines already."""
    lines = [p for p in paragraphs if not p.cut]
    first = next((p.block.order for p in lines if p.block and p.words >= 15), 0)
    start = max((b.order + 1 for b in blocks[:first] if b.tag == "h1"), default=max(0, first - 8))
    taken = {p.block.order for p in paragraphs if p.block}
    between = [b for b in blocks[start:first] if b.order not in taken and b.links < 0.3]
    body = squeeze(" ".join(p.text for p in lines)) if between else ""
    free = [b for b in between if squeeze(b.text) not in body]
    own = [squeeze(summary) for summary in summaries if len(summary) > 40]
    said = next((b for b in free if len(b.text) > 30 and _says(squeeze(b.text), own)), None)
    return said or next((b for b in free if known.head and _under(b, known.head.block) and not _names(b, known)), None)


def _says(line: str, known: Sequence[str]) -> bool:
    """Is it one of the summaries, or one that was cut short?"""
    return any(line == one or (len(line) > 60 and (one.startswith(line) or line.startswith(one[:-6]))) for one in known)


def _names(block: Block, known: Known) -> bool:
    """Is it a by-line rather than a sentence that names its author?"""
    return block.words <= 16 and any(name.casefold() in block.text.casefold() for name in known.names)


def _under(block: Block, head: Block) -> bool:
    """Does it stand where decks stand: right under the headline, or near it under a deck's name?"""
    below = block.order - head.order
    if block.tag not in _TAGS or block.words < _WORDS or is_junk(block) or _NOT.search(block.text):
        return False
    named = any(_NAMES.search(label) for label in block.path[-2:])
    return 0 < below <= (_NAMED if named else _NEAR) and (named or block.tag != "div")
