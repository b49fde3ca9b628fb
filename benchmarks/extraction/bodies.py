"""Tables of bodies: each extractor on each set, and the pages where others do better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.extraction.running import Run
from benchmarks.extraction.sets import Gold
from benchmarks.resample import draws, gain, margin
from benchmarks.scores import Scores, page_f1, page_scores, rouge_lsum, summary
from benchmarks.sheets import Sheet

WORSE = 0.1
HEADINGS = (
    "", "F1", "P/R", "ROUGE-LSum", "perfect", "pages/CPU-s", "peak MiB", "gain, pages drawn", "gain, publishers drawn",
)  # fmt: skip


def scored(gold: Sequence[Gold], run: Run) -> Scores:
    return page_scores([one.text for one in gold], [made.body for made in run.made])


def sheet(name: str, gold: Sequence[Gold], runs: Sequence[Run], scores: dict[str, Scores], ours: str) -> Sheet:
    """A row an extractor.

    :param ours: the run that the others are compared with.
    """
    sites = [one.site for one in gold]
    rows = [_row(gold, run, scores[run.name], scores[ours], sites) for run in runs]
    title = f"{name}: {len(gold)} pages of {len(set(sites))} publishers"
    refused = ", ".join(f"{run.name} {n}" for run in runs if (n := sum(made.refused for made in run.made)))
    empty = ", ".join(f"{run.name} {n}" for run in runs if (n := sum(not made.body for made in run.made)))
    notes = [
        f"The gain is {ours}'s; 95 % intervals of 1,000 paired draws.",
        f"Pages without a text: {empty or 'none'}. Calls to the network that were refused: {refused or 'none'}.",
    ]
    return Sheet(title, HEADINGS, rows, notes)


def _row(gold: Sequence[Gold], run: Run, scores: Scores, ours: Scores, sites: Sequence[str]) -> tuple[str, ...]:
    f1, precision, recall = summary(scores)
    rouge = np.mean([rouge_lsum(one.text, made.body) for one, made in zip(gold, run.made, strict=True)])
    gains = [gain(ours, scores, groups) for groups in (None, sites)] if scores is not ours else []
    return (
        f"{run.name} {run.version}".strip(),
        f"{f1:.4f} ± {margin(draws(scores)):.3f}",
        f"{precision:.3f}/{recall:.3f}",
        f"{rouge:.3f}",
        str(int((scores == 1.0).all(axis=1).sum())),
        f"{run.rate:.1f}" if run.rate else "–",
        f"{run.peak_mb:.0f}" if run.peak_mb else "–",
        *(f"{low:+.3f} … {high:+.3f}" for low, high in gains),
        *([] if gains else ["", ""]),
    )


def worse(name: str, gold: Sequence[Gold], scores: dict[str, Scores], ours: str) -> Sheet:
    """Pages where the best of the others is better than ours by more than `WORSE` of F1."""
    own = page_f1(scores[ours])
    others = {key: page_f1(value) for key, value in scores.items() if not key.startswith("newsflow")}
    rows = []
    for number, one in enumerate(gold) if others else ():
        best = max(others, key=lambda key: others[key][number])
        if others[best][number] - own[number] > WORSE:
            rows.append(
                (f"{one.path.name[:12]} {one.url[:70]}", f"{own[number]:.3f}", f"{others[best][number]:.3f}", best)
            )
    rows.sort(key=lambda row: float(row[1]) - float(row[2]))
    oracle = np.mean([max(value[n] for value in (own, *others.values())) for n in range(len(gold))])
    note = (
        f"{len(rows)} of {len(gold)} pages; mean F1 of a page {own.mean():.4f},"
        f" with the best extractor for each {oracle:.4f}."
    )
    title = f"{name}: where others do better by more than {WORSE:g}"
    return Sheet(title, ("page", ours, "best", "by"), rows, [note])
