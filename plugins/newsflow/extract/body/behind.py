"""What stands behind the article in boxes of its own: teasers of other articles, what readers say, legal notices.

Told by structure, on the page as a whole, so that no extractor's choice matters: a row of three or more small boxes,
each with a linked line, that holds no other running text and no headline, and has next to none behind it. Behind a
short article such a row may hold most of the page's words. `make bench PART=extraction_rules` prints what it gains.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from newsflow.extract.body.placement import WHOLE_LINK
from newsflow.extract.body.regions import Head
from newsflow.extract.page import reader_comments
from newsflow.extract.page.blocks import HEADINGS, Block, is_running
from newsflow.extract.page.region_names import hyphened
from newsflow.extract.page.remembered import remembered
from newsflow.text.sentences import END

_LEAST, _MOST = 3, 100  # boxes of a row, and words of each: the parts of an article are longer
_WORDS = 4  # of a linked line: a post's time or "Share this" has fewer
_BEFORE = 30  # words of running text between the headline and such a box
_OPENING = 4  # of as many words: several rows in the article's box that have more are the text itself
_NOTICE = 0.5  # of as many words a notice called "legal" may have
_AFTER = 0.1  # of as many, that may stand behind it: an article goes on behind a box in its midst
# English by custom everywhere, as in `region_names`. Talk is judged by its boxes, too: the names have other meanings.
_LEGAL = re.compile(r"\b(?:legal|disclaimers?|imprint|impressum|(?:small|fine)-?print)\b")
_TALK = re.compile(r"\b(?:discussions?|responses?|threads?|repl(?:y|ies)|reactions?)\b")
_CALLED_LEGAL = re.compile(r"\blegal\b(?!.*\b(?:disclaimers?|imprint|impressum)\b)")
_TITLE, _NAME = 4, 6  # words of a heading that is no notice's, at least; of who says something, at most
_NUMBER = re.compile(r"\d")


@dataclass(slots=True)
class _Boxes:
    """The first line of each box and the place of its last, among the lines behind a headline; words up to each place.

    The lines of a box stand in a row, so what lies between is its own. `whole`: boxes that hold the headline as well.
    """

    first: dict[int, Block]
    last: dict[int, int]
    upto: list[int]
    start: int
    whole: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[Block], head: Head) -> _Boxes:
        first: dict[int, Block] = {}
        last: dict[int, int] = {}
        for block in reversed(lines):
            first.update(dict.fromkeys(block.nodes, block))
        for block in lines:
            last.update(dict.fromkeys(block.nodes, block.order))
        upto = list(accumulate((block.words for block in lines), initial=0))
        return cls(first, last, upto, head.block.order + 1, head.block.nodes)

    def words(self, node: int) -> int:
        return self.upto[self.last[node] + 1 - self.start] - self.upto[self.first[node].order - self.start]

    def has_lines(self, node: int) -> bool:
        """Has it more than one?"""
        return self.last[node] > self.first[node].order


@dataclass(slots=True)
class _Text:
    """The article's running text: its lines' places, the words up to each of them, and the innermost box around it."""

    places: list[int]
    words: list[int]
    box: int

    @classmethod
    def of(cls, lines: Sequence[Block], head: Head) -> _Text:
        shared = set(head.block.nodes).intersection(*(block.nodes for block in lines))
        return cls(
            [b.order for b in lines], list(accumulate((b.words for b in lines), initial=0)), max(shared, default=0)
        )

    def is_before(self, block: Block) -> bool:
        """Does enough of it stand before a line, and next to none behind?"""
        before = self.words[bisect_left(self.places, block.order)]
        return before >= _BEFORE and self.words[-1] - before <= _AFTER * before


def nodes(blocks: Sequence[Block], head: Head | None, headline: str) -> frozenset[int]:
    """The boxes of a page that stand behind its article and are none of it; none where no headline was found.

    :param head: where the headline stands.
    :param headline: its words. One with a number in it ("The 12 best …") promises a list: rows in the article's own
        box are that list.
    """
    if head is None:
        return frozenset()
    after = blocks[head.block.order + 1 :]
    boxes, below = _Boxes.of(after, head), [block for block in after if is_running(block)]
    rows = _rows(after, boxes)
    cards = frozenset(node for row in rows.values() for node in row)
    free = [block for block in below if cards.isdisjoint(block.nodes)]
    teasers = rows.keys() - {node for block in (head.block, *free) for node in block.nodes}
    found = teasers | _named(below, after, head)
    own = _Text.of([block for block in free if found.isdisjoint(block.nodes)], head)
    behind = {node for node in found if own.is_before(boxes.first[node]) and _may_be(node, boxes, own)}
    listed = {node for node in behind & teasers if own.box in boxes.first[node].nodes}
    return frozenset(behind - listed if _NUMBER.search(headline) or _is_text(listed, boxes, own) else behind)


def _is_text(listed: set[int], boxes: _Boxes, own: _Text) -> bool:
    """Are rows in the article's box the text, and what stands before them its opening, as in a letter to readers?"""
    outer = {node for node in listed if listed.isdisjoint(set(boxes.first[node].nodes) - {node})}
    return len(outer) >= _LEAST and sum(map(boxes.words, outer)) > _OPENING * own.words[-1]


