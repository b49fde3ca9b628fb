"""Newsflow with the lines that recur on a site: learned from all its pages, or only from others than the one read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from benchmarks.extraction.extractors import Made
from benchmarks.extraction.running import Run
from benchmarks.extraction.sets import Gold
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


def runs(gold: Sequence[Gold], run: Run) -> list[Run]:
    """Both as runs of their own, without a speed."""
    ways = {"newsflow, site lines": applied, "newsflow, site lines of other pages": held_out}
    return [
        Run(
            name,
            run.version,
            [replace(m, body=b, seconds=0.0) for m, b in zip(run.made, way(gold, run.made), strict=True)],
            0.0,
        )
        for name, way in ways.items()
    ]
