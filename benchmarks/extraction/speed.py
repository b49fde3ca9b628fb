"""CPU of newsflow and of trafilatura's default, page by page in turn, so that both meet the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from rich.progress import track

from benchmarks.extraction.sets import Gold
from benchmarks.sheets import Sheet
from newsflow.extract.document import extract

ROUNDS = 3


def _cpu(do: Callable[..., Any], *arguments: Any, **options: Any) -> float:
    started = time.process_time()
    do(*arguments, **options)
    return time.process_time() - started


def sheet(name: str, gold: Sequence[Gold]) -> Sheet:
    """A row a round; ours makes every field, trafilatura the body alone."""
    import trafilatura

    rows = []
    for number in range(ROUNDS + 1):  # the first warms
        ours = theirs = 0.0
        for one in track(gold if number else gold[:20], f"  speed, round {number}", transient=True):
            html = one.html()
            ours += _cpu(extract, html, one.url)
            theirs += _cpu(trafilatura.extract, html, url=one.url, include_comments=False)
        if number:
            rows.append((str(number), f"{len(gold) / ours:.1f}", f"{len(gold) / theirs:.1f}", f"{theirs / ours:.2f}"))
    headings = ("round", "newsflow, pages/CPU-s", "trafilatura's default", "ratio")
    return Sheet(
        f"{name}: speed in turn on one core",
        headings,
        rows,
        ["Newsflow's figure includes every field; trafilatura's the body alone."],
    )
