"""Lines of the article that the engine left out: beside its text, among it, or in containers of the same kind.

Measured on 398 open pages of 230 publishers (docs/extraction.md): of lines that the engine left out, those in the same
container as kept ones, or in a container of the same kind, belong to the article 20 times as often as not. Running
text between the first and the last paragraph, in boxes without a name for what is no article, does so four times as
often; other lines don't.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsflow.extract.body.placement import (
    LINKED,
    RUNNING,
    RUNNING_LINKED,
    SUBHEADINGS,
    TEXT_TAGS,
    Paragraph,
    is_junk,
    kind,
    named_junk,
)
from newsflow.extract.page.blocks import Block, is_running
from newsflow.extract.page.region_names import is_region
from newsflow.extract.page.remembered import remembered
from newsflow.text.sentences import END

# Measured on the pages named above.
_HOLDS_TEXT = 20  # words of the engine's text that make a container one of the article's
_KIND_WORDS, _KIND_SHARE = 30, 0.3  # of the engine's text in containers of one kind: that kind holds the article
_MOST_BOXES = 12  # containers of that kind with text that was left out; more are comments or teasers
_BOX_LINES, _BOX_WORDS = 2, 60  # that such a box holds at least
_ROW_WORDS = 20  # the same of a box that stands under the very same names as the engine's text
_ROW_SHARE = 0.5  # of the engine's text in boxes of one container: what stands between them is of their row
_FEWEST_WORDS = 5  # of a line worth filling in; headings may be shorter
_MANY, _MUCH = 3, 0.2  # lines of running text that were left out among the engine's, and their share of its words
_NEAR = 6  # boxes around a line that are asked for such names
# What designers call parts that a click unfolds, and how they say that one is folded (English by custom everywhere).
_FOLDED = re.compile(r"accordion|collaps|toggle|faq|answer|panel|expand|details#", re.IGNORECASE)
_HIDING = re.compile(r"hidden|read-?more", re.IGNORECASE)
_LISTS = ("ul#", "ol#", "dl#")


@dataclass(slots=True)
class _PageLines:
    """Where the engine's text stands: words by container and by kind, and all containers that hold any.

    `taken`: places of its blocks; `letters`: its lines as keys; `heads`: containers of the page's h1 elements;
    `paths`: the names that its text stands under;
    `rows`: words by what the containers stand in; `last`: the place of its last line;
    `span`: places between its first and its last line of running text; `shared`: the innermost container of all those.
    """

    parents: Counter[tuple[int, ...]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    inside: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    letters: str = ""
    heads: set[int] = field(default_factory=set)
    paths: set[tuple[str, ...]] = field(default_factory=set)
    rows: Counter[tuple[int, ...]] = field(default_factory=Counter)
    last: int = -1
    span: range = range(0)
    shared: int = 0


def _ground(placed: Sequence[Paragraph]) -> _PageLines:
    ground = _PageLines(letters="\n".join(p.key for p in placed))
    ground.taken = {p.block.order for p in placed if p.block}
    for p in placed:
        if p.block and p.block.links < LINKED:
            ground.parents[p.block.box] += p.words
            ground.last = max(ground.last, p.block.order)
            ground.kinds[kind(p.block)] += p.words
            ground.inside.update(p.block.nodes)
            ground.rows[p.block.nodes[-3:-2]] += p.words
            ground.paths.add(p.block.path)
    running = [p.block for p in placed if p.block and is_running(p.block)]
    if running:
        ground.span = range(min(b.order for b in running), max(b.order for b in running))
        ground.shared = max(set(running[0].nodes).intersection(*(b.nodes for b in running)), default=0)
    return ground


def _other_article(block: Block, ground: _PageLines) -> bool:
    """Does it stand in an article or titled container of its own, beside the one that the engine took?"""
    apart = [(node, label) for node, label in zip(block.nodes, block.path, strict=True) if node not in ground.inside]
    return any(node in ground.heads or label.startswith("article#") for node, label in apart)


def missing(placed: Sequence[Paragraph], blocks: Sequence[Block]) -> list[Block]:
    """Blocks beside the engine's text, or in containers of the same kind, that it left out."""
    ground = _ground(placed)
    ground.heads = {node for block in blocks if block.tag == "h1" for node in block.nodes}
    free = [block for block in blocks if _is_free(block, ground)]
    beside = [block for block in free if _is_beside(block, ground)] + _alike(free, ground)
    new = [block for block in beside if (_worth(block) or _in_list(block, ground)) and not _is_there(block, ground)]
    found = {block.order: block for block in new + _among(free, ground)}
    return [found[order] for order in sorted(found)]


