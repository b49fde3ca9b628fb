"""From the engine's lines to the body: each line placed on the page, gaps filled.

What the rules rest on was measured on 398 open pages of 230 publishers (docs/extraction.md): of lines
that the engine left out, those in the same container as kept ones, or in a container of the same kind,
belong to the article 20 times as often as not; all others don't.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from newsflow.extract.page.blocks import Block, key
from newsflow.text.sentences import END
from newsflow.text.word_count import count_words

# Regions that are not the article, by the words that designers call them (English by custom everywhere).
_JUNK = re.compile(
    r"comment|related|share|social|newsletter|promo|author|byline|\bbio\b|biography|caption|footer|sidebar|widget|"
    r"\bnav|menu|advert|sponsor|recommend|trending|popular|teaser|credit|hidden|tooltip|subscri|sign-?up|read-?more|"
    r"paywall|cookie|consent|modal|popup|breadcrumb|\bad[-_]|outbrain|taboola|disclaimer|copyright|toolbar|carousel",
    re.IGNORECASE,
)
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_TEXT_TAGS = frozenset(("p", "div", "li", "blockquote", "section", "article", "td", "dd", "pre", "main")) | _HEADINGS
_SOLID = 24  # characters: twelve words of any script are longer
# Measured on the pages named above.
_LINKED = 0.5  # share of a line's characters in links from which it is no text
_HOLDS_TEXT = 20  # words of the engine's text that make a container one of the article's
_KIND_WORDS, _KIND_SHARE = 30, 0.3  # of the engine's text in containers of one kind: that kind holds the article
_MOST_BOXES = 12  # containers of that kind with text that was left out; more are comments or teasers
_BOX_LINES, _BOX_WORDS = 2, 60  # that such a box holds at least
_ROW_WORDS = 20  # the same of a box that stands under the very same names as the engine's text
_ROW_SHARE = 0.5  # of the engine's text in boxes of one container: what stands between them is of their row
_FEWEST_WORDS = 5  # of a line worth filling in; headings may be shorter
_NUMBERS = re.compile(r"\d+")
_IDS = re.compile(r"#[^.]*")


@dataclass(slots=True)
class Paragraph:
    """One line of the body, where it stands on the page, how it came (`by`), and why it was cut ("" for kept)."""

    text: str
    block: Block | None = None
    by: str = "engine"
    cut: str = ""
    _words: int = -1

    @property
    def words(self) -> int:
        """Words, comparable between scripts; counted once."""
        if self._words < 0:
            same = self.block is not None and self.block.text == self.text
            self._words = self.block.words if self.block and same else count_words(self.text)
        return self._words


def place(lines: Sequence[str], blocks: Sequence[Block]) -> list[Paragraph]:
    """Find each line's block: the next one with the same letters after the line before, else the first.

    A line may be several blocks in a row, as a table's row or a list item with a heading in it.
    """
    keys = [block.key for block in blocks]
    where = _places(keys)
    placed: list[Paragraph] = []
    last = -1
    for line in lines:
        first, end = _find(key(line), keys, where, last)
        placed.append(Paragraph(line, _joined(line, blocks[first : end + 1]) if end >= 0 else None))
        last = end if end >= 0 else last
    return placed


@dataclass(slots=True)
class _Places:
    """Places of the blocks' keys: by the whole key, and (made when a line is a row of blocks) by its first letter."""

    whole: dict[str, list[int]]
    starts: dict[str, list[int]]


def _places(keys: Sequence[str]) -> _Places:
    whole: dict[str, list[int]] = defaultdict(list)
    for n, found in enumerate(keys):
        whole[found].append(n)
    return _Places(whole, {})


def _find(wanted: str, keys: Sequence[str], where: _Places, last: int) -> tuple[int, int]:
    """First and last place of a line's letters: one block, else a row of blocks; (0, -1) where there is none."""
    first, end = _at(where.whole.get(wanted, ()), last)
    if end >= 0 or not wanted:
        return first, end
    where.starts = where.starts or _starts(keys)
    return _row(wanted, keys, where.starts.get(wanted[0], ()), last)


def _at(found: Sequence[int], last: int) -> tuple[int, int]:
    """The first place after the last one, else the first of all, as a row of one; (0, -1) where there is none."""
    at = next((n for n in found if n > last), found[0] if found else -1)
    return max(at, 0), at


