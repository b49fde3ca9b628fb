"""Learns what a publisher's pages share: site lines, and where on a page the text stands.

From our own bodies of several articles, without gold and without names: a form of element whose words are mostly in
the bodies of the pages that have it holds text, one whose words are mostly not holds none. Boxes that stand on a page
three times and more beside a whole article, of two lines or more each, most with a day and time or a link in front, are
rows of comments or teasers, whatever a body took for its text. The numbers were chosen on `sites`, see
docs/extraction.md; what keeps an article's own parts in it, on pages made for that (tests/extract/body).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from newsflow.extract.body import cleaning
from newsflow.extract.body.forms import forms, whole
from newsflow.extract.body.placement import LINKED, Paragraph
from newsflow.extract.body.template import BESIDE, MOST_BLOCKS, held
from newsflow.extract.page.blocks import HEADINGS, Block, is_running
from newsflow.model import Template
from newsflow.text.site_lines import PageLines, articles, learn, line_hash

FEWEST = 3  # different articles that teach a template, and that a form must stand in
_OUTSIDE, _INSIDE = 0.3, 0.8  # of a form's words in bodies: below it holds none, from it holds text
_TEXT = 0.3  # of bodies' words: a form that has as much holds text, whatever else it holds
_ROW = 3  # boxes of one form on one page
_MARKED = 0.5  # of these boxes that look like a comment or a teaser
_ARTICLE = 100  # words beside such boxes: live reports and round-ups have a short lead beside theirs
_ON_PAGES = 0.3  # of the articles that have such boxes
_MARK_WORDS, _MARK_NUMBERS = 12, 4  # most words of a line that tells a day and a time, and its least numbers
_TEASER = 60  # most words of a teaser
_MOST_FORMS = 4_000  # of a publisher, and of one page
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class SeenBlock:
    """A block as the learner sees it; `line`: its hash, `held`: whether the body has it, `place`: its whole form."""

    line: int
    words: int
    running: bool
    held: bool
    forms: tuple[int, ...]
    place: int

    @property
    def form(self) -> int:
        """Of its element and the two that it stands in."""
        return self.forms[0]


class Row(NamedTuple):
    """Boxes of one form on a page: how many, how many of them look like a comment or a teaser, and words beside them.

    `beside`: of running text in the body.
    """

    boxes: int
    marked: int
    beside: int


@dataclass(frozen=True, slots=True)
class PageSketch:
    """A page as the learner sees it.

    `lines`, `body`: of its body; `rows`: boxes of two blocks or more, by form.
    """

    lines: PageLines
    body: str = ""
    blocks: tuple[SeenBlock, ...] = ()
    rows: Mapping[int, Row] = field(default_factory=dict)


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
    there = held(blocks, cleaning.kept(made))
    seen = (
        SeenBlock(line_hash(block.text), block.words, is_running(block), inside, forms(block), whole(block))
        for block, inside in zip(blocks, there, strict=True)
        if block.path
    )
    return PageSketch(lines, body, tuple(seen), _rows(blocks, there))


def _rows(blocks: Sequence[Block], there: Sequence[bool]) -> dict[int, Row]:
    """Boxes of two blocks or more by form; none of a page that has more forms than articles have."""
    boxes: dict[int, dict[int, list[Block]]] = defaultdict(lambda: defaultdict(list))
    for block in blocks:
        for form, node in list(zip(forms(block), reversed(block.nodes), strict=True))[1:]:
            boxes[form][node].append(block)
    if len(boxes) > _MOST_FORMS:
        return {}
    text = {b.order: b.words for b, has in zip(blocks, there, strict=True) if has and is_running(b)}
    several = {form: [box for box in nodes.values() if len(box) > 1] for form, nodes in boxes.items()}
    return {form: _row(found, text, sum(text.values())) for form, found in several.items() if found}


def _row(boxes: Sequence[Sequence[Block]], text: Mapping[int, int], words: int) -> Row:
    """:param text: words of the body's running text by block; `words`: all of them."""
    within = {block.order for box in boxes for block in box}
    return Row(len(boxes), sum(map(_is_marked, boxes)), words - sum(text.get(order, 0) for order in within))


