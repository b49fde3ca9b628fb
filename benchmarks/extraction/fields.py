"""Exactness of titles, sets of authors and days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from benchmarks.extraction.extractors import Made
from benchmarks.extraction.running import Run
from benchmarks.extraction.sets import Gold
from benchmarks.sheets import Sheet
from newsflow.extract.page import charset, tree
from newsflow.extract.page.metadata import harvest, plain


def folded(text: str) -> str:
    """Words and digits only: quotes and dashes differ without a difference."""
    return re.sub(r"\W+", " ", text.casefold()).strip()


def names(authors: Iterable[str]) -> set[str]:
    return {found for name in authors if (found := folded(name))}


def stated_day(one: Gold) -> str:
    """The day of the page's own JSON-LD `datePublished`; "" without one."""
    root = tree.parse(charset.decode(one.html())[0])
    return plain(harvest(root, one.url).article.get("datePublished"))[:10] if root is not None else ""


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right) / len(right):.3f}"


def row(run: Run, gold: Sequence[Gold], stated: Sequence[str]) -> tuple[str, ...]:
    """Shares of pages where a field is exact; a dash for what the extractor does not tell."""
    pairs: list[tuple[Made, Gold, str]] = list(zip(run.made, gold, stated, strict=True))
    titles = [folded(made.title or "") == folded(one.title or "") for made, one, _ in pairs]
    authors = [names(made.authors or ()) == names(one.authors or ()) for made, one, _ in pairs]
    days = [made.day == one.day for made, one, _ in pairs]
    either = [made.day == one.day or bool(made.day and made.day == said) for made, one, said in pairs]
    told = (run.made[0].title, run.made[0].authors, run.made[0].day, run.made[0].day)
    columns = (titles, authors, days, either)
    return run.name, *("–" if value is None else _share(right) for value, right in zip(told, columns, strict=True))


def sheet(name: str, gold: Sequence[Gold], runs: Sequence[Run]) -> Sheet:
    """A row an extractor that tells a field."""
    stated = [stated_day(one) for one in gold]
    headings = ("", "titles", "sets of authors", "days by the gold", "days by gold or JSON-LD")
    rows = [row(run, gold, stated) for run in runs if run.made[0].title is not None and "site lines" not in run.name]
    note = f"{sum(map(bool, stated))} of the {len(gold)} pages state a day in JSON-LD."
    return Sheet(f"{name}: fields that are exact", headings, rows, [note])
