"""Cells of tables that spreadsheets write and read: what separates them, and what must not run as a formula."""

from __future__ import annotations

# First characters that spreadsheets take for a formula (OWASP, "CSV Injection").
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """A cell that no spreadsheet runs as a formula; titles come from strangers."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULAS) else text


def active(text: str) -> str:
    """The text of a cell that `inert` wrote."""
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(FORMULAS) else text


def delimiter(head: str, marks: str = ",;\t") -> str:
    """What separates the cells of a head: spreadsheets write ; where the comma is the decimal mark.

    :param marks: what may; of those that stand there equally often the first.
    """
    return max(marks, key=head.count)
