"""Rules of the body, each switched off in turn: what it gains and costs on each set, and what it costs in CPU.

    make bench PART=extraction_rules ARGS="--sets pages wcxb --every 4"

F1 is the mean of the pages' own over 4-gram shingles, so that pages add up. "Folds" are five folds of sites: in how
many of them the rule gains more than it costs. A rule that gains nothing anywhere should go.
"""

from __future__ import annotations

import argparse
import importlib
import re
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any
from unittest import mock

from rich.progress import track

from benchmarks.extraction.sets import SETS, Gold, load
from benchmarks.extraction.validate import FOLDS, fold
from benchmarks.scores import page_f1, page_scores
from benchmarks.sheets import Sheet
from newsflow.extract.document import extract
from newsflow.isolation.cores import cores

PACKAGE = "newsflow.extract."


def _none(*_: Any, **__: Any) -> None:
    return None


def _empty(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _nodes(*_: Any, **__: Any) -> set[int]:
    return set()


# A rule's name to its module below `newsflow.extract`, the name there, and what stands in its place.
RULES: Mapping[str, tuple[str, str, Any]] = {
    "parts that came late": ("page.streamed", "is_streamed", lambda *_: False),
    "HTML5 parser for uneven pages": ("page.markup", "_is_uneven", lambda _: False),
    "noscripts left open": ("page.markup", "_noscripts", _empty),
    "entities escaped twice": ("page.markup", "_TWICE", re.compile("(?!)")),
    "marks of footnotes": ("page.inline", "_is_note", lambda _: False),
    "terms in buttons": ("page.inline", "_is_term", lambda _: False),
    "layout tables": ("page.layout_tables", "unwrap", _none),
    "comments' names around a headline": ("page.reader_comments", "unname", _none),
    "names that hold most of the text": ("page.misnamed", "_bulky", _nodes),
    "names in a row with the text": ("page.misnamed", "_in_a_row", _nodes),
    "fill": ("body.completeness", "missing", _empty),
    "fill: paragraphs between boxes": ("body.filling", "_in_row", lambda *_: False),
    "fill: items of lists": ("body.filling", "_in_list", lambda *_: False),
    "fill: running text among the text": ("body.filling", "_among", lambda *_: []),
    "fill: what a click unfolds": ("body.filling", "_is_folded", lambda _: False),
    "fill: boxes of the same kind": ("body.filling", "_alike", lambda *_: []),
    "vote": ("body.completeness", "GATE", float("inf")),
    "second look": ("body.second_look", "paragraphs", _none),
    "arbiter": ("body.arbiter", "better", _none),
    "deck": ("body.deck", "deck", _none),
    "clean: title": ("body.cleaning", "cut_title", _none),
    "clean: other articles": ("body.regions", "cut_others", _none),
    "behind the article: rows of teasers": ("body.behind", "_rows", lambda *_: {}),
    "behind the article: talk, legal notices": ("body.behind", "_named", _nodes),
    "clean: readers' comments": ("body.regions", "cut_comments", _none),
    "clean: regions": ("body.regions", "named", lambda *_: False),
    "clean: strays": ("body.regions", "_cut_strays", _none),
    "clean: comment forms": ("body.cleaning", "cut_comments", _none),
    "clean: repeated": ("body.cleaning", "cut_repeated", _none),
    "clean: links": ("body.cleaning", "cut_links", _none),
    "links: lists that the text leads in": ("body.lists", "led_in", _nodes),
    "clean: phrases": ("body.cleaning", "cut_phrases", _none),
    "clean: about the page": ("body.cleaning", "cut_lines_about_the_page", _none),
    "clean: dates": ("body.cleaning", "cut_dates", _none),
    "clean: by-lines": ("body.cleaning", "cut_bylines", _none),
    "clean: authors": ("body.cleaning", "cut_bios", _none),
    "clean: headings": ("body.cleaning", "cut_headings", _none),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A page with all rules, and without each: F1 and CPU seconds by rule, "" for none left out."""

    set_name: str
    fold: int
    f1: Mapping[str, float]
    seconds: Mapping[str, float]


def tried(one: tuple[str, Gold]) -> Trial:
    """A page's trial."""
    name, gold = one
    html, f1, seconds = gold.html(), {}, {}
    for rule in ("", "", *RULES):  # the first warms
        started = time.process_time()
        with _without(rule):
            body = extract(html, gold.url).body
        seconds[rule] = time.process_time() - started
        f1[rule] = float(page_f1(page_scores([gold.text], [body]))[0])
    return Trial(name, fold(gold.site), f1, seconds)


def _without(rule: str) -> Any:
    if not rule:
        return nullcontext()
    module, name, instead = RULES[rule]
    return mock.patch.object(importlib.import_module(PACKAGE + module), name, instead)


def sheet(trials: Sequence[Trial]) -> Sheet:
    """A row a rule: per set gain in F1, with the pages that it helps and harms."""
    sets = list(dict.fromkeys(trial.set_name for trial in trials))
    parts = [[trial for trial in trials if trial.set_name == name] for name in sets]
    rows = [(rule, *(_gain(rule, part) for part in parts), *_all(rule, trials)) for rule in RULES]
    note = "Gain in thousandths of F1, pages helped/harmed. CPU: of the whole extraction."
    return Sheet(f"Rules: {len(trials)} pages", ("", *sets, "folds", "CPU"), rows, [note])


def _gain(rule: str, trials: Sequence[Trial]) -> str:
    gains = [trial.f1[""] - trial.f1[rule] for trial in trials]
    helped, harmed = sum(gain > 1e-9 for gain in gains), sum(gain < -1e-9 for gain in gains)
    return f"{1000 * sum(gains) / len(gains):+.2f} {helped}/{harmed}" if helped or harmed else "·"


def _all(rule: str, trials: Sequence[Trial]) -> tuple[str, str]:
    folds: dict[int, float] = defaultdict(float)
    for trial in trials:
        folds[trial.fold] += trial.f1[""] - trial.f1[rule]
    whole, without = (sum(trial.seconds[key] for trial in trials) for key in ("", rule))
    return f"{sum(gain > 1e-9 for gain in folds.values())}/{FOLDS}", f"{(whole - without) / whole:+.1%}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=[name for name in SETS if name != "generated"])
    parser.add_argument("--every", type=int, default=1, help="take one page of so many")
    asked = parser.parse_args()
    pages = [(name, one) for name in asked.sets for one in [one for one in load(name) if one.text][:: asked.every]]
    with get_context("fork").Pool(cores()) as pool:
        trials = list(track(pool.imap_unordered(tried, pages), "  pages", total=len(pages), transient=True))
    sheet(sorted(trials, key=lambda trial: list(SETS).index(trial.set_name))).show()
