"""Is another's text the better body? Weighed by what was learned on pages of many sites.

Where the densest container holds nearly the same lines as our body, nobody is asked. Elsewhere (a third of the open
pages) the container's text and what resiliparse finds are cleaned as ours was, and for each it is estimated how much
better than ours it is (in F1), from how the two are made and how far the three agree. The estimate is a sum of
small decision trees (gradient boosting); `make bench PART=extraction_arbiter` fits them and prints what they gain on
folds of other sites.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations
from math import log1p
from pathlib import Path
from typing import Any

from newsflow.extract.body import cleaning, completeness
from newsflow.extract.body.placement import Paragraph, densest, is_junk, place
from newsflow.extract.page.blocks import HEADINGS, Block, is_running

DENSE, LIGHT = "densest container", "resiliparse"
LEAST = 0.03  # of F1, by which another must be better: a smaller estimate is noise (the command's table)
_SHARED = 0.5  # of our words, that a rival has at least: one that has none of them is another text
_LINKED = 0.5  # share of links of a line that no rival adds
_ALIKE = 0.93  # of the words of the longer of two texts that both have, where nobody is asked
_MOST_BLOCKS = 5_000  # of a page: a longer one is unlike those it was fitted on, and costs seconds to read again
# Bodies that a second look gave are on pages that the others can't read.
_OURS = frozenset(("engine", "engine, thorough", DENSE, LIGHT))

Tree = Any  # a number, or a row: the sign's place, its threshold, the tree up to it and the tree beyond
Found = tuple[list[Paragraph], str, Sequence[Block]]


@dataclass(frozen=True)
class Rival:
    """A body that a page may have: its lines, which for ours are those that cleaning has left."""

    name: str
    lines: list[Paragraph]

    @cached_property
    def words(self) -> int:
        return sum(p.words for p in self.lines)

    @cached_property
    def places(self) -> dict[int, int]:
        """Words by the place on the page of the line that they stand in."""
        return {p.block.order: p.words for p in self.lines if p.block}


def better(found: Found, html: str, known: cleaning.Known) -> Found | None:
    """A rival's lines, cleaned, its name and the page's blocks; None where ours is as good.

    :param found: our body's lines, cleaned, its source and the page's blocks.
    :param html: the page as text.
    """
    rivals = asked(found, html, known)
    gains = {n: estimate(signs(rivals, n, found)) for n in range(1, len(rivals))}
    best = max(gains, key=gains.__getitem__, default=0)
    if not best or gains[best] < LEAST:
        return None
    cleaning.clean(rivals[best].lines, known)
    return rivals[best].lines, rivals[best].name, found[2]


def asked(found: Found, html: str, known: cleaning.Known) -> list[Rival]:
    """Our body and its rivals as they came, without what no rival may add; nothing where nobody need be asked."""
    made, source, blocks = found
    if source not in _OURS or len(blocks) > _MOST_BLOCKS:
        return []
    ours, dense = Rival("", cleaning.kept(made)), densest(blocks)
    if _are_alike(ours, dense):
        return []
    container = Rival(DENSE, [Paragraph(block.text, block, DENSE) for block in dense])
    light = Rival(LIGHT, place(completeness.light(html), blocks))
    return [ours, *(one for one in _bounded(ours, (container, light), known) if _share(ours, one) >= _SHARED)]


def _bounded(ours: Rival, rivals: Sequence[Rival], known: cleaning.Known) -> Iterator[Rival]:
    """Rivals without lines that we have not and that are links, or stand behind the article or out of its box."""
    box, places = _box(ours, known), ours.places
    for one in rivals:
        lines = (p for p in one.lines if p.block is None or p.block.order in places or _may_add(p.block, box, known))
        yield Rival(one.name, list(lines))


def _may_add(block: Block, box: int, known: cleaning.Known) -> bool:
    return block.links < _LINKED and known.behind.isdisjoint(block.nodes) and (not box or box in block.nodes)


def _box(ours: Rival, known: cleaning.Known) -> int:
    """The innermost box that holds the headline and our text; 0 where there is none, or no headline was found."""
    around = [set(p.block.nodes) for p in ours.lines if p.block]
    return max(set(known.head.block.nodes).intersection(*around), default=0) if known.head else 0


def _share(ours: Rival, one: Rival) -> float:
    """The share of our words in lines that a rival has, too."""
    places = one.places
    return sum(words for at, words in ours.places.items() if at in places) / (ours.words or 1)


def _are_alike(ours: Rival, dense: Sequence[Block]) -> bool:
    places = ours.places
    shared = sum(block.words for block in dense if block.order in places)
    return shared >= _ALIKE * max(ours.words, sum(block.words for block in dense))


def signs(rivals: Sequence[Rival], number: int, found: Found) -> dict[str, float]:
    """What is known of a rival beside ours, by name."""
    ours, one = rivals[0], rivals[number]
    third = next((rival for rival in rivals[1:] if rival is not one), Rival("", []))
    page = _Page(found[2], sum(block.words for block in found[2]), _running(found[2]))
    own, its = (_measures(rival, page) for rival in (ours, one))
    return {
        **{f"ours: {name}": value for name, value in own.items()},
        **{f"its: {name}": value for name, value in its.items()},
        **{f"more: {name}": value - own[name] for name, value in its.items()},
        **_agreement({"ours": ours, "it": one, "third": third}),
        "container": float(one.name == DENSE),
        "voted": float(found[1] != "engine"),
        "page": log1p(page.words),
        "page, running": log1p(page.running),
    }


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's blocks, their words, and the words of those that are running text."""

    blocks: Sequence[Block]
    words: int
    running: int


