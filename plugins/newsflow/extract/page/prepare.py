"""The tree that text is looked for in: without scripts and the like, layout tables and names that mislead."""

from __future__ import annotations

from collections.abc import Collection

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from newsflow.extract.page import blocks, inline, layout_tables, misnamed, reader_comments, tree
from newsflow.extract.page.blocks import JUNK, Block


def clear(root: HtmlElement) -> list[Block]:
    """Make a page's tree such a one; gives its blocks."""
    return _cleared(root)[0]


def _cleared(root: HtmlElement) -> tuple[list[Block], list[HtmlElement]]:
    _open_shadows(root)
    inline.join(root)
    strip_elements(root, *JUNK, with_tail=False)
    layout_tables.unwrap(root)
    reader_comments.unname(root)
    return blocks.walked(root)


def anew(html: str, unnamed: Collection[int] = ()) -> tuple[HtmlElement, list[Block]]:
    """The same from its text, for what comes after one that eats the tree; pages that need it are few.

    :param unnamed: nodes of its blocks whose names mislead.
    """
    root = tree.parse(html)
    assert root is not None  # noqa: S101 -- it was parsed before
    found, elements = _cleared(root)
    misnamed.unname(elements, unnamed)
    return root, blocks.segment(root) if unnamed else found


def _open_shadows(root: HtmlElement) -> None:
    """Templates that a browser attaches to the page as they stand (HTML Standard §4.12.3, `shadowrootmode`)."""
    for template in root.iter("template"):
        if template.get("shadowrootmode") or template.get("shadowroot"):
            template.tag = "div"
