"""The tree that text is looked for in: without scripts and the like, layout tables and names that mislead."""

from __future__ import annotations

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from newsflow.extract.page import layout_tables, reader_comments, tree
from newsflow.extract.page.blocks import JUNK


def clear(root: HtmlElement) -> HtmlElement:
    """A page's tree, made such a one."""
    strip_elements(root, *JUNK, with_tail=False)
    layout_tables.unwrap(root)
    reader_comments.unname(root)
    return root


def anew(html: str) -> HtmlElement:
    """The same from its text, for what comes after one that eats the tree; pages that need it are few."""
    root = tree.parse(html)
    assert root is not None  # noqa: S101 -- it was parsed before
    return clear(root)
