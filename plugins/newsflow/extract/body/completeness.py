"""Is the engine's text the whole article? Where the page holds much more running text, candidates vote.

The gate costs no second extraction: it compares with the deepest container that holds most of
the page's running text. Behind it (5 % of open news pages), five extractors each give a text,
and the one that agrees best with the others is taken (the medoid by shared word trigrams).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from lxml.html import HtmlElement

from newsflow.extract.body.filling import missing
from newsflow.extract.body.placement import Paragraph, densest, merge, place
from newsflow.extract.body.trafilatura import door as trafilatura
from newsflow.extract.page import markup, prepare, reader_comments
from newsflow.extract.page.blocks import Block
from newsflow.text.characters import clean_lines

GATE = 1.54  # the engine may miss up to 35 % before others are asked: 5 % of the open pages come so far
_DEEPEST = (
    5_000  # boxes in boxes: its time grows by their square, three seconds for so many; open pages have up to 1,400
)
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u9fff]")
_TOKEN = re.compile(r"\w+")

Bag = Counter[tuple[str, ...]]


def _bag(lines: Sequence[str]) -> Bag:
    tokens: list[str] = []
    for line in lines:
        tokens += list(line) if _WIDE.search(line) else _TOKEN.findall(line.casefold())
    return Counter(zip(tokens, tokens[1:], tokens[2:]))  # noqa: B905 -- the tails are shorter by design


def _likeness(a: Bag, b: Bag) -> float:
    """Dice coefficient of two bags of trigrams."""
    return 2 * sum((a & b).values()) / (a.total() + b.total() or 1)


def medoid(candidates: dict[str, Sequence[str]]) -> str:
    """The name of the candidate that agrees best with the others; the first named of equals, and of two."""
    bags = {name: _bag(lines) for name, lines in candidates.items() if lines}
    if len(bags) < 3:
        return next(iter(bags or candidates))

    def agreement(name: str) -> float:
        return sum(_likeness(bags[name], bags[other]) for other in bags if other != name)

    return max(bags, key=agreement)


def _filled(lines: Sequence[str], blocks: Sequence[Block]) -> list[Paragraph]:
    placed = place(lines, blocks)
    return merge(placed, missing(placed, blocks), "filled")


def _misnamed(blocks: Sequence[Block]) -> list[Block]:
    """The text of a page whose only text stands in a region that is named after comments, and is none."""
    found = [blocks[block.order] for block in densest([reader_comments.renamed(block) for block in blocks])]
    return found if reader_comments.as_one(found) else []


@lru_cache(maxsize=1)  # it is asked up to three times of a page
def light(html: str) -> tuple[str, ...]:
    """The lines that resiliparse takes for a page's main content; none of a page too deep for it."""
    from resiliparse.extract.html2text import extract_plain_text

    if markup.is_deep(html, _DEEPEST):
        return ()
    text = extract_plain_text(
        html, main_content=True, alt_texts=False, list_bullets=False, comments=False, post_meta=False
    )
    return tuple(clean_lines(text))


@lru_cache(maxsize=1)  # so is this, and no part of an extraction is dearer
def thorough(html: str) -> tuple[str, ...]:
    """The lines that all of the engine's stages find on a page's cleared tree."""
    return tuple(trafilatura.thorough(prepare.anew(html), cleared=True))


def paragraphs(
    root: HtmlElement, blocks: Sequence[Block], html: str, told: Sequence[str]
) -> tuple[list[Paragraph], str]:
    """The body's lines before cleaning, and the extractor that gave them.

    :param root: the page's tree as `prepare.clear` left it; it is used up.
    :param html: the page as text, for candidates that need a tree of their own.
    :param told: the page's own telling of its text to search engines.
    """
    first = _filled(trafilatura.quick(root), blocks)
    container = densest(blocks)
    words = sum(p.words for p in first)
    if not words and not container and (only := _misnamed(blocks)):
        return [Paragraph(block.text, block, "misnamed") for block in only], "misnamed region"
    if words and sum(block.words for block in container) <= GATE * words:
        return first, "engine"
    return _voted(first, [block.text for block in container], blocks, html, told)


def _voted(
    first: list[Paragraph], dense: Sequence[str], blocks: Sequence[Block], html: str, told: Sequence[str]
) -> tuple[list[Paragraph], str]:
    """What agrees best with the others, and its name."""
    second = _filled(thorough(html), blocks)
    placed = {"engine": first, "engine, thorough": second}
    candidates: dict[str, Sequence[str]] = {
        **{name: [p.text for p in made] for name, made in placed.items()},
        "densest container": dense,
        "resiliparse": light(html),
        "json-ld": told,
    }
    chosen = medoid(candidates)
    return placed[chosen] if chosen in placed else place(candidates[chosen], blocks), chosen
