"""Newsflow with what a site's pages share: learned from all its pages, or only from others than the one read.

Site lines alone, as an import has them; and lines and template, as the nightly run has them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from rich.progress import track

from benchmarks.extraction.extractors import Made
from benchmarks.extraction.running import Run
from benchmarks.extraction.sets import Gold
from newsflow.extract import document
from newsflow.extract.body import template_learning
from newsflow.extract.site_learning import MOST
from newsflow.model import Hints
from newsflow.text.normalise import tokens_by_line
from newsflow.text.site_lines import RULE, PageLines, Rule, learn, line_hash, page_lines

FOLDS = 5


printed = lru_cache(maxsize=200_000)(line_hash)  # a grid of rules looks at the same lines again and again
read = lru_cache(maxsize=5_000)(lambda url, title, body: page_lines(url, title, tokens_by_line(body)))


def lines_of(one: Gold, made: Made) -> PageLines:
    """The page as the learner sees it."""
    return read(one.url, made.title or "", made.body)


def by_site(gold: Sequence[Gold]) -> dict[str, list[int]]:
    """Numbers of the pages of each site."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(gold):
        found[one.site].append(number)
    return found


def without(body: str, learned: Iterable[int]) -> str:
    """A body without the lines learned."""
    return "\n".join(line for line in body.split("\n") if printed(line) not in learned)


def applied(gold: Sequence[Gold], made: Sequence[Made], rule: Rule = RULE) -> list[str]:
    """Bodies without what all pages of their site taught; no gold is looked at."""
    bodies = [page.body for page in made]
    for numbers in by_site(gold).values():
        learned = learn((lines_of(gold[n], made[n]) for n in numbers), rule).keys()
        for n in numbers:
            bodies[n] = without(bodies[n], learned)
    return bodies


def held_out(gold: Sequence[Gold], made: Sequence[Made], rule: Rule = RULE) -> list[str]:
    """Bodies without what four fifths of their site's pages taught, the page itself not among them."""
    bodies = [page.body for page in made]
    for numbers in by_site(gold).values():
        for fold in range(FOLDS):
            others = [n for place, n in enumerate(numbers) if place % FOLDS != fold]
            learned = learn((lines_of(gold[n], made[n]) for n in others), rule).keys()
            for n in numbers[fold::FOLDS]:
                bodies[n] = without(bodies[n], learned)
    return bodies


def with_templates(gold: Sequence[Gold], folds: int, most: int = 1_000) -> list[str]:
    """Bodies with what their site's pages taught.

    :param folds: parts of a site's pages, each read with what the others taught; 1 for what all taught.
    :param most: pages that teach.
    """
    bodies = [""] * len(gold)
    sketches = [document.sketch(one.html(), one.url) for one in track(gold, "  sketches", transient=True)]
    for numbers in track(by_site(gold).values(), "  templates", transient=True):
        for fold in range(folds):
            others = [n for place, n in enumerate(numbers) if folds == 1 or place % folds != fold]
            sample = sorted(others, key=lambda n: hashlib.md5(gold[n].url.encode()).digest())[:most]
            found = template_learning.learned([sketches[n] for n in sample])
            hints = Hints(site_lines=frozenset(found.lines), template=found.template)
            for n in numbers[fold::folds]:
                bodies[n] = document.extract(gold[n].html(), gold[n].url, hints).body
    return bodies


def runs(gold: Sequence[Gold], run: Run) -> list[Run]:
    """All of them as runs of their own, what a night does first, without a speed."""
    made = {
        f"newsflow, templates of {MOST} pages": with_templates(gold, 1, MOST),
        "newsflow, templates": with_templates(gold, 1),
        "newsflow, templates of other pages": with_templates(gold, FOLDS),
        "newsflow, site lines": applied(gold, run.made),
        "newsflow, site lines of other pages": held_out(gold, run.made),
    }
    return [
        Run(name, run.version, [replace(m, body=b, seconds=0.0) for m, b in zip(run.made, bodies, strict=True)], 0.0)
        for name, bodies in made.items()
    ]
