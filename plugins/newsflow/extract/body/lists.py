"""Lists among the text: which of their items the text itself leads in."""

from __future__ import annotations

from collections.abc import Sequence

from newsflow.extract import phrase_lists
from newsflow.extract.body.placement import LINKED, Paragraph
from newsflow.extract.page.blocks import HEADINGS


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
