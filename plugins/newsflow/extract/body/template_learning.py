"""Learns what a publisher's pages share: site lines, and where on a page the text stands.

From our own bodies of several articles, without gold and without names: a form of element whose words are mostly in
the bodies of the pages that have it holds text, one whose words are mostly not holds none. Boxes that stand on a page
three times and more, of two lines or more each, most with a date or a link, are rows of comments or teasers, whatever
a body took for its text. The numbers were chosen on `sites`, see docs/extraction.md.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newsflow.extract.body import cleaning
from newsflow.extract.body.forms import forms
from newsflow.extract.body.placement import LINKED, Paragraph
from newsflow.extract.body.template import BESIDE, MOST_BLOCKS, held
from newsflow.extract.page.blocks import Block, is_running
from newsflow.model import Template
from newsflow.text.site_lines import PageLines, articles, learn, line_hash

FEWEST = 3  # different articles that teach a template, and that a form must stand in
_OUTSIDE, _INSIDE = 0.6, 0.8  # of a form's words in bodies: below it holds none, from it holds text
_ROW = 3  # boxes of one form on one page
_MARKED = 0.5  # of these boxes that hold a date or a link
_ON_PAGES = 0.3  # of the articles that have such boxes
_MARK_WORDS, _MARK_NUMBERS = 8, 2  # most words of a line that is a date or a count, and its least numbers
_MOST_FORMS = 4_000  # learned of a publisher
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class SeenBlock:
    """A block as the learner sees it; `line`: its hash, `held`: whether the body has it."""

    line: int
    words: int
    running: bool
    held: bool
    forms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PageSketch:
    """A page as the learner sees it.

    `lines`, `body`: of its body; `rows`: boxes of two blocks or more by form, and how many of them are marked.
    """

    lines: PageLines
    body: str = ""
    blocks: tuple[SeenBlock, ...] = ()
    rows: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a publisher's pages share; `lines`: hashes of site lines to the number of articles they stand in."""

    lines: Mapping[int, int]
    template: Template
    articles: int


def sketch(lines: PageLines, body: str, made: Sequence[Paragraph], blocks: Sequence[Block]) -> PageSketch:
    """A page, from its body as it is without what was learned.

    :param lines: those of `body`.
    :param made: the same with what was cut.
    """
    if len(blocks) > MOST_BLOCKS:
        return PageSketch(lines, body)
    there = zip(blocks, held(blocks, cleaning.kept(made)), strict=True)
    seen = (
        SeenBlock(line_hash(block.text), block.words, is_running(block), inside, forms(block))
        for block, inside in there
        if block.path
    )
    return PageSketch(lines, body, tuple(seen), _rows(blocks))


def _rows(blocks: Sequence[Block]) -> dict[int, tuple[int, int]]:
    """Boxes of two blocks or more by form, and how many of them hold a date or a link."""
    boxes: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for block in blocks:
        marked = _is_mark(block)
        for form, node in list(zip(forms(block), reversed(block.nodes), strict=True))[1:]:
            boxes[form, node].append(marked)
    rows: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (form, _), marks in boxes.items():
        if len(marks) > 1:
            found, of_them = rows[form]
            rows[form] = found + 1, of_them + any(marks)
    return dict(rows)


def _is_mark(block: Block) -> bool:
    """Is it a link, a date or a count: what each comment and each teaser has?"""
    return block.links > LINKED or (block.words <= _MARK_WORDS and len(_NUMBER.findall(block.text)) >= _MARK_NUMBERS)


def learned(pages: Sequence[PageSketch]) -> Learned:
    """What a publisher's pages share; the same for the same pages in any order."""
    ordered = sorted((page for page in pages if page.body), key=lambda page: page.lines.page)
    lines = [page.lines for page in ordered]
    one_each = list(dict(zip(reversed(articles(lines)), reversed(ordered), strict=True)).values())
    found = learn(lines)
    template = _template(one_each, found.keys()) if len(one_each) >= FEWEST else Template()
    return Learned(found, template, len(one_each))


def _template(pages: Sequence[PageSketch], lines: Collection[int]) -> Template:
    rows = frozenset(_in_rows(pages))
    shares = _shares(pages, rows, lines)
    outside = (form for form, share in shares.items() if share < _OUTSIDE)
    inside = (form for form, share in shares.items() if share >= _INSIDE)
    return Template(*(frozenset(sorted(found)[:_MOST_FORMS]) for found in (rows, outside, inside)))


def _in_rows(pages: Sequence[PageSketch]) -> Iterator[int]:
    """Forms of boxes that stand in rows."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for page in pages:
        for form, counts in page.rows.items():
            found[form].append(counts)
    for form, each in found.items():
        boxes, marked = map(sum, zip(*each, strict=True))
        if max(each)[0] >= _ROW and marked >= _MARKED * boxes and len(each) >= _ON_PAGES * len(pages):
            yield form


def _shares(pages: Sequence[PageSketch], rows: frozenset[int], lines: Collection[int]) -> dict[int, float]:
    """Which share of a form's words are in bodies, for forms of enough pages; site lines count for neither."""
    words: Counter[int] = Counter()
    inside: Counter[int] = Counter()
    on: Counter[int] = Counter()
    for page in pages:
        blocks = [block for block in page.blocks if block.line not in lines]
        on.update({block.forms[0] for block in blocks})
        for block, kept in zip(blocks, _kept(blocks, rows), strict=True):
            words[block.forms[0]] += block.words
            inside[block.forms[0]] += block.words * kept
    return {form: inside[form] / words[form] for form, count in on.items() if count >= FEWEST and words[form]}


def _kept(blocks: Sequence[SeenBlock], rows: frozenset[int]) -> list[bool]:
    """Which blocks are in the body, when rows of boxes beside it are not."""
    aside = [not rows.isdisjoint(block.forms[1:]) for block in blocks]
    pairs = list(zip(blocks, aside, strict=True))
    beside = sum(block.words for block, off in pairs if block.held and block.running and not off)
    return [block.held and not (off and beside >= BESIDE) for block, off in pairs]