def _starts(keys: Sequence[str]) -> dict[str, list[int]]:
    """Where rows of blocks may begin, by their first letter."""
    starts: dict[str, list[int]] = defaultdict(list)
    for n, first in enumerate(keys):
        starts[first[:1]].append(n)
    return starts


def _row(wanted: str, keys: Sequence[str], starts: Sequence[int], last: int) -> tuple[int, int]:
    """First and last place of a row of blocks that together hold a line's letters; (0, -1) where there is none."""
    for n in sorted((n for n in starts if wanted.startswith(keys[n])), key=lambda n: (n <= last, n)):
        rest, at = wanted, n
        while rest and at < len(keys) and rest.startswith(keys[at]):
            rest, at = rest[len(keys[at]) :], at + 1
        if not rest:
            return n, at - 1
    return 0, -1


def _joined(line: str, row: Sequence[Block]) -> Block:
    """Several blocks as one, standing in what they all stand in."""
    if len(row) == 1:
        return row[0]
    depth = _shared_depth(row)
    letters = sum(len(block.text) for block in row) or 1
    return Block(
        line,
        row[0].path[depth - 1].split("#")[0] if depth else "",
        sum(block.links * len(block.text) for block in row) / letters,
        row[0].path[:depth],
        row[0].nodes[:depth],
        row[0].order,
        sum(block.bold * len(block.text) for block in row) / letters,
    )


def _shared_depth(row: Sequence[Block]) -> int:
    """In how many containers, from the outermost, all of these blocks stand."""
    levels = zip(*(block.nodes for block in row), strict=False)
    return sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))


@lru_cache(maxsize=20_000)
def _form(label: str) -> str:
    return _NUMBERS.sub("", _IDS.sub("", label))


def kind(block: Block) -> tuple[str, ...]:
    """Blocks of one kind stand under the same tags and classes, whatever their ids and numbers."""
    return _kind(block.tag, block.path)


@lru_cache(maxsize=2_000)
def _kind(tag: str, path: tuple[str, ...]) -> tuple[str, ...]:
    named = [label for label in path if not label.endswith("#.")]
    return (tag, *map(_form, named[-2:]))


@lru_cache(maxsize=20_000)
def _named_junk(label: str) -> bool:
    return bool(_JUNK.search(label))


def is_junk(block: Block, levels: int = 3) -> bool:
    """Does it stand in a region that is not the article, by its classes?"""
    return any(map(_named_junk, block.path[-levels:]))


