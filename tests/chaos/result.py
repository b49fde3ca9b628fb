"""What a fault did, and the table of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Result:
    """One fault: what, where, how the process ended, how the run recovered, and what differs from the twin.

    `hit` is False where the step had ended before; `outlived` is True where the struck process went on
    beside its successor.
    """

    fault: str
    step: str
    where: str
    hit: bool = False
    ended: str = ""
    recovered: str = ""
    outlived: bool = False
    differences: list[str] = field(default_factory=list)


def table(results: Sequence[Result]) -> str:
    """The results as text for people."""
    head = ("#", "fault", "step", "where", "process", "recovered how", "differences")
    rows = [
        (
            str(n),
            r.fault,
            r.step,
            r.where,
            r.ended[:44],
            r.recovered[:60],
            str(len(r.differences)) if r.differences else "none",
        )
        for n, r in enumerate(results, 1)
    ]
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    )
