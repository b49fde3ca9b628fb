"""What was learned of publishers in the database: loaded for a run; lines are learned once more at the end of a step.

A run applies what earlier runs learned, and of its own what was learned before its extraction began
(`site_learning.py`), so neither the order of pages nor the number of shards changes an extraction.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappush, heappushpop
from typing import NamedTuple

from psycopg2.extensions import connection as Connection

from newsflow.extract.row import CapturedPage
from newsflow.model import Extraction, Template
from newsflow.outcomes import Outcome
from newsflow.store import bad_rows, queries
from newsflow.store.db import transaction
from newsflow.text.site_lines import PageLines, learn, line_hash, page_lines

log = logging.getLogger(__name__)

KEEP = 60  # newest articles of a publisher that are learned from


class Site(NamedTuple):
    """What is in force for a publisher; `version`: the newest run that taught any of it, 0 for none."""

    lines: frozenset[int] = frozenset()
    template: Template = Template()
    version: int = 0


@dataclass
class Sites:
    """What is in force in one run, by publisher."""

    conn: Connection
    run_id: int
    known: dict[int, Site] = field(default_factory=dict)

    def load(self, publishers: Iterable[int]) -> None:
        """Make sure that what was learned of these publishers is at hand."""
        missing = sorted(set(publishers) - self.known.keys())
        if not missing:
            return
        told = queries.extract.site_lines(self.conn, publishers=missing, run_id=self.run_id)
        lines = {row.publisher_id: row for row in told}
        found = queries.extract.templates(self.conn, publishers=missing, run_id=self.run_id)
        forms = {row.publisher_id: row for row in found}
        self.known |= {publisher: _site(lines.get(publisher), forms.get(publisher)) for publisher in missing}

    def of(self, publisher: int) -> Site:
        """What is in force for a publisher that was loaded."""
        return self.known[publisher]


def _site(lines: queries.extract.SiteLinesRow | None, forms: queries.extract.TemplatesRow | None) -> Site:
    template = Template()
    if forms:
        template = Template(frozenset(forms.rows), frozenset(forms.outside), frozenset(forms.inside))
    version = max(int(lines.version) if lines else 0, forms.since_run if forms and template else 0)
    return Site(frozenset(lines.lines) if lines else frozenset(), template, version)


@dataclass
class Newest:
    """Keeps the lines of a step's articles, of each publisher those that can be among its newest."""

    conn: Connection
    _newest: defaultdict[int, list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))

    def remember(
        self, pages: Sequence[CapturedPage], made: Sequence[Extraction], texts: Sequence[Sequence[Sequence[str]]]
    ) -> None:
        """Keep the lines of a batch's articles, in the caller's transaction.

        :param texts: `tokens_by_line` of each body.
        """
        rows = []
        for page, extraction, text in zip(pages, made, texts, strict=True):
            if extraction.outcome is Outcome.OK and self.takes(page):
                found = page_lines(str(page.page_id), extraction.title, text)
                lines = sorted(found.lines)
                words = [found.lines[line] for line in lines]
                rows.append(
                    queries.extract.KeepPagesValues(
                        page_id=page.page_id,
                        title=found.title,
                        lines=lines,
                        words=words,
                        seen_at=page.fetched_at,
                    )
                )
        queries.extract.keep_pages(self.conn, rows)

    def takes(self, page: CapturedPage) -> bool:
        """Whether fewer than `KEEP` newer ones of its publisher are remembered."""
        newest, one = self._newest[page.publisher_id], (page.fetched_at, page.page_id)
        if one in newest:  # of a batch that was undone, and comes in halves
            return True
        if len(newest) < KEEP:
            heappush(newest, one)
            return True
        return heappushpop(newest, one) != one


def teach(conn: Connection, run_id: int, publishers: Iterable[int], now: datetime) -> int:
    """Learn the lines of publishers from their newest articles; returns how many are new."""
    learned: list[int] = []
    for publisher in sorted(set(publishers)):
        bad_rows.halved(
            [publisher],
            lambda some: learned.append(_teach(conn, run_id, some[0], now)),
            lambda one, why: log.warning("publisher %d: its site's lines are not learned: %s", one, why),
            nullcontext,  # each has a transaction of its own
        )
    return sum(learned)


def _teach(conn: Connection, run_id: int, publisher: int, now: datetime) -> int:
    with transaction(conn):
        queries.extract.lock_publisher(conn, publisher_id=publisher)
        queries.extract.prune_pages(conn, publisher_id=publisher, keep=KEEP)
        queries.extract.forget_lines(conn, publisher_id=publisher, run_id=run_id)
        kept = queries.extract.learning_pages(conn, publisher_id=publisher)
        pages = [PageLines(str(p.page_id), p.title, dict(zip(p.lines, p.words, strict=True))) for p in kept]
        known = {row.line_hash for row in queries.extract.known_lines(conn, publisher_id=publisher, run_id=run_id)}
        fresh = {line: count for line, count in learn(pages).items() if line not in known}
        samples = _samples(conn, pages, fresh)
        rows = [
            queries.extract.LearnLinesValues(
                publisher_id=publisher,
                line_hash=line,
                since_run=run_id,
                articles=fresh[line],
                sample=samples[line],
                own_run=False,
                learned_at=now,
            )
            for line in sorted(fresh)
            if line in samples
        ]
        queries.extract.learn_lines(conn, rows)
    return len(rows)


def _samples(conn: Connection, pages: Sequence[PageLines], fresh: Mapping[int, int]) -> dict[int, str]:
    """One wording of each line, from the lowest page that has it."""
    if not fresh:
        return {}
    wanted = [int(page.page) for page in pages if fresh.keys() & page.lines.keys()]
    samples: dict[int, str] = {}
    for row in queries.extract.bodies(conn, page_ids=wanted):
        for line in row.body.split("\n"):
            if (found := line_hash(line)) in fresh:
                samples.setdefault(found, line[:1000])
    return samples
