"""Readers' comments, told from an article by their structure: names alone lie.

Themes call the box of a whole article "comments" or "comment-body". But no comment holds the page's headline,
and comments stand in many boxes, or in boxes named so within boxes named so, where the paragraphs of an article
are siblings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from newsflow.extract.page.blocks import Block
from newsflow.extract.page.remembered import remembered
from newsflow.extract.page.tree import class_of, text_of
from newsflow.languages.lists import any_of

_NAME = re.compile(rf"comment(?!ary)|disqus|{any_of('comment_names')}")  # in lower case
_ANY_CASE = re.compile(_NAME.pattern, re.IGNORECASE)


@remembered
def named(label: str) -> bool:
    """Is a label one for readers' comments?"""
    return bool(_NAME.search(label.lower()))


def levels(block: Block, whole: Collection[int] = ()) -> int:
    """How many of the boxes around a block, itself included, are named after comments.

    :param whole: nodes that hold the whole page or article: their names say nothing.
    """
    pairs = zip(block.nodes, block.path, strict=True)
    return sum(node not in whole and not label.startswith("body#") and named(label) for node, label in pairs)


def renamed(block: Block) -> Block:
    """The same block without names after comments around it."""
    return replace(block, path=tuple(_ANY_CASE.sub("", label) for label in block.path))


def as_one(blocks: Sequence[Block]) -> bool:
    """Do they read as one text: most words in one box, and most not in comments within comments?"""
    boxes: Counter[tuple[int, ...]] = Counter()
    nested = 0
    for block in blocks:
        boxes[block.box] += block.words
        nested += block.words * (levels(block) > 1)
    return bool(boxes) and 2 * max(boxes.values()) > boxes.total() > 2 * nested


def unname(root: HtmlElement) -> None:
    """Take names after comments from all that holds a headline, so that nothing cuts the article with them."""
    for heading in root.iter("h1"):
        if text_of(heading):
            for box in heading.iterancestors():
                if _NAME.search(class_of(box)):
                    box.attrib.pop("class", None)
                    box.attrib.pop("id", None)
