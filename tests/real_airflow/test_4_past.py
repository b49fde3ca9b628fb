"""The past brought in, compared, applied, undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsflow.backfill import pipeline as backfill
from newsflow.backfill.request import BackfillRequest as Past
from newsflow.extract import pool
from newsflow.model import Extraction
from tests.backfill.foreign import pages, write
from tests.real_airflow.up import Up

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

PAPERS = [f"paper{number}.example" for number in range(20)]
CONTRACT = ("articles", "revisions", "stories")


@pytest.fixture(scope="module")
def past(up: Up, tmp_path_factory: pytest.TempPathFactory) -> Up:
    """What news_backfill of the real scheduler brought in: twelve articles of a WARC file."""
    file = write(tmp_path_factory.mktemp("past") / "past.warc.gz", pages(12))
    assert up.ran("news_backfill", warc=[str(file)]) == "success"
    return up


def contract(up: Up) -> dict[str, list[str]]:
    return {view: sorted(map(repr, up.rows(f"select * from news.{view}"))) for view in CONTRACT}


def test_news_backfill_brings_in_a_file_in_its_own_pool(past: Up) -> None:
    client = past.client
    [run] = past.rows("select dag_run_id, state from ingest.run where dag_id = 'news_backfill'")
    tasks = client.tasks("news_backfill", run[0])
    assert run[1] == "success"
    assert {task["pool"] for task in tasks} == {"news_backfill"}
    [read] = [task for task in tasks if task["task_id"] == "read"]
    assert read["rendered_map_index"] == "past.warc.gz 100% · 12 of 12 records taken"
    assert past.rows("select count(*) from news_internal.article where cause = 'backfill'") == [(12,)]


def test_a_wrong_form_is_red_and_says_why(past: Up) -> None:
    assert past.ran("news_backfill", warc=["/nowhere/at/all.warc.gz"]) == "failed"
    assert past.rows("select state from ingest.run where dag_id = 'news_backfill' order by run_id") == [
        ("success",),
        ("failed",),
    ]


def test_airflows_own_backfill_is_refused_where_it_would_do_nothing(past: Up) -> None:
    """It makes runs for past dates; our past is asked for by content, with a form."""
    for dag_id in ("news_backfill", "news_reprocess", "news_ingest"):
        span = {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z"}
        answer = past.client._call("POST", "/backfills", {"dag_id": dag_id, **span})
        assert answer.status_code in (400, 409, 422), (dag_id, answer.text)


def test_news_reprocess_compares_applies_and_undoes(past: Up, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    older_extractor_reads(past, tmp_path, monkeypatch)
    start = contract(past)
    assert past.ran("news_reprocess", action="compare", publishers=PAPERS) == "success"
    [(number, report)] = past.rows("select reprocess_id, report from ingest.reprocess")
    assert report["verdicts"] == {"same": 12, "changed": 6}
    assert (past.home.root / "reports" / f"reprocess-{number}.html").read_text().startswith("<!doctype html>")
    assert contract(past) == start

    assert past.ran("news_reprocess", action="apply", reprocess=number) == "success"
    assert past.rows("select count(*) from news_internal.article where cause = 'reprocess'") == [(6,)]
    assert contract(past) != start
    assert past.ran("news_reprocess", action="undo", reprocess=number) == "success"
    assert contract(past) == start
    assert past.ran("news_reprocess", action="apply", reprocess=number) == "failed"  # it was undone: compare anew


def older_extractor_reads(up: Up, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six articles come in through an extractor that loses their last paragraph."""
    real = pool.extract

    def older(*given: Any, **options: Any) -> Extraction:
        found = real(*given, **options)
        return replace(found, body=found.body.rpartition("\n")[0])

    file = write(folder / "older.warc.gz", pages(6, start=100))
    with monkeypatch.context() as patch:
        patch.setattr(pool, "extract", older)
        backfill.run_all(up.settings, "older", Past(warc=(str(file),)))
