"""What a publisher's pages share, applied to one: rows of boxes and elements that are no text, and text left out.

What was learned is `model.Template`; `template_learning.py` learns it.
"""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.extract.body.cleaning import Known
from newsflow.extract.body.forms import forms, whole
from newsflow.extract.body.placement import LINKED, Paragraph, merge
from newsflow.extract.page.blocks import Block, is_running, key
from newsflow.model import Template
from newsflow.text.site_lines import line_hash

INSIDE, OUTSIDE, ROW = "template", "template", "row of boxes"
BESIDE = 40  # words of running text beside rows of boxes, without which the rows may be the text
MOST_BLOCKS = 5_000  # of a page; longer ones are left as they are
_MORE = 3  # times the words found beside it that a body may have, and get them; a longer one lacks nothing
_SURE = 12  # letters of a line that stands in a body by no chance


def held(blocks: Sequence[Block], lines: Sequence[Paragraph]) -> list[bool]:
    """Which blocks the lines of a body hold, as a line or as a part of one."""
    orders = {p.block.order for p in lines if p.block}
    letters = "".join(key(p.text) for p in lines)
    return [block.order in orders or (len(block.key) > _SURE and block.key in letters) for block in blocks]


def applied(
    made: list[Paragraph], blocks: Sequence[Block], template: Template, known: Known, least: int
) -> list[Paragraph]:
    """A body's lines, some marked as cut and some put in, as its publisher's template has it.

    As they were, where fewer than `least` words would be left.

    :param made: its lines, cleaned.
    :param blocks: all that its lines stand among.
    :param known: of these blocks; what stands behind the article is not put in, whatever the form of its element.
    """
    if not template or len(blocks) > MOST_BLOCKS:
        return made
    cut = _cut(made, blocks, template)
    kept = [p for p in made if not p.cut and id(p) not in cut]
    new = _new(made, kept, blocks, template, known)
    if _words(kept) + sum(block.words for block in new) < least:
        return made
    for p in made:
        p.cut = p.cut or cut.get(id(p), "")
    return merge(made, new, INSIDE)


def _words(lines: Sequence[Paragraph]) -> int:
    return sum(p.words for p in lines)


def _cut(made: Sequence[Paragraph], blocks: Sequence[Block], template: Template) -> dict[int, str]:
    """Why lines are cut, by their `id`."""
    places = {id(p): blocks[p.block.order] for p in made if p.block and not p.cut}
    rows = {line for line, block in places.items() if not template.rows.isdisjoint(forms(block)[1:])}
    beside = sum(block.words for line, block in places.items() if line not in rows and is_running(block))
    why = dict.fromkeys(rows, ROW) if beside >= BESIDE else {}
    return why | {line: OUTSIDE for line, block in places.items() if line not in why and _is(block, template.outside)}


def _is(block: Block, learned: frozenset[int]) -> bool:
    """Is its element of one of these forms?"""
    return bool(block.path) and forms(block)[0] in learned


def _new(
    made: Sequence[Paragraph],
    kept: Sequence[Paragraph],
    blocks: Sequence[Block],
    template: Template,
    known: Known,
) -> list[Block]:
    """Text of the publisher's other pages' places that a body lacks, where that is much beside what it has."""
    free = [b for b in _free(made, kept, blocks, template) if known.behind.isdisjoint(b.nodes)]
    there = held(free, kept)
    found = [b for b, has in zip(free, there, strict=True) if not has and line_hash(b.text) not in known.site_lines]
    return found if _words(kept) <= _MORE * sum(block.words for block in found) else []


def _free(
    made: Sequence[Paragraph], kept: Sequence[Paragraph], blocks: Sequence[Block], template: Template
) -> list[Block]:
    """Blocks of such places that nobody has judged; not those of a second article below the one that the body has."""
    known = {p.block.order for p in made if p.block}
    ours = {(whole(b), b.box) for b in (blocks[p.block.order] for p in kept if p.block)}
    places = {form for form, _ in ours}
    inside = (b for b in blocks if b.order not in known and b.links <= LINKED and whole(b) in template.inside)
    return [b for b in inside if whole(b) not in places or (whole(b), b.box) in ours]