@dataclass(slots=True)
class _PageLines:
    """Where the engine's text stands: words by container and by kind, and all containers that hold any.

    `taken`: places of its blocks; `letters`: its lines as keys; `heads`: containers of the page's h1 elements;
    `paths`: the names that its text stands under;
    `rows`: words by what the containers stand in.
    """

    parents: Counter[tuple[int, ...]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    inside: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    letters: str = ""
    heads: set[int] = field(default_factory=set)
    paths: set[tuple[str, ...]] = field(default_factory=set)
    rows: Counter[tuple[int, ...]] = field(default_factory=Counter)


def _ground(placed: Sequence[Paragraph]) -> _PageLines:
    ground = _PageLines(letters="\n".join(key(p.text) for p in placed))
    ground.taken = {p.block.order for p in placed if p.block}
    for p in placed:
        if p.block and p.block.links < _LINKED:
            ground.parents[_box(p.block)] += p.words
            ground.kinds[kind(p.block)] += p.words
            ground.inside.update(p.block.nodes)
            ground.rows[p.block.nodes[-3:-2]] += p.words
            ground.paths.add(p.block.path)
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
    found = [block for block in free if _is_beside(block, ground)] + _alike(free, ground)
    new = (block for block in found if _worth(block) and not _is_there(block, ground))
    return sorted(new, key=lambda block: block.order)


def _is_there(block: Block, ground: _PageLines) -> bool:
    """Does the engine's text hold it, as a line or (where it is no short one) in several?"""
    return block.key in ground.letters or (block.words >= _RUNNING and block.key in ground.letters.replace("\n", ""))


def _is_free(block: Block, ground: _PageLines) -> bool:
    """May a line be the article's, and did the engine leave it out?"""
    if block.order in ground.taken or block.links > _LINKED or block.tag not in _TEXT_TAGS:
        return False
    return not _named_junk(block.path[-1]) and not _other_article(block, ground)


def _box(block: Block) -> tuple[int, ...]:
    """The container that a block stands in, as a row of one node; empty at the top of the page."""
    return block.nodes[-2:-1]


def _is_beside(block: Block, ground: _PageLines) -> bool:
    """Does it stand in a container of the engine's text, as one of its elements or loose between them?

    Or beside such a container, as a paragraph of running text: the engine took one box of a row.
    """
    if max(ground.parents[_box(block)], ground.parents[block.nodes[-1:]]) > _HOLDS_TEXT:
        return True
    return _in_row(block, ground)


def _in_row(block: Block, ground: _PageLines) -> bool:
    if block.tag != "p" or block.links > _RUNNING_LINKED or block.words < _RUNNING:
        return False
    return bool(END.search(block.text)) and ground.rows[_box(block)] > _ROW_SHARE * sum(ground.parents.values())


def _worth(block: Block) -> bool:
    return block.tag in _HEADINGS or block.words >= _FEWEST_WORDS


def _alike(free: Sequence[Block], ground: _PageLines) -> list[Block]:
    """Blocks in further containers of the kind that holds the text: an article cut into several boxes.

    A box holds several paragraphs; comments and teasers stand alone or in great numbers.
    """
    enough = max(_KIND_WORDS, _KIND_SHARE * sum(ground.kinds.values()))
    boxes: dict[tuple[int, ...], list[Block]] = defaultdict(list)
    for block in free:
        if ground.kinds[kind(block)] > enough and not _is_beside(block, ground):
            boxes[_box(block)].append(block)
    if len(boxes) > _MOST_BOXES:
        return []
    return [block for box in boxes.values() if _is_part(box, ground) for block in box if not is_junk(block, 4)]


def _is_part(box: Sequence[Block], ground: _PageLines) -> bool:
    """Does a box hold as much as a part of an article does? One in a row with the others needs less."""
    words = sum(block.words for block in box)
    in_row = box[0].path in ground.paths
    return words >= _ROW_WORDS if in_row else len(box) >= _BOX_LINES and words >= _BOX_WORDS


def merge(placed: list[Paragraph], extra: Sequence[Block], by: str) -> list[Paragraph]:
    """The lines with further blocks at their places on the page."""
    if not extra:
        return placed
    merged: list[Paragraph] = []
    waiting = sorted(extra, key=lambda block: block.order)
    for p in placed:
        while p.block and waiting and waiting[0].order < p.block.order:
            merged.append(Paragraph(waiting[0].text, waiting.pop(0), by))
        merged.append(p)
    return merged + [Paragraph(block.text, block, by) for block in waiting]


# Words of a line that is running text, and share of its characters in links that it may have.
_RUNNING, _RUNNING_LINKED = 12, 0.3


def _solid(block: Block) -> float:
    """How much a block speaks for its containers being the article: its words, if it is running text."""
    if block.links > _RUNNING_LINKED or len(block.text) < _SOLID or block.tag not in _TEXT_TAGS:
        return 0.0
    return 0.0 if block.words < _RUNNING or is_junk(block, 6) else float(block.words)


def densest(blocks: Sequence[Block], share: float = 0.75) -> list[Block]:
    """Running text of the deepest container that holds most of the page's running text."""
    weights = _weights(blocks)
    if not weights:
        return []
    enough = max(weights.values()) * share
    # Nodes are numbered from the top of the page: of those that hold enough, the last is the deepest.
    best = max((node for node, weight in weights.items() if weight >= enough), default=0)
    inside = (b for b in blocks if best in b.nodes and b.links <= _LINKED and b.tag in _TEXT_TAGS)
    return [block for block in inside if not is_junk(block, 6)]


def _weights(blocks: Sequence[Block]) -> dict[int, float]:
    """Words of running text by container."""
    weights: dict[int, float] = defaultdict(float)
    for block in blocks:
        if weight := _solid(block):
            for node in block.nodes:
                weights[node] += weight
    return weights
