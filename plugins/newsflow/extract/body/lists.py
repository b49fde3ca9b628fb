"""Lists among the text: which of their items the text itself leads in."""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.extract import phrase_lists
from newsflow.extract.body.placement import LINKED, Paragraph
from newsflow.extract.page.blocks import HEADINGS

_MIXED = 4  # lines of a list of things: of fewer, pages make rows of a text's day, section and author


def led_in(lines: Sequence[Paragraph]) -> set[int]:
    """The places of items of lists that a line of text leads in with a colon."""
    found: set[int] = set()
    led = False
    for place, p in enumerate(lines):
        if not _is_item(p):
            led = _leads_in(p)
        elif led:
            found.add(place)
    return found


def _is_item(p: Paragraph) -> bool:
    return p.block is not None and any(label.startswith("li#") for label in p.block.path)


def _leads_in(p: Paragraph) -> bool:
    """Does it end in a colon, and is it no heading, no link and no "Read also:"?"""
    if not p.text.endswith((":", "：")) or phrase_lists.opens("related", p.text):
        return False
    return p.block is None or (p.block.tag not in HEADINGS and p.block.links <= LINKED)


def mixed(lines: Sequence[Paragraph]) -> set[int]:
    """The places of lines in lists of which one in two is no link: a list of things, some linked, and no menu."""
    places: dict[int, list[int]] = {}
    for place, p in enumerate(lines):
        if node := _list_of(p):
            places.setdefault(node, []).append(place)
    return {place for held in places.values() if _is_of_things([lines[n] for n in held]) for place in held}


def _is_of_things(items: Sequence[Paragraph]) -> bool:
    return len(items) >= _MIXED and 2 * sum(map(_is_plain, items)) >= len(items)


def _list_of(p: Paragraph) -> int:
    """The innermost list that a line stands in; 0 for none."""
    if p.block is None:
        return 0
    boxes = zip(reversed(p.block.nodes), reversed(p.block.path), strict=True)
    return next((node for node, label in boxes if label.startswith(("ul#", "ol#"))), 0)


def _is_plain(p: Paragraph) -> bool:
    return p.block is None or p.block.links < LINKED