def _running(blocks: Sequence[Block]) -> int:
    return sum(block.words for block in blocks if is_running(block))


def _agreement(rivals: Mapping[str, Rival]) -> dict[str, float]:
    """Shares of the words of each in lines that another has."""
    places = {name: rival.places for name, rival in rivals.items()}
    return {
        f"{a} in {b}": sum(words for place_, words in places[a].items() if place_ in places[b]) / (rivals[a].words or 1)
        for a, b in permutations(rivals, 2)
    }


def _measures(rival: Rival, page: _Page) -> Mapping[str, float]:
    """How a body is made: its length, its running text, its links, and where on the page it stands."""
    placed = [(p.block, p.words) for p in rival.lines if p.block]
    places = [block.order for block, _ in placed] or [0]
    lines, words, running = len(rival.lines) or 1, rival.words or 1, _running([block for block, _ in placed])
    return {
        "words": log1p(rival.words),
        "lines": log1p(len(rival.lines)),
        "words of a line": log1p(rival.words / lines),
        "running": running / words,
        "of the running text": running / (page.running or 1),
        "of the page": rival.words / (page.words or 1),
        "links": sum(block.links * count for block, count in placed) / words,
        "of its span": rival.words / (sum(b.words for b in page.blocks[min(places) : max(places) + 1]) or 1),
        "boxes": log1p(len({block.box for block, _ in placed})),
        "headings": sum(block.tag in HEADINGS for block, _ in placed) / lines,
        "junk": sum(count for block, count in placed if is_junk(block, 6)) / words,
        "first": min(places) / (len(page.blocks) or 1),
        "last": max(places) / (len(page.blocks) or 1),
    }


def estimate(found: Mapping[str, float]) -> float:
    """By how much of F1 a rival is better than ours."""
    learned = model()
    row = [found[name] for name in learned["signs"]]
    return sum(value(tree, row) for tree in learned["trees"])


def value(tree: Tree, row: Sequence[float]) -> float:
    """What a tree says of a row of signs."""
    while isinstance(tree, list):
        place_, threshold, up_to, beyond = tree
        tree = up_to if row[place_] <= threshold else beyond
    return float(tree)


@lru_cache(maxsize=1)
def model() -> Mapping[str, Any]:
    """The trees and the names of the signs that they ask."""
    learned: Mapping[str, Any] = json.loads(Path(__file__).with_name("arbiter.json").read_text(encoding="utf-8"))
    return learned
