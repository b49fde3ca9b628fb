"""The tree that text is looked for in: without scripts and the like, layout tables and names that mislead."""

from __future__ import annotations

from collections.abc import Collection

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from newsflow.extract.page import blocks, custom_elements, inline, layout_tables, misnamed, reader_comments, tree
from newsflow.extract.page.blocks import JUNK, Block


def clear(root: HtmlElement) -> list[Block]:
    """Make a page's tree such a one; gives its blocks."""
    _clear(root)
    return blocks.segment(root)


def _clear(root: HtmlElement) -> None:
    _open_shadows(root)
    inline.join(root)
    strip_elements(root, *JUNK, with_tail=False)
    layout_tables.unwrap(root)
    reader_comments.unname(root)


def anew(html: str) -> HtmlElement:
    """Such a tree from the page's text, for what comes after one that eats it; pages that need it are few."""
    root = tree.parse(html)
    assert root is not None  # noqa: S101 -- it was parsed before
    _clear(root)
    custom_elements.settle_all(root)
    return root


def without_names(html: str, nodes: Collection[int]) -> tuple[HtmlElement, list[Block]]:
    """The same tree with its blocks, where names mislead.

    :param nodes: those of the blocks that have such names.
    """
    root = anew(html)
    found, elements = blocks.walked(root)
    misnamed.unname(elements, nodes)
    return root, blocks.relabelled(found, elements, nodes)


def _open_shadows(root: HtmlElement) -> None:
    """Templates that a browser attaches to the page as they stand (HTML Standard §4.12.3, `shadowrootmode`)."""
    for template in root.iter("template"):
        if template.get("shadowrootmode") or template.get("shadowroot"):
            template.tag = "div"
