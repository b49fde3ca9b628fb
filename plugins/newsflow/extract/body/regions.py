"""Regions of a page that are not its article, by name and by place.

The engine and its rivals know many such names. Of the words that they let through on 1,035 open pages
(pages, pages_meta and sites, see docs/extraction.md) in regions of these names beside the bulk of the text, 80 were
in gold texts and 5,000 were not; above the headline 13 and 7,700; as strays behind the text 170 and 6,700.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from newsflow.extract.body.placement import WHOLE_LINK, Paragraph, kind
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page import reader_comments
from newsflow.extract.page.blocks import HEADINGS, Block
from newsflow.extract.page.region_names import named
from newsflow.text.sentences import END

MOST = 0.5  # a region with this share of the text's words is the article, whatever its name
_ROWS = frozenset(("li", "tr", "td", "th", "dd", "dt", "pre", "code"))
_LISTS = frozenset(("ol#.", "ul#."))
_PLAIN_ITEM = _LISTS | {"li#.", "p#."}
_APART = 3  # containers between a line and the bulk of the text; a list's item has two
_SHARE = 0.2  # of the text's words: what stands in boxes of such a kind is the article
PROSE = 20  # words of a paragraph that belongs to the text beyond doubt
_LEADS_IN = 8  # words of a line before a list or a quote
_LINKED = 0.2  # share of a stray's characters in links that makes it a teaser
_STRAYS = 0.3  # of the text's words: more is a part of it
_LETTERS = 8  # shorter titles are names of sections as well
_BELOW = 50  # words under a headline that make it the headline of a text
_PARTS = 2  # paragraphs above a heading in one box with text below it
_LEAST = 0.1  # and their share of all


@dataclass(slots=True)
class _Bulk:
    """Where the bulk of the text stands: words by container and by kind of container, and how many make the bulk."""

    words: defaultdict[int, int]
    kinds: Counter[tuple[str, ...]]
    total: int

    def outer(self, block: Block) -> list[str]:
        """Labels of what a block stands in, itself included, inside the containers of the bulk."""
        return [n for node, n in zip(block.nodes, block.path, strict=True) if self.words[node] < MOST * self.total]


def _bulk(lines: Sequence[Paragraph]) -> _Bulk:
    bulk = _Bulk(defaultdict(int), Counter(), 0)
    for p in lines:
        if p.block:
            for node in p.block.nodes:
                bulk.words[node] += p.words
            bulk.kinds[kind(p.block)] += p.words
            bulk.total += p.words
    return bulk


def _uncut(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    return [p for p in paragraphs if not p.cut]


def _words(paragraphs: Iterable[Paragraph]) -> int:
    return sum(p.words for p in paragraphs)


def _cut(paragraphs: Iterable[Paragraph], reason: str) -> None:
    for p in paragraphs:
        p.cut = reason


def cut_comments(paragraphs: Sequence[Paragraph], head: Head | None) -> None:
    """Cut readers' comments below a text that stands under the headline, however many they are."""
    below = [p for p in _uncut(paragraphs) if head and p.block and p.block.order > head.block.order]
    whole = head.block.nodes if head else ()
    found = [p for p in below if p.block and reader_comments.levels(p.block, whole)]
    if _words(below) - _words(found) < _BELOW:
        return
    # One running text under such a name is the article: themes call its box "comments", too.
    if not reader_comments.as_one([p.block for p in found if p.block]):
        _cut(found, "region")


def cut_regions(paragraphs: Sequence[Paragraph]) -> None:
    """Cut what stands beside the bulk of the text in regions with such names, and strays behind it."""
    lines = _uncut(paragraphs)
    bulk = _bulk(lines)
    found = [p for p in lines if p.block and named(p.block, bulk.outer(p.block))]
    if _words(found) <= MOST * bulk.total:
        _cut(found, "region")
    _cut_strays(_uncut(lines), bulk)


def _cut_strays(lines: Sequence[Paragraph], bulk: _Bulk) -> None:
    """Cut what stands apart behind the text and is no sentence: teasers, notices, labels of other boxes.

    Without links, lists and their headings stay (a recipe's parts and a table's rows stand so, too), and quotes do.
    So does what makes up much of the text without links: a list of lists.
    """
    last = max((n for n, p in enumerate(lines) if _is_prose_of(bulk, p)), default=len(lines))
    behind = zip(lines[last + 1 :], [*lines[last + 2 :], None], strict=False)
    found = [p for p, after in behind if p.block and _is_stray(p.block, p.text, after, bulk)]
    linked = sum(p.words * p.block.links for p in found if p.block)
    if _words(found) <= _STRAYS * bulk.total or linked > _LINKED * _words(found):
        _cut(found, "stray")


def _is_prose_of(bulk: _Bulk, p: Paragraph) -> bool:
    """Is it a paragraph of running text, among the bulk or in boxes of a kind that holds much of it?"""
    if p.block is None or p.words < PROSE or not END.search(p.text):
        return False
    return not _is_apart(p.block, bulk) or _holds_text(p.block, bulk)


