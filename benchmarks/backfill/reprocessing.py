"""Reprocess with a changed extractor: dry run, apply, undo; the contract's rows against the start's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.backfill.world import Cpu, database, rows
from benchmarks.sheets import Sheet
from newsflow.backfill import pipeline
from newsflow.backfill.request import BackfillRequest
from newsflow.extract import pool
from newsflow.model import Extraction
from newsflow.reprocess import pipeline as reprocess
from newsflow.reprocess.request import ReprocessRequest
from newsflow.settings import Settings
from tests.backfill.foreign import pages, write

VIEWS = {
    "articles": "select * from news.articles order by article_id",
    "revisions": "select * from news.revisions order by article_id, revision",
    "stories": "select * from news.stories order by story_id",
}
REPROCESSED = "select count(*) from news.revisions where cause = 'reprocess'"


def reprocessed(folder: Path, count: int) -> None:
    """The changed extractor loses the last paragraph of every other article."""
    file = write(folder / "r" / "r.warc.gz", pages(count))
    with database(folder / "r") as (server, settings):
        pipeline.run_all(settings, "past", BackfillRequest(warc=(str(file),)))
        start, real = _contract(settings), pool.extract
        pool.extract = _changed(real)
        sheet: list[tuple[str, str, str]] = []

        def measured(name: str, work: Any) -> Any:
            with Cpu(server) as cpu:
                found = work()
            sheet.append((name, f"{1000 * cpu.seconds / count:.2f}", f"{_same(_contract(settings), start)}"))
            return found

        number = measured("compare (dry run)", lambda: reprocess.compare(settings, "dry", ReprocessRequest()))
        [(report,)] = rows(settings, f"select report from ingest.reprocess where reprocess_id = {number}")
        measured("apply", lambda: reprocess.apply(settings, "apply", number))
        revisions = rows(settings, REPROCESSED)[0][0]
        measured("undo", lambda: reprocess.undo(settings, "undo", number))
        pool.extract = real
    Sheet(
        f"Reprocess of {count:,} articles: {report['verdicts']}",
        ("", "CPU ms a page", "views with the rows of the start"),
        sheet,
        notes=[f"revisions made by apply: {revisions}"],
    ).show()


def _contract(settings: Settings) -> dict[str, list[Any]]:
    return {name: rows(settings, query) for name, query in VIEWS.items()}


def _same(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> str:
    return ", ".join(name for name in VIEWS if one[name] == other[name]) or "none"


def _changed(real: Any) -> Any:
    def changed(html: bytes, url: str, *hints: Any, **options: Any) -> Extraction:
        found: Extraction = real(html, url, *hints, **options)
        return replace(found, body=found.body.rpartition("\n")[0]) if url[-1] in "13579" else found

    return changed
