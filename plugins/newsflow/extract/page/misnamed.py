"""Boxes whose names say "no text" and that hold the text: a name alone never cuts what stands in a row with it.

Stylesheets name by looks: a text in a grid with a column for advertisements stands in `sidebar-grid`, the part that
a click unfolds in `post-hidden`, a paragraph in `related-text`. What holds most of the page's running text, by itself
or with its likes, is the text; so is a paragraph among paragraphs, and a box of them between paragraphs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from lxml.html import HtmlElement

from newsflow.extract.page import reader_comments
from newsflow.extract.page.blocks import Block
from newsflow.extract.page.remembered import remembered

# What the engine and we take for names of other regions (trafilatura's OVERALL_DISCARD_XPATH and TEASER_DISCARD_XPATH,
# `body/placement.py`, `region_names.py`), lower-cased; names after readers' comments are judged by structure elsewhere.
_SUSPECT = re.compile(
    r"shar|social|viral|newsletter|syndicat|cookie|consent|tags|tag-list|sidebar|banner|bread-?crumb|button|author|byline|"
    r"\bbio|caption|credit|footer|nav|menu|toolbar|bar\b|related|recirc|recommend|trending|popular|premium|paywall|subscri|"
    r"sign-?up|\bad[-_s]|[-_]ad[-_]|advert|sponsor|promo|outbrain|taboola|widget|modal|popup|tooltip|permission|next-|"
    r"more-?on|read-?more|stories|meta|rating|attachment|timestamp|user-|-icon|infos|message|slide|carousel|viewport|"
    r"overlay|options|expand|collaps|obfuscat|blur|hid(?:e|den)|noprint|notloaded|teaser|disclaimer|copyright|embed"
)
# Names that say what is written there, and are right.
_NEVER = re.compile(r"disclaimer|copyright|cookie|consent|respond|\blegal|sign-?up|opt-?in\b")
# Names for how a text is folded, not for what it is.
_FOLDED = re.compile(r"hid(?:e|den)|collaps|expand|unfold|fold|truncat|toggle|blur|obfuscat", re.IGNORECASE)
_BULK = 0.5  # of the page's running text that makes boxes of a form the text's own
_LOST = 0.5  # of as much, lost: all else was kept in spite of the names
_BESIDE = 0.2  # of as much, kept beside them, that makes them something else
_ROW, _ROW_WORDS = 2, 40  # paragraphs of a row, and their words
_PARTS = 3  # paragraphs of a box between paragraphs whose name says something else than "folded"


def lost(blocks: Sequence[Block], letters: str) -> set[int]:
    """The nodes of such boxes and paragraphs of which text was lost.

    :param letters: the keys of the lines that were kept.
    """
    prose = [block for block in blocks if block.running]
    gone = {block.order for block in prose if block.key not in letters}
    named = (
        [(block, node, label) for block in prose for node, label in _inside(block) if suspect(label)] if gone else []
    )
    if not named:
        return set()
    nodes = _in_a_row(prose, named) | _bulky(prose, named, gone)
    held = {block.order for block in prose if not nodes.isdisjoint(block.nodes)}
    return nodes if held & gone else set()


def unname(elements: Sequence[HtmlElement], nodes: Iterable[int]) -> None:
    """Take such names from elements.

    :param elements: those that the blocks' nodes number, from 1.
    """
    for node in nodes:
        _without_suspects(elements[node - 1])


@remembered
def suspect(label: str) -> bool:
    """Is it a name for what is no text? One that is not shown at all is another matter."""
    name = label.split("#", 1)[-1].lower()
    return (
        bool(_SUSPECT.search(name))
        and not _NEVER.search(name)
        and not label.endswith(" hidden")
        and not reader_comments.named(label)
    )


def _without_suspects(element: HtmlElement) -> None:
    names = [name for name in (element.get("class") or "").split() if not _SUSPECT.search(name.lower())]
    element.set("class", " ".join(names))
    if _SUSPECT.search((element.get("id") or "").lower()):
        element.attrib.pop("id")


def _inside(block: Block) -> list[tuple[int, str]]:
    """The nodes that a block stands in with their labels, without the page's own."""
    pairs = zip(block.nodes, block.path, strict=True)
    return [(node, label) for node, label in pairs if not label.startswith(("body#", "html#"))]


_NUMBERS = re.compile(r"\d+")


def _form(label: str) -> str:
    return _NUMBERS.sub("", label.split(".", 1)[-1])


Named = Sequence[tuple[Block, int, str]]


def _bulky(prose: Sequence[Block], named: Named, gone: Collection[int]) -> set[int]:
    """Boxes that hold most of the running text, by themselves or with others of the same classes.

    Not where an article is kept beside them: then they are a long disclaimer, or other articles.
    """
    enough = _BULK * sum(block.words for block in prose)
    found = _weighty(named, lambda node, label: str(node), enough) | _weighty(named, _by_form, enough)
    gone_words = sum(block.words for block in prose if block.order in gone and not found.isdisjoint(block.nodes))
    if gone_words < _LOST * enough:
        return set()
    beside = [block for block in prose if found.isdisjoint(block.nodes) and block.order not in gone]
    return found if sum(block.words for block in beside) < _BESIDE * enough else set()


def _by_form(node: int, label: str) -> str:
    return _form(label) or str(node)


def _weighty(named: Named, key: Callable[[int, str], str], enough: float) -> set[int]:
    weights: Counter[str] = Counter()
    for form, _, words in {(key(node, label), block.order, block.words) for block, node, label in named}:
        weights[form] += words
    return {node for _, node, label in named if weights[key(node, label)] >= enough}


def _in_a_row(prose: Sequence[Block], named: Named) -> set[int]:
    """Paragraphs among paragraphs, and boxes of paragraphs between paragraphs, whatever their names."""
    rows = _rows(prose)
    found: set[int] = set()
    inside: defaultdict[int, list[Block]] = defaultdict(list)
    for block, node, _ in named:
        inside[node].append(block)
        if node == block.nodes[-1] and block.tag == "p" and _stands_in(rows, block.box, [block]):
            found.add(node)
    labels = {node: label for _, node, label in named}
    for node, held in inside.items():
        fewest = 1 if _FOLDED.search(labels[node]) else _PARTS
        at = held[0].nodes.index(node)
        if node != held[0].nodes[-1] and len(held) >= fewest and _stands_in(rows, held[0].nodes[at - 1 : at], held):
            found.add(node)
    return found


def _rows(prose: Sequence[Block]) -> dict[tuple[int, ...], list[Block]]:
    """Paragraphs by what they stand in, without those of suspect names."""
    rows: defaultdict[tuple[int, ...], list[Block]] = defaultdict(list)
    for block in prose:
        if not suspect(block.path[-1]):
            rows[block.box].append(block)
    return rows


def _stands_in(rows: dict[tuple[int, ...], list[Block]], box: tuple[int, ...], held: Sequence[Block]) -> bool:
    own = {block.order for block in held}
    beside = [block for block in rows.get(box, ()) if block.order not in own]
    return len(beside) >= _ROW - (len(held) > 1) and sum(block.words for block in beside) >= _ROW_WORDS // (
        1 + (len(held) > 1)
    )
