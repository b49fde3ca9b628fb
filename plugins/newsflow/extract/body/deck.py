"""The deck: the sentence or two between headline and text that the engine often leaves out.

Known by the page's own summary, or by its place right under the headline: of 39 such lines on the
open pages that hold decks in their gold texts, 36 were decks (`make bench PART=extraction`). The
thresholds below were chosen on the same pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsflow.extract.body.cleaning import Known, kept, says_title
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
_FEWEST_WORDS = 6  # of a deck; shorter lines under a headline are kickers and dates
_NEAR, _NAMED = 2, 4  # blocks below the headline: any line, one with such a name
_TEXT_WORDS = 15  # of the first line that surely belongs to the text
_ABOVE_TEXT = 8  # blocks above it that are looked at where no h1 stands there
_LINKED = 0.3  # share of a line's characters in links that makes it a teaser
_BYLINE_WORDS = 16  # a longer line that names the author is a sentence about them
_SUMMARY = 40  # characters; shorter summaries say the same as many a line
_SUMMARY_LINE = 30  # characters of a line that repeats one
_CUT_SHORT = 60  # characters of a line that may be the beginning of one
_ELLIPSIS = 6  # characters at the end of a shortened summary that may stand for the rest
# No deck: a time, a year, an address, a copyright, a picture's credit.
_NOT = re.compile(
    rf"\d{{1,2}}[:.h]\d{{2}}\b|\b(?:19|20)\d\d\b|@|©|\b(?:{any_of('caption_stems')})\w*\s?[:/]|/\s*(?:getty|reuters|afp)\b",
    re.IGNORECASE,
)


def deck(
    paragraphs: Sequence[Paragraph], blocks: Sequence[Block], summaries: Sequence[str], known: Known
) -> Block | None:
    """The deck between headline and text, if it is not among the kept lines already."""
    free = [block for block in _left_out(paragraphs, blocks) if not says_title(block.text, known.squeezed)]
    said = _summary_among(free, summaries)
    # What repeats the page's own summary is surer than what stands in the right place.
    return said if said or known.head is None else _under_headline(free, known.head.block, known)


def _left_out(paragraphs: Sequence[Paragraph], blocks: Sequence[Block]) -> list[Block]:
    """Blocks between headline and text whose words stand nowhere in the text."""
    lines = kept(paragraphs)
    taken = {p.block.order for p in paragraphs if p.block}
    between = [block for block in _between(lines, blocks) if block.order not in taken and block.links < _LINKED]
    if not between:
        return []
    body = squeeze(" ".join(p.text for p in lines))
    return [block for block in between if squeeze(block.text) not in body]


def _between(lines: Sequence[Paragraph], blocks: Sequence[Block]) -> Sequence[Block]:
    """Blocks from behind the last h1 to the first line of running text; a few where no h1 stands above the text."""
    first = next((p.block.order for p in lines if p.block and p.words >= _TEXT_WORDS), 0)
    behind_h1 = (block.order + 1 for block in blocks[:first] if block.tag == "h1")
    return blocks[max(behind_h1, default=max(0, first - _ABOVE_TEXT)) : first]


def _summary_among(free: Sequence[Block], summaries: Sequence[str]) -> Block | None:
    """The first line that is one of the page's summaries of itself."""
    own = [squeeze(summary) for summary in summaries if len(summary) > _SUMMARY]
    long = (block for block in free if len(block.text) > _SUMMARY_LINE)
    return next((block for block in long if _is_said(squeeze(block.text), own)), None)


def _is_said(line: str, own: Sequence[str]) -> bool:
    """Is it one of the summaries, or one that was cut short?"""
    return line in own or (len(line) > _CUT_SHORT and any(_begins(line, one) for one in own))


def _begins(line: str, one: str) -> bool:
    """Is one the beginning of the other? A summary may end in "…" or "more" where the line goes on."""
    return one.startswith(line) or line.startswith(one[:-_ELLIPSIS])


def _under_headline(free: Sequence[Block], head: Block, known: Known) -> Block | None:
    return next((block for block in free if _stands_under(block, head) and not _is_byline(block, known)), None)


def _is_byline(block: Block, known: Known) -> bool:
    """Is it a by-line ("By Ada Lane, Rome") rather than a sentence that names its author?"""
    text = block.text.casefold()
    return block.words <= _BYLINE_WORDS and any(name.casefold() in text for name in known.names)


def _stands_under(block: Block, head: Block) -> bool:
    """Does it stand where decks stand: right under the headline, or near it under a deck's name?"""
    if not _may_be_deck(block):
        return False
    below = block.order - head.order
    if any(_NAMES.search(label) for label in block.path[-2:]):
        return 0 < below <= _NAMED
    return 0 < below <= _NEAR and block.tag != "div"


def _may_be_deck(block: Block) -> bool:
    if block.tag not in _TAGS or block.words < _FEWEST_WORDS:
        return False
    return not is_junk(block) and not _NOT.search(block.text)
