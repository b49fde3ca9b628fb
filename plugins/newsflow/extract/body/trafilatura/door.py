"""The engine: trafilatura's main extractor on our own tree, and what it made as paragraphs.

Called below `trafilatura.extract`, whose later stages (external comparison, baseline, a retry
in recall mode) look at the page again from the beginning; `completeness.py` judges instead
whether a second look pays.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.body.trafilatura import pruning, xpaths
from newsflow.text.characters import clean_lines

# What trafilatura logs is said by outcomes here; a warning a page floods the task's log.
for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

# The lines that trafilatura draws under the heads of tables.
_RULE = re.compile(r"[|:\s-]*\|[|:\s-]*")
_BUGS = (ValueError, TypeError, AttributeError, IndexError, KeyError)  # of its own, on odd trees


class _Stopwords(tuple[str, ...]):
    """justext's words of all languages, known by themselves: it keeps them in a cache, and hashes 190,000 each time."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


@lru_cache(maxsize=1)
def _hash_stopwords_once() -> None:
    from trafilatura import external as theirs

    external: Any = theirs  # a list typed as None
    external.JT_STOPLIST = _Stopwords(external.jt_stoplist_init())


@lru_cache(maxsize=1)
def _options() -> Any:
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", fast=True, comments=False)


def quick(root: HtmlElement) -> list[str]:
    """Paragraphs of the main content as the rules of trafilatura's first stage find it.

    :param root: a tree that `prepare.clear` left; it is used up.
    """
    from trafilatura.htmlprocessing import convert_tags, tree_cleaning
    from trafilatura.main_extractor import extract_content
    from trafilatura.xml import delete_element, xmltotxt

    options = _options()
    # The order of trafilatura's own `bare_extraction`: prune, clean, convert, extract.
    try:
        for element in pruning.unwanted(root):
            delete_element(element)
        with xpaths.taken(xpaths.cleared_places()):
            body, _ = extract_content(convert_tags(tree_cleaning(root, options), options, None), options)
        return _lines(xmltotxt(body, False))
    except _BUGS:
        return []


def thorough(root: HtmlElement, *, cleared: bool = False) -> list[str]:
    """Paragraphs after all of trafilatura's stages, its rivals' extractors included; eats the tree.

    :param cleared: whether `prepare.clear` left it.
    """
    from trafilatura import bare_extraction

    _hash_stopwords_once()
    try:
        with xpaths.taken(xpaths.cleared_places() if cleared else xpaths.places()):
            document = bare_extraction(root, include_comments=False, include_formatting=False)
    except _BUGS:
        return []
    return _lines(getattr(document, "text", None) or "")


def _lines(text: str) -> list[str]:
    """Its lines without the rules that it draws under the heads of tables."""
    return [line for line in clean_lines(text) if not _RULE.fullmatch(line)]