def _is_there(block: Block, ground: _PageLines) -> bool:
    """Does the engine's text hold it, as a line or (where it is no short one) in several?"""
    return block.key in ground.letters or (block.words >= RUNNING and block.key in ground.letters.replace("\n", ""))


def _is_free(block: Block, ground: _PageLines) -> bool:
    """May a line be the article's, and did the engine leave it out?"""
    if block.order in ground.taken or block.links > LINKED or block.tag not in TEXT_TAGS:
        return False
    return not named_junk(block.path[-1]) and not _other_article(block, ground)


def _is_beside(block: Block, ground: _PageLines) -> bool:
    """Does it stand in a container of the engine's text, as one of its elements or loose between them?

    Or beside such a container, as a paragraph of running text: the engine took one box of a row.
    """
    if max(ground.parents[block.box], ground.parents[block.nodes[-1:]]) > _HOLDS_TEXT:
        return True
    return _in_row(block, ground) or _in_list(block, ground)


def _in_row(block: Block, ground: _PageLines) -> bool:
    if block.tag != "p" or block.links > RUNNING_LINKED or block.words < RUNNING:
        return False
    return bool(END.search(block.text)) and ground.rows[block.box] > _ROW_SHARE * sum(ground.parents.values())


def _in_list(block: Block, ground: _PageLines) -> bool:
    """Is it an item of a list that stands among the engine's text, as one of the elements of its containers?"""
    lists = [n for n, label in enumerate(block.path) if label.startswith(_LISTS) and not named_junk(label)]
    return block.order < ground.last and any(ground.parents[block.nodes[n - 1 : n]] > _HOLDS_TEXT for n in lists)


def _among(free: Sequence[Block], ground: _PageLines) -> list[Block]:
    """Running text in boxes of its own among the engine's, where it is so much that it is no caption or notice."""
    found = [block for block in free if _is_between(block, ground) and not _is_there(block, ground)]
    words = sum(block.words for block in found)
    if len(found) >= _MANY and words >= _MUCH * sum(ground.parents.values()):
        return found
    return [block for block in found if any(map(_is_folded, block.path[-_NEAR:]))]


def _is_between(block: Block, ground: _PageLines) -> bool:
    """Is it running text among the engine's, in a box of its own that has no name for what is no article?"""
    if not is_running(block) or block.order not in ground.span or ground.shared not in block.nodes:
        return False
    apart = zip(block.nodes, block.path, strict=True)
    names = (_unfolded(label) for node, label in apart if node not in ground.inside)
    return not any(named_junk(name) or is_region(name) for name in names)


@remembered
def _is_folded(label: str) -> bool:
    """Is it named as a part of the text that a click unfolds: an accordion's panel, an answer?"""
    return bool(_FOLDED.search(label))


@remembered
def _unfolded(label: str) -> str:
    """The label of such a part without what says that it is folded; one that is not shown at all keeps it."""
    return _HIDING.sub("", label) if _is_folded(label) and not label.endswith(" hidden") else label


def _worth(block: Block) -> bool:
    return block.tag in SUBHEADINGS or block.words >= _FEWEST_WORDS


def _alike(free: Sequence[Block], ground: _PageLines) -> list[Block]:
    """Blocks in further containers of the kind that holds the text: an article cut into several boxes.

    A box holds several paragraphs; comments and teasers stand alone or in great numbers.
    """
    enough = max(_KIND_WORDS, _KIND_SHARE * sum(ground.kinds.values()))
    boxes: dict[tuple[int, ...], list[Block]] = defaultdict(list)
    for block in free:
        if ground.kinds[kind(block)] > enough and not _is_beside(block, ground):
            boxes[block.box].append(block)
    if len(boxes) > _MOST_BOXES:
        return []
    return [block for box in boxes.values() if _is_part(box, ground) for block in box if not is_junk(block, 4)]


def _is_part(box: Sequence[Block], ground: _PageLines) -> bool:
    """Does a box hold as much as a part of an article does? One in a row with the others needs less."""
    words = sum(block.words for block in box)
    in_row = box[0].path in ground.paths
    return words >= _ROW_WORDS if in_row else len(box) >= _BOX_LINES and words >= _BOX_WORDS