def _may_be(node: int, boxes: _Boxes, own: _Text) -> bool:
    """A notice called "legal" is short beside the text: courts' reports and laws have boxes of that name as well."""
    first = boxes.first[node]
    label = first.path[first.nodes.index(node)]
    return not _is_called_legal(label) or boxes.words(node) <= _NOTICE * own.words[-1]


def _rows(blocks: Sequence[Block], boxes: _Boxes) -> dict[int, set[int]]:
    """Boxes of two lines or more with few words and a linked line, by what they stand in, where it has several such."""
    rows: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for block in blocks:
        if block.links > WHOLE_LINK and block.words >= _WORDS:
            for parent, node, label in _small(block, boxes):
                rows[parent, label.partition("#")[0]].add(node)
    return {parent: row for (parent, _), row in rows.items() if len(row) >= _LEAST}


def _small(block: Block, boxes: _Boxes) -> Iterator[tuple[int, int, str]]:
    """The small boxes around a line, from the innermost, each behind what it stands in and before its label."""
    for place in range(len(block.nodes) - 1, 0, -1):
        node = block.nodes[place]
        if node in boxes.whole or boxes.words(node) > _MOST:
            return
        if boxes.has_lines(node):
            yield block.nodes[place - 1], node, block.path[place]


def _named(below: Sequence[Block], lines: Sequence[Block], head: Head) -> set[int]:
    """Boxes below the headline with names for legal notices, and those of several boxes with names for talk.

    :param below: the running text of the `lines` behind the headline.
    """
    labels = {label for block in below for label in block.path}
    if not any(_is_legal(label) or _is_talk(label) for label in labels):
        return set()
    titled = {node for block in lines if block.tag in HEADINGS and block.words >= _TITLE for node in block.nodes}
    said = {node for block in lines if _is_name(block) for node in block.nodes}
    talk: defaultdict[int, set[int]] = defaultdict(set)
    legal: set[int] = set()
    for block in below:
        for place, node in enumerate(block.nodes[: -1 if block.tag in HEADINGS else None]):
            label = block.path[place]
            if node in head.block.nodes:
                continue
            if _is_legal(label):
                legal.add(node)
            if _is_talk(label):
                parts = block.nodes[place + 1 : place + 2]
                talk[node].update(parts if reader_comments.named(label) else said.intersection(parts))
    return legal - titled | {node for node, parts in talk.items() if len(parts) >= _LEAST}


def _is_name(block: Block) -> bool:
    """Is it a short line that is neither a heading nor a sentence: who says it, when, or "Reply"?"""
    return block.words <= _NAME and block.tag not in HEADINGS and not END.search(block.text)


@remembered
def _is_called_legal(label: str) -> bool:
    return bool(_CALLED_LEGAL.search(hyphened(label)))


@remembered
def _is_legal(label: str) -> bool:
    return bool(_LEGAL.search(hyphened(label)))


@remembered
def _is_talk(label: str) -> bool:
    return bool(_TALK.search(hyphened(label))) or reader_comments.named(label)
