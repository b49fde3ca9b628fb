"""Extraction: bodies, fields, outcomes, speed and memory against gold and beside ten other extractors.

    make bench PART=extraction ARGS="--sets pages sites --reuse"
    make bench PART=extraction ARGS="--only newsflow trafilatura --reuse"   # bodies and fields alone, in some minutes

Peers run in environments of their own under `.newsflow/peers`, with the versions that `peers/*.txt` pin. Reads the
open sets of a folder beside the project (or NEWSFLOW_SHARED) where they are there, and pages written for the tests.
Prints tables; with all sets also writes `docs/extraction-figures.md` and draws `docs/figures/extraction.svg`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.extraction import bodies, fields, figure, learned, outcomes, speed, suites, validate
from benchmarks.extraction.environments import UnavailableError
from benchmarks.extraction.extractors import EXTRACTORS, Made
from benchmarks.extraction.running import Run, run
from benchmarks.extraction.sets import SETS, Gold, load
from benchmarks.sheets import Sheet
from tests.paths import ROOT
from tests.worlds.shared import SHARED

PAGE = ROOT / "docs" / "extraction-figures.md"
FIGURE = ROOT / "docs" / "figures" / "extraction.svg"
HEAD = """# Extraction in figures

Written by `make bench PART=extraction`; [extraction.md](extraction.md#measured) says what was tuned on what. F1 is the
harmonic mean of mean precision and mean recall over 4-gram shingles (± half of a 95 % interval, pages drawn);
ROUGE-LSum is over words and lines; perfect pages have every shingle and no other. Each extractor ran in a process of
its own.

![F1 of each extractor on each set](figures/extraction.svg)

"""


def runs(gold: Sequence[Gold], asked: argparse.Namespace) -> list[Run]:
    """Each extractor on a set, ours first; one that is not there is named with the reason."""
    found = []
    for name in EXTRACTORS:
        if name not in asked.only:
            continue
        try:
            found.append(run(name, gold, reuse=asked.reuse))
        except UnavailableError as error:
            print(f"  {name}: not measured: {error}")
    return found


def measure(
    name: str, gold: Sequence[Gold], asked: argparse.Namespace
) -> tuple[list[Sheet], figure.Points, list[Made]]:
    """Tables of a set, points for the figure, and what newsflow made of its pages."""
    found = runs(gold, asked)
    own = found[0]
    ours = own.name
    if name == "sites":
        found[1:1] = learned.runs(gold, own)
        ours = found[1].name
    sheets, points = of_bodies(name, gold, found, ours)
    if gold[0].source:
        sheets.append(by_suite := suites.sheet(name, gold, found))
        sheets.append(suites.behind(name, by_suite.rows, own.name))
    elif gold[0].title is not None:
        sheets.append(fields.sheet(name, gold, found))
    return sheets, points, own.made


def of_bodies(name: str, gold: Sequence[Gold], found: Sequence[Run], ours: str) -> tuple[list[Sheet], figure.Points]:
    """Tables and points of the pages whose bodies the set tells."""
    told = [number for number, one in enumerate(gold) if one.text]
    pages = [gold[number] for number in told]
    cut = [replace(one, made=[one.made[number] for number in told]) for one in found]
    scores = {one.name: bodies.scored(pages, one) for one in cut}
    return [bodies.sheet(name, pages, cut, scores, ours), bodies.worse(name, pages, scores, ours)], figure.points(
        scores
    )


def main() -> None:
    """Print the tables, and keep them where everything was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument(
        "--reuse", action="store_true", help="take the peers' results of an earlier run with the same pins"
    )
    parser.add_argument(
        "--only", nargs="+", choices=EXTRACTORS, default=list(EXTRACTORS), metavar="EXTRACTOR",
        help=f"newsflow and others of {', '.join(EXTRACTORS)}; without speed, outcomes and what cross-validation says",
    )  # fmt: skip
    asked = parser.parse_args()
    asked.only = {"newsflow", *asked.only}
    sets: dict[str, Sequence[Gold]] = {name: gold for name in asked.sets if (gold := load(name))}
    for name in set(asked.sets) - sets.keys():
        print(f"{name}: not measured, there is no {SHARED / name}")
    if sets:
        measure_all(sets, asked)


def measure_all(sets: dict[str, Sequence[Gold]], asked: argparse.Namespace) -> None:
    """Every table of these sets; written down where neither a set nor an extractor is left out."""
    sheets: list[Sheet] = []
    points: dict[str, figure.Points] = {}
    own: dict[str, Sequence[Made]] = {}
    for name, gold in sets.items():
        made, points[name], own[name] = measure(name, gold, asked)
        sheets += shown(made)
    if asked.only != EXTRACTORS.keys():
        return
    first = next(iter(sets))
    sheets += shown([speed.sheet(first, sets[first]), outcomes.sheet()])
    sheets += shown(validate.sheets(sets, own))
    if sets.keys() == SETS.keys():
        PAGE.write_text(HEAD + "\n".join(sheet.markdown() for sheet in sheets), encoding="utf-8")
        FIGURE.write_text(figure.draw(points), encoding="utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}, {FIGURE.relative_to(ROOT)}")


def shown(sheets: list[Sheet]) -> list[Sheet]:
    """The same, printed."""
    for sheet in sheets:
        sheet.show()
    return sheets
