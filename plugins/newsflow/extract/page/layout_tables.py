"""Tables that only place things on the page are no tables: their cells are read as boxes.

Old newsrooms and many local ones still lay pages out by tables, and an extractor that takes such a table for data
makes one line of the whole article. A table of data has rows of several short cells (HTML Standard §4.9.1 asks for
nothing else to stand in tables, and names these signs); all others are unwrapped.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml.html import HtmlElement

from newsflow.extract.page.tree import text_of
from newsflow.text.word_count import count_words

_LONG = 60  # words: a cell that holds more is a column of the page
_LONG_CHARS = 150  # fewer characters are never that many words, in any script


def unwrap(root: HtmlElement) -> None:
    """Rename layout tables, their rows and their cells to `div`; tables of data stay, in or out of them."""
    found = [table for table in root.iter("table") if is_layout(table)]
    for table in found:
        rows = _rows(table)
        cells = [cell for row in rows for cell in row.iterchildren("td", "th")]
        for part in (*cells, *rows, *table.iterchildren("tbody", "thead", "tfoot", "caption"), table):
            part.tag = "div"


def is_layout(table: HtmlElement) -> bool:
    """Does it place things on the page, rather than compare them?

    Signs: it says so itself, holds tables or the headline, has a column of running text, no two rows of several
    cells, or is a list of links.
    """
    if _says_so(table):
        return True
    rows = [[text_of(cell) for cell in row.iterchildren("td", "th")] for row in _rows(table)]
    if any(_long(text) for row in rows for text in row):
        return True
    return not _compares(rows) or _linked(table)


def _says_so(table: HtmlElement) -> bool:
    """By its role, or by what it holds: data holds neither tables nor the headline."""
    if table.get("role") in {"presentation", "none"}:
        return True
    return next(table.iterdescendants("table", "h1"), None) is not None


def _compares(rows: Sequence[Sequence[str]]) -> bool:
    """Have at least two rows, and half of all, several cells with text?"""
    full = sum(sum(map(bool, row)) >= 2 for row in rows)
    return full >= 2 and full * 2 >= len(rows)


def _rows(table: HtmlElement) -> list[HtmlElement]:
    parts = (table, *table.iterchildren("thead", "tbody", "tfoot"))
    return [row for part in parts for row in part.iterchildren("tr")]


def _long(text: str) -> bool:
    return len(text) > _LONG_CHARS and count_words(text) > _LONG


def _linked(table: HtmlElement) -> bool:
    return 2 * sum(len(text_of(link)) for link in table.iterdescendants("a")) > len(text_of(table))