def _is_marked(box: Sequence[Block]) -> bool:
    """Does it have what comments and teasers have, and a part of an article hasn't?

    A comment tells its day and time, and has a link, to answer it, where it has a heading; a teaser opens with a link,
    and is short. A part of a round-up, a gallery or a long read has a heading that leads nowhere, or its link at its
    end, or a day without a time.
    """
    timed, linked = any(map(_tells_time, box)), any(block.links > LINKED for block in box)
    if any(block.tag in HEADINGS and block.links <= LINKED for block in box):
        return timed and linked
    return timed or (_opens_linked(box) and sum(block.words for block in box) <= _TEASER)


def _opens_linked(box: Sequence[Block]) -> bool:
    """Does a link stand before its first running text?"""
    return next((block.links > LINKED for block in box if block.running or block.links > LINKED), False)


def _tells_time(block: Block) -> bool:
    return block.words <= _MARK_WORDS and len(_NUMBER.findall(block.text)) >= _MARK_NUMBERS


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
    kinds = _shares(pages, rows, lines, lambda block: block.form)
    outside = (form for form, share in kinds.items() if share.in_bodies < _OUTSIDE and share.of_bodies < _TEXT)
    places = _shares(pages, rows, lines, lambda block: block.place)
    inside = (place for place, share in places.items() if share.in_bodies >= _INSIDE)
    return Template(*(frozenset(sorted(found)[:_MOST_FORMS]) for found in (rows, outside, inside)))


def _in_rows(pages: Sequence[PageSketch]) -> Iterator[int]:
    """Forms of boxes that stand in rows beside whole articles."""
    found: dict[int, list[Row]] = defaultdict(list)
    for page in pages:
        for form, row in page.rows.items():
            found[form].append(row)
    return (form for form, rows in found.items() if len(rows) >= _ON_PAGES * len(pages) and _is_row(rows))


def _is_row(rows: Sequence[Row]) -> bool:
    """Are boxes of one form rows of comments or teasers, by the pages that have them?"""
    marked = sum(row.marked for row in rows) >= _MARKED * sum(row.boxes for row in rows)
    return marked and max(rows).boxes >= _ROW and median(row.beside for row in rows) >= _ARTICLE


@dataclass(slots=True)
class _Share:
    """Words of a form, and of the bodies of pages that have it; which share of either is in both."""

    pages: int = 0
    words: int = 0
    inside: int = 0
    bodies: int = 0

    @property
    def in_bodies(self) -> float:
        return self.inside / self.words

    @property
    def of_bodies(self) -> float:
        return self.inside / self.bodies if self.bodies else 0.0


def _shares(
    pages: Sequence[PageSketch], rows: frozenset[int], lines: Collection[int], kind: Callable[[SeenBlock], int]
) -> dict[int, _Share]:
    """What is known of forms of enough pages; site lines count for none."""
    found: dict[int, _Share] = defaultdict(_Share)
    for page in pages:
        blocks = [block for block in page.blocks if block.line not in lines]
        kept = _kept(blocks, rows)
        words = [block.words * has for block, has in zip(blocks, kept, strict=True)]
        for form in set(map(kind, blocks)):
            found[form].pages += 1
            found[form].bodies += sum(words)
        for block, inside in zip(blocks, words, strict=True):
            found[kind(block)].words += block.words
            found[kind(block)].inside += inside
    return {form: share for form, share in found.items() if share.pages >= FEWEST and share.words}


def _kept(blocks: Sequence[SeenBlock], rows: frozenset[int]) -> list[bool]:
    """Which blocks are in the body, when rows of boxes beside it are not."""
    aside = [not rows.isdisjoint(block.forms[1:]) for block in blocks]
    pairs = list(zip(blocks, aside, strict=True))
    beside = sum(block.words for block, off in pairs if block.held and block.running and not off)
    return [block.held and not (off and beside >= BESIDE) for block, off in pairs]
