"""Confusion of outcomes on the pages of walls and articles that the tests are written on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.sheets import Sheet
from newsflow.extract.document import extract
from newsflow.outcomes import Outcome
from tests.extract import doubts, vendor_walls, walls


def sheet(pages: Sequence[walls.Case] | None = None) -> Sheet:
    """Rows are what a page is, columns what it was taken for.

    :param pages: all that were written for the tests, where none are given.
    """
    pages = pages or [*walls.cases(), *vendor_walls.cases(), *doubts.cases()]
    found = Counter((str(case.expected), str(extract(case.html, case.url).outcome)) for case in pages)
    names = sorted({name for pair in found for name in pair}, key=lambda name: (name != Outcome.OK, name))
    rows = [(name, *(str(found[name, other] or "·") for other in names)) for name in names]
    lost = sum(n for (true, seen), n in found.items() if true == Outcome.OK != seen)
    stored = sum(n for (true, seen), n in found.items() if seen == Outcome.OK != true)
    right = sum(n for (true, seen), n in found.items() if true == seen)
    note = f"{right} of {len(pages)} by their name; {lost} articles lost, {stored} walls stored."
    return Sheet(f"Outcomes: {len(pages)} pages written for the tests", ("is \\ taken for", *names), rows, [note])
