"""Where lines of text stand on a page: each of the engine's, and the container that holds most running text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from newsflow.extract.body.as_written import as_written
from newsflow.extract.page.blocks import Block, key
from newsflow.extract.page.remembered import remembered
from newsflow.text.word_count import count_words

# Regions that are not the article, by the words that designers call them (English by custom everywhere). Page builders
# call any box a widget: "elementor-widget-container", "widget-span widget-type-cell".
_JUNK = re.compile(  # in lower case: a third of the time of one that folds
    r"comment|related|share|social|newsletter|promo|author|byline|\bbio\b|biography|caption|footer|sidebar|"
    r"(?<![a-z-])widget(?!-(?:span|type))|"
    r"\bnav|menu|advert|sponsor|recommend|trending|popular|teaser|credit|hidden|tooltip|subscri|sign-?up|read-?more|"
    r"paywall|cookie|consent|modal|popup|breadcrumb|\bad[-_]|outbrain|taboola|disclaimer|copyright|toolbar|carousel"
)
SUBHEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
TEXT_TAGS = SUBHEADINGS | {"p", "div", "li", "blockquote", "section", "article", "td", "dd", "pre", "main", "body"}
_BEGINNING = 16  # letters: thousands of blocks may begin with the same one
_SOLID = 24  # characters: twelve words of any script are longer
# Measured on the pages named above.
LINKED = 0.5  # share of a line's characters in links from which it is no text
WHOLE_LINK = 0.8  # and over which it is a link as a whole
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
    def box(self) -> tuple[int, ...]:
        """The container of its block; empty where it has none on the page."""
        return self.block.box if self.block else ()

    @property
    def key(self) -> str:
        """The key of its text."""
        return self.block.key if self.block and self.block.text == self.text else key(self.text)

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
        placed.append(_placed(line, blocks[first : end + 1]))
        last = end if end >= 0 else last
    return placed


def _placed(line: str, row: Sequence[Block]) -> Paragraph:
    """A line as it stands on the page, in a row of blocks; as it is, where there is none."""
    if not row:
        return Paragraph(line)
    line = as_written(line, " ".join(block.text for block in row))
    return Paragraph(line, _joined(line, row))


@dataclass(slots=True)
class _Places:
    """Places of the blocks' keys: by the whole key, and (made when a line is a row of blocks) by its beginning."""

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
    return _row(wanted, keys, _begun(wanted, where.starts), last)


def _at(found: Sequence[int], last: int) -> tuple[int, int]:
    """The first place after the last one, else the first of all, as a row of one; (0, -1) where there is none."""
    if not found:
        return 0, -1
    behind = bisect_right(found, last)  # a line may stand thousands of times on a page
    at = found[behind] if behind < len(found) else found[0]
    return at, at


def _starts(keys: Sequence[str]) -> dict[str, list[int]]:
    """Where rows of blocks may begin, by their first letters, or all where they have fewer."""
    starts: dict[str, list[int]] = defaultdict(list)
    for n, first in enumerate(keys):
        starts[first[:_BEGINNING]].append(n)
    return starts


def _begun(wanted: str, starts: Mapping[str, Sequence[int]]) -> list[int]:
    """Places of the blocks that a line may begin with."""
    return [n for size in range(1, min(len(wanted), _BEGINNING) + 1) for n in starts.get(wanted[:size], ())]


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


@remembered
def _form(label: str) -> str:
    return _NUMBERS.sub("", _IDS.sub("", label))


def kind(block: Block) -> tuple[str, ...]:
    """Blocks of one kind stand under the same tags and classes, whatever their ids and numbers."""
    return _kind(block.tag, block.path)


@lru_cache(maxsize=2_000)
def _kind(tag: str, path: tuple[str, ...]) -> tuple[str, ...]:
    named = [label for label in path if not label.endswith("#.")]
    return (tag, *map(_form, named[-2:]))


@remembered
def named_junk(label: str) -> bool:
    return bool(_JUNK.search(label.lower()))


def is_junk(block: Block, levels: int = 3) -> bool:
    """Does it stand in a region that is not the article, by its classes?"""
    return any(map(named_junk, block.path[-levels:]))


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
RUNNING, RUNNING_LINKED = 12, 0.3


def _solid(block: Block) -> float:
    """How much a block speaks for its containers being the article: its words, if it is running text."""
    if block.links > RUNNING_LINKED or len(block.text) < _SOLID or block.tag not in TEXT_TAGS:
        return 0.0
    return 0.0 if block.words < RUNNING or is_junk(block, 6) else float(block.words)


def densest(blocks: Sequence[Block], share: float = 0.75) -> list[Block]:
    """Running text of the deepest container that holds most of the page's running text."""
    weights = _weights(blocks)
    if not weights:
        return []
    enough = max(weights.values()) * share
    # Nodes are numbered from the top of the page: of those that hold enough, the last is the deepest.
    best = max((node for node, weight in weights.items() if weight >= enough), default=0)
    inside = (b for b in blocks if best in b.nodes and b.links <= LINKED and b.tag in TEXT_TAGS)
    return [block for block in inside if not is_junk(block, 6)]


def _weights(blocks: Sequence[Block]) -> dict[int, float]:
    """Words of running text by container."""
    weights: dict[int, float] = defaultdict(float)
    for block in blocks:
        if weight := _solid(block):
            for node in block.nodes:
                weights[node] += weight
    return weights