def _is_apart(block: Block, bulk: _Bulk) -> bool:
    return len(bulk.outer(block)) >= _APART


def _is_stray(block: Block, text: str, after: Paragraph | None, bulk: _Bulk) -> bool:
    if not _is_apart(block, bulk) or END.search(text):
        return False
    if _is_listed(bulk.outer(block)):
        return block.links > WHOLE_LINK
    return block.links > _LINKED or _loose(block, after, bulk)


def _is_listed(outer: Sequence[str]) -> bool:
    """Is it an item of a list right among the text's paragraphs, as sources and references are?"""
    return outer[0] in _LISTS and _PLAIN_ITEM.issuperset(outer)


def _loose(block: Block, after: Paragraph | None, bulk: _Bulk) -> bool:
    """Is it neither a row, nor what heads rows or a part of the text, nor a quote, nor a part of the text itself?"""
    if block.tag in HEADINGS:
        return not (after and after.block and (after.block.tag in _ROWS or _is_part(after.block, bulk)))
    if block.tag in _ROWS or _is_part(block, bulk):
        return False
    return not any(label.startswith("blockquote#") for label in block.path)


def _is_part(block: Block, bulk: _Bulk) -> bool:
    """Is it as long as a paragraph, in boxes that hold the text? One that ends in no full stop, as with a signature."""
    fewest = _LEADS_IN if block.text.endswith((":", "：")) else PROSE
    return block.words >= fewest and _holds_text(block, bulk)


def _holds_text(block: Block, bulk: _Bulk) -> bool:
    """Does it stand in boxes of a kind that holds much of the text?"""
    return bulk.kinds[kind(block)] >= _SHARE * bulk.total


@dataclass(frozen=True, slots=True)
class Head:
    """Where the article's headline stands, and `rival`: the place of the next article's, or -1."""

    block: Block
    rival: int = -1


def headline(blocks: Sequence[Block], titles: Collection[str]) -> Head | None:
    """The first h1, else the first h2, in the words of one of the titles (squeezed); None where there is none.

    A later h1 of the same kind with other words is the headline of another article: pages that
    load the next one when a reader comes to the end.
    """
    long = {title for title in titles if len(title) > _LETTERS}
    # A page may have several h1; only where none holds the title is an h2 the headline.
    found = (b for tag in ("h1", "h2") for b in blocks if b.tag == tag and squeeze(b.text) in long)
    own = next(found, None)
    return Head(own, _rival(own, blocks, titles)) if own else None


def headlines(h1s: Sequence[str], blocks: Sequence[Block], head: Head | None) -> list[str]:
    """The texts of h1 elements that may be the headline: those below it head parts of the text."""
    if head is None:
        return list(h1s)
    below = {squeeze(block.text) for block in blocks[head.block.order + 1 :] if block.tag == "h1"}
    return [text for text in h1s if squeeze(text) not in below]


def _rival(own: Block, blocks: Sequence[Block], titles: Collection[str]) -> int:
    """The place of the next h1 of the same kind in other words; -1 where there is none.

    One in the very box of the headline heads a part of the text.
    """
    if own.tag != "h1":
        return -1
    after = (b for b in blocks[own.order + 1 :] if b.tag == "h1" and kind(b) == kind(own) and b.box != own.box)
    return next((b.order for b in after if squeeze(b.text) not in titles), -1)


def cut_others(paragraphs: Sequence[Paragraph], head: Head | None) -> None:
    """Cut what stands above the headline, in another article element, or under another headline."""
    if head is None:
        return
    lines = [(p, p.block) for p in _uncut(paragraphs) if p.block]
    article = _article(head.block)
    own = {id(p) for p, block in lines if _own(block, head, article)}
    if _words(p for p, _ in lines if id(p) in own) < max(_BELOW, _LEAST * _words(p for p, _ in lines)):
        return  # the headline is not this text's: a site's name, a teaser in the same words
    if _heads_a_part(lines, head.block):
        return
    for p, block in lines:
        if id(p) not in own:
            p.cut = "other article" if block.order > head.block.order else "above the headline"


def _heads_a_part(lines: Sequence[tuple[Paragraph, Block]], head: Block) -> bool:
    """Is it a part's heading in the article's name: does running text above stand in one box with text below?"""
    prose = [block for p, block in lines if p.words >= PROSE and END.search(p.text)]
    below = {block.box for block in prose if block.order > head.order}
    return sum(block.order < head.order and block.box in below for block in prose) >= _PARTS


def _article(block: Block) -> int:
    """The innermost article element that a block stands in; 0 where it stands in none."""
    inside = zip(block.nodes, block.path, strict=True)
    return max((node for node, name in inside if name.startswith("article#")), default=0)


def _own(block: Block, head: Head, article: int) -> bool:
    """Does a block belong to the headline's article?

    :param article: number of the article element that the headline stands in, 0 for none.
    """
    if block.order < head.block.order or 0 <= head.rival < block.order:
        return False
    return not article or article in block.nodes or not _article(block)
