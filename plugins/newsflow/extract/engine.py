"""The engine: trafilatura on our own tree, in its fast mode, and what it made as paragraphs."""

from __future__ import annotations

import logging

from lxml.html import HtmlElement

from newsflow.extract.chars import clean_lines

# What trafilatura logs is said by outcomes here; a warning a page floods the task's log.
for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def paragraphs(root: HtmlElement, *, recall: bool = False, fast: bool = True) -> list[str]:
    """Paragraphs of the main content, [] where the engine finds none. The tree is left as it was."""
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(
            root, fast=fast, include_comments=False, favor_recall=recall, with_metadata=False, include_formatting=False
        )
    except (ValueError, TypeError, AttributeError, IndexError, KeyError):  # its own bugs on odd trees
        return []
    text = getattr(document, "text", None) or ""
    return clean_lines(text)
