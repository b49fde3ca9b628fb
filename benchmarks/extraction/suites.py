"""Tables by suite: what each states of its pages, and how often an extractor says the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.extraction.extractors import Made
from benchmarks.extraction.fields import folded, names
from benchmarks.extraction.running import Run
from benchmarks.extraction.sets import Gold
from benchmarks.scores import page_scores, summary, word_f1
from benchmarks.sheets import Sheet

Score = Callable[[Gold, Made], float]  # of one page; nan where the suite or the extractor does not tell
NONE = float("nan")
_OPENING = 12  # words of a text that are taken for its opening where a suite states none


def words(one: Gold, made: Made) -> float:
    return word_f1(one.text, made.body) if one.text else NONE


def inside(one: Gold, made: Made) -> float:
    """The share of segments of the text that are there."""
    return _share(one.inside, made.body)


def outside(one: Gold, made: Made) -> float:
    """The share of segments that are no text, and that were left out."""
    return 1 - _share(one.outside, made.body)


def _share(segments: Sequence[str], body: str) -> float:
    text = squeezed(body)
    return sum(squeezed(segment) in text for segment in segments) / len(segments) if segments else NONE


def squeezed(text: str) -> str:
    """With one blank where white space stands."""
    return " ".join(text.split())


def _opens(one: Gold) -> str:
    """The words that the text opens with, as the suite states them, or by its text; "" where it has neither."""
    return folded(one.prefix or " ".join(one.text.split()[:_OPENING]))


def opening(one: Gold, made: Made) -> float:
    """Whether the words that the text opens with are there."""
    return float(said in folded(made.body)) if (said := _opens(one)) else NONE


def first(one: Gold, made: Made) -> float:
    """Whether the body opens with them."""
    return float(folded(made.body).startswith(said)) if (said := _opens(one)) else NONE


def title(one: Gold, made: Made) -> float:
    return NONE if one.title is None or made.title is None else float(folded(one.title) == folded(made.title))


def authors(one: Gold, made: Made) -> float:
    return NONE if one.authors is None or made.authors is None else float(names(one.authors) == names(made.authors))


def day(one: Gold, made: Made) -> float:
    return NONE if one.day is None or made.day is None else float(one.day == made.day)


def lost(one: Gold, made: Made) -> float:
    """An article that is none for the extractor, or has no text there."""
    return float(bool(made.rejected) or not made.body) if one.article else NONE


def taken(one: Gold, made: Made) -> float:
    """A listing that is an article for the extractor."""
    return NONE if one.article else float(not made.rejected and bool(made.body))


COLUMNS: dict[str, Score] = {
    "words": words, "with": inside, "without": outside, "opening": opening, "first": first, "titles": title,
    "authors": authors, "days": day, "lost": lost, "taken": taken,
}  # fmt: skip
HEADINGS = ("", "pages", "F1", *COLUMNS)


def sheet(name: str, gold: Sequence[Gold], runs: Sequence[Run]) -> Sheet:
    """A row a suite and extractor; a dash where nobody tells."""
    sources = sorted({one.source for one in gold})
    numbers = {source: [n for n, one in enumerate(gold) if one.source == source] for source in sources}
    rows = [row(source, gold, run, numbers[source]) for source in sources for run in runs]
    return Sheet(f"{name}: by suite", HEADINGS, rows, list(NOTES))


_FEWER = ("lost", "taken")  # the fewer, the better


def behind(name: str, rows: Sequence[Sequence[str]], ours: str) -> Sheet:
    """Each figure in which another extractor is first; by the rows of `sheet`.

    :param ours: the extractor that the others are held against.
    """
    suites = {source: [row for row in rows if row[0].startswith(f"{source}, ")] for source in _suites(rows)}
    found = [line for source, held in suites.items() for line in _behind(source, held, ours)]
    return Sheet(f"{name}: where another is first", ("", ours, "best", "by"), found)


def _suites(rows: Sequence[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(row[0].partition(", ")[0] for row in rows))


def _behind(source: str, rows: Sequence[Sequence[str]], ours: str) -> Iterator[tuple[str, ...]]:
    own = next(row for row in rows if row[0] == f"{source}, {ours}")
    for number, column in enumerate(HEADINGS[2:], 2):
        sign = -1 if column in _FEWER else 1
        told = [row for row in rows if row[number] != "–"]
        best = max(told, key=lambda row: sign * float(row[number]), default=own)
        if best[number] != own[number] != "–" and sign * float(best[number]) > sign * float(own[number]):
            yield f"{source}, {column}", own[number], best[number], best[0].partition(", ")[2]


NOTES = (
    "Words: the mean of the pages' F1 over words. With, without: shares of the stated segments, found and left out.",
    "Opening: the text's first words (twelve, where a suite states none) are there; first: the body opens with"
    " them. Lost: articles that are none, or have no text; taken: listings that are articles.",
)


def answered(made: Sequence[Made]) -> list[Made]:
    """The same, where a field that an extractor tells of any page is empty on those of which it told nothing.

    So what it failed on counts against it, as it does for all others.
    """
    empty: dict[str, Any] = {"title": "", "authors": [], "day": ""}
    told = {name: value for name, value in empty.items() if any(getattr(one, name) is not None for one in made)}
    return [replace(one, **{name: told[name] for name in told if getattr(one, name) is None}) for one in made]


def row(source: str, gold: Sequence[Gold], run: Run, numbers: Sequence[int]) -> tuple[str, ...]:
    made = answered(run.made)
    pairs = [(gold[n], made[n]) for n in numbers]
    told = [(one.text, made.body) for one, made in pairs if one.text]
    f1 = f"{summary(page_scores(*zip(*told, strict=True)))[0]:.4f}" if told else "–"
    return f"{source}, {run.name}", str(len(pairs)), f1, *(mean(pairs, score) for score in COLUMNS.values())


def mean(pairs: Sequence[tuple[Gold, Made]], score: Score) -> str:
    found = [value for pair in pairs if not math.isnan(value := score(*pair))]
    return f"{sum(found) / len(found):.3f}" if found else "–"
