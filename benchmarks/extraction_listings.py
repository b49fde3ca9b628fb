"""Weights of the signs by which a list is told from an article: fitted, and judged on folds of other sites.

    make bench PART=extraction_listings

Logistic regression with an L2 penalty, by Newton's method, on all open pages that no other rule rejects, but those
that sets call articles by mistake (`MISLABELLED`: home pages, archives, catalogues; they are counted as articles all
the same). Prints what the signs find and lose on folds, how far each weight moves from fold to fold, and the weights
of `extract/rejects/listing.py` as they would be fitted now.
"""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import get_context
from unittest import mock

import numpy as np
import numpy.typing as npt
from rich.progress import track

from benchmarks.extraction.sets import Gold, load
from benchmarks.extraction.validate import FOLDS, fold
from benchmarks.sheets import CONSOLE, Sheet
from newsflow.extract import document
from newsflow.extract.rejects import judge, listing
from newsflow.extract.rejects.evidence import Evidence
from newsflow.isolation.cores import cores
from newsflow.outcomes import Outcome

Floats = npt.NDArray[np.float64]
NAMES = [name for name in listing.WEIGHTS if name]
SETS = ("wcxb", "pages", "pages_meta", "foreign", "sites")
PENALTY, STEPS = 10.0, 40
# Addresses of lists that suites have among their articles: each was looked at.
MISLABELLED = frozenset((
    "http://edition.cnn.com/", "https://uk.yahoo.com/", "https://www.wired.com/", "https://www.austria.info/",
    "https://en.blog.wordpress.com/", "https://www.example.com/blog/", "https://news.ycombinator.com/news",
    "https://thriveagency.com/portfolio-work/", "https://www.minusl.de/produkt_kategorien/joghurt/",
    "http://www.elle.com/runway/ready-to-wear/spring-2015-rtw/nicole-miller/collection/",
    "https://www.vinosytapas.de/wein/herkunft/spanien/d_o_ca_-rioja/",
    "https://www.austinhardware.com/austin-catalog-index/",
))  # fmt: skip
LIMITS = (-1.0, -0.4, listing.LIMIT, 0.0, 0.5, 1.0)


def signs(gold: Gold) -> list[float] | None:
    """A page's signs, as the judge sees them, in the order of `NAMES`; None where it never comes to them."""
    seen: list[Evidence] = []
    judged = judge.judge

    def look(evidence: Evidence, least: int) -> tuple[Outcome, str]:
        if judged(evidence, least)[0] in {Outcome.OK, Outcome.INDEX_PAGE}:
            seen.append(evidence)
        return Outcome.OK, ""

    with mock.patch.object(judge, "judge", look):
        document.read(gold.html(), gold.url)
    found = listing.signs(seen[-1]) if seen else {}
    return [found[name] for name in NAMES] if found else None


def fitted(signs: Floats, lists: Floats) -> Floats:
    """Weights of the signs, and of none, last."""
    mean, spread = signs.mean(0), signs.std(0) + 1e-9
    scaled = np.column_stack([(signs - mean) / spread, np.ones(len(signs))])
    penalty = np.append(np.full(signs.shape[1], PENALTY), 0.0)
    weights = np.zeros(scaled.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (likely - lists) + penalty * weights
        curve = (scaled * (likely * (1 - likely))[:, None]).T @ scaled + np.diag(penalty)
        weights -= np.linalg.solve(curve, slope)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ mean)


def of_other_folds(signs: Floats, lists: Floats, folds: npt.NDArray[np.int64]) -> list[Floats]:
    """The weights for each fold, fitted without it."""
    return [fitted(signs[folds != number], lists[folds != number]) for number in range(FOLDS)]


def on_other_folds(signs: Floats, folds: npt.NDArray[np.int64], weights: Sequence[Floats]) -> Floats:
    """Each page's score by weights that were fitted without its fold."""
    rows = zip(signs, folds, strict=True)
    return np.array([float(one @ weights[number][:-1] + weights[number][-1]) for one, number in rows])


def sheet(gold: Sequence[Gold], found: Floats) -> Sheet:
    """Shares of listings found, and of articles lost on each set, by limit."""
    lists = np.array([not one.article for one in gold])
    of = np.array([one.path.parts[-3] for one in gold])
    rows = [
        (
            f"{limit:g}",
            f"{np.mean(found[lists] > limit):.3f}",
            f"{np.mean(found[~lists] > limit):.4f}",
            *(f"{np.mean(found[~lists & (of == name)] > limit):.4f}" for name in SETS),
        )
        for limit in LIMITS
    ]
    title = f"{int(lists.sum())} listings, {int((~lists).sum())} articles, on folds of other sites"
    return Sheet(title, ("score over", "listings found", "articles lost", *SETS), rows)


def weights_sheet(signs: Floats, weights: Floats, folds: Sequence[Floats]) -> Sheet:
    """Each weight as fitted on all pages, its least and most without a fold, and what it moves in a usual page."""
    least, most, spread = np.min(folds, 0), np.max(folds, 0), np.append(signs.std(0), 0.0)
    rows = [
        (name or "(none)", f"{one:.3f}", f"{low:.2f} … {high:.2f}", f"{one * wide:+.2f}")
        for name, one, low, high, wide in zip([*NAMES, ""], weights, least, most, spread, strict=True)
    ]
    return Sheet("weights", ("sign", "weight", "without a fold", "a deviation's worth"), rows)


def main() -> None:
    """Print what the signs are worth, and the weights."""
    pages = [one for name in SETS for one in load(name)]
    with get_context("fork").Pool(cores()) as pool:
        read = list(track(pool.imap(signs, pages, chunksize=8), "  pages", total=len(pages), transient=True))
    kept = [(one, row) for one, row in zip(pages, read, strict=True) if row is not None]
    show([one for one, _ in kept], np.array([row for _, row in kept]))


def show(gold: Sequence[Gold], table: Floats) -> None:
    lists = np.array([float(not one.article) for one in gold])
    folds = np.array([fold(one.site) for one in gold])
    right = np.array([one.url.partition("?")[0] not in MISLABELLED for one in gold])
    others = of_other_folds(table[right], lists[right], folds[right])
    weights = fitted(table[right], lists[right])
    sheet(gold, on_other_folds(table, folds, others)).show()
    weights_sheet(table, weights, others).show()
    CONSOLE.print(dict(zip([*NAMES, ""], weights.round(3).tolist(), strict=True)))
