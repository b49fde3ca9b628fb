"""What a fault did, and the table of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Result:
    """One fault: what, where, how the process ended, how the run recovered, and what differs from the twin.

    `hit` is False where the step had ended before; `outlived` is True where the struck process went on
    beside its successor. `took` tells what the fault may take: pages by address, or by the beginning of their
    addresses, and the outcomes that these may have. `more` is looked at once the run is finished: further differences.
    """

    fault: str
    step: str
    where: str
    hit: bool = False
    ended: str = ""
    recovered: str = ""
    outlived: bool = False
    took: dict[str, frozenset[str]] = field(default_factory=dict)
    taken: str = ""
    more: Callable[[], list[str]] = list
    differences: list[str] = field(default_factory=list)


def table(results: Sequence[Result]) -> str:
    """The results as text for people."""
    head = ("#", "fault", "step", "where", "process", "recovered how", "it took", "differences")
    rows = [
        (
            str(n),
            r.fault,
            r.step,
            r.where,
            r.ended[:44],
            r.recovered[:60],
            r.taken or "nothing",
            str(len(r.differences)) if r.differences else "none",
        )
        for n, r in enumerate(results, 1)
    ]
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    )


MISSING = "not stored"
Rows = dict[str, list[tuple[Any, ...]]]


def without(rows: Rows, took: Collection[str]) -> Rows:
    """The rows of a run, without those of pages that a fault took."""
    return {name: [row for row in table if not _names(row, took)] for name, table in rows.items()}


def _names(row: tuple[Any, ...], took: Collection[str]) -> bool:
    return any(isinstance(value, str) and value.startswith(tuple(took)) for value in row)


def ends(rows: Rows, twin: Rows, took: Mapping[str, frozenset[str]]) -> Counter[str]:
    """How the pages ended that a fault took, with " unforeseen" behind what it did not tell of.

    Pages that only the twin has are `MISSING`.
    """
    here = {url: str(outcome) for url, _, outcome, *_ in rows["pages"]}
    there = {url: MISSING for url, *_ in twin["pages"]}
    return Counter(
        outcome if outcome in ends else f"{outcome} unforeseen"
        for start, ends in took.items()
        for url, outcome in {**there, **here}.items()
        if url.startswith(start)
    )
