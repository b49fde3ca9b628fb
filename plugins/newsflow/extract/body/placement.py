"""From the engine's lines to the body: each line placed on the page, gaps filled.

What the rules rest on was measured on 398 open pages of 230 publishers (`benchmarks/extraction.py
--explain-fill`): of lines that the engine left out, those in the same container as kept ones, or in a
container of the same kind, belong to the article 20 times as often as not; all others don't.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from newsflow.extract.page.blocks import Block, key
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
    where: dict[str, list[int]] = defaultdict(list)
    for n, found in enumerate(keys):
        where[found].append(n)
    starts: dict[str, list[int]] = {}
    placed: list[Paragraph] = []
    last = -1
    for line in lines:
        wanted = key(line)
        first, end = _at(where.get(wanted, ()), last)
        if end < 0 and wanted:
            starts = starts or _starts(keys)
            first, end = _row(wanted, keys, starts.get(wanted[0], ()), last)
        placed.append(Paragraph(line, _joined(line, blocks[first : end + 1]) if end >= 0 else None))
        last = end if end >= 0 else last
    return placed


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
    levels = zip(*(block.nodes for block in row), strict=False)
    depth = sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))
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
    """Where the engine's text stands: words by container and by kind, and all containers that hold any."""

    parents: Counter[tuple[int, ...]]
    kinds: Counter[tuple[str, ...]]
    inside: set[int]
    letters: str


def _ground(placed: Iterable[Paragraph]) -> _PageLines:
    ground = _PageLines(Counter(), Counter(), set(), "")
    letters = []
    for p in placed:
        letters.append(key(p.text))
        if p.block and p.block.links < 0.5:
            ground.parents[p.block.nodes[-2:-1]] += p.words
            ground.kinds[kind(p.block)] += p.words
            ground.inside.update(p.block.nodes)
    ground.letters = "\n".join(letters)
    return ground


def _other_article(block: Block, ground: _PageLines, heads: set[int]) -> bool:
    """Does it stand in an article or titled container of its own, beside the one that the engine took?"""
    apart = [(node, label) for node, label in zip(block.nodes, block.path, strict=True) if node not in ground.inside]
    return any(node in heads or label.startswith("article#") for node, label in apart)


def missing(placed: Sequence[Paragraph], blocks: Sequence[Block]) -> list[Block]:
    """Blocks beside the engine's text, or in containers of the same kind, that it left out."""
    ground = _ground(placed)
    taken = {p.block.order for p in placed if p.block}
    heads = {node for block in blocks if block.tag == "h1" for node in block.nodes}
    free = [
        block
        for block in blocks
        if block.order not in taken
        and block.links <= 0.5
        and block.tag in _TEXT_TAGS
        and not _named_junk(block.path[-1])
        and not _other_article(block, ground, heads)
    ]
    found = [block for block in free if ground.parents[block.nodes[-2:-1]] > 20] + _alike(free, ground)
    return sorted(
        (block for block in found if _worth(block) and block.key not in ground.letters), key=lambda b: b.order
    )


def _worth(block: Block) -> bool:
    return block.tag in _HEADINGS or block.words >= 5


def _alike(free: Sequence[Block], ground: _PageLines) -> list[Block]:
    """Blocks in further containers of the kind that holds the text: an article cut into several boxes.

    A box holds several paragraphs; comments and teasers stand alone or in great numbers.
    """
    total = sum(ground.kinds.values())
    boxes: dict[tuple[int, ...], list[Block]] = defaultdict(list)
    for block in free:
        form = kind(block)
        if ground.kinds[form] > max(30, total * 0.3) and ground.parents[block.nodes[-2:-1]] <= 20:
            boxes[block.nodes[-2:-1]].append(block)
    if len(boxes) > 12:
        return []
    return [
        block
        for box in boxes.values()
        for block in box
        if len(box) >= 2 and sum(b.words for b in box) >= 60 and not is_junk(block, 4)
    ]


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


def _solid(block: Block) -> float:
    """How much a block speaks for its containers being the article: its words, if it is running text."""
    if block.links > 0.3 or len(block.text) < _SOLID or block.tag not in _TEXT_TAGS:
        return 0.0
    words = block.words
    return 0.0 if words < 12 or is_junk(block, 6) else float(words)


def densest(blocks: Sequence[Block], share: float = 0.75) -> list[Block]:
    """Running text of the deepest container that holds most of the page's running text."""
    weights: dict[int, float] = defaultdict(float)
    for block in blocks:
        if weight := _solid(block):
            for node in block.nodes:
                weights[node] += weight
    if not weights:
        return []
    total = max(weights.values())
    best = max((node for node, weight in weights.items() if weight >= total * share), default=0)
    inside = (b for b in blocks if b.links <= 0.5 and b.tag in _TEXT_TAGS and best in b.nodes)
    return [b for b in inside if not is_junk(b, 6)]
