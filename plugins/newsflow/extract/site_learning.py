"""What publishers' pages share, learned at the beginning of a run's extraction: a new publisher's first night has it.

A run learns a publisher once, from at most `MOST` captures: a sample of its own pages and then the week's newest, the
same whichever shard does it. Other shards wait for it and find it stored, as does the same shard when it is begun
again. What stands in the database stays for a week; until then nothing is read for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import groupby

from newsflow.extract.body.template_learning import FEWEST, Learned, PageSketch, learned
from newsflow.extract.pool import ExtractionJob, Extractors
from newsflow.model import CapturePointer, Hints
from newsflow.store import bad_rows, queries
from newsflow.store.archive import Archive, CaptureError
from newsflow.store.db import transaction
from newsflow.store.locks import lock
from newsflow.store.queries.extract import LearnFromRow
from newsflow.store.stage_work import Work
from newsflow.text.site_lines import line_hash

log = logging.getLogger(__name__)

MOST = 8  # captures of a publisher: with all that `sites` has of each, F1 is .001 better
_SAMPLE = 1000  # characters of a line that people are shown


def learn_sites(step: Work, archive: Archive, pool: Extractors) -> None:
    """Learn the publishers of a shard's pages that are due, each as one transaction.

    :raises ArchiveGoneError: where the archive is not there.
    """
    due = queries.extract.to_learn(step.conn, run_id=step.run_id, shard=step.shard, many=MOST)
    found = queries.extract.learn_from(step.conn, run_id=step.run_id, publishers=due, most=MOST) if due else []
    step.conn.rollback()
    captures = {publisher: list(rows) for publisher, rows in groupby(found, lambda row: row.publisher_id)}
    enough = [publisher for publisher, rows in captures.items() if len(rows) >= FEWEST]
    for publisher in _turned(enough, step.shard):
        with lock(step.conn, "newsflow.site", step.run_id, publisher, wait_s=MOST * pool.longest_s):
            done = queries.extract.has_learned(step.conn, publisher_id=publisher, run_id=step.run_id)
            step.conn.rollback()
            if not done:
                sketches = list(pool.sketches(_jobs(captures[publisher], archive)))
                _learn(step, publisher, len(captures[publisher]), sketches)


def _turned(publishers: Sequence[int], shard: int) -> list[int]:
    """Another order for each shard: they do not wait for each other all the time."""
    turn = shard % len(publishers) if publishers else 0
    return [*publishers[turn:], *publishers[:turn]]


def _jobs(captures: Sequence[LearnFromRow], archive: Archive) -> Iterator[ExtractionJob]:
    pointers = [CapturePointer(c.file, c.offset, c.length, c.payload_digest) for c in captures]
    found = dict(archive.read_many(pointers))
    for capture, pointer in zip(captures, pointers, strict=True):
        answer = found[pointer]
        if not isinstance(answer, CaptureError):
            hints = Hints(content_type=capture.content_type, asked_url=capture.url, seen_at=capture.fetched_at)
            yield ExtractionJob(capture.final_url or capture.url, answer.body, hints)


def _learn(step: Work, publisher: int, captures: int, sketches: Sequence[PageSketch]) -> None:
    """Store what was learned; what the database refuses is told in the log, and the publisher goes without."""
    bad_rows.halved(
        [learned(sketches)],
        lambda some: _store(step, publisher, captures, some[0], _samples(sketches)),
        lambda one, why: log.warning("publisher %d: its template is not learned: %s", publisher, why),
        nullcontext,  # it has a transaction of its own
    )


def _store(step: Work, publisher: int, captures: int, found: Learned, samples: Mapping[int, str]) -> None:
    now, key = step.clock(), {"publisher_id": publisher}
    lines = partial(queries.extract.LearnLinesValues, publisher, since_run=step.run_id, own_run=True, learned_at=now)
    with transaction(step.conn):
        queries.extract.put_template(
            step.conn,
            **key,
            run_id=step.run_id,
            captures=captures,
            articles=found.articles,
            rows=sorted(found.template.rows),
            outside=sorted(found.template.outside),
            inside=sorted(found.template.inside),
            now=now,
        )
        queries.extract.prune_templates(step.conn, **key, now=now)
        queries.extract.learn_lines(
            step.conn,
            [
                lines(line_hash=line, articles=articles, sample=samples[line])
                for line, articles in sorted(found.lines.items())
                if line in samples
            ],
        )


def _samples(sketches: Sequence[PageSketch]) -> dict[int, str]:
    """One wording of each line of the bodies."""
    told = (line for page in sorted(sketches, key=lambda page: page.lines.page) for line in page.body.split("\n"))
    return {line_hash(line): line[:_SAMPLE] for line in told}
