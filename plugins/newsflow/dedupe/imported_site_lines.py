"""Lines of the site in imported articles: learned before a run compares them, and left out of comparison.

Extraction takes such lines out of the pages that it reads. An import brings bodies as somebody
else stored them, so what recurs across one publisher's is learned here, into the same table.
What is in force depends on the publisher's imported articles only, never on their order: the
sample is taken by address, and sketches that were made with other lines are made anew.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.dedupe.comparison_text import digest
from newsflow.store import bad_rows, queries
from newsflow.store.queries.dedupe import LearningSampleRow, ListSourcesRow
from newsflow.text.normalise import tokens_by_line
from newsflow.text.site_lines import MAX_PAGES, Rule, learn, line_hash, page_lines

log = logging.getLogger(__name__)

IMPORT = "import"  # ingest.extraction.cause
RULE = Rule(votes=3, common=6)  # stricter than extraction, which sees where in the page a line stands
Lines = frozenset[int]
_FIGURES = re.compile(r"\d+")


@dataclass
class ImportedSiteLines:
    """The lines in force, by publisher; fetched once."""

    conn: Connection
    _known: dict[int, Lines] = field(default_factory=dict)

    def load(self, rows: Iterable[ListSourcesRow]) -> None:
        """Make sure that the lines of these texts' publishers are at hand."""
        self.load_publishers({row.publisher_id for row in rows if row.cause == IMPORT})

    def load_publishers(self, publishers: Iterable[int]) -> None:
        """The same for publishers by id."""
        missing = sorted(set(publishers) - self._known.keys())
        if missing:
            found = {row.publisher_id: row.lines for row in queries.dedupe.site_lines(self.conn, publishers=missing)}
            self._known.update({publisher: frozenset(found.get(publisher, ())) for publisher in missing})

    def of(self, row: ListSourcesRow) -> Lines:
        """What comparison leaves out of a text; nothing of one that extraction made."""
        return self._known[row.publisher_id] if row.cause == IMPORT else frozenset()

    def stale(self, publishers: Sequence[int]) -> list[int]:
        """Imported pages of these publishers that were sketched with other lines, by id."""
        self.load_publishers(publishers)
        digests = [digest(self._known[publisher]) for publisher in publishers]
        found = queries.dedupe.stale_pages(self.conn, publishers=list(publishers), digests=digests)
        return [row.page_id for row in found]


def teach(conn: Connection, run_id: int, now: datetime) -> list[int]:
    """Learn the lines of the publishers whose imported articles wait in a run, in the caller's transaction.

    Returns these publishers.
    """
    waiting = [row.publisher_id for row in queries.dedupe.learning_publishers(conn, run_id=run_id)]

    def keep(publishers: Sequence[int]) -> None:
        for publisher_id in publishers:
            sample = queries.dedupe.learning_sample(conn, publisher_id=publisher_id, pages=MAX_PAGES)
            _keep(conn, run_id, publisher_id, sample, now)

    bad_rows.write(conn, waiting, keep, _learned_nothing)
    return waiting


def _learned_nothing(publisher_id: int, why: str) -> None:
    log.warning("publisher %d: its site's lines are not learned, the database refuses them: %s", publisher_id, why)


def _keep(conn: Connection, run_id: int, publisher_id: int, sample: Sequence[LearningSampleRow], now: datetime) -> None:
    pages = [page_lines(bytes(row.url_hash).hex(), row.title, tokens_by_line(row.body)) for row in sample]
    votes = learn(pages, RULE)
    wordings = _wordings((row.body for row in sample), votes.keys()) if votes else {}
    steady = {line: count for line, count in votes.items() if _steady(wordings[line])}
    queries.dedupe.forget_site_lines(conn, publisher_id=publisher_id, lines=list(steady))
    data = [
        queries.dedupe.PutSiteLinesValues(
            publisher_id=publisher_id,
            line_hash=line,
            since_run=run_id,
            articles=count,
            sample=next(iter(wordings[line]))[:500],
            learned_at=now,
        )
        for line, count in sorted(steady.items())
    ]
    queries.dedupe.put_site_lines(conn, data)


def _wordings(bodies: Iterable[str], wanted: Collection[int]) -> dict[int, Counter[str]]:
    """How each line is written, and in how many texts so: lines that differ in digits only count as one."""
    found: dict[int, Counter[str]] = {line: Counter() for line in wanted}
    for line in (line for body in bodies for line in dict.fromkeys(body.split("\n"))):
        if (mark := line_hash(line)) in found:
            found[mark][line] += 1
    return found


def _steady(wordings: Counter[str]) -> bool:
    """Whether a line says the same on each page: one that brings other figures each time is a form's, and news."""
    figures = {tuple(_FIGURES.findall(line)) for line in wordings}
    return sum(wordings.values()) >= RULE.votes * len(figures)
