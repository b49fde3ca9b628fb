"""Damaged pages through the real extract pool for as long as asked: crashes, broken promises, second answers.

Bases are the open pages where they are there, and those written for the tests; `tests/extract/mutations.py` damages
them. Each goes in twice. What breaks a promise is kept in `.newsflow/fuzz` and ends the run with 1; pages that are
stopped at their limits of time and memory are counted, for that is their outcome.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from random import Random

from rich.progress import Progress

from benchmarks.extraction.sets import load
from newsflow.extract.pool import ExtractionJob, Extractors
from newsflow.isolation.cores import cores
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from tests.extract.invariants import broken
from tests.extract.mutations import mutate
from tests.extract.walls import cases
from tests.paths import ROOT

FOLDER = ROOT / ".newsflow" / "fuzz"
TIMEOUT_S, MEMORY_MB = 10.0, 1024
BOUNDED = ("it needed more memory", "its mark-up is nested")


def bases() -> list[bytes]:
    """All pages that there are, by set."""
    pages = [one.html() for name in ("pages", "pages_meta", "generated") for one in load(name)]
    return pages + [case.html for case in cases()]


def damaged(whole: Sequence[bytes], seed: int, number: int) -> bytes:
    """The same page for the same numbers."""
    rng = Random(f"{seed}/{number}")
    return mutate(rng.choice(whole), rng.choice(whole), rng)


def jobs(whole: Sequence[bytes], seed: int, until: float) -> Iterator[tuple[tuple[int, bytes], ExtractionJob]]:
    """Each damaged page twice, until the time is over."""
    for number in count():
        if time.monotonic() > until:
            return
        html = damaged(whole, seed, number)
        for _ in range(2):
            yield (number, html), ExtractionJob("https://a.example/2026/05/12/x", html)


def trouble(first: Extraction, second: Extraction, html: bytes) -> str:
    """Why a page is a finding; "" for none."""
    if Outcome.EXTRACT_TIMEOUT in (first.outcome, second.outcome):
        return ""
    if first.outcome is Outcome.EXTRACT_CRASHED:
        return "" if first.detail.startswith(BOUNDED) else first.detail
    return broken(first, html) or ("the second answer differs" if first != second else "")


def campaign(whole: Sequence[bytes], seed: int, seconds: float) -> tuple[Counter[str], list[str]]:
    """Outcomes of all pages, and a line a finding."""
    outcomes: Counter[str] = Counter()
    findings = []
    started = time.monotonic()
    with Extractors(cores(), TIMEOUT_S, MEMORY_MB) as pool, Progress(transient=True) as progress:
        bar = progress.add_task("  fuzz", total=seconds)
        made = pool.pairs(jobs(whole, seed, started + seconds))
        for ((number, html), first), (_, second) in zip(made, made, strict=True):
            outcomes[str(first.outcome)] += 1
            progress.update(bar, completed=time.monotonic() - started, description=f"  {outcomes.total():,} pages")
            if why := trouble(first, second, html):
                FOLDER.mkdir(parents=True, exist_ok=True)
                (FOLDER / f"{seed}-{number}.html").write_bytes(html)
                findings.append(f"{seed}-{number}.html: {why}")
    return outcomes, findings
