"""The arbiter of bodies (`extract/body/arbiter.py`): fitted, and judged on folds of other sites and on sets left out.

    make bench PART=extraction_arbiter                  # what it gains
    make bench PART=extraction_arbiter ARGS=--write     # and write arbiter.json anew, from all pages

A rival's gain is the mean of what it has more than ours of F1 over words and of F1 over 4-gram shingles; a page where
one is all right and the other all wrong counts as one where they are `CLIP` apart, so that few pages don't decide.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from unittest import mock

import numpy as np
from rich.progress import track

from benchmarks.extraction.boosting import Floats, Tree, boosted, estimates
from benchmarks.extraction.sets import Gold, load
from benchmarks.extraction.validate import FOLDS, fold
from benchmarks.scores import page_f1, page_scores, word_f1
from benchmarks.sheets import Sheet
from newsflow.extract import document
from newsflow.extract.body import arbiter, cleaning
from newsflow.isolation.cores import cores
from tests.paths import ROOT

MODEL = ROOT / "plugins/newsflow/extract/body/arbiter.json"
SETS = ("wcxb", "pages", "pages_meta", "foreign", "sites")
CLIP, NOTED = 0.2, 0.005
LEASTS = (0.01, 0.02, arbiter.LEAST, 0.05)


@dataclass(frozen=True)
class Rival:
    """A rival of a page's body: its signs, and what it has more than ours of F1 over words and over shingles."""

    signs: dict[str, float]
    words: float
    shingles: float


@dataclass(frozen=True)
class Page:
    """A page on which rivals were asked, or none."""

    of: str
    site: str
    rivals: list[Rival]


def looked_at(one: tuple[str, Gold]) -> Page:
    """A page's rivals, as the arbiter sees them."""
    name, gold = one
    rivals: list[Rival] = []

    def look(found: arbiter.Found, html: str, known: cleaning.Known) -> None:
        asked = arbiter.asked(found, html, known)
        signs = [arbiter.signs(asked, number, found) for number in range(1, len(asked))]
        for rival in asked[1:]:
            cleaning.clean(rival.lines, known)
        ours, *others = [_scores(gold, rival) for rival in asked] or [(0.0, 0.0)]
        for row, its in zip(signs, others, strict=True):
            rivals.append(Rival(row, its[0] - ours[0], its[1] - ours[1]))

    with mock.patch.object(arbiter, "better", look):
        document.read(gold.html(), gold.url)
    return Page(name, gold.site, rivals)


def _scores(gold: Gold, rival: arbiter.Rival) -> tuple[float, float]:
    body = "\n".join(p.text for p in cleaning.kept(rival.lines))
    return word_f1(gold.text, body), float(page_f1(page_scores([gold.text], [body]))[0])


@dataclass(frozen=True)
class Table:
    """All rivals as rows, and the number of each one's page."""

    names: list[str]
    signs: Floats
    gains: Floats
    page: Floats

    @classmethod
    def of(cls, pages: Sequence[Page]) -> Table:
        rows = [(number, rival) for number, page in enumerate(pages) for rival in page.rivals]
        names = list(rows[0][1].signs)
        return cls(
            names,
            np.array([[rival.signs[name] for name in names] for _, rival in rows]),
            np.array([np.clip((rival.words + rival.shingles) / 2, -CLIP, CLIP) for _, rival in rows]),
            np.array([number for number, _ in rows]),
        )


def without(table: Table, groups: Sequence[object]) -> Floats:
    """Each rival's gain as estimated by trees that were grown without its group."""
    of = np.array([str(groups[int(number)]) for number in table.page])
    found = np.zeros(len(of))
    for group in np.unique(of):
        trees = boosted(table.signs[of != group], table.gains[of != group])
        found[of == group] = estimates(trees, table.signs[of == group])
    return found


def taken(pages: Sequence[Page], estimated: Floats, least: float) -> list[Rival | None]:
    """Each page's best rival, if it is estimated to be better than ours by at least so much."""
    left = iter(estimated.tolist())
    found: list[Rival | None] = []
    for page in pages:
        best = max(((next(left), number) for number in range(len(page.rivals))), default=(0.0, 0))
        found.append(page.rivals[best[1]] if page.rivals and best[0] >= least else None)
    return found


def sheet(title: str, pages: Sequence[Page], estimated: Floats) -> Sheet:
    """A row a threshold: what the arbiter gains on each set."""
    rows = [(f"{least:g}", *_row(pages, taken(pages, estimated, least))) for least in LEASTS]
    notes = [
        "Gains in thousandths of F1 over words/over shingles, means of all pages of a set. Folds: gain over words.",
        f"Rivals were asked on {sum(bool(page.rivals) for page in pages)} of {len(pages)} pages.",
    ]
    return Sheet(title, ("at least", *SETS, "taken", "helped/harmed", "worst", "folds"), rows, notes)


def _row(pages: Sequence[Page], chosen: Sequence[Rival | None]) -> list[str]:
    words, shingles = (
        np.array([getattr(rival, of) if rival else 0.0 for rival in chosen]) for of in ("words", "shingles")
    )
    sets, folds = np.array([page.of for page in pages]), np.array([fold(page.site) for page in pages])
    of_sets = [f"{1000 * words[sets == of].mean():+.1f}/{1000 * shingles[sets == of].mean():+.1f}" for of in SETS]
    return [
        *of_sets,
        str(sum(rival is not None for rival in chosen)),
        f"{int((words > NOTED).sum())}/{int((words < -NOTED).sum())}",
        f"{words.min():.2f}",
        " ".join(f"{1000 * words[folds == number].mean():+.1f}" for number in range(FOLDS)),
    ]


def written(table: Table, trees: Sequence[Tree]) -> str:
    """The model as it is shipped: the signs that are asked, and the trees."""
    asked = sorted({sign for tree in trees for sign in _asked(tree)})
    place = {sign: number for number, sign in enumerate(asked)}
    dumped = partial(json.dumps, separators=(",", ":"))
    lines = ",\n".join(dumped(_placed(tree, place)) for tree in trees)
    return f'{{"signs":{dumped([table.names[sign] for sign in asked])},\n"trees":[\n{lines}\n]}}\n'


def _asked(tree: Tree) -> set[int]:
    return {tree[0]} | _asked(tree[2]) | _asked(tree[3]) if isinstance(tree, list) else set()


def _placed(tree: Tree, place: dict[int, int]) -> Tree:
    part = partial(_placed, place=place)
    return [place[tree[0]], tree[1], part(tree[2]), part(tree[3])] if isinstance(tree, list) else tree


def main() -> None:
    """Print what it gains; write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="fit it on all pages and write it")
    asked = parser.parse_args()
    told = [(name, one) for name in SETS for one in load(name) if one.text]
    with get_context("fork").Pool(cores()) as pool:
        pages = list(track(pool.imap(looked_at, told, chunksize=8), "  pages", total=len(told), transient=True))
    table = Table.of(pages)
    groups: dict[str, Callable[[Page], object]] = {"folds of other sites": lambda page: fold(page.site),
                                                   "sets left out in turn": lambda page: page.of}  # fmt: skip
    for name, group in groups.items():
        sheet(f"arbiter, on {name}", pages, without(table, list(map(group, pages)))).show()
    if asked.write:
        MODEL.write_text(written(table, boosted(table.signs, table.gains)), encoding="utf-8")
        print(f"written: {MODEL.relative_to(ROOT)}, {MODEL.stat().st_size / 1024:.1f} KiB")
